/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goals.h - what goals mean for a token, in words, when it is planned. */
#ifndef GOALS_H
#define GOALS_H

#include "base/buf.h"
#include "coder.h"
#include "options/opts.h"
#include "permissions.h"

/* The goals as the documentation lists them. */
extern const struct opts_terms goals_terms;

/* Prints what a plan adds to what was given, on one line, if it adds something. */
void goals_report(const struct coder_plan *plan);
/* Prints the plan's warnings. */
void goals_warn(const struct coder_plan *plan);

/*
 * Appends each scope and entry of a plan for a token of that user with who needs it, and what the
 * token can and cannot do. Looks up what the entries name, as far as the plan did not need it.
 */
int goals_explain_plan(struct coder_client *client, const struct coder_plan *plan,
		       const struct permissions *permissions, const struct coder_user *user,
		       struct buf *out, struct coder_error *err);

#endif
