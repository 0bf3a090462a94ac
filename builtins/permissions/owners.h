/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owners.h - the names of tokens' owners. The server sends them with lists only.
 *
 * They are remembered as completion remembers responses: in the memory of this process, for each
 * user, deployment and token in use. A name is remembered for 30 s. If the caller may not see it,
 * that is remembered for 10 s. Everything is forgotten when this shell or one of its subshells
 * changes anything on a deployment.
 */
#ifndef OWNERS_H
#define OWNERS_H

#include "coder.h"

/* Like coder_token_fill_owner(), but sends a request only if the name is not remembered. */
int owners_fill(struct coder_client *client, struct coder_token *token, struct coder_error *err);

#endif
