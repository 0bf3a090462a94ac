/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header.h - which header fields a user may add. */
#ifndef CODER_HEADER_H
#define CODER_HEADER_H

#include <stddef.h>

#include "base/error.h"

/*
 * Whether a header field may be added to every request: not one with a broken
 * name or control characters, nor one that replaces the token, the deployment or
 * the request's length (CODER_ERR_USAGE; the value, maybe a secret, is not shown).
 */
int coder_header_check(const char *name, size_t name_len, const char *value, size_t value_len,
		       struct coder_error *err);

#endif
