/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrays.h - arrays that are made aside and assigned at a stroke. */
#ifndef SHELL_ARRAYS_H
#define SHELL_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>

#include "variables.h"

/*
 * The contents of an array that are made aside, as long as that may take: no
 * variable changes. Then shvar_array_assign() gives them to a variable at a stroke, as
 * `mapfile` would, and gets the old ones in return. To free what has many elements
 * takes as long as to make it, so both _new() and _free() stop freeing when go_on(ctx)
 * says false; what is left is freed by later calls, in shell_leave(), a bit each.
 */
struct shvar_array;
/* expected: about how many elements it will have. NULL: no memory. */
struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected, bool (*go_on)(void *ctx),
				    void *ctx);
/* Appends a value, or in an associative array sets that of a key. */
void shvar_array_add(struct shvar_array *array, const char *key, const char *value);
/* The name has passed shvar_check(). Returns 0, or -1 if bash refused. */
int shvar_array_assign(const char *name, struct shvar_array *array);
/* Also wipes the values of an associative array. */
void shvar_array_free(struct shvar_array *array, bool (*go_on)(void *ctx), void *ctx);
/* Goes on to free what was left, as far as go_on() lets it. */
void shvar_array_free_left(bool (*go_on)(void *ctx), void *ctx);

#endif
