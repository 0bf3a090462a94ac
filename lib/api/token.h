/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token.h - a token's record, and texts that name or hold tokens. */
#ifndef CODER_TOKEN_H
#define CODER_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"

/*
 * A token's record as a server sent it. The strings live in one block that
 * belongs to the token; those that may be NULL say so.
 */
struct coder_token {
	char *id;
	char *user_id;
	char *username; /* NULL where the server did not send one */
	char *owner; /* set by coder_token_fill_owner(): a heap string of its own, else NULL */
	char *name;
	char *login_type; /* "token" for API tokens */
	char *scope; /* deprecated summary */
	char *created_at, *updated_at, *last_used, *expires_at; /* RFC 3339 as sent */
	int64_t created_epoch, last_used_epoch, expires_epoch; /* last_used 0: never used */
	int64_t lifetime_seconds;
	bool has_scopes, has_allow_list; /* whether the server sent them: old ones do not */
	struct coder_strings scopes, allow_list; /* in the order sent */
};

void coder_token_done(struct coder_token *token);

/*
 * For how many seconds a token is still valid; 0 or less: it is expired. One
 * without an expiry, or with Go's zero time, never is: INT64_MAX. now is that of
 * the deployment's clock: coder_client_now(), or coder_tokens.now.
 */
int64_t coder_token_left(const struct coder_token *token, int64_t now);

/* Appends to *ret, which is empty, what the token may do: legacy summary mapped, sorted. */
int coder_token_scopes(const struct coder_token *token, struct coder_strings *ret,
		       struct coder_error *err);
/* The same for its allow list; a server too old to send one means "*:*". */
int coder_token_allow_list(const struct coder_token *token, struct coder_strings *ret,
			   struct coder_error *err);

/* A new secret, whole: id, "-", secret. Wiped by coder_secret_done(). */
struct coder_secret {
	char text[64];
};
void coder_secret_done(struct coder_secret *secret);

#define CODER_NAME_MAX 2048 /* bytes of a name: what a server's index takes, with room */

struct json;

/* Reads the document of one token. Unknown members and unknown allow-list types are ignored. */
int token_decode(const struct json *object, struct coder_token *ret, struct coder_error *err);
/* Sets the strings of token, which has none, to copies of those of texts, but for the owner. */
int token_set_texts(struct coder_token *token, const struct coder_token *texts,
		    struct coder_error *err);

#endif
