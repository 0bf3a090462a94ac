/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.c - what servers answered to completion, for a short while, in
 * the memory of this process (and so of subshells, each with a copy of its own).
 * Entries are told apart by deployment and token, of which only a hash is kept,
 * and by what was asked. All of it is forgotten as soon as this shell or a
 * subshell of it has changed anything on a deployment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/changes.h"
#include "base/buf.h"
#include "coder.h"
#include "complete.h"
#include "session/session.h"

#define RESPONSE_SECONDS 30
#define FAILURE_SECONDS 10
#define ENTRIES 64
#define BYTES_MAX (32u << 20)

struct entry {
	uint64_t identity; /* of deployment and token; 0: the entry is free */
	char *what, *name, *owner; /* the question */
	time_t until;
	bool failed;
	struct coder_objects objects;
};

static struct {
	struct entry v[ENTRIES]; /* in no order; the one that ends first is given up first */
	unsigned changes; /* coder_changes() when they were filled */
} cache;

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void drop(struct entry *e)
{
	buf_free_string(e->what);
	buf_free_string(e->name);
	buf_free_string(e->owner);
	coder_objects_done(&e->objects);
	*e = (struct entry){ 0 };
}

/* Drops what is too old, or everything if anything has changed. */
static void clean(void)
{
	unsigned changes = coder_changes();

	for (size_t i = 0; i < ENTRIES; i++)
		if (cache.v[i].identity && (changes != cache.changes || cache.v[i].until <= now()))
			drop(&cache.v[i]);
	cache.changes = changes;
}

static const char *text(const char *s)
{
	return s ? s : "";
}

/*
 * Whether an entry answers the question. A failure answers only what was asked;
 * the answer to a shorter name, which holds more, answers a longer one, too.
 */
static bool answers(const struct entry *e, uint64_t identity, const char *what,
		    const struct coder_query *query)
{
	const char *name = text(query->name);

	if (e->identity != identity || strcmp(e->what, what) != 0 ||
	    strcmp(e->owner, text(query->owner)) != 0)
		return false;
	if (e->failed || e->objects.n >= CODER_SEARCH_MAX)
		return strcmp(e->name, name) == 0;
	return strncmp(e->name, name, strlen(e->name)) == 0;
}

static const struct entry *find(uint64_t identity, const char *what,
				const struct coder_query *query)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (cache.v[i].identity && answers(&cache.v[i], identity, what, query))
			return &cache.v[i];
	return NULL;
}

/* A free entry, when size more bytes are to be kept. */
static struct entry *make_room(size_t size)
{
	for (;;) {
		struct entry *oldest = NULL, *room = NULL;
		size_t bytes = size;

		for (size_t i = 0; i < ENTRIES; i++) {
			struct entry *e = &cache.v[i];

			if (!e->identity)
				room = e;
			else if (!oldest || e->until < oldest->until)
				oldest = e;
			bytes += e->objects.size;
		}
		if (!oldest || (room && bytes <= BYTES_MAX))
			return room;
		drop(oldest);
	}
}

/* Keeps an answer, which becomes the cache's, or that there was none. */
static const struct coder_objects *keep(uint64_t identity, const char *what,
					const struct coder_query *query,
					struct coder_objects *objects, bool failed)
{
	struct entry *e = make_room(objects->size);

	*e = (struct entry){
		.identity = identity,
		.what = strdup(what),
		.name = strdup(text(query->name)),
		.owner = strdup(text(query->owner)),
		.until = now() + (failed ? FAILURE_SECONDS : RESPONSE_SECONDS),
		.failed = failed,
		.objects = *objects,
	};
	*objects = (struct coder_objects){ 0 };
	if (e->what && e->name && e->owner)
		return failed ? NULL : &e->objects;
	drop(e);
	return NULL;
}

/* -------------------------------------------------------------- questions */

/*
 * The deployment's clock may differ from the local one: what is kept is when the
 * token expires by coder_clock(), which no clock of the day sets.
 */
static int add_token(struct coder_objects *objects, const struct coder_token *token, int64_t left,
		     struct coder_error *err)
{
	int64_t expires = left == INT64_MAX ? left : coder_clock() / CODER_NS + left;
	struct coder_strings scopes = { 0 };
	struct buf note = { 0 };
	char expiry[24];
	int rc = coder_token_scopes(token, &scopes, err);

	for (size_t i = 0; i < scopes.n && rc == 0; i++)
		if ((i && !buf_add_str(&note, ", ")) || !buf_add_str(&note, scopes.v[i]))
			rc = coder_error_memory(err);
	snprintf(expiry, sizeof(expiry), "%lld", (long long)expires);
	if (rc == 0)
		rc = coder_objects_add(objects,
				       &(struct coder_object){ token->id, token->name, expiry,
							       note.data },
				       err);
	coder_strings_done(&scopes);
	buf_done(&note);
	return rc;
}

/* What is wanted of a token is kept while the list arrives, and nothing else of it. */
struct gathering {
	struct coder_objects *objects;
	int rc;
	struct coder_error *err;
};

static bool gather(const void *ctx, const struct coder_token *token, int64_t now)
{
	struct gathering *g = *(struct gathering *const *)ctx;

	if (g->rc == 0)
		g->rc = add_token(g->objects, token, coder_token_left(token, now), g->err);
	return false;
}

static int ask_tokens(struct coder_client *client, const char *user, struct coder_objects *ret,
		      struct coder_error *err)
{
	struct coder_error add_err;
	struct gathering gathering = { .objects = ret, .err = &add_err }, *ctx = &gathering;
	struct coder_tokens none = { 0 };
	int rc = coder_token_list(client, user, false, true, gather, &ctx, &none, err);

	coder_tokens_done(&none);
	return rc < 0 ? rc : gathering.rc;
}

static int ask_scopes(struct coder_client *client, struct coder_objects *ret,
		      struct coder_error *err)
{
	struct coder_strings scopes = { 0 };
	int rc = coder_scopes_list(client, &scopes, err);

	for (size_t i = 0; i < scopes.n && rc == 0; i++)
		rc = coder_objects_add(ret, &(struct coder_object){ .name = scopes.v[i] }, err);
	coder_strings_done(&scopes);
	return rc;
}

static int ask_lifetime(struct coder_client *client, const char *user, struct coder_objects *ret,
			struct coder_error *err)
{
	char digits[24];
	int64_t ns;

	if (coder_token_max_lifetime(client, user, &ns, err) < 0)
		return -1;
	snprintf(digits, sizeof(digits), "%lld", (long long)ns);
	return coder_objects_add(ret, &(struct coder_object){ .name = digits }, err);
}

static int ask(struct server *server, const char *what, const struct coder_query *query,
	       struct coder_objects *ret, struct coder_error *err)
{
	if (server_open(server, err) < 0)
		return -1;
	if (strcmp(what, "token") == 0)
		return ask_tokens(server->client, query->owner, ret, err);
	if (strcmp(what, "scope") == 0)
		return ask_scopes(server->client, ret, err);
	if (strcmp(what, "lifetime") == 0)
		return ask_lifetime(server->client, query->owner, ret, err);
	return coder_search(server->client, coder_type_find(what), query, ret, err);
}

bool cache_knows(struct server *server, const char *what, const struct coder_query *query)
{
	const struct entry *e;

	clean();
	e = find(session_identity(&server->session), what, query);
	return e && !e->failed;
}

const struct coder_objects *cache_ask(struct server *server, const char *what,
				      const struct coder_query *query)
{
	uint64_t identity = session_identity(&server->session);
	struct coder_objects objects = { 0 };
	const struct entry *known;
	struct coder_error err;
	bool failed;

	if (!identity)
		return NULL;
	clean();
	known = find(identity, what, query);
	if (known)
		return known->failed ? NULL : &known->objects;
	failed = ask(server, what, query, &objects, &err) < 0;
	if (failed)
		coder_objects_done(&objects);
	if (failed && err.code == CODER_ERR_INTERRUPTED) /* says nothing of the server */
		return NULL;
	return keep(identity, what, query, &objects, failed);
}
