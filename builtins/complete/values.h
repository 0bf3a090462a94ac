/* SPDX-License-Identifier: GPL-3.0-or-later */
/* values.h - the candidates for a value of an option, or for an operand. */
#ifndef COMPLETE_VALUES_H
#define COMPLETE_VALUES_H

#include <stdbool.h>

#include "candidates.h"
#include "coder.h"
#include "options/opts.h"
#include "server.h"

/* Which values are wanted, and what the rest of the line determines about them. */
struct wanted {
	enum opts_value kind;
	const struct opts_option *option; /* NULL: an operand */
	const char *
		user; /* whose tokens and workspaces; NULL: not known, --user contains an expansion */
	bool unexpired; /* leave out expired tokens */
	const char *reserved; /* a variable that commands do not assign */
};

/* Adds all values of that kind, except those that the server does not send in time. */
int values_add(struct candidates *list, const struct wanted *wanted, struct server *server,
	       struct coder_error *err);

#endif
