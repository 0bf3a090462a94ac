/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remove.h - deleting and expiring tokens, one or many at once. */
#ifndef CODER_REMOVE_H
#define CODER_REMOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "client.h"
#include "tokens.h"

#define CODER_REMOVALS_MAX 32 /* the most removals at the same time */

/*
 * Both remove a token. After a signal they send no request, and wait half a second for the response
 * to a request that was sent. If they fail, err->unknown is true if the token may have been removed
 * nevertheless. A deletion that was tried again and then finds no token has succeeded if the token
 * is gone.
 */
int coder_token_expire(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err);
int coder_token_delete(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err);

/*
 * Removals of many tokens, several at once:
 *
 *	coder_removals_new(client, user, &tokens, expire, at_once, &removals, &err);
 *	while ((state = coder_removals_next(removals, until, &i, &err)) != CODER_REMOVALS_OVER)
 *		if (state == CODER_REMOVAL_ENDED)
 *			... that of tokens.v[i]; err.code is CODER_OK if it is removed
 *
 * They begin in the order of the tokens, and each ends as coder_token_delete() or
 * coder_token_expire() would. The token in use, if it is the last one, is removed when all others
 * have ended. No removal begins after a signal, at the deadline, or once memory has run out: tokens
 * that were not begun by then are never returned.
 */
struct coder_removals;

/*
 * Up to n tokens are going to be removed, at_once at the same time, but first they have to be found.
 * Connections for their removals are opened during the next request. This may be left out.
 */
void coder_removals_expect(struct coder_client *client, size_t n, size_t at_once);

enum coder_removals_state {
	CODER_REMOVAL_ENDED, /* one has ended: *ret_i and *ret_err are about it */
	CODER_REMOVALS_GO_ON, /* none has ended, and coder_clock() has reached `until` */
	CODER_REMOVALS_OVER, /* all that were begun have ended, and no other will begin */
};

/*
 * tokens must outlive the removals. at_once is 1 to CODER_REMOVALS_MAX; if there are too few
 * descriptors, a smaller number is used.
 */
int coder_removals_new(struct coder_client *client, const char *user,
		       const struct coder_tokens *tokens, bool expire, size_t at_once,
		       struct coder_removals **ret, struct coder_error *err);
void coder_removals_free(struct coder_removals *removals);
enum coder_removals_state coder_removals_next(struct coder_removals *removals, int64_t until,
					      size_t *ret_i, struct coder_error *ret_err);

#endif
