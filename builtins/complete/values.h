/* SPDX-License-Identifier: GPL-3.0-or-later */
/* values.h - the candidates for a value of an option, or for an operand. */
#ifndef COMPLETE_VALUES_H
#define COMPLETE_VALUES_H

#include <stdbool.h>

#include "candidates.h"
#include "coder.h"
#include "options/opts.h"
#include "server.h"

/* What is wanted, and what the rest of the line says about it. */
struct wanted {
	enum opts_value kind;
	const struct opts_option *option; /* NULL: an operand */
	const char *user; /* whose tokens and workspaces; NULL: --user contains an expansion */
	bool unexpired; /* expired tokens are left out */
	const char *reserved; /* a variable that commands do not assign */
};

/* Adds all values of that kind. Those that the server does not send in time are left out. */
int values_add(struct candidates *list, const struct wanted *wanted, struct server *server,
	       struct coder_error *err);

#endif
