/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.h - asks the deployment that a command line is about. A client is opened only if
 * the cache does not have the response.
 *
 * What these functions return belongs to the cache and is valid until the next question.
 * NULL means that the server did not respond in time, or cannot be asked.
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
	bool unknown; /* its URL or token contains an expansion, so it cannot be asked */
	struct coder_client *client; /* NULL until the first request */
};

/* Ends the use of the client. Nothing may be asked afterwards. */
void server_close(struct server *server);
void server_done(struct server *server);

/* Objects of a resource type. owner, name: as in coder_query, or NULL. */
const struct coder_objects *server_objects(struct server *server, const struct coder_type *type,
					   const char *owner, const char *name);
/* Whether all objects of that type are known already. */
bool server_knows_objects(struct server *server, const struct coder_type *type);
/* The tokens of a user, in response.tokens. */
const struct known_response *server_tokens(struct server *server, const char *user);
const struct coder_strings *server_scopes(struct server *server);
/* The longest lifetime of that user's tokens in nanoseconds; INT64_MAX: not known. */
int64_t server_max_lifetime(struct server *server, const char *user);

#endif
