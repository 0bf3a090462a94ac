/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * variables.h - the shell's variables. Values that come from a server are never
 * evaluated: no arithmetic, no expansion.
 */
#ifndef SHELL_VARIABLES_H
#define SHELL_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "coder.h"

enum shvar_kind {
	SHVAR_SCALAR,
	SHVAR_INDEXED,
	SHVAR_ASSOC,
};

#define SHVAR_WHY_SIZE 256

/*
 * Whether NAME can be assigned as a variable of that kind without bash
 * evaluating the value, failing or printing: a plain identifier
 * ([A-Za-z_][A-Za-z0-9_]*), not readonly, not dynamic (RANDOM, BASH_ALIASES,
 * DIRSTACK ...), no temporary environment variable, no nameref to anything but
 * a plain identifier; a scalar must have no -i, -l, -u, -c and not be an array;
 * an array must not be of the other kind. Returns 0, or -1 with why filled in
 * in the words of bash ("x: readonly variable").
 */
int shvar_check(const char *name, enum shvar_kind kind, char why[SHVAR_WHY_SIZE]);

/*
 * Assigns as the caller's `read` would: to the innermost variable of that name,
 * through a nameref, else to a new global one. The name has passed shvar_check().
 * No export attribute is added, not even under set -a; one that is there stays.
 * Returns 0, or -1 if bash refused.
 */
int shvar_set_scalar(const char *name, const char *value);

struct shvar_pair {
	const char *key, *value;
};

/* The variable that a name stands for, namerefs followed; the name itself if they lead nowhere. */
const char *shvar_resolve(const char *name);

/*
 * For an associative array that belongs to the builtins. shvar_own_global() makes
 * sure that there is a global one; shvar_own_set() replaces the contents of the
 * innermost variable of that name, which it creates globally if there is none.
 * Both replace a variable of any other kind by an array without its export
 * attribute, and leave a readonly one or a name reference alone, in silence.
 */
void shvar_own_global(const char *name);
void shvar_own_set(const char *name, const struct shvar_pair *pairs, size_t n);

/*
 * The value of a shell variable, exported or not, local or temporary; NULL if
 * it is unset. The pointer is good until the next call into the shell.
 */
const char *shvar_get(const char *name);

/* The same for a setting: NULL if it is unset or has nothing but blanks in it. */
static inline const char *shvar_given(const char *name)
{
	const char *value = shvar_get(name);

	return value && value[strspn(value, ASCII_BLANKS)] ? value : NULL;
}

/*
 * Copies the values of an indexed array, in index order, into a heap array of
 * heap strings (*ret_values, *ret_n; each to be freed). -1 with why: no such
 * array, or a variable of another kind. An array without elements gives n = 0.
 */
int shvar_get_indexed(const char *name, char ***ret_values, size_t *ret_n,
		      char why[SHVAR_WHY_SIZE]);

/*
 * The names of the shell's variables of that kind that begin with prefix, sorted,
 * as a heap array of heap strings (*ret_names, *ret_n; each to be freed); with
 * assignable only those that pass shvar_check(). -1: no memory.
 */
int shvar_names(enum shvar_kind kind, const char *prefix, bool assignable, char ***ret_names,
		size_t *ret_n);

#endif
