/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h - requests one API token, by its id or its name; not part of the public API. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stdbool.h>

#include "base/error.h"
#include "client.h"
#include "token.h"

/*
 * Requests the API token with that id. If user is not NULL, it must belong to user. *ret_exists:
 * whether the id exists, even if it is not that of such a token.
 */
int lookup_by_id(struct coder_client *client, const char *user, const char *id, bool *ret_exists,
		 struct coder_token *ret, struct coder_error *err);

/*
 * Requests the API token of exactly that name, by its route or, if the name cannot be in a path,
 * through the list.
 */
int lookup_by_name(struct coder_client *client, const char *user, const char *name,
		   struct coder_token *ret, struct coder_error *err);
/* Sets the error for a name that no token has. Returns -1. */
int lookup_no_such_name(struct coder_error *err);

#endif
