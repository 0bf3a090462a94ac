/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error_object.h - the JSON object with which a server describes an error; for judge.c. */
#ifndef CODER_ERROR_OBJECT_H
#define CODER_ERROR_OBJECT_H

#include "base/error.h"
#include "json/json.h"

/*
 * Copies an error object's texts into the message, detail and field of *err. Returns its whole
 * message, which belongs to doc. NULL: doc is no error object, and *err is as it was. doc may be
 * NULL.
 */
const char *error_object_read(const struct json *doc, struct coder_error *err);

#endif
