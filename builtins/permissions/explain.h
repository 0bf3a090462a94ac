/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.h - what a token can do, in words. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "base/buf.h"
#include "coder.h"

/*
 * Appends lines, escaped for a terminal: the goals that a token reaches, what it lacks for the
 * nearest of the others, the scopes that serve no goal, and notes on its entries and goals. user is
 * the name of the token's user.
 */
int explain_holding(const struct coder_holding *holding, const char *user, struct buf *out,
		    struct coder_error *err);

/* The same for a token, after a line with its user and expiry. Looks up what its entries name. */
int explain_token(struct coder_client *client, struct coder_token *token, struct buf *out,
		  struct coder_error *err);

#endif
