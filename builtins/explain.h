/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.h - what a token can do, in words. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "base/buf.h"
#include "coder.h"

/*
 * Appends lines, escaped for a terminal: what a token can do of the goals, what it lacks for those
 * that are nearest, which of its scopes serve no goal, and what its goals give away. user is the name
 * of the token's user.
 */
int explain_holding(const struct coder_holding *holding, const char *user, struct buf *out,
		    struct coder_error *err);

/* The same of a token, with its user and expiry, and with the names of what its entries name. */
int explain_token(struct coder_client *client, struct coder_token *token, struct buf *out,
		  struct coder_error *err);

#endif
