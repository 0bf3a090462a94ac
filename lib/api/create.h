/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create.h - creates a token exactly once. */
#ifndef CODER_CREATE_H
#define CODER_CREATE_H

#include <stdint.h>

#include "base/error.h"
#include "base/shape.h"
#include "base/strings.h"
#include "client.h"
#include "token.h"

#define CODER_NAME_SIZE 48 /* of a generated name, with its NUL */

/*
 * Generates a random readable name, "brisk-otter-k3x9q1", which most probably nobody has yet; "" if
 * the system gives no random numbers.
 */
void coder_name_generate(char out[CODER_NAME_SIZE]);

/* What coder_token_create() asks for. The strings belong to the caller. */
struct coder_create {
	const char *user; /* UUID, username or "me" */
	const char *user_id; /* the id of that user; NULL: not known, so it is not compared */
	const char *name; /* not empty, because the token must be found again */
	int64_t lifetime_ns; /* 0: the server's default */
	struct coder_strings scopes; /* canonical names; empty: all */
	struct coder_strings allow_list; /* "type:id"; empty: "*:*" */
};

/*
 * Writes the request body as the reference CLI does: lifetime, scopes (if any), token_name,
 * allow_list (if any), and a newline. The caller frees it.
 */
int coder_create_body(const struct coder_create *create, char **ret_json, struct coder_error *err);

/* What coder_token_create() returns. */
struct coder_created {
	struct coder_secret secret;
	char id[CODER_ID_LEN + 1];
	struct coder_token
		token; /* the server's record, or what was requested if it could not be read */
	char why_not[512]; /* why the token could not be verified, or "" */
	char shortfall[128]; /* "fewer scopes than requested", or "" */
};
void coder_created_done(struct coder_created *created);

/*
 * Creates a token once. The POST is sent on a connection of its own. It is repeated only after a
 * 429, because then the server has not acted on it. The token is then read back:
 *
 *  - If it has more permissions or a longer lifetime than requested, it is deleted again, and
 *    the call fails with CODER_ERR_REFUSED.
 *  - If it has another name, owner or login type, or is older than the request, it may be
 *    somebody else's. It is neither delivered nor deleted, and the call fails with
 *    CODER_ERR_OUTCOME.
 *  - If it has fewer permissions or a shorter lifetime, or cannot be read, it is delivered, and
 *    why_not or shortfall in *ret has the reason.
 *
 * From the POST on, the client's interrupts hold the signals that would end the process, and count
 * them as pending: the process must not end before the secret is delivered. Deliver or undo it
 * before coder_interrupts_release().
 *
 * If the POST fails and the server may have acted on it, the token is looked for and deleted before
 * this returns. The error is then CODER_ERR_OUTCOME if a token was deleted, or if the outcome is
 * not known; the message states which, and names the token. If it is certain that no token is left,
 * the code remains that of the failed POST, such as CODER_ERR_NO_RESPONSE. It is
 * CODER_ERR_INTERRUPTED, with the first signal, if a signal came and the outcome is known, or if a
 * second signal ended the undo.
 */
int coder_token_create(struct coder_client *client, const struct coder_create *create,
		       struct coder_created *ret, struct coder_error *err);

/*
 * Deletes a token whose secret could not be delivered, within 5 s, also after an interrupt. *err
 * holds the reason why it could not be delivered; the result of the deletion is added to it. Its
 * code becomes CODER_ERR_INTERRUPTED if a signal came and the token is deleted, or if a further
 * signal ended the undo; otherwise `code` if the token is deleted, and CODER_ERR_OUTCOME if that is
 * not known. Always returns -1.
 */
int coder_token_undo(struct coder_client *client, const struct coder_create *create, const char *id,
		     enum coder_code code, struct coder_error *err);

#endif
