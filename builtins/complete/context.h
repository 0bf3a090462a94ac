/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.h - the options and operands of a command line, and the option at its cursor. */
#ifndef COMPLETE_CONTEXT_H
#define COMPLETE_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "coder.h"
#include "line.h"
#include "options/opts.h"

/* An option or operand of the line. */
struct given {
	const struct opts_option *option; /* NULL: an operand */
	const char *value; /* NULL: it takes none, or the value contains an expansion */
};

struct context {
	struct line line;
	const struct opts_command *command; /* NULL: the line does not begin with a loaded one */
	struct given *given; /* before and behind the cursor */
	size_t n_given, n_operands;
	bool ended; /* the cursor is behind -- */
	const struct opts_option *pending; /* the option whose value is the word at the cursor */
	const struct opts_option *option; /* the option whose value is at the cursor, or NULL */
	size_t value_at; /* where in the word that value begins */
};

void context_done(struct context *c);
/* Reads c->line, which the caller has filled in. commands: those that are loaded, NULL-terminated. */
int context_read(struct context *c, const struct opts_command *const *commands,
		 struct coder_error *err);

#endif
