/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.h - the options and operands of a command line, and what stands at its cursor. */
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
	const char *value; /* NULL: it takes none, or its value is not known */
};

struct context {
	struct line line;
	const struct opts_command *command; /* NULL: the line begins with none that is known */
	struct given *given; /* on both sides of the cursor */
	size_t n_given, n_operands;
	bool ended; /* the cursor stands behind -- */
	const struct opts_option *pending; /* takes the word at the cursor as its value */
	const struct opts_option *option; /* whose value stands at the cursor; NULL: no option's */
	size_t value_at; /* where in the word that value begins */
};

void context_done(struct context *c);
/* Reads c->line, which the caller filled in. commands: those that are known, NULL-terminated. */
int context_read(struct context *c, const struct opts_command *const *commands,
		 struct coder_error *err);
/* The option with that short name, or NULL. */
const struct opts_option *context_find_letter(const struct context *c, char letter);

#endif
