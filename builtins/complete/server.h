/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.h - asks the deployment that a command line is about. A client is opened only if
 * the cache does not have the response.
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
	struct coder_client
		*client; /* NULL until the first request; the owner closes and frees it */
};

/*
 * The response to a question. It belongs to the cache and is valid until the next question. NULL:
 * the server did not respond in time, or cannot be asked.
 */
const struct known_response *server_ask(struct server *server, const struct question *question);
/* The same for the objects of a resource type. owner, name: as in coder_query, or NULL. */
const struct coder_objects *server_objects(struct server *server, const struct coder_type *type,
					   const char *owner, const char *name);
/* Whether all objects of that type are known already. */
bool server_knows_objects(struct server *server, const struct coder_type *type);

#endif
