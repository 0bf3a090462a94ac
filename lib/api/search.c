/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.c - lists the objects that allow-list entries can name. If the server can
 * search in a list, the request contains what is searched for.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/grow.h"
#include "json/broken.h"
#include "request.h"
#include "search.h"
#include "types.h"

#define ORGANIZATIONS_MAX 8 /* the most organizations whose lists are requested */

/* --------------------------------------------------------------- objects */

enum { ID, NAME, OWNER, DESCRIPTION, N_MEMBERS }; /* of an element, as in struct coder_object */

static size_t object_size(const struct coder_object *object)
{
	return (size_t)(object->description - object->id) + strlen(object->description) + 1;
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

/* Appends an object of these strings, without their escapes; other values count as "". */
static int add_object(struct coder_objects *objects, const struct json_value *values,
		      struct coder_error *err)
{
	struct coder_object *v = coder_grow(objects->v, objects->n, &objects->cap, sizeof(*v));
	size_t size = N_MEMBERS, used = 0, at[N_MEMBERS];
	char *block, *fitting;

	if (!v)
		return coder_error_memory(err);
	objects->v = v;
	for (size_t i = 0; i < N_MEMBERS; i++)
		size += json_value_is(&values[i], JSON_STRING) ? values[i].len : 0;
	block = malloc(size);
	if (!block)
		return coder_error_memory(err);
	for (size_t i = 0; i < N_MEMBERS; i++) {
		at[i] = used;
		if (json_value_is(&values[i], JSON_STRING))
			used += json_unescape(values[i].text + 1, values[i].len - 2, block + used);
		block[used++] = '\0';
	}
	/* with their escapes they can take six times as much */
	fitting = realloc(block, used);
	if (fitting)
		block = fitting;
	v[objects->n++] = (struct coder_object){ block + at[ID], block + at[NAME],
						 block + at[OWNER], block + at[DESCRIPTION] };
	objects->size += used;
	return 0;
}

/* ---------------------------------------------------------------- a list */

/* A list that arrives. */
struct object_list {
	struct json_key keys[N_MEMBERS]; /* of the members of an element */
	struct coder_objects *objects; /* those with an index below `before` are of earlier lists */
	size_t before;
};

static struct object_list begin_list(const struct listing *listing, struct coder_objects *objects)
{
	struct object_list list = { .objects = objects, .before = objects->n };
	const char *const members[N_MEMBERS] = { listing->id, listing->name, listing->owner,
						 listing->description };

	for (size_t i = 0; i < N_MEMBERS; i++) /* no key of a response is as long as SIZE_MAX */
		list.keys[i] =
			(struct json_key){ members[i], members[i] ? strlen(members[i]) : SIZE_MAX };
	return list;
}

static int take_object(void *ctx, const struct json_value *values, struct coder_error *err)
{
	struct object_list *list = ctx;

	values++; /* the first one is the whole element */
	for (size_t i = 0; i < N_MEMBERS; i++)
		if (values[i].duplicate)
			return json_duplicate(err, list->keys[i].name);
	if (!json_value_is(&values[ID], JSON_STRING))
		return json_missing(err, list->keys[ID].name);
	return add_object(list->objects, values, err);
}

static void drop_objects(void *ctx)
{
	struct object_list *list = ctx;
	struct coder_objects *objects = list->objects;

	while (objects->n > list->before) {
		struct coder_object *last = &objects->v[--objects->n];

		objects->size -= object_size(last);
		free(last->id);
	}
}

/* The time limit of a request that has to end at that coder_clock(); 0: none. */
static int64_t time_limit(int64_t until)
{
	int64_t left = until - coder_clock();

	if (!until)
		return 0;
	return left > 0 ? left : 1;
}

static int get_list(struct coder_client *client, const struct listing *listing, const char *path,
		    int64_t until, struct coder_objects *objects, struct coder_error *err)
{
	struct object_list list = begin_list(listing, objects);

	return client_list(client, path, listing->key, time_limit(until), list.keys, N_MEMBERS,
			   take_object, drop_objects, &list, err);
}

static int get_object(struct coder_client *client, const struct coder_type *type,
		      const struct coder_query *query, struct coder_objects *objects,
		      struct coder_error *err)
{
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct object_list list = begin_list(type->listing, objects);
	const char *const parts[] = { type->route, query->id, NULL };
	struct json_value values[N_MEMBERS + 1];

	if (client_get(client, parts, time_limit(query->until), &response, err) < 0 ||
	    json_members(response.body.data, response.body.len, list.keys, N_MEMBERS, values, err) <
		    0)
		return -1;
	return take_object(&list, values, err);
}

/* ---------------------------------------------------------------- search */

/* Whether s has only characters of names, which are safe in a search term. */
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

/* Appends "?q=...&limit=N" for a list that can be searched. */
static int add_query(struct buf *path, const struct listing *listing,
		     const struct coder_query *query, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) q = { 0 };
	bool ok = !listing->query || add_term(&q, "", listing->query);

	if (ok && listing->name_term)
		ok = add_term(&q, listing->name_term, query->name);
	if (ok && listing->owner_term && strncmp(listing->query, "owner:", 6) != 0)
		ok = add_term(&q, listing->owner_term, query->owner);
	if (ok && listing->query)
		ok = buf_addf(path, "?limit=%d", CODER_SEARCH_MAX);
	if (ok && q.len)
		ok = buf_add_str(path, "&q=") && buf_add_encoded(path, q.data);
	return ok ? 0 : coder_error_memory(err);
}

/* Requests one list for each organization that the caller is in. */
static int search_organizations(struct coder_client *client, const struct listing *listing,
				int64_t until, struct coder_objects *ret, struct coder_error *err)
{
	static const struct listing mine = { .id = "id", .name = "name" };
	struct coder_objects CLEANUP(coder_objects_done) organizations = { 0 };

	if (get_list(client, &mine, "/api/v2/users/me/organizations", until, &organizations, err) <
	    0)
		return -1;
	for (size_t i = 0; i < organizations.n && i < ORGANIZATIONS_MAX; i++) {
		struct buf CLEANUP(buf_done) path = { 0 };
		const char *const parts[] = { "organizations", organizations.v[i].id,
					      listing->per_organization, NULL };

		if (client_path(&path, err, parts) < 0 ||
		    get_list(client, listing, path.data, until, ret, err) < 0)
			return -1;
	}
	return 0;
}

int coder_search(struct coder_client *client, const struct coder_type *type,
		 const struct coder_query *query, struct coder_objects *ret,
		 struct coder_error *err)
{
	const struct listing *listing = type->listing;
	struct coder_objects CLEANUP(coder_objects_done) found = { 0 };
	struct buf CLEANUP(buf_done) path = { 0 };
	int rc;

	if (!listing)
		return coder_error_set(err, CODER_ERR_USAGE, "%s: servers list no such objects",
				       type->name);
	/* no name has other characters, and they could begin further search terms */
	if (!is_searchable(query->name ? query->name : "") ||
	    !is_searchable(query->owner ? query->owner : ""))
		return 0;
	if (listing->per_organization) {
		rc = search_organizations(client, listing, query->until, &found, err);
	} else if (query->id && type->route) {
		rc = get_object(client, type, query, &found, err);
	} else {
		if (!buf_add_str(&path, listing->path))
			return coder_error_memory(err);
		rc = add_query(&path, listing, query, err);
		if (rc == 0)
			rc = get_list(client, listing, path.data, query->until, &found, err);
	}
	if (rc < 0)
		return coder_error_wrap(err, "listing %s objects", type->name);
	*ret = found;
	found = (struct coder_objects){ 0 };
	return 0;
}
