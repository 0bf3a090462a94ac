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
 * Checks whether a variable of that name and kind can be assigned so that bash does not
 * evaluate the value, fail or print. The name must be an identifier
 * ([A-Za-z_][A-Za-z0-9_]*), or a name reference to one. The variable must not be readonly,
 * dynamic (RANDOM, BASH_ALIASES, DIRSTACK ...) or set for this command only, and must have
 * none of the attributes -i, -l, -u and -c. A scalar must not be an array, and an array
 * must not be of the other kind. Returns 0, or -1 with the reason in the words of bash
 * ("x: readonly variable").
 */
int shvar_check(const char *name, enum shvar_kind kind, char why[SHVAR_WHY_SIZE]);

/*
 * Assigns like `read`: to the innermost variable of that name, through name references, or
 * else to a new global one. The name has passed shvar_check(). The variable becomes
 * exported only if it was, even under set -a. Returns 0, or -1 if bash refuses.
 */
int shvar_set_scalar(const char *name, const char *value);

struct shvar_pair {
	const char *key, *value;
};

/* The name of the variable that a name means, through name references; if they are broken, the name itself. */
const char *shvar_resolve(const char *name);

/*
 * These are for an associative array that belongs to the builtins. shvar_own_global()
 * creates a global one if there is none. shvar_own_set() replaces the contents of the
 * innermost variable of that name, or of a new global one. Both turn a variable of another
 * kind into an associative array that is not exported. Both silently leave a readonly
 * variable or a name reference as it is.
 */
void shvar_own_global(const char *name);
void shvar_own_set(const char *name, const struct shvar_pair *pairs, size_t n);

/*
 * The value of a shell variable, exported or not, local or temporary; NULL if it is unset.
 * The pointer is valid until the next call into the shell.
 */
const char *shvar_get(const char *name);

/* The same for a setting: NULL also if the value is empty or only blanks. */
static inline const char *shvar_given(const char *name)
{
	const char *value = shvar_get(name);

	return ascii_is_given(value) ? value : NULL;
}

/*
 * Appends the values of an indexed array, in the order of indices. Fails with CODER_ERR_USAGE if
 * there is no such array, or the variable is of another kind.
 */
int shvar_get_strings(const char *name, struct coder_strings *ret, struct coder_error *err);

/*
 * Appends the names of all variables of that kind that begin with prefix, sorted. With
 * assignable, only those that pass shvar_check().
 */
int shvar_names(enum shvar_kind kind, const char *prefix, bool assignable,
		struct coder_strings *ret, struct coder_error *err);

#endif
