/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode.h - tokens as servers send them. */
#ifndef CODER_DECODE_H
#define CODER_DECODE_H

#include <stddef.h>

#include "base/error.h"
#include "json/members.h"
#include "token.h"

/* Reads tokens one after the other into the same memory. Zeroed memory is a new reader. */
struct token_reader {
	char *texts; /* the texts of the last token, one after the other */
	size_t size;
	char **lists; /* the elements of its lists */
	size_t n_lists, lists_cap;
};
void token_reader_done(struct token_reader *reader);

/* The members of a token that are read, as keys for json_members(). */
#define TOKEN_KEYS 13
extern const struct json_key token_keys[TOKEN_KEYS];

/*
 * Reads a token from the values that json_members() found. What *ret points to belongs to the
 * reader, and is valid until the next token is read: coder_token_copy() keeps it. Unknown members
 * and unknown types in the allow list are ignored.
 */
int token_read(struct token_reader *reader, const struct json_value *values,
	       struct coder_token *ret, struct coder_error *err);

/* Reads the document of one token into *ret, which the caller ends with coder_token_done(). */
int token_decode(const char *text, size_t len, struct coder_token *ret, struct coder_error *err);

#endif
