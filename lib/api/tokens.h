/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tokens.h - listing, finding and removing tokens. */
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
	size_t arrived; /* by coder_token_list(): how many the server sent, before any were left out */
	int64_t now; /* by coder_token_list(): coder_client_now() as the list began to arrive */
};
void coder_tokens_done(struct coder_tokens *tokens);
/* Moves a token to the end of the list; *token is zeroed. */
int coder_tokens_move(struct coder_tokens *tokens, struct coder_token *token,
		      struct coder_error *err);

/* Whether a list keeps a token: pure. now: coder_tokens.now of the list. */
typedef bool coder_keep_fn(const void *ctx, const struct coder_token *token, int64_t now);

/*
 * Lists API tokens: of user, or with all of every user the caller may see.
 * Expired ones come only with expired (servers that ignore the parameter are
 * filtered by expires_at). Only those that keep(ctx) says are kept (NULL: all),
 * decided while they arrive, so that memory holds no others. They come in the
 * server's order, which is unspecified. ret is empty before the call.
 */
int coder_token_list(struct coder_client *client, const char *user, bool all, bool expired,
		     coder_keep_fn *keep, const void *ctx, struct coder_tokens *ret,
		     struct coder_error *err);

/*
 * Whether an empty list is the truth, of user's tokens or (user: "me") of those of all: a
 * server gives one also to a token that is not permitted to read tokens. It is not true
 * if the token in use is an API token and user, under whatever name, is its owner, as that
 * token would be in it. So the token in use is asked for by its id, and for another user than
 * "me" first who the caller is. Fails with AUTH if the list is not true, and with what went
 * wrong if that cannot be found out. A token in use that has not the shape of a token has no
 * id to be asked for, and nothing is known of other users: then the list counts as true.
 */
int coder_list_is_true(struct coder_client *client, const char *user, struct coder_error *err);

/* One token by its name, which must be coder_name_routable(). Any login type. */
int coder_token_by_name(struct coder_client *client, const char *user, const char *name,
			struct coder_token *ret, struct coder_error *err);
/* One token by id; servers ignore user but for having to be readable. Any login type. */
int coder_token_by_id(struct coder_client *client, const char *user, const char *id,
		      struct coder_token *ret, struct coder_error *err);
/*
 * Whether name can stand in a path: not empty, ".", "..", "tokenconfig", and
 * without "/". Others are found through the list.
 */
bool coder_name_routable(const char *name);

/*
 * Finds the API tokens (login type "token") that texts name. What a text means is
 * decided in this order:
 *
 *  1. What coder_meaning() takes for a token goes by its id. If there is no such
 *     id, the text as it is, blanks and all, is looked for in the list. It is in no URL.
 *  2. What coder_meaning() takes for an id, and is the id of a token, means that token.
 *  3. Everything else is a name, as it is, blanks and all.
 *
 * With user not NULL the tokens must be that user's. An id of something else (a
 * login session, or with user a token of another user) is not found, and is not taken for a
 * name either: only somebody who wants to mislead gives a token such a name.
 *
 * ret gets each token once, in the order of the texts that named it first. Fails
 * if any text names none, NOT_FOUND; an empty text is a USAGE error. Where the
 * list had to be asked for, and shows that a text is the id of one token and the name
 * of another, the hook notice() gets a line that names the other.
 */
int coder_tokens_find(struct coder_client *client, const char *user,
		      const struct coder_strings *texts, struct coder_tokens *ret,
		      struct coder_error *err);
/* The same for one text. */
int coder_token_find(struct coder_client *client, const char *user, const char *text,
		     struct coder_token *ret, struct coder_error *err);

/*
 * Both remove a token. After a signal no request begins, and one that has gone out is
 * given half a second. Where err->sent is set on a failure INTERRUPTED or
 * NO_ANSWER, it is not known whether the token was removed.
 */
int coder_token_expire(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err);
int coder_token_delete(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err);

/* The longest lifetime that the server gives to user's tokens. */
int coder_token_max_lifetime(struct coder_client *client, const char *user, int64_t *ret_ns,
			     struct coder_error *err);

/*
 * Whether a token of this name exists (expired ones keep their names).
 * Sets *ret_taken. A caller who may not read tokens sees none.
 */
int coder_token_name_taken(struct coder_client *client, const char *user, const char *name,
			   bool *ret_taken, struct coder_error *err);

#endif
