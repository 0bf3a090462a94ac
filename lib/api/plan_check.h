/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_check.h - checks of plans, and what plan.c and the checks both ask; not part of the public API. */
#ifndef PLAN_CHECK_H
#define PLAN_CHECK_H

#include "plan.h"

/* Whether an entry that was given names objects of the type. */
bool plan_is_given(const struct coder_wish *wish, const char *type);
/* Whether the plan has TYPE:* or *:*. */
bool plan_has_all(const struct coder_plan *plan, const char *type);
/* Who wants a planned scope or entry, for a message; NULL: the caller alone. */
const char *plan_bringer(const struct coder_plan *plan, unsigned from);

/* These fail with CODER_ERR_USAGE as plan.h says: one goal, before its needs are added; the whole plan. */
int plan_check_goal(const struct coder_wish *wish, const struct coder_goal *goal,
		    struct coder_error *err);
int plan_check(const struct coder_plan *plan, const struct coder_wish *wish,
	       struct coder_error *err);

#endif
