/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owners.h - the names of tokens' owners, which the server sends with lists only.
 *
 * A name is remembered by the user's id as completion remembers responses: for 30 s, and for 10 s that
 * the caller may not see it, for each deployment and token, in the memory of this process, until
 * anything is changed on a deployment.
 */
#ifndef OWNERS_H
#define OWNERS_H

#include "coder.h"

/* Does what coder_token_fill_owner() does. Sends a request only if the name is not remembered. */
int owners_fill(struct coder_client *client, struct coder_token *token, struct coder_error *err);

#endif
