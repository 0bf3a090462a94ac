/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tokens.h - listing and finding tokens. */
#ifndef CODER_TOKENS_H
#define CODER_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"
#include "client.h"
#include "token.h"

/* A growing list of tokens. Zeroed memory is the empty list. */
struct coder_tokens {
	struct coder_token *v;
	size_t n, cap;
};
void coder_tokens_done(struct coder_tokens *tokens);
/* Moves a token to the end of the list and zeroes *token. */
int coder_tokens_move(struct coder_tokens *tokens, struct coder_token *token,
		      struct coder_error *err);

/* What is known of a list that has arrived. */
struct coder_listed {
	size_t arrived; /* how many tokens the server sent, including those that were not kept */
	int64_t now; /* coder_client_now() when it began to arrive */
};

/*
 * Receives a token of a list. The token is valid until this returns. now is that of coder_listed.
 * Returns 1 if it keeps anything of the token, 0 if it does not, and -1 to end the list.
 */
typedef int coder_take_fn(void *ctx, const struct coder_token *token, int64_t now,
			  struct coder_error *err);

/*
 * Lists the API tokens of user or, with all, of every user that the caller may see, and calls
 * take(ctx) for each as it arrives. If the request has to be repeated, restart(ctx) drops what was
 * kept. Without `expired`, expired tokens are left out, even if the server ignores the parameter.
 * The order is the server's, which is unspecified. Fails if take() keeps more than 500,000 tokens.
 */
int coder_tokens_each(struct coder_client *client, const char *user, bool all, bool expired,
		      coder_take_fn *take, void (*restart)(void *ctx), void *ctx,
		      struct coder_listed *ret, struct coder_error *err);

/* Whether a list keeps a token. Has no side effect. now is that of coder_listed. */
typedef bool coder_keep_fn(const void *ctx, const struct coder_token *token, int64_t now);

/*
 * Lists tokens as coder_tokens_each() does, and copies those for which keep(ctx) returns true. *ret
 * is empty before the call.
 */
int coder_token_list(struct coder_client *client, const char *user, bool all, bool expired,
		     coder_keep_fn *keep, const void *ctx, struct coder_tokens *ret,
		     struct coder_error *err);

/*
 * Verifies an empty list of user's tokens or, with user "me", of all tokens. A server also sends an
 * empty list to a token that is not permitted to read tokens. If the token in use is an API token
 * and belongs to user, it would be in the list. This function therefore requests the token in use
 * by its id and, if user is not "me", first the caller's own user. It fails with AUTH if the list
 * cannot be complete, and with the error of the request if that cannot be found out. It succeeds if
 * the token in use has no id, or if user is somebody else: nothing is known then.
 */
int coder_list_verify_empty(struct coder_client *client, const char *user, struct coder_error *err);

/* Requests a token, of any login type, by its name, which must be coder_name_routable(). */
int coder_token_by_name(struct coder_client *client, const char *user, const char *name,
			struct coder_token *ret, struct coder_error *err);
/*
 * Requests a token, of any login type, by its id. The token may belong to another user: servers
 * only check that the caller may read `user`. timeout_ns is a time limit of its own; 0: none.
 */
int coder_token_by_id(struct coder_client *client, const char *user, const char *id,
		      int64_t timeout_ns, struct coder_token *ret, struct coder_error *err);
/*
 * Whether a path can hold the name: it is not "", ".", ".." or "tokenconfig" and has
 * no "/". Tokens with other names are found in the list.
 */
bool coder_name_routable(const char *name);

/*
 * Finds the API tokens (login type "token") that the texts name. A text can mean three things,
 * which are tried in this order:
 *
 *  1. A token, if the text has its shape (see coder_meaning()): it is requested by its id. If
 *     there is no such id, the untrimmed text is searched for in the list. It is never in a URL.
 *  2. An id, if the text has its shape and there is a token with that id.
 *  3. A name, untrimmed.
 *
 * If user is not NULL, the tokens must be that user's. The id of anything else (a login session, or
 * another user's token) is not found, and does not count as a name either: only somebody who wants
 * to mislead gives a token such a name.
 *
 * *ret gets each token once, in the order of the texts that first named it. If a text names no
 * token, the call fails with NOT_FOUND; an empty text is a USAGE error. If the list was requested
 * and shows that a text is the id of one token and the name of another, the hook notice() gets a
 * line that names the token with that name.
 */
int coder_tokens_find(struct coder_client *client, const char *user,
		      const struct coder_strings *texts, struct coder_tokens *ret,
		      struct coder_error *err);
/* Finds the token that one text names. */
int coder_token_find(struct coder_client *client, const char *user, const char *text,
		     struct coder_token *ret, struct coder_error *err);

/* Requests the longest lifetime that the server allows for user's tokens. */
int coder_token_max_lifetime(struct coder_client *client, const char *user, int64_t *ret_ns,
			     struct coder_error *err);

/*
 * Sets *ret_taken to whether a token with this name exists. Expired tokens keep
 * their names. A caller that may not read tokens sees none.
 */
int coder_token_name_taken(struct coder_client *client, const char *user, const char *name,
			   bool *ret_taken, struct coder_error *err);

#endif
