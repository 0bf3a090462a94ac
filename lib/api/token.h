/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token.h - a token's record, and a new token's secret. */
#ifndef CODER_TOKEN_H
#define CODER_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"

/*
 * A token's record as a server sent it. All strings but owner are in one block that belongs to the
 * token. A string is never NULL unless its comment mentions NULL.
 */
struct coder_token {
	char *id;
	char *user_id;
	char *username; /* NULL if the server did not send one */
	char *owner; /* a heap string that coder_token_fill_owner() sets, or NULL */
	char *name;
	char *login_type; /* "token" for API tokens */
	char *scope; /* a deprecated summary of its scopes */
	char *created_at, *updated_at, *last_used, *expires_at; /* RFC 3339 as sent */
	int64_t created_epoch, last_used_epoch, expires_epoch; /* last_used 0: never used */
	int64_t lifetime_seconds;
	bool has_scopes, has_allow_list; /* whether the server sent them; old servers do not */
	struct coder_strings scopes, allow_list; /* in the order sent */
};

void coder_token_done(struct coder_token *token);
/* Fills the empty *ret with copies of all that the token has. */
int coder_token_copy(const struct coder_token *from, struct coder_token *ret,
		     struct coder_error *err);

/*
 * For how many seconds a token is still valid; 0 or less: it is expired. INT64_MAX: it has
 * no expiry, or Go's zero time. now is the time of the deployment's clock:
 * coder_client_now() or coder_listed.now.
 */
int64_t coder_token_left(const struct coder_token *token, int64_t now);

/*
 * Fills the empty *ret with the token's scopes, sorted. Servers that are too old for scopes send
 * one word instead.
 */
int coder_token_scopes(const struct coder_token *token, struct coder_strings *ret,
		       struct coder_error *err);
/* Does the same for its allow list, which is "*:*" if the server is too old to send one. */
int coder_token_allow_list(const struct coder_token *token, struct coder_strings *ret,
			   struct coder_error *err);

/* The whole text of a new token: id, "-", secret. coder_secret_done() wipes it. */
struct coder_secret {
	char text[64];
};
void coder_secret_done(struct coder_secret *secret);

#define CODER_NAME_MAX 2048 /* the most bytes of a name: a server's index allows a few more */

#endif
