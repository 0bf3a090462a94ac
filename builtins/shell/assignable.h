/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assignable.h - output variables, for the files of this room. */
#ifndef SHELL_ASSIGNABLE_H
#define SHELL_ASSIGNABLE_H

#include "bash.h"
#include "variables.h"

/* The variable that a name means when all name references are followed. */
struct shell_variable {
	const char *name; /* of the variable itself */
	SHELL_VAR *var; /* NULL: there is none yet */
};

/* Finds a variable that shvar_check() accepts. Returns 0, or -1 with why. */
int shell_find_assignable(const char *name, enum shvar_kind kind, struct shell_variable *ret,
			  char why[SHVAR_WHY_SIZE]);

#endif
