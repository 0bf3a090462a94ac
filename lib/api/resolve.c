/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolve.c - turns names in allow-list entries into UUIDs. The server's filters match
 * parts of names, so the names in its response are compared again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "client.h"
#include "facts.h"
#include "json/broken.h"
#include "request.h"
#include "types.h"

/* Copies an id that a response contains; "" if it is none. */
static void take_related(const char *id, char ret[CODER_UUID_SIZE])
{
	if (!coder_uuid_canonical(id, ret))
		ret[0] = '\0';
}

/* Copies the ids of the object, its owner and its organization, and its state. */
static int take_ids(const struct facts *facts, struct coder_entry *entry, struct coder_error *err)
{
	if (!*facts->id)
		return json_missing(err, "id");
	take_related(facts->owner_id, entry->owner_id);
	take_related(facts->organization_id, entry->organization_id);
	/* the "name" of a user is a display name */
	snprintf(entry->title, sizeof(entry->title), "%s%s%s", facts->owner,
		 *facts->owner ? "/" : "", *facts->username ? facts->username : facts->name);
	entry->dormant = *facts->dormant_at;
	if (coder_uuid_canonical(facts->id, entry->id))
		return 0;
	return coder_error_set(err, CODER_ERR_NO_RESPONSE,
			       "broken response: the id in it is not a UUID");
}

/* Requests one object by a route that takes its name or id. */
static int by_route(struct coder_client *client, const char *const *parts,
		    struct coder_entry *entry, struct coder_error *err)
{
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct facts CLEANUP(facts_done) facts = { 0 };

	if (client_get(client, parts, 0, &response, err) < 0 ||
	    facts_parse(&response.body, &facts, err) < 0)
		return -1;
	return take_ids(&facts, entry, err);
}

/* A search for objects with the name in a list; exactly one must have it. */
struct namesakes {
	struct coder_entry *entry;
	size_t found;
	char where[256]; /* "org/name, org/name" of what was found */
};

static int take_object(void *ctx, const struct json_value *values, struct coder_error *err)
{
	struct namesakes *search = ctx;
	struct facts CLEANUP(facts_done) facts = { 0 };
	size_t used = strlen(search->where);

	if (facts_read(values, &facts, err) < 0)
		return -1;
	if (json_value_is_none(&values[1 + FACT_name]))
		return json_missing(err, "name");
	if (!ascii_equal(facts.name, search->entry->name))
		return 0;
	search->found++;
	snprintf(search->where + used, sizeof(search->where) - used, "%s%s/%s", used ? ", " : "",
		 *facts.organization ? facts.organization : "?", facts.name);
	return take_ids(&facts, search->entry, err);
}

static void drop_objects(void *ctx)
{
	struct namesakes *search = ctx;

	search->found = 0;
	search->where[0] = '\0';
}

static int by_search(struct coder_client *client, const char *path, struct coder_entry *entry,
		     struct coder_error *err)
{
	struct namesakes search = { .entry = entry };

	if (client_list(client, path, NULL, 0, facts_keys, N_FACTS, take_object, drop_objects,
			&search, err) < 0)
		return -1;
	if (search.found == 1)
		return 0;
	entry->id[0] = '\0';
	if (!search.found)
		return coder_error_set(err, CODER_ERR_NOT_FOUND, "not found");
	coder_error_set(err, CODER_ERR_USAGE, "the name is in several organizations");
	return coder_error_cause(err, CODER_CAUSE_AMBIGUOUS, search.where, NULL);
}

int resolve_workspace(struct coder_client *client, const char *owner, struct coder_entry *entry,
		      struct coder_error *err)
{
	const char *const parts[] = { "users", entry->owner ? entry->owner : owner, "workspace",
				      entry->name, NULL };

	return by_route(client, parts, entry, err);
}

int resolve_user(struct coder_client *client, const char *owner, struct coder_entry *entry,
		 struct coder_error *err)
{
	const char *const parts[] = { "users", entry->name, NULL };

	(void)owner;
	return by_route(client, parts, entry, err);
}

int resolve_organization(struct coder_client *client, const char *owner, struct coder_entry *entry,
			 struct coder_error *err)
{
	const char *const parts[] = { "organizations", entry->name, NULL };

	(void)owner;
	return by_route(client, parts, entry, err);
}

int resolve_template(struct coder_client *client, const char *owner, struct coder_entry *entry,
		     struct coder_error *err)
{
	const char *const parts[] = { "organizations", entry->owner, "templates", entry->name,
				      NULL };
	struct buf CLEANUP(buf_done) path = { 0 };

	(void)owner;
	if (entry->owner)
		return by_route(client, parts, entry, err);
	/* servers list deprecated templates only on request, and then no others */
	for (int deprecated = 0;; deprecated++) {
		buf_reset(&path);
		if (!buf_add_str(&path, "/api/v2/templates?q=exact_name%3A") ||
		    !buf_add_encoded(&path, entry->name) ||
		    (deprecated && !buf_add_str(&path, "%20deprecated%3Atrue")))
			return coder_error_memory(err);
		if (by_search(client, path.data, entry, err) == 0)
			return 0;
		if (deprecated || err->code != CODER_ERR_NOT_FOUND || err->http_status)
			return -1;
	}
}

int resolve_group(struct coder_client *client, const char *owner, struct coder_entry *entry,
		  struct coder_error *err)
{
	const char *const parts[] = { "organizations", entry->owner, "groups", entry->name, NULL };
	int rc = entry->owner ? by_route(client, parts, entry, err) :
				by_search(client, "/api/v2/groups", entry, err);

	(void)owner;
	if (rc < 0 && err->no_route) {
		/* a server without groups does not have this one */
		err->code = CODER_ERR_NOT_FOUND;
		coder_error_cause(err, CODER_CAUSE_NO_GROUPS, NULL, NULL);
	}
	return rc;
}

int coder_entry_resolve(struct coder_client *client, const char *owner, struct coder_entry *entry,
			struct coder_error *err)
{
	if (!entry->name)
		return 0;
	if (entry->type->resolve(client, owner, entry, err) < 0)
		return coder_error_wrap(err, "%s %s%s%s", entry->type->name,
					entry->owner ? entry->owner : "", entry->owner ? "/" : "",
					entry->name);
	free(entry->name);
	free(entry->owner);
	entry->name = entry->owner = NULL;
	return 0;
}

int coder_entry_describe(struct coder_client *client, const char *owner, struct coder_entry *entry,
			 struct coder_error *err)
{
	const char *const parts[] = { entry->type->route, entry->id, NULL };

	if (entry->name)
		return coder_entry_resolve(client, owner, entry, err);
	if (!entry->id[0] || !entry->type->relations)
		return 0;
	if (by_route(client, parts, entry, err) < 0)
		return coder_error_wrap(err, "%s %s", entry->type->name, entry->id);
	return 0;
}
