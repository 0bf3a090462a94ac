/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server.c - see server.h. */
#include "server.h"
#include "base/buf.h"

#define WHOLE_NS (CODER_NS + CODER_NS / 2) /* the longest time that a user waits for candidates */

/* Keeps of a token only what completion needs. */
static int note_token(void *ctx, const struct coder_token *token, int64_t now,
		      struct coder_error *err)
{
	int64_t left = coder_token_left(token, now);
	struct known_token known = { .id = token->id, .name = token->name, .expires = INT64_MAX };
	struct coder_strings scopes = { 0 };
	struct buf joined = { 0 };
	int rc = coder_token_scopes(token, &scopes, err);

	if (left != INT64_MAX)
		known.expires = coder_clock() / CODER_NS + left;
	if (rc == 0 && !coder_strings_join(&scopes, ", ", &joined))
		rc = coder_error_memory(err);
	known.scopes = joined.data ? joined.data : (char *)"";
	if (rc == 0)
		rc = known_response_add_token(ctx, &known, err);
	coder_strings_done(&scopes);
	buf_done(&joined);
	return rc < 0 ? -1 : 1;
}

static void forget_tokens(void *ctx)
{
	known_response_done(ctx);
}

static int request(struct server *server, const struct question *question,
		   struct known_response *ret, struct coder_error *err)
{
	const struct coder_query query = { .owner = question->owner, .name = question->name };
	struct coder_listed listed;

	if (!server->client) {
		coder_interrupts_limit(server->session.interrupts, WHOLE_NS);
		if (session_open(&server->session, &server->client, NULL, err) < 0)
			return -1;
	}
	if (!session_shield())
		return coder_error_memory(err);
	switch (question->kind) {
	case QUESTION_TOKENS:
		return coder_tokens_each(server->client, question->owner, false, true, note_token,
					 forget_tokens, ret, &listed, err);
	case QUESTION_SCOPES:
		return coder_scopes_list(server->client, &ret->scopes, err);
	case QUESTION_LIFETIME:
		return coder_token_max_lifetime(server->client, question->owner, &ret->lifetime_ns,
						err);
	case QUESTION_OBJECTS:
		break;
	}
	return coder_search(server->client, question->type, &query, &ret->objects, err);
}

const struct known_response *server_ask(struct server *server, const struct question *question)
{
	uint64_t identity = server->unknown ? 0 : session_identity(&server->session);
	const struct known_response *known = NULL;
	struct known_response response = { 0 };
	struct coder_error err;

	if (!identity)
		return NULL;
	switch (cache_find(identity, question, &known)) {
	case CACHE_KNOWN:
		return known;
	case CACHE_FAILED:
		return NULL;
	case CACHE_UNKNOWN:
		break;
	}
	if (request(server, question, &response, &err) == 0)
		return cache_keep(identity, question, &response);
	known_response_done(&response);
	if (err.code != CODER_ERR_INTERRUPTED) /* a signal is no failure of the server */
		cache_keep(identity, question, NULL);
	return NULL;
}

const struct coder_objects *server_objects(struct server *server, const struct coder_type *type,
					   const char *owner, const char *name)
{
	const struct known_response *response =
		server_ask(server, &(struct question){ QUESTION_OBJECTS, type, owner, name });

	return response ? &response->objects : NULL;
}

bool server_knows_objects(struct server *server, const struct coder_type *type)
{
	const struct question question = { .kind = QUESTION_OBJECTS, .type = type };
	const struct known_response *ignored;

	return !server->unknown &&
	       cache_find(session_identity(&server->session), &question, &ignored) == CACHE_KNOWN;
}
