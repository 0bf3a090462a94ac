/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.c - the objects that allow-list entries can name, as servers list
 * them. Where a list takes a search, it is asked for no more than is wanted.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "json/json.h"
#include "request.h"
#include "search.h"

#define ORGANIZATIONS_MAX 8 /* how many are asked, where each must be asked by itself */

/* Where a type's objects are listed, and what the answer looks like. */
struct source {
	const char *type;
	const char *path;
	const char *per_organization; /* instead: below each organization of the caller */
	const char *key; /* of the array in the answer; NULL: the answer is the array */
	const char *query; /* search terms that are always asked for, or "" */
	const char *name_term, *owner_term; /* how a part of the name, an owner is asked for */
	const char *id, *name, *owner, *note; /* members of an element */
};

#define WORKSPACES                                                                \
	.path = "/api/v2/workspaces", .key = "workspaces",                        \
	.name_term = "name:", .owner_term = "owner:", .id = "id", .name = "name", \
	.owner = "owner_name", .note = "template_name"

static const struct source sources[] = {
	{ .type = "workspace", .query = "", WORKSPACES },
	{ .type = "workspace_dormant", .query = "dormant:true", WORKSPACES },
	{ .type = "prebuilt_workspace", .query = "owner:prebuilds", WORKSPACES },
	{ .type = "task",
	  .path = "/api/v2/tasks",
	  .key = "tasks",
	  .query = "owner:me",
	  .id = "id",
	  .name = "name",
	  .owner = "owner_name" },
	{ .type = "template",
	  .path = "/api/v2/templates",
	  .query = "",
	  .name_term = "name:",
	  .owner_term = "organization:",
	  .id = "id",
	  .name = "name",
	  .owner = "organization_name",
	  .note = "display_name" },
	{ .type = "user",
	  .path = "/api/v2/users",
	  .key = "users",
	  .query = "",
	  .name_term = "",
	  .id = "id",
	  .name = "username",
	  .note = "name" },
	{ .type = "organization",
	  .path = "/api/v2/organizations",
	  .id = "id",
	  .name = "name",
	  .note = "display_name" },
	{ .type = "group",
	  .path = "/api/v2/groups",
	  .id = "id",
	  .name = "name",
	  .owner = "organization_name",
	  .note = "display_name" },
	{ .type = "organization_member",
	  .per_organization = "members",
	  .id = "user_id",
	  .name = "username",
	  .note = "name" },
	{ .type = "group_member",
	  .per_organization = "members",
	  .id = "user_id",
	  .name = "username",
	  .note = "name" },
	{ .type = "provisioner_daemon",
	  .per_organization = "provisionerdaemons",
	  .id = "id",
	  .name = "name",
	  .note = "key_name" },
	{ .type = "workspace_proxy",
	  .path = "/api/v2/regions",
	  .key = "regions",
	  .id = "id",
	  .name = "name",
	  .note = "display_name" },
	{ .type = "chat",
	  .path = "/api/experimental/chats",
	  .id = "id",
	  .name = "title",
	  .owner = "owner_username" },
	{ .type = "inbox_notification",
	  .path = "/api/v2/notifications/inbox",
	  .key = "notifications",
	  .id = "id",
	  .name = "title" },
};

static const struct source *find_source(const char *type)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i].type, type) == 0)
			return &sources[i];
	return NULL;
}

bool coder_type_listed(const char *type)
{
	return find_source(type) != NULL;
}

/* --------------------------------------------------------------- objects */

static size_t object_size(const struct coder_object *object)
{
	return (size_t)(object->note - object->id) + strlen(object->note) + 1;
}

void coder_objects_done(struct coder_objects *objects)
{
	if (!objects)
		return;
	for (size_t i = 0; i < objects->n; i++) {
		explicit_bzero(objects->v[i].id, object_size(&objects->v[i]));
		free(objects->v[i].id);
	}
	free(objects->v);
	*objects = (struct coder_objects){ 0 };
}

static bool reserve_one(struct coder_objects *objects)
{
	size_t cap = objects->cap ? objects->cap * 2 : 16;
	struct coder_object *v;

	if (objects->n < objects->cap)
		return true;
	v = reallocarray(objects->v, cap, sizeof(*v));
	if (!v)
		return false;
	objects->v = v;
	objects->cap = cap;
	return true;
}

int coder_objects_add(struct coder_objects *objects, const struct coder_object *object,
		      struct coder_error *err)
{
	const char *from[] = { object->id, object->name, object->owner, object->note };
	size_t size[4], total = 0;
	char *to[4], *block;

	for (size_t i = 0; i < 4; i++) {
		from[i] = from[i] ? from[i] : "";
		size[i] = strlen(from[i]) + 1;
		total += size[i];
	}
	block = reserve_one(objects) ? malloc(total) : NULL;
	if (!block)
		return coder_error_memory(err);
	for (size_t i = 0, at = 0; i < 4; at += size[i++])
		to[i] = memcpy(block + at, from[i], size[i]);
	objects->v[objects->n++] = (struct coder_object){ to[0], to[1], to[2], to[3] };
	objects->size += total;
	return 0;
}

/* ---------------------------------------------------------------- a list */

/* A list that arrives. */
struct arrival {
	const struct source *source;
	struct coder_objects *objects; /* those before `before` are of earlier lists */
	size_t before;
};

/* The text of a member; NULL if the key is, or the member is absent or no string. */
static int member_text(const struct json *element, const char *key, const char **ret,
		       struct coder_error *err)
{
	const struct json *v = NULL;

	if (key && json_member(element, key, &v, err) < 0)
		return -1;
	*ret = json_string(v);
	return 0;
}

static int take_object(void *ctx, const struct json *element, struct coder_error *err)
{
	struct arrival *arrival = ctx;
	const struct source *source = arrival->source;
	const char *id, *name, *owner, *note;

	if (member_text(element, source->id, &id, err) < 0 ||
	    member_text(element, source->name, &name, err) < 0 ||
	    member_text(element, source->owner, &owner, err) < 0 ||
	    member_text(element, source->note, &note, err) < 0)
		return -1;
	if (!id)
		return json_missing(err, source->id);
	return coder_objects_add(arrival->objects,
				 &(struct coder_object){ (char *)id, (char *)name, (char *)owner,
							 (char *)note },
				 err);
}

static void drop_objects(void *ctx)
{
	struct arrival *arrival = ctx;
	struct coder_objects *objects = arrival->objects;

	while (objects->n > arrival->before) {
		struct coder_object *last = &objects->v[--objects->n];

		objects->size -= object_size(last);
		free(last->id);
	}
}

static int get_list(struct coder_client *client, const struct source *source, const char *path,
		    struct coder_objects *objects, struct coder_error *err)
{
	struct arrival arrival = { .source = source, .objects = objects, .before = objects->n };

	return client_list(client, path, source->key, take_object, drop_objects, &arrival, err);
}

/* ---------------------------------------------------------------- search */

/* What names are made of, and what a term of a search can hold. */
static bool is_searchable(const char *s)
{
	return !s[strspn(s, ASCII_ALNUM "-_.")];
}

static bool add_term(struct buf *q, const char *term, const char *value)
{
	if (!value || !value[0])
		return true;
	return (!q->len || buf_add_char(q, ' ')) && buf_add_str(q, term) && buf_add_str(q, value);
}

/* Appends "?q=...&limit=N" for a source that can be searched. */
static int add_query(struct buf *path, const struct source *source, const struct coder_query *query,
		     struct coder_error *err)
{
	struct buf CLEANUP(buf_done) q = { 0 };
	bool ok = !source->query || add_term(&q, "", source->query);

	if (ok && source->name_term)
		ok = add_term(&q, source->name_term, query->name);
	if (ok && source->owner_term && strncmp(source->query, "owner:", 6) != 0)
		ok = add_term(&q, source->owner_term, query->owner);
	if (ok && source->query)
		ok = buf_addf(path, "?limit=%d", CODER_SEARCH_MAX);
	if (ok && q.len)
		ok = buf_add_str(path, "&q=") && buf_add_encoded(path, q.data);
	return ok ? 0 : coder_error_memory(err);
}

/* One list for each organization that the caller is in. */
static int search_organizations(struct coder_client *client, const struct source *source,
				struct coder_objects *ret, struct coder_error *err)
{
	static const struct source mine = { .id = "id", .name = "name" };
	struct coder_objects CLEANUP(coder_objects_done) organizations = { 0 };

	if (get_list(client, &mine, "/api/v2/users/me/organizations", &organizations, err) < 0)
		return -1;
	for (size_t i = 0; i < organizations.n && i < ORGANIZATIONS_MAX; i++) {
		struct buf CLEANUP(buf_done) path = { 0 };
		const char *const parts[] = { "organizations", organizations.v[i].id,
					      source->per_organization, NULL };

		if (client_path(&path, err, parts) < 0 ||
		    get_list(client, source, path.data, ret, err) < 0)
			return -1;
	}
	return 0;
}

int coder_search(struct coder_client *client, const char *type, const struct coder_query *query,
		 struct coder_objects *ret, struct coder_error *err)
{
	const struct source *source = find_source(type);
	struct coder_objects CLEANUP(coder_objects_done) found = { 0 };
	struct buf CLEANUP(buf_done) path = { 0 };
	int rc;

	if (!source)
		return coder_error_set(err, CODER_ERR_USAGE, "%s: servers list no such objects",
				       type);
	/* nothing is called so; and what is no name could be a term of its own */
	if (!is_searchable(query->name ? query->name : "") ||
	    !is_searchable(query->owner ? query->owner : ""))
		return 0;
	if (source->per_organization) {
		rc = search_organizations(client, source, &found, err);
	} else {
		if (!buf_add_str(&path, source->path))
			return coder_error_memory(err);
		rc = add_query(&path, source, query, err);
		if (rc == 0)
			rc = get_list(client, source, path.data, &found, err);
	}
	if (rc < 0)
		return coder_error_wrap(err, "listing %s objects", type);
	*ret = found;
	found = (struct coder_objects){ 0 };
	return 0;
}
