/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.h - the deployment that a command line is about. It is asked through
 * the cache, and a client is opened only when the cache does not know.
 *
 * What these return belongs to the cache and stays until the next question. NULL
 * means that the server did not say it in time, or is not to be asked.
 */
#ifndef COMPLETE_SERVER_H
#define COMPLETE_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "cache.h"
#include "coder.h"
#include "session/session.h"

struct server {
	struct session_options session;
	bool unknown; /* the line names it by an expansion: it is not asked */
	struct coder_client *client; /* NULL until something is asked */
};

void server_done(struct server *server);

/* Objects of a resource type. owner, name: as in coder_query, or NULL. */
const struct coder_objects *server_objects(struct server *server, const struct coder_type *type,
					   const char *owner, const char *name);
/* Whether all objects of that type are known already. */
bool server_knows_objects(struct server *server, const struct coder_type *type);
/* The tokens of a user, in response.tokens. */
const struct known_response *server_tokens(struct server *server, const char *user);
const struct coder_strings *server_scopes(struct server *server);
/* The longest lifetime of that user's tokens in nanoseconds; INT64_MAX: it is not known. */
int64_t server_max_lifetime(struct server *server, const char *user);

#endif
