/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goals.h - what goals mean for a token, in words: of one that is planned, and of one that exists. */
#ifndef GOALS_H
#define GOALS_H

#include "base/buf.h"
#include "coder.h"
#include "options/opts.h"

/* The goals as the documentation lists them. */
extern const struct opts_terms goals_terms;

/* Prints what a plan adds to what was given, on one line, if it adds something. */
void goals_report(const struct coder_plan *plan);
/* Prints the plan's warnings. */
void goals_warn(const struct coder_plan *plan);

/* Appends each scope and entry of a plan with who needs it, and what the token can and cannot do. */
int goals_explain_plan(const struct coder_plan *plan, struct buf *out, struct coder_error *err);

/*
 * Appends lines that tell what a token can do, and what it lacks for those goals that are
 * nearest. -1: no memory.
 */
int goals_explain(const struct coder_strings *scopes, const struct coder_strings *allow_list,
		  struct buf *out, struct coder_error *err);

#endif
