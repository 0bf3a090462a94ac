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
#define FREE_STEPS 1024 /* elements that are freed between two checks for a signal */

struct shvar_array {
	ARRAY *indexed; /* one of these two */
	HASH_TABLE *assoc;
	arrayind_t n; /* elements of indexed */
	struct shvar_array *next; /* in the list of those that are left to be freed */
};

/* Associative arrays that are left to be freed. A child process leaves its copies of them alone. */
static struct {
	struct shvar_array *first;
	pid_t owner; /* the process that left them */
} left;

/* The table that is being emptied. */
static struct {
	HASH_TABLE *table;
	char *key; /* of the element that is to be removed next, or NULL */
	size_t steps;
	struct coder_interrupts *interrupts;
} emptied;

static void remove_last(void)
{
	if (emptied.key)
		assoc_remove(emptied.table, emptied.key);
	emptied.key = NULL;
}

/* Called by hash_walk(), which still needs an element to find the next one: removes the one before. */
static int empty_element(BUCKET_CONTENTS *element)
{
	struct coder_interrupts *interrupts = emptied.interrupts;

	remove_last();
	emptied.key = element->key;
	if (element->data)
		explicit_bzero(element->data, strlen(element->data));
	if (++emptied.steps % FREE_STEPS || !interrupts)
		return 0;
	if (coder_interrupts_pending(interrupts) || coder_interrupts_time_left(interrupts) <= 0)
		return -1; /* ends the walk */
	return 0;
}

/* Wipes and frees the elements of a table, and then the table itself. False: it had to stop. */
static bool free_table(HASH_TABLE *table, struct coder_interrupts *interrupts)
{
	emptied.table = table;
	emptied.steps = 0;
	emptied.interrupts = interrupts;
	hash_walk(table, empty_element);
	remove_last();
	if (hash_size(table) > 0)
		return false;
	assoc_dispose(table);
	return true;
}

struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected)
{
	struct shvar_array *array = calloc(1, sizeof(*array));
	int buckets = BUCKETS;

	if (array == NULL)
		return NULL;
	if (kind == SHVAR_INDEXED) {
		array->indexed = array_create();
		return array;
	}
	/* a power of two, as every bash wants it; bash 5.0 adds no buckets later */
	while ((size_t)buckets < expected && buckets < INT_MAX / 2)
		buckets *= 2;
	array->assoc = hash_create(buckets);
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
	struct shell_variable found;
	SHELL_VAR *var;

	if (shell_find_assignable(name, kind, &found, why) < 0)
		return -1;
	var = found.var;
	if (kind == SHVAR_INDEXED) {
		if (var == NULL)
			var = make_new_array_variable((char *)found.name);
		else if (!array_p(var))
			var = convert_var_to_array(var);
		array->indexed = array_cell(var);
		var_setarray(var, indexed);
	} else {
		if (var == NULL)
			var = make_new_assoc_variable((char *)found.name);
		else if (!assoc_p(var))
			var = convert_var_to_assoc(var);
		array->assoc = assoc_cell(var);
		var_setassoc(var, assoc);
	}
	VUNSETATTR(var, att_invisible);
	return 0;
}

void shvar_array_free(struct shvar_array *array)
{
	if (array == NULL)
		return;
	if (array->assoc)
		(void)free_table(array->assoc, NULL);
	else
		array_dispose(array->indexed);
	free(array);
}

/* ----------------------------------------------------------- freeing later */

void shvar_array_leave(struct shvar_array *array)
{
	if (array == NULL || array->assoc == NULL) {
		shvar_array_free(array);
		return;
	}
	if (left.owner != getpid())
		left.first = NULL;
	left.owner = getpid();
	array->next = left.first;
	left.first = array;
}

void shvar_arrays_free_left(struct coder_interrupts *interrupts)
{
	struct shvar_array *array;

	while (left.owner == getpid() && (array = left.first)) {
		if (!free_table(array->assoc, interrupts))
			return;
		left.first = array->next;
		free(array);
	}
}
