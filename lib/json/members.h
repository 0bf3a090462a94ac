/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * members.h - the members of an object, read from its text.
 *
 * Only some members of an object, or of each element of a long list, are needed. They are found
 * while the text is checked: no tree is built, and no memory is allocated. Texts stay where they
 * are, with their escapes, until json_unescape() copies them.
 */
#ifndef CODER_JSON_MEMBERS_H
#define CODER_JSON_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A value, as a part of a text that was checked. text NULL: it is absent. */
struct json_value {
	const char *text;
	size_t len;
	bool duplicate; /* the key occurs again; this is its first value */
};

/* A key that is looked for. Upper and lower case differ. */
struct json_key {
	const char *name;
	size_t len;
};
/* releases of clang-format differ in how they format braces in macros */
/* clang-format off */
#define JSON_KEY(text) { text, sizeof(text) - 1 }
/* clang-format on */

/*
 * Checks the len bytes at text as json_parse() does. values gets n + 1 elements: first the whole
 * value, then the member at each of the n keys. If the value is no object, the members are absent.
 */
int json_members(const char *text, size_t len, const struct json_key *keys, size_t n,
		 struct json_value *values, struct coder_error *err);

enum json_begin { JSON_OBJECT = '{', JSON_ARRAY = '[', JSON_STRING = '"' };
/* Whether it is there, and of that kind. */
bool json_value_is(const struct json_value *v, enum json_begin kind);
/* Absent, or the word null. */
bool json_value_is_none(const struct json_value *v);

/*
 * Fails if the value is a duplicate or no string. Sets *ret to what is between the quotes; without
 * its escapes it is not longer. If it is absent or null, *ret stays as it is.
 */
int json_value_text(const struct json_value *v, const char *key, struct json_value *ret,
		    struct coder_error *err);
/*
 * Copies what is between the quotes of a string without its escapes. Returns the length, len at
 * most.
 */
size_t json_unescape(const char *text, size_t len, char *out);
/* Copies the text of a string without its escapes; the caller frees it. NULL: there is no memory. */
char *json_value_copy(const struct json_value *string);
/*
 * Reads an exact integer. *ret becomes `absent` if the value is absent or null. A duplicate, and a
 * number with a fraction or an exponent, fails.
 */
int json_value_int64(const struct json_value *v, const char *key, int64_t absent, int64_t *ret,
		     struct coder_error *err);
/*
 * Takes the next element of an array. At first *rest is the array; it becomes what follows the
 * element. Returns false after the last element.
 */
bool json_value_next(struct json_value *rest, struct json_value *ret);

#endif
