/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_check.h - checks of plans, and functions that plan.c and plan_check.c share; not part of the
 * public API.
 */
#ifndef PLAN_CHECK_H
#define PLAN_CHECK_H

#include "plan.h"

/* Whether an entry that was given names objects of the type. */
bool plan_is_given(const struct coder_wish *wish, const char *type);
/* Whether the plan has TYPE:* or *:*. */
bool plan_has_all(const struct coder_plan *plan, const char *type);
/*
 * Why a plan has a scope or an entry, for a message: the name of a goal, or "a token that can view
 * itself". NULL: only because the caller gave it.
 */
const char *plan_reason(const struct coder_plan *plan, unsigned from);
/*
 * Whether the entry names another user and was not given, and the scope reads something of that
 * user. Objects that were asked for do not count.
 */
bool plan_reads_user(const struct coder_plan *plan, const struct coder_wish *wish,
		     const struct coder_planned *scope, const struct coder_planned *entry);

/*
 * Both fail with CODER_ERR_USAGE in the cases that coder_plan_make() lists. The first one checks a
 * goal before its scopes and entries are added, the second one the whole plan.
 */
int plan_check_goal(const struct coder_wish *wish, const struct coder_goal *goal,
		    struct coder_error *err);
int plan_check(const struct coder_plan *plan, const struct coder_wish *wish,
	       struct coder_error *err);

#endif
