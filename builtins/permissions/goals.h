/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goals.h - describes in words what goals mean for a token that is planned. */
#ifndef GOALS_H
#define GOALS_H

#include "base/buf.h"
#include "coder.h"
#include "options/opts.h"
#include "permissions.h"

/* The goals as the documentation lists them. */
extern const struct opts_terms goals_terms;

/* Prints on one line what a plan adds to what was given. Prints nothing if it adds nothing. */
void goals_report(const struct coder_plan *plan);
/* Prints the plan's warnings. */
void goals_warn(const struct coder_plan *plan);

/*
 * Appends each scope and entry of a plan with the goals that need it, and what a token of that user
 * can and cannot do with them. Looks up the names of entries that the plan did not look up.
 */
int goals_explain_plan(struct coder_client *client, const struct coder_plan *plan,
		       const struct permissions *permissions, const struct coder_user *user,
		       struct buf *out, struct coder_error *err);

#endif
