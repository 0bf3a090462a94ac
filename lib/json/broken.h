/* SPDX-License-Identifier: GPL-3.0-or-later */
/* broken.h - errors of documents that are JSON, but not what was expected. */
#ifndef CODER_JSON_BROKEN_H
#define CODER_JSON_BROKEN_H

#include "base/error.h"

/* Sets the error for a response in which something is "not an object" or the like. Returns -1. */
int json_broken(struct coder_error *err, const char *key, const char *what);
/* The same for a duplicate key. */
int json_duplicate(struct coder_error *err, const char *key);
/* The same for a missing key. */
int json_missing(struct coder_error *err, const char *key);

#endif
