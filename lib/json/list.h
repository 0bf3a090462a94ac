/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list.h - arrays that arrive in pieces.
 *
 * The array is the document or, with a key, a member of the object that is the document; the other
 * members are checked and ignored. "null" is an empty array. At most one element is kept in memory.
 *
 * The caller gets of each element the members at the given keys. An element that arrives whole in
 * one piece is read in place, in one pass.
 */
#ifndef CODER_JSON_LIST_H
#define CODER_JSON_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "members.h"

#define JSON_ELEMENT_MAX (1u << 20) /* bytes of one element */

/*
 * Receives an element as json_members() gives it; the values are valid until this returns. -1 ends
 * the list.
 */
typedef int json_element_fn(void *ctx, const struct json_value *values, struct coder_error *err);

#define JSON_LIST_KEYS 16 /* the most keys of members */

struct json_list {
	json_element_fn *fn;
	const struct json_key *keys; /* n_keys, JSON_LIST_KEYS at most */
	size_t n_keys;
	void *ctx;
	const char *key; /* NULL: the document itself is the array */
	/* the state of the reader, zero at first */
	struct buf element; /* the text of the element, or of a key */
	int state;
	int depth;
	bool in_string, escaped;
	bool found; /* the key has been found */
	size_t matched;
	struct json_value values[JSON_LIST_KEYS + 1];
};

void json_list_done(struct json_list *list);
/* Starts again from the beginning of the document, for another try of a request. */
void json_list_restart(struct json_list *list);
/* Takes the next piece. */
int json_list_feed(struct json_list *list, const char *data, size_t len, struct coder_error *err);
/* To be called after the last piece: fails if the array did not end. */
int json_list_end(struct json_list *list, struct coder_error *err);

#endif
