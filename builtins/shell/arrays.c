/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrays.c - see arrays.h. */
#include "bash.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arrays.h"
#include "assignable.h"

#define BUCKETS 1024 /* of an associative array, as bash makes them */
#define FREE_STEPS 1024 /* elements that are freed between two looks at the time */

struct shvar_array {
	ARRAY *indexed; /* one of these two */
	HASH_TABLE *assoc;
	arrayind_t n; /* how many there are in indexed */
	struct shvar_array *next; /* among what is left to be freed */
};

/* Large ones for which nobody wanted to wait, and whose they are: a child leaves its copies alone. */
static struct {
	struct shvar_array *first;
	pid_t owner;
} left;

/* The table that is being emptied. */
static struct {
	HASH_TABLE *table;
	char *key; /* of the element before the one that is looked at, or NULL */
	size_t steps;
	bool (*go_on)(void *ctx);
	void *ctx;
} emptied;

static void remove_looked_at(void)
{
	if (emptied.key)
		assoc_remove(emptied.table, emptied.key);
	emptied.key = NULL;
}

/* Removes an element when the walk has got to the next, from which it goes on. */
static int empty_element(BUCKET_CONTENTS *element)
{
	remove_looked_at();
	emptied.key = element->key;
	if (element->data)
		explicit_bzero(element->data, strlen(element->data));
	return ++emptied.steps % FREE_STEPS || emptied.go_on(emptied.ctx) ? 0 : -1;
}

void shvar_array_free_left(bool (*go_on)(void *ctx), void *ctx)
{
	struct shvar_array *array;

	while (left.owner == getpid() && (array = left.first)) {
		emptied.table = array->assoc;
		emptied.steps = 0;
		emptied.go_on = go_on;
		emptied.ctx = ctx;
		hash_walk(array->assoc, empty_element);
		remove_looked_at();
		if (hash_size(array->assoc) > 0)
			return;
		assoc_dispose(array->assoc);
		left.first = array->next;
		free(array);
	}
}

/* bash 5.0 never gives a table more buckets, and all want a power of two. */
static int buckets_for(size_t expected)
{
	int n = BUCKETS;

	while ((size_t)n < expected && n < INT_MAX / 2)
		n *= 2;
	return n;
}

struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected, bool (*go_on)(void *ctx),
				    void *ctx)
{
	struct shvar_array *array = calloc(1, sizeof(*array));

	if (array == NULL)
		return NULL;
	shvar_array_free_left(go_on, ctx);
	if (kind == SHVAR_INDEXED)
		array->indexed = array_create();
	else
		array->assoc = hash_create(buckets_for(expected));
	return array;
}

void shvar_array_add(struct shvar_array *array, const char *key, const char *value)
{
	if (array->indexed)
		array_insert(array->indexed, array->n++, (char *)value);
	else
		assoc_insert(array->assoc, savestring(key), (char *)value);
}

int shvar_array_assign(const char *name, struct shvar_array *array)
{
	enum shvar_kind kind = array->indexed ? SHVAR_INDEXED : SHVAR_ASSOC;
	ARRAY *indexed = array->indexed;
	HASH_TABLE *assoc = array->assoc;
	char why[SHVAR_WHY_SIZE];
	struct shell_target target;
	SHELL_VAR *var;

	if (shell_find_assignable(name, kind, &target, why) < 0)
		return -1;
	var = target.var;
	if (kind == SHVAR_INDEXED) {
		if (var == NULL)
			var = make_new_array_variable((char *)target.name);
		else if (!array_p(var))
			var = convert_var_to_array(var);
		array->indexed = array_cell(var);
		var_setarray(var, indexed);
	} else {
		if (var == NULL)
			var = make_new_assoc_variable((char *)target.name);
		else if (!assoc_p(var))
			var = convert_var_to_assoc(var);
		array->assoc = assoc_cell(var);
		var_setassoc(var, assoc);
	}
	VUNSETATTR(var, att_invisible);
	return 0;
}

void shvar_array_free(struct shvar_array *array, bool (*go_on)(void *ctx), void *ctx)
{
	if (array == NULL)
		return;
	if (array->assoc == NULL) {
		array_dispose(array->indexed);
		free(array);
		return;
	}
	if (left.owner != getpid())
		left.first = NULL;
	left.owner = getpid();
	array->next = left.first;
	left.first = array;
	shvar_array_free_left(go_on, ctx);
}
