/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.c - the names of the objects in allow lists; see names.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/grow.h"
#include "base/interrupts.h"
#include "names.h"
#include "request.h"
#include "search.h"

#define PATIENCE_NS (5 * CODER_NS) /* the longest time for all names */

void coder_names_done(struct coder_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i].name);
	free(names->v);
	*names = (struct coder_names){ 0 };
}

/*
 * Reads "TYPE:UUID". Returns the type in whose list the object has its name, or NULL if there is
 * none.
 */
static const struct coder_type *type_of(const char *entry, char id[CODER_UUID_SIZE])
{
	const char *colon = strchr(entry, ':');
	char name[64] = "";
	const struct coder_type *type;

	if (!colon || (size_t)(colon - entry) >= sizeof(name) ||
	    !coder_uuid_canonical(colon + 1, id))
		return NULL;
	memcpy(name, entry, (size_t)(colon - entry));
	type = coder_type_find(name);
	if (type && type->kind)
		type = coder_type_find(type->kind);
	return type && type->resolve && type->listing ? type : NULL;
}

void coder_names_want(struct coder_names *names, const struct coder_strings *entries)
{
	for (size_t i = 0; i < entries->n; i++) {
		struct coder_wanted_names one = { 0 }, *known = names->wanted;

		one.type = type_of(entries->v[i], one.id);
		if (!one.type)
			continue;
		while (known < names->wanted + names->n_wanted && known->type != one.type)
			known++;
		if (known < names->wanted + names->n_wanted)
			known->several |= strcmp(known->id, one.id) != 0;
		else if (names->n_wanted < CODER_NAMES_TYPES)
			names->wanted[names->n_wanted++] = one;
	}
}

static int add(struct coder_names *names, const struct coder_type *type,
	       const struct coder_object *object, struct coder_error *err)
{
	const bool owned = (type->flags & CODER_TYPE_OWNED) && *object->owner;
	struct coder_name *v = coder_grow(names->v, names->n, &names->cap, sizeof(*v)), *one;

	if (!v)
		return coder_error_memory(err);
	names->v = v;
	one = &v[names->n];
	*one = (struct coder_name){ .type = type };
	if (!*object->name || !coder_uuid_canonical(object->id, one->id))
		return 0;
	if (asprintf(&one->name, "%s%s%s", owned ? object->owner : "", owned ? "/" : "",
		     object->name) < 0)
		return coder_error_memory(err);
	names->n++;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct coder_name *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return strcmp(x->id, y->id);
}

int coder_names_request(struct coder_client *client, struct coder_names *names,
			struct coder_error *err)
{
	const int64_t left = coder_interrupts_time_left(client->interrupts) / 2;
	const int64_t until = coder_deadline(left < PATIENCE_NS ? left : PATIENCE_NS);

	for (size_t i = 0; i < names->n_wanted && coder_clock() < until; i++) {
		const struct coder_wanted_names *wanted = &names->wanted[i];
		const struct coder_query query = { .id = wanted->several ? NULL : wanted->id,
						   .until = until };
		struct coder_objects CLEANUP(coder_objects_done) found = { 0 };

		if (coder_search(client, wanted->type, &query, &found, err) < 0) {
			if (err->code == CODER_ERR_INTERRUPTED || err->code == CODER_ERR_MEMORY)
				return -1;
			continue;
		}
		for (size_t j = 0; j < found.n; j++)
			if (add(names, wanted->type, &found.v[j], err) < 0)
				return -1;
	}
	if (names->n > 1)
		qsort(names->v, names->n, sizeof(*names->v), compare);
	return 0;
}

const char *coder_names_find(const struct coder_names *names, const char *entry)
{
	struct coder_name key = { 0 };
	const struct coder_name *found;

	if (!names->n || !(key.type = type_of(entry, key.id)))
		return NULL;
	found = bsearch(&key, names->v, names->n, sizeof(key), compare);
	return found ? found->name : NULL;
}
