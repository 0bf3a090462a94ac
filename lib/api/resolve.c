/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolve.c - names to UUIDs, for allow lists. Names that a search returns are
 * compared again here: the server's filters match substrings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "allow.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "client.h"
#include "json/json.h"
#include "request.h"
#include "types.h"

/* Takes a server's id into the target; it must be a UUID in canonical form. */
static int take_id(struct coder_target *target, const char *id, struct coder_error *err)
{
	struct coder_target parsed = { 0 };
	char text[sizeof("*:") + CODER_UUID_SIZE];
	int rc;

	snprintf(text, sizeof(text), "*:%.*s", CODER_UUID_SIZE, id);
	rc = coder_target_parse(text, &parsed, err);
	if (rc == 0 && parsed.id[0]) {
		memcpy(target->id, parsed.id, sizeof(target->id));
		return 0;
	}
	coder_target_done(&parsed);
	if (rc < 0 && err->code == CODER_ERR_MEMORY)
		return -1;
	return coder_error_set(err, CODER_ERR_NO_RESPONSE,
			       "broken response: the id in it is not a UUID");
}

/* One object, by a route that takes its name. */
static int by_route(struct coder_client *client, const char *const *parts,
		    struct coder_target *target, struct coder_error *err)
{
	struct json CLEANUP(json_done) *doc = NULL;
	const char *id = NULL;

	if (client_get(client, parts, 0, &doc, err) < 0 || json_text(doc, "id", &id, err) < 0)
		return -1;
	return id ? take_id(target, id, err) : json_missing(err, "id");
}

/* Several objects, by a list of which one must have the name. */
struct search {
	struct coder_target *target;
	size_t found;
	char where[256]; /* "org/name, org/name" of what was found */
};

static int take_object(void *ctx, const struct json *element, struct coder_error *err)
{
	struct search *search = ctx;
	const char *id = NULL, *name = NULL, *organization = "?";
	size_t used = strlen(search->where);

	if (json_text(element, "name", &name, err) < 0)
		return -1;
	if (!name)
		return json_missing(err, "name");
	if (strcasecmp(name, search->target->name) != 0)
		return 0;
	if (json_text(element, "id", &id, err) < 0 ||
	    json_text(element, "organization_name", &organization, err) < 0)
		return -1;
	search->found++;
	snprintf(search->where + used, sizeof(search->where) - used, "%s%s/%s", used ? ", " : "",
		 organization, name);
	return id ? take_id(search->target, id, err) : json_missing(err, "id");
}

static void drop_objects(void *ctx)
{
	struct search *search = ctx;

	search->found = 0;
	search->where[0] = '\0';
}

static int by_search(struct coder_client *client, const char *path, struct coder_target *target,
		     struct coder_error *err)
{
	struct search search = { .target = target };

	if (client_list(client, path, NULL, take_object, drop_objects, &search, err) < 0)
		return -1;
	if (search.found == 1)
		return 0;
	target->id[0] = '\0';
	if (!search.found)
		return coder_error_set(err, CODER_ERR_NOT_FOUND, "not found");
	return coder_error_set(err, CODER_ERR_USAGE,
			       "the name is in several organizations: give %s", search.where);
}

int resolve_workspace(struct coder_client *client, const char *owner, struct coder_target *target,
		      struct coder_error *err)
{
	const char *const parts[] = { "users", target->owner ? target->owner : owner, "workspace",
				      target->name, NULL };

	return by_route(client, parts, target, err);
}

int resolve_user(struct coder_client *client, const char *owner, struct coder_target *target,
		 struct coder_error *err)
{
	const char *const parts[] = { "users", target->name, NULL };

	(void)owner;
	return by_route(client, parts, target, err);
}

int resolve_organization(struct coder_client *client, const char *owner,
			 struct coder_target *target, struct coder_error *err)
{
	const char *const parts[] = { "organizations", target->name, NULL };

	(void)owner;
	return by_route(client, parts, target, err);
}

int resolve_template(struct coder_client *client, const char *owner, struct coder_target *target,
		     struct coder_error *err)
{
	const char *const parts[] = { "organizations", target->owner, "templates", target->name,
				      NULL };
	struct buf CLEANUP(buf_done) path = { 0 };

	(void)owner;
	if (target->owner)
		return by_route(client, parts, target, err);
	/* deprecated templates are listed only if asked for, and then alone */
	for (int deprecated = 0;; deprecated++) {
		buf_reset(&path);
		if (!buf_add_str(&path, "/api/v2/templates?q=exact_name%3A") ||
		    !buf_add_encoded(&path, target->name) ||
		    (deprecated && !buf_add_str(&path, "%20deprecated%3Atrue")))
			return coder_error_memory(err);
		if (by_search(client, path.data, target, err) == 0)
			return 0;
		if (deprecated || err->code != CODER_ERR_NOT_FOUND || err->http_status)
			return -1;
	}
}

int resolve_group(struct coder_client *client, const char *owner, struct coder_target *target,
		  struct coder_error *err)
{
	const char *const parts[] = { "organizations", target->owner, "groups", target->name,
				      NULL };
	int rc = target->owner ? by_route(client, parts, target, err) :
				 by_search(client, "/api/v2/groups", target, err);

	(void)owner;
	if (rc < 0 && err->no_route) {
		err->code = CODER_ERR_NOT_FOUND; /* without groups there is not this one either */
		coder_error_cause(err, CODER_CAUSE_NO_GROUPS, NULL, NULL);
	}
	return rc;
}

int coder_target_resolve(struct coder_client *client, const char *owner,
			 struct coder_target *target, struct coder_error *err)
{
	if (!target->name)
		return 0;
	if (target->type->resolve(client, owner, target, err) < 0)
		return coder_error_wrap(err, "%s %s%s%s", target->type->name,
					target->owner ? target->owner : "",
					target->owner ? "/" : "", target->name);
	free(target->name);
	free(target->owner);
	target->name = target->owner = NULL;
	return 0;
}
