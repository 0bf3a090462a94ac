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

/*
 * The table of the members of a token that are read: KEY(MEMBER, NAME), where NAME is the server's.
 * First those that are texts; the first of them is the id.
 */
/* clang-format off */
#define TOKEN_TEXTS(KEY) \
	KEY(id, "id") \
	KEY(user_id, "user_id") \
	KEY(username, "username") \
	KEY(name, "token_name") \
	KEY(login_type, "login_type") \
	KEY(scope, "scope") \
	KEY(created_at, "created_at") \
	KEY(updated_at, "updated_at") \
	KEY(last_used, "last_used") \
	KEY(expires_at, "expires_at")
#define TOKEN_OTHERS(KEY) \
	KEY(scopes, "scopes") \
	KEY(allow_list, "allow_list") \
	KEY(lifetime_seconds, "lifetime_seconds")
/* clang-format on */

enum token_key {
#define TOKEN_KEY(member, name) TOKEN_KEY_##member,
	TOKEN_TEXTS(TOKEN_KEY) TOKEN_N_TEXTS,
	TOKEN_LAST_TEXT = TOKEN_N_TEXTS - 1,
	TOKEN_OTHERS(TOKEN_KEY) TOKEN_KEYS,
#undef TOKEN_KEY
};

/* The i-th text of a token, in the order of TOKEN_TEXTS. */
char **token_text_at(const struct coder_token *token, size_t i);

/* The names of all members in the table, for json_members(). */
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

/* Whether it is an API token, not a login session. */
bool token_is_api(const struct coder_token *token);

#endif
