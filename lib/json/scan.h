/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan.h - whether a text is JSON, for the files in lib/json/. */
#ifndef CODER_JSON_SCAN_H
#define CODER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "members.h"

static inline bool json_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Sets the error for a response that is not JSON. Returns -1. */
int json_refuse(struct coder_error *err, const char *why);

/*
 * Finds members as json_members() does, in the value that text begins with. Returns the length of
 * that value, or 0 if it is broken or continues beyond text.
 */
size_t json_scan_begin(const char *text, size_t len, const struct json_key *keys, size_t n,
		       struct json_value *values);

#endif
