/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assignable.h - output variables, for the files of this room. */
#ifndef SHELL_ASSIGNABLE_H
#define SHELL_ASSIGNABLE_H

#include "bash.h"
#include "variables.h"

/* What a name stands for once its namerefs are followed. */
struct shell_target {
	const char *name; /* of the variable itself */
	SHELL_VAR *var; /* NULL: there is none yet */
};

/* Finds the variable of that name, which shvar_check() would accept. Returns 0, or -1 with why. */
int shell_find_assignable(const char *name, enum shvar_kind kind, struct shell_target *ret,
			  char why[SHVAR_WHY_SIZE]);

#endif
