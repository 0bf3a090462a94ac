/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.h - the scopes and allow-list entries of a token for some goals.
 *
 * A server applies every scope of a token to every entry of its allow list. So an entry that one
 * goal needs can let another goal, or a scope that was given, exceed what was requested. Such plans
 * are refused.
 */
#ifndef CODER_PLAN_H
#define CODER_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "goal.h"

/* An allow-list entry that the caller gives, and what is known of its object. */
struct coder_subject {
	const char *entry; /* "workspace:<id>", "workspace:*" */
	const char *owner; /* of a workspace: its owner's id; or NULL */
	const char *organization; /* the id of the object's organization, or NULL */
};

#define CODER_GOALS_MAX 16 /* goals of one plan; not fewer than there are, nor more than 30 */
/* Why a plan has a scope or an entry: bit i stands for the plan's goal i, and ... */
#define CODER_FROM_CALLER (1u << 31) /* ... the caller gave it */
#define CODER_FROM_SELF_READABLE (1u << 30) /* ... it lets the token view itself */

/* A scope or an entry that a token will have. */
struct coder_planned {
	char *text;
	unsigned from;
};
struct coder_planned_list {
	struct coder_planned *v;
	size_t n, cap;
};

/* What a token will have. Zeroed memory is the empty plan. */
struct coder_plan {
	const struct coder_goal *goals[CODER_GOALS_MAX];
	size_t n_goals;
	struct coder_planned_list scopes, entries;
	struct coder_strings warnings; /* what its user may not expect, one line each */
};
void coder_plan_done(struct coder_plan *plan);

/* What a plan is made from. The strings belong to the caller. */
struct coder_wish {
	const struct coder_goal *const *goals;
	size_t n_goals; /* each once, at most CODER_GOALS_MAX */
	const char *const *scopes; /* given in addition to the goals; canonical names */
	size_t n_scopes; /* 0 and no goals: coder:all */
	const struct coder_subject *subjects; /* given entries */
	size_t n_subjects;
	bool self_readable;
	/*
	 * The id of the user whose token it will be. NULL: nothing has been looked up yet. Then
	 * entries may have names instead of ids, and the plan lacks the companions that only the
	 * server knows. Conflicts that do not depend on these are found nevertheless.
	 */
	const char *self;
};

/*
 * Whether a plan needs the owner or the organization of the objects that an entry of that type
 * names.
 */
bool coder_wish_needs_relations(const struct coder_wish *wish, const char *type);

/*
 * Works out the scopes and entries, in the order: given, goal by goal, self-readable; each text
 * once, and no scope that a goal needs if a scope TYPE:* of the list includes it. As in requests,
 * an empty list of scopes means coder:all, and an empty list of entries means *:*. ret is empty
 * before the call. Fails with CODER_ERR_USAGE if
 *
 *  - a goal is about objects, and no entry names one;
 *  - a goal cannot be limited to an entry that was given;
 *  - an entry that one goal needs would let a scope of another goal, or one that was given, act
 *    on objects that were not given for it. The message names both. A scope that only reads is allowed, and a
 *    warning names what the token can read of another user. The workspaces of another user count as
 *    given if workspace:* was given and a goal is about workspaces;
 *  - a scope was given without any entry, and the entries of the goals would limit it.
 */
int coder_plan_make(const struct coder_wish *wish, struct coder_plan *ret, struct coder_error *err);

#endif
