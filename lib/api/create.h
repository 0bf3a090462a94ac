/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create.h - creating a token, once. */
#ifndef CODER_CREATE_H
#define CODER_CREATE_H

#include <stdint.h>

#include "base/error.h"
#include "base/shape.h"
#include "base/strings.h"
#include "client.h"
#include "token.h"

#define CODER_NAME_SIZE 48 /* of a generated name, with its NUL */

/* A readable name that nobody else has, "brisk-otter-k3x9q": "" if there is no randomness. */
void coder_name_generate(char out[CODER_NAME_SIZE]);

/* What coder_token_create() asks for. The strings belong to the caller. */
struct coder_create {
	const char *user; /* UUID, username or "me" */
	const char *user_id; /* of that user; NULL: not known, and not compared */
	const char *name; /* never empty: the token must be found again */
	int64_t lifetime_ns; /* 0: the server's default */
	struct coder_strings scopes; /* canonical names; empty: all */
	struct coder_strings allow_list; /* "type:id"; empty: "*:*" */
};

/*
 * The request body, as the reference CLI writes it: lifetime, scopes (if any),
 * token_name, allow_list (if any), then a newline. To be freed by the caller.
 */
int coder_create_body(const struct coder_create *create, char **ret_json, struct coder_error *err);

/* What coder_token_create() made. */
struct coder_created {
	struct coder_secret secret;
	char id[CODER_ID_LEN + 1];
	struct coder_token token; /* the server's record of it, or what was requested */
	char why_not[512]; /* why it could not be verified, or "" */
	char shortfall[128]; /* "fewer scopes than requested", or "" */
};
void coder_created_done(struct coder_created *created);

/*
 * Creates a token, once. The POST goes out on a connection of its own and is
 * repeated only after a 429, which was not acted on. The token is then read
 * back. One that may do more, or lives longer, than requested is deleted again,
 * and the call fails with CODER_ERR_REFUSED. One that has another name, owner or
 * login type, or is older than the request, may be somebody else's: it is neither
 * delivered nor deleted (CODER_ERR_OUTCOME). One that falls short of the request,
 * or cannot be read, is delivered, and *ret says so.
 *
 * From the POST on the client's interrupts hold signals that would end the
 * process by default (they count as pending): the process must not die between
 * the POST and the delivery of the secret. Deliver or undo the secret before
 * coder_interrupts_release(). On a failure
 * whose POST may have been acted on, the undo has been done when this returns:
 * CODER_ERR_OUTCOME if a token was found and deleted,
 * or if it is not sure (the message says which, and names the token);
 * CODER_ERR_NO_RESPONSE, CODER_ERR_UNAVAILABLE if surely nothing is left.
 * CODER_ERR_INTERRUPTED, with the first signal, stands for each of these if a
 * signal came and the outcome is known, or if a second one ended the undo.
 */
int coder_token_create(struct coder_client *client, const struct coder_create *create,
		       struct coder_created *ret, struct coder_error *err);

/*
 * Deletes a token whose secret could not be delivered, within 5 s, also after
 * an interrupt. *err, which says why it was not delivered, is completed with
 * how that went and becomes CODER_ERR_OUTCOME (or stays CODER_ERR_INTERRUPTED).
 * Always returns -1.
 */
int coder_token_undo(struct coder_client *client, const struct coder_create *create, const char *id,
		     struct coder_error *err);

#endif
