/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrays.h - arrays that are built apart from variables and assigned in one step. */
#ifndef SHELL_ARRAYS_H
#define SHELL_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>

#include "variables.h"

/*
 * The contents of an array. Building them may take long, and no variable changes meanwhile.
 * Then shvar_array_assign() exchanges them for those of a variable, as `mapfile` would.
 */
struct shvar_array;
/* expected: about how many elements there will be. Returns NULL if there is no memory. */
struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected);
/* Appends a value. In an associative array, sets the value of a key. */
void shvar_array_add(struct shvar_array *array, const char *key, const char *value);
/* The name has passed shvar_check(). Returns 0, or -1 if bash refuses. */
int shvar_array_assign(const char *name, struct shvar_array *array);
/* Also wipes the values of an associative array. */
void shvar_array_free(struct shvar_array *array);

/*
 * Freeing the many elements of an associative array takes as long as building them.
 * shvar_array_leave() only notes that it has to be freed. (It frees an indexed array at once.)
 * shvar_arrays_free_left() frees what this call and earlier ones have left, until a signal is
 * pending or the deadline has passed; NULL: all of it. The next call of it goes on from there.
 */
void shvar_array_leave(struct shvar_array *array);
void shvar_arrays_free_left(struct coder_interrupts *interrupts);

#endif
