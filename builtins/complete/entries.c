/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entries.c - see entries.h. */
#include "entries.h"
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* If the names of more owners begin with what is typed, no workspaces are requested. */
#define OWNERS_MAX 8

/* The entries of one type. */
struct entries {
	struct candidates *list;
	struct server *server;
	const char *user;
	const struct coder_type *type;
	const char *typed; /* behind the colon */
	char *own; /* the user whose workspaces are offered without an owner, or NULL */
	struct coder_error *err;
};

/* Adds "TYPE:ID" or, with an owner that is not empty, "TYPE:OWNER/ID". */
static int add_entry(const struct entries *e, const char *owner, const char *id,
		     const char *description)
{
	struct buf text = { 0 };
	int rc;

	if (buf_addf(&text, "%s:%s%s%s", e->type->name, owner, *owner ? "/" : "", id))
		rc = candidates_add(e->list, text.data, description, e->err);
	else
		rc = coder_error_memory(e->err);
	buf_done(&text);
	return rc;
}

static int add_name(const struct entries *e, const char *owner, const struct coder_object *object)
{
	char description[160];

	snprintf(description, sizeof(description), "%s  %s", object->id, object->description);
	return add_entry(e, owner, object->name, description);
}

/* Adds the UUIDs of all objects of the type. */
static int add_ids(const struct entries *e)
{
	const struct coder_objects *objects = server_objects(e->server, e->type, NULL, NULL);
	size_t from = e->list->n;
	int rc = 0;

	for (size_t i = 0; objects && i < objects->n && rc == 0; i++) {
		const struct coder_object *object = &objects->v[i];
		char description[160];

		snprintf(description, sizeof(description), "%s%s%s  %s", object->owner,
			 *object->owner ? "/" : "", object->name, object->description);
		rc = add_entry(e, "", object->id, description);
	}
	candidates_sort(e->list, from);
	return rc;
}

/* -------------------------------------------------------------- workspaces */

/* Adds the workspaces of an owner (NULL: everybody's), except those that are offered without an owner. */
static int add_workspaces(const struct entries *e, const char *owner, const char *name)
{
	const struct coder_objects *spaces = server_objects(e->server, e->type, owner, name);
	size_t len = strlen(e->typed);

	for (size_t i = 0; spaces && i < spaces->n; i++) {
		const struct coder_object *space = &spaces->v[i];

		if (e->own && strcmp(space->owner, e->own) == 0 &&
		    strncmp(space->name, e->typed, len) == 0)
			continue;
		if (add_name(e, space->owner, space) < 0)
			return -1;
	}
	return 0;
}

/* Adds the workspaces of e->user, without their owner. Sets e->own if there are any. */
static int add_own_workspaces(struct entries *e)
{
	const struct coder_objects *spaces = server_objects(e->server, e->type, e->user, e->typed);
	struct buf full = { 0 };
	int rc = 0;

	if (!spaces || !spaces->n)
		return 0;
	e->own = strdup(spaces->v[0].owner);
	if (!e->own)
		return coder_error_memory(e->err);
	for (size_t i = 0; i < spaces->n && rc == 0; i++) {
		const struct coder_object *space = &spaces->v[i];

		buf_reset(&full);
		if (!buf_addf(&full, "%s:%s/%s", e->type->name, space->owner, space->name))
			rc = coder_error_memory(e->err);
		else if (!coder_strings_has(e->list->given, full.data))
			rc = add_name(e, "", space);
	}
	buf_done(&full);
	return rc;
}

/*
 * Adds everybody's workspaces if nothing is typed or all of them are known. Otherwise adds those of
 * the owners whose names begin with what is typed, or only "OWNER/" if there are many owners.
 */
static int add_others_workspaces(const struct entries *e)
{
	struct coder_strings owners = { 0 };
	const struct coder_objects *users;
	size_t len = strlen(e->typed);
	int rc = 0;

	if (!len || server_knows_objects(e->server, e->type))
		return add_workspaces(e, NULL, NULL);
	users = server_objects(e->server, coder_type_find("user"), NULL, e->typed);
	for (size_t i = 0; users && i < users->n && rc == 0; i++)
		if (strncmp(users->v[i].name, e->typed, len) == 0)
			rc = coder_strings_add(&owners, users->v[i].name, e->err);
	for (size_t i = 0; i < owners.n && rc == 0; i++) {
		if (owners.n <= OWNERS_MAX) {
			rc = add_workspaces(e, owners.v[i], NULL);
		} else {
			rc = add_entry(e, owners.v[i], "", NULL);
			if (rc == 0 && e->list->n)
				e->list->v[e->list->n - 1].open = true;
		}
	}
	coder_strings_done(&owners);
	return rc;
}

static int add_workspace_names(struct entries *e)
{
	const char *slash = strchr(e->typed, '/');
	size_t from = e->list->n;
	int rc = 0;

	if (slash) {
		char *owner = strndup(e->typed, (size_t)(slash - e->typed));

		if (!owner)
			return coder_error_memory(e->err);
		rc = server_knows_objects(e->server, e->type) ? add_workspaces(e, NULL, NULL) :
								add_workspaces(e, owner, slash + 1);
		free(owner);
		candidates_sort(e->list, from);
		return rc;
	}
	if (e->user)
		rc = add_own_workspaces(e);
	candidates_sort(e->list, from);
	from = e->list->n;
	if (rc == 0)
		rc = add_others_workspaces(e);
	candidates_sort(e->list, from);
	return rc;
}

/* ------------------------------------------------------------- other types */

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct coder_object *)a)->name,
		      ((const struct coder_object *)b)->name);
}

/* Adds names, with the organization in front if one is typed or if several objects have the name. */
static int add_names(const struct entries *e)
{
	const char *slash = strchr(e->typed, '/');
	char *owner = slash ? strndup(e->typed, (size_t)(slash - e->typed)) : NULL;
	const struct coder_objects *found;
	struct coder_object *v;
	size_t from = e->list->n;
	int rc = 0;

	if (slash && !owner)
		return coder_error_memory(e->err);
	found = server_objects(e->server, e->type, owner, slash ? slash + 1 : e->typed);
	free(owner);
	if (!found || !found->n)
		return 0;
	v = reallocarray(NULL, found->n, sizeof(*v));
	if (!v)
		return coder_error_memory(e->err);
	memcpy(v, found->v, found->n * sizeof(*v));
	qsort(v, found->n, sizeof(*v), compare_names);
	for (size_t i = 0; i < found->n && rc == 0; i++) {
		bool several = (i && strcmp(v[i - 1].name, v[i].name) == 0) ||
			       (i + 1 < found->n && strcmp(v[i + 1].name, v[i].name) == 0);

		rc = add_name(e, slash || several ? v[i].owner : "", &v[i]);
	}
	free(v);
	candidates_sort(e->list, from);
	return rc;
}

/* Adds the objects of the type: names, and UUIDs if what is typed can be the beginning of one. */
static int add_objects(struct entries *e)
{
	const size_t before = e->list->n;
	const size_t len = strspn(e->typed, ASCII_DIGITS "abcdef-");
	const bool uuid = len && len <= CODER_UUID_SIZE && !e->typed[len];
	const bool digit = strcspn(e->typed, ASCII_DIGITS) < len; /* so it is probably no name */
	int rc;

	if (!e->type->resolve)
		return uuid || !*e->typed ? add_ids(e) : 0;
	rc = strcmp(e->type->name, "workspace") == 0 ? add_workspace_names(e) : add_names(e);
	if (rc == 0 && uuid && (digit || e->list->n == before))
		rc = add_ids(e);
	return rc;
}

static int add_types(struct candidates *list, struct coder_error *err)
{
	size_t n;
	const struct coder_type *types = coder_types(&n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		size_t before = list->n;
		char text[64];

		snprintf(text, sizeof(text), "%s:", types[i].name);
		rc = candidates_add(list, text,
				    types[i].resolve ? "by name or id, or *" :
				    types[i].flags & CODER_TYPE_WILDCARD_ONLY ? "only *" :
										"by id, or *",
				    err);
		if (list->n > before)
			list->v[before].open = true;
	}
	return rc;
}

int entries_add(struct candidates *list, struct server *server, const char *user,
		struct coder_error *err)
{
	const char *colon = strchr(list->prefix, ':');
	struct entries e = { .list = list, .server = server, .user = user, .err = err };
	size_t n, len;
	const struct coder_type *types = coder_types(&n);
	int rc;

	if (!colon)
		return add_types(list, err);
	len = (size_t)(colon - list->prefix);
	for (size_t i = 0; i < n; i++)
		if (strncmp(types[i].name, list->prefix, len) == 0 && !types[i].name[len])
			e.type = &types[i];
	if (!e.type)
		return 0;
	e.typed = colon + 1;
	rc = add_entry(&e, "", "*", "all of them");
	if (rc == 0 && e.type->listing)
		rc = add_objects(&e);
	free(e.own);
	return rc;
}
