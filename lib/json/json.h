/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.h - JSON documents.
 *
 * A document is refused as a whole (CODER_ERR_NO_RESPONSE, "not JSON ...") if anything follows its
 * end, if it holds a NUL or \u0000, if arrays and objects are nested too deep, or if it has too
 * many values. Look-ups are case-sensitive and refuse a duplicate key.
 */
#ifndef CODER_JSON_H
#define CODER_JSON_H

#include <stddef.h>

#include "base/error.h"

struct json; /* a value inside a document */

/* Checks and parses the len bytes at text; the caller frees *ret by json_free(). */
int json_parse(const char *text, size_t len, struct json **ret, struct coder_error *err);
/* Wipes every string of the document, then frees it. */
void json_free(struct json *doc);
/* For CLEANUP(). */
void json_done(struct json **doc);

/* The string's text, or NULL if v is NULL or no string. */
const char *json_string(const struct json *v);
/* Finds a member of an object; sets *ret to NULL if it is absent. Fails if the key is duplicate. */
int json_member(const struct json *object, const char *key, const struct json **ret,
		struct coder_error *err);
/* Elements of an array: for (e = json_first(a); e; e = json_next(e)). */
const struct json *json_first(const struct json *array);
const struct json *json_next(const struct json *element);

#endif
