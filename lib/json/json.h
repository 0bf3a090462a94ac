/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.h - JSON documents, and arrays that arrive in pieces. */
#ifndef CODER_JSON_H
#define CODER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * json.c is the one file that includes cJSON.h. A document is refused as a
 * whole (CODER_ERR_NO_RESPONSE, "not JSON ...") if anything follows it, if it
 * has a NUL or \u0000 in it, or if it nests too deep or has too many values. Lookups are
 * case-sensitive; a key that stands twice in an object is refused at lookup.
 */

struct json; /* a value inside a document */

/* Parses len bytes at text, which must stay for json_int64(); ended by json_free(). */
int json_parse(const char *text, size_t len, struct json **ret, struct coder_error *err);
/* Wipes every string of the document, then frees it. */
void json_free(struct json *doc);

bool json_is_null(const struct json *v);
bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);
/* The string's text, or NULL if v is NULL or no string. */
const char *json_string(const struct json *v);
/* Member of an object; sets *ret NULL if it is absent. Fails if it stands twice. */
int json_member(const struct json *object, const char *key, const struct json **ret,
		struct coder_error *err);
/* Elements of an array: for (e = json_first(a); e; e = json_next(e)). */
const struct json *json_first(const struct json *array);
const struct json *json_next(const struct json *element);
/*
 * The exact integer at a top-level key of the object in text (cJSON's numbers
 * are doubles and lose digits past 2^53). A number with a fraction or an
 * exponent is refused, absent or null gives absent.
 */
int json_int64(const char *text, size_t len, const char *key, int64_t absent, int64_t *ret,
	       struct coder_error *err);

/* Appends s as a JSON string with quotes; <, > and & are escaped as Go does. */
bool json_add_string(struct buf *b, const char *s);

/* Reads a server's error object into message, detail and field; false: it is none. */
bool json_error(const char *text, size_t len, struct coder_error *err);

/*
 * Splits an array that arrives in pieces into its elements, without ever
 * holding more than one of them. The array is the document or, with a key, a
 * member of the object that is; other members are skipped.
 */
#define JSON_ELEMENT_MAX (1u << 20) /* bytes of one element */
typedef int json_element_fn(void *ctx, const char *text, size_t len, struct coder_error *err);
struct json_list {
	json_element_fn *fn;
	void *ctx;
	const char *key; /* NULL: the document itself is the array */
	/* the reader's own state; zero to begin */
	struct buf element;
	int state;
	int depth;
	bool in_string, escaped;
	bool found; /* the array of the key has been there */
	size_t matched;
};
void json_list_done(struct json_list *list);
/* Begins anew, as for another try of a request. */
void json_list_restart(struct json_list *list);
/* Takes the next piece. "null" is an empty array. */
int json_list_feed(struct json_list *list, const char *data, size_t len, struct coder_error *err);
/* After the last piece: fails if the array did not end. */
int json_list_end(struct json_list *list, struct coder_error *err);

#endif
