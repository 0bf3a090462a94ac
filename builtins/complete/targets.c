/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets.c - entries of an allow list that could stand at the cursor; see complete.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "complete.h"

#define OWNERS_MAX 8 /* whose workspaces are asked for when a name begins like theirs */

/* The entries of an allow list of one type. */
struct entries {
	struct words *words;
	const struct wanted *wanted;
	const struct coder_type *type;
	const char *id; /* what is typed behind the colon */
	char *own; /* whose workspaces are offered without their owner, or NULL */
	struct coder_error *err;
};

static int add_entry(const struct entries *e, const char *owner, const char *id, const char *note)
{
	struct buf text = { 0 };
	int rc;

	if (buf_addf(&text, "%s:%s%s%s", e->type->name, owner, *owner ? "/" : "", id))
		rc = words_add(e->words, e->wanted, text.data, note, e->err);
	else
		rc = coder_error_memory(e->err);
	buf_done(&text);
	return rc;
}

static int add_name(const struct entries *e, const char *owner, const struct coder_object *object)
{
	char note[160];

	snprintf(note, sizeof(note), "%s  %s", object->id, object->note);
	return add_entry(e, owner, object->name, e->wanted->notes ? note : NULL);
}

static int add_ids(const struct entries *e, const struct coder_objects *objects)
{
	size_t from = e->words->n;
	int rc = 0;

	for (size_t i = 0; objects && i < objects->n && rc == 0; i++) {
		const struct coder_object *object = &objects->v[i];
		char note[160];

		snprintf(note, sizeof(note), "%s%s%s  %s", object->owner, *object->owner ? "/" : "",
			 object->name, object->note);
		rc = add_entry(e, "", object->id, e->wanted->notes ? note : NULL);
	}
	words_sort(e->words, from);
	return rc;
}

/* Workspaces of an owner (NULL: of everybody), with it, but for those that are offered as own ones. */
static int add_workspaces(const struct entries *e, const char *owner, const char *name)
{
	const struct coder_objects *spaces = words_ask(e->wanted, "workspace", owner, name);
	size_t len = strlen(e->id);

	for (size_t i = 0; spaces && i < spaces->n; i++) {
		const struct coder_object *space = &spaces->v[i];

		if (e->own && strcmp(space->owner, e->own) == 0 &&
		    strncmp(space->name, e->id, len) == 0)
			continue;
		if (add_name(e, space->owner, space) < 0)
			return -1;
	}
	return 0;
}

static bool is_given_with_owner(const struct entries *e, const struct coder_object *space)
{
	struct buf text = { 0 };
	bool given = buf_addf(&text, "%s:%s/%s", e->type->name, space->owner, space->name) &&
		     coder_strings_has(e->wanted->given, text.data);

	buf_done(&text);
	return given;
}

/* Workspaces of the token's own user, without it; sets e->own if there are any. */
static int add_own_workspaces(struct entries *e)
{
	const struct coder_objects *spaces =
		words_ask(e->wanted, "workspace", e->wanted->user, e->id);

	if (!spaces || !spaces->n)
		return 0;
	e->own = strdup(spaces->v[0].owner);
	if (!e->own)
		return coder_error_memory(e->err);
	for (size_t i = 0; i < spaces->n; i++)
		if (!is_given_with_owner(e, &spaces->v[i]) && add_name(e, "", &spaces->v[i]) < 0)
			return -1;
	return 0;
}

static bool all_are_known(const struct entries *e)
{
	return e->wanted->server &&
	       cache_knows(e->wanted->server, "workspace", &(struct coder_query){ 0 });
}

/* Of everybody if nothing is typed or all are known, else of those whose names begin so. */
static int add_others_workspaces(const struct entries *e)
{
	struct coder_strings owners = { 0 };
	const struct coder_objects *users;
	size_t len = strlen(e->id);
	int rc = 0;

	if (!len || all_are_known(e))
		return add_workspaces(e, NULL, NULL);
	users = words_ask(e->wanted, "user", NULL, e->id);
	for (size_t i = 0; users && i < users->n && rc == 0; i++)
		if (strncmp(users->v[i].name, e->id, len) == 0)
			rc = coder_strings_add(&owners, users->v[i].name, e->err);
	for (size_t i = 0; i < owners.n && rc == 0; i++) {
		if (owners.n <= OWNERS_MAX) {
			rc = add_workspaces(e, owners.v[i], NULL);
		} else {
			rc = add_entry(e, owners.v[i], "", NULL);
			if (rc == 0 && e->words->n)
				e->words->v[e->words->n - 1].open = true;
		}
	}
	coder_strings_done(&owners);
	return rc;
}

static int fill_workspaces(struct entries *e)
{
	const char *slash = strchr(e->id, '/');
	size_t from = e->words->n;
	int rc = 0;

	if (slash) {
		char *owner = strndup(e->id, (size_t)(slash - e->id));

		if (!owner)
			return coder_error_memory(e->err);
		rc = all_are_known(e) ? add_workspaces(e, NULL, NULL) :
					add_workspaces(e, owner, slash + 1);
		free(owner);
		words_sort(e->words, from);
		return rc;
	}
	if (e->wanted->user)
		rc = add_own_workspaces(e);
	words_sort(e->words, from);
	from = e->words->n;
	if (rc == 0)
		rc = add_others_workspaces(e);
	words_sort(e->words, from);
	return rc;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct coder_object *)a)->name,
		      ((const struct coder_object *)b)->name);
}

/* By name; with its organization where that is typed, or the name is in several. */
static int fill_named(const struct entries *e)
{
	const char *slash = strchr(e->id, '/');
	char *owner = slash ? strndup(e->id, (size_t)(slash - e->id)) : NULL;
	const struct coder_objects *found;
	struct coder_object *v;
	size_t from = e->words->n;
	int rc = 0;

	found = words_ask(e->wanted, e->type->name, owner, slash ? slash + 1 : e->id);
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
	words_sort(e->words, from);
	return rc;
}

/* Whether what is typed could be the begin of a UUID, and with a digit hardly of a name. */
static bool begins_uuid(const char *id, bool *ret_digit)
{
	size_t len = strspn(id, "0123456789abcdef-");

	*ret_digit = strcspn(id, "0123456789") < len;
	return len && len <= CODER_UUID_SIZE && !id[len];
}

static int fill_entries(struct entries *e)
{
	size_t before = e->words->n;
	bool digit, uuid = begins_uuid(e->id, &digit);
	int rc;

	if (!e->type->resolve)
		return uuid || !*e->id ?
			       add_ids(e, words_ask(e->wanted, e->type->name, NULL, NULL)) :
			       0;
	rc = strcmp(e->type->name, "workspace") == 0 ? fill_workspaces(e) : fill_named(e);
	if (rc == 0 && uuid && (digit || e->words->n == before))
		rc = add_ids(e, words_ask(e->wanted, e->type->name, NULL, NULL));
	return rc;
}

static int fill_types(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	size_t n;
	const struct coder_type *types = coder_types(&n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		size_t before = words->n;
		char text[64];

		snprintf(text, sizeof(text), "%s:", types[i].name);
		rc = words_add(words, wanted, text,
			       types[i].resolve				 ? "by name or id, or *" :
			       types[i].flags & CODER_TYPE_WILDCARD_ONLY ? "only *" :
									   "by id, or *",
			       err);
		if (words->n > before)
			words->v[before].open = true;
	}
	return rc;
}

int words_fill_targets(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	const char *colon = strchr(wanted->prefix, ':');
	struct entries e = { .words = words, .wanted = wanted, .err = err };
	size_t n, len;
	const struct coder_type *types = coder_types(&n);
	int rc;

	if (!colon)
		return fill_types(words, wanted, err);
	len = (size_t)(colon - wanted->prefix);
	for (size_t i = 0; i < n; i++)
		if (strncmp(types[i].name, wanted->prefix, len) == 0 && !types[i].name[len])
			e.type = &types[i];
	if (!e.type)
		return 0;
	e.id = colon + 1;
	if (add_entry(&e, "", "*", "all of them") < 0)
		return -1;
	rc = e.type->listing ? fill_entries(&e) : 0;
	free(e.own);
	return rc;
}
