/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache.c - see cache.h. */
#include "cache.h"
#include "api/changes.h"
#include "base/buf.h"
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

#define RESPONSE_NS (30 * CODER_NS)
#define FAILURE_NS (10 * CODER_NS)
#define ENTRIES 64
#define BYTES_MAX (32u << 20)

struct cached {
	uint64_t identity; /* of deployment and token; 0: the entry is free */
	struct question question; /* with copies of owner and name */
	int64_t until; /* the coder_clock() at which the entry is dropped */
	bool failed;
	struct known_response response;
};

static struct {
	struct cached v[ENTRIES]; /* in no order */
	unsigned changes; /* coder_changes() when they were filled */
} cache;

void known_response_done(struct known_response *response)
{
	coder_objects_done(&response->objects);
	for (size_t i = 0; i < response->n_tokens; i++) {
		buf_free_string(response->tokens[i].id);
		buf_free_string(response->tokens[i].name);
		buf_free_string(response->tokens[i].scopes);
	}
	free(response->tokens);
	coder_strings_done(&response->scopes);
	*response = (struct known_response){ 0 };
}

int known_response_add_token(struct known_response *response, const struct known_token *token,
			     struct coder_error *err)
{
	struct known_token *v =
		coder_grow(response->tokens, response->n_tokens, &response->tokens_cap, sizeof(*v));
	struct known_token *copy;

	if (!v)
		return coder_error_memory(err);
	response->tokens = v;
	copy = &v[response->n_tokens++];
	*copy = (struct known_token){
		.id = strdup(token->id),
		.name = strdup(token->name),
		.scopes = strdup(token->scopes),
		.expires = token->expires,
	};
	return copy->id && copy->name && copy->scopes ? 0 : coder_error_memory(err);
}

/* The approximate memory of a response in bytes. */
static size_t size_of(const struct known_response *response)
{
	size_t size = response->objects.size;

	for (size_t i = 0; i < response->n_tokens; i++)
		size += strlen(response->tokens[i].name) + strlen(response->tokens[i].scopes) +
			sizeof(*response->tokens);
	return size;
}

static void drop(struct cached *e)
{
	buf_free_string((char *)e->question.name);
	buf_free_string((char *)e->question.owner);
	known_response_done(&e->response);
	*e = (struct cached){ 0 };
}

/*
 * Whether an entry has the response to the question. A complete list of the names that
 * contain a text also has all names that contain a longer one beginning with it. A failure,
 * or a list that may be incomplete, counts only for its own question.
 */
static bool holds(const struct cached *e, uint64_t identity, const struct question *question)
{
	const struct question *known = &e->question;
	const char *owner = question->owner ? question->owner : "";
	const char *name = question->name ? question->name : "";

	if (e->identity != identity || known->kind != question->kind ||
	    known->type != question->type || strcmp(known->owner, owner) != 0)
		return false;
	if (e->failed || e->response.objects.n >= CODER_SEARCH_MAX)
		return strcmp(known->name, name) == 0;
	return strncmp(known->name, name, strlen(known->name)) == 0;
}

enum cache_state cache_find(uint64_t identity, const struct question *question,
			    const struct known_response **ret)
{
	unsigned changes = coder_changes();
	int64_t now = coder_clock();
	enum cache_state state = CACHE_UNKNOWN;

	for (size_t i = 0; i < ENTRIES; i++) {
		struct cached *e = &cache.v[i];

		if (!e->identity)
			continue;
		if (changes != cache.changes || e->until <= now) {
			drop(e);
		} else if (state == CACHE_UNKNOWN && holds(e, identity, question)) {
			state = e->failed ? CACHE_FAILED : CACHE_KNOWN;
			*ret = &e->response;
		}
	}
	cache.changes = changes;
	return state;
}

/* Returns a free entry, with room for size bytes. For that it drops those that expire first. */
static struct cached *make_room(size_t size)
{
	for (;;) {
		struct cached *oldest = NULL, *room = NULL;
		size_t bytes = size;

		for (size_t i = 0; i < ENTRIES; i++) {
			struct cached *e = &cache.v[i];

			if (!e->identity)
				room = e;
			else if (!oldest || e->until < oldest->until)
				oldest = e;
			bytes += size_of(&e->response);
		}
		if (!oldest || (room && bytes <= BYTES_MAX))
			return room;
		drop(oldest);
	}
}

const struct known_response *cache_keep(uint64_t identity, const struct question *question,
					struct known_response *response)
{
	struct cached *e = make_room(response ? size_of(response) : 0);

	*e = (struct cached){
		.identity = identity,
		.question = {
			.kind = question->kind,
			.type = question->type,
			.owner = strdup(question->owner ? question->owner : ""),
			.name = strdup(question->name ? question->name : ""),
		},
		.until = coder_clock() + (response ? RESPONSE_NS : FAILURE_NS),
		.failed = !response,
	};
	if (response) {
		e->response = *response;
		*response = (struct known_response){ 0 };
	}
	if (e->question.owner && e->question.name)
		return response ? &e->response : NULL;
	drop(e);
	return NULL;
}
