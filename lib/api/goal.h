/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * goal.h - what people want tokens for, and the narrowest scopes and allow-list
 * entries with which that works.
 *
 * A server looks at everything that a request touches, not only at the object that
 * the request is about. So a token for one workspace needs companions: entries for the
 * workspace's owner, for the templates, and so on. And a server applies every scope to
 * every entry: what one goal brings can widen another. Both rules are kept here.
 */
#ifndef CODER_GOAL_H
#define CODER_GOAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"

#define CODER_GOAL_SCOPES 10 /* room for the scopes of a goal, and the NULL behind them */

/* Entries that a goal needs beside those of its objects. */
enum coder_companions {
	CODER_COMPANION_SELF = 1 << 0, /* user:<the token's user> */
	CODER_COMPANION_OWNER = 1 << 1, /* user:<the workspace's owner> */
	CODER_COMPANION_TEMPLATES = 1
				    << 2, /* template:*, unless templates are objects of the goal */
	CODER_COMPANION_ORGANIZATION = 1 << 3, /* organization:<the object's>; of TYPE:*, all */
	CODER_COMPANION_FILES = 1 << 4, /* file:* */
	CODER_COMPANION_TOKENS = 1 << 5, /* api_key:* */
	CODER_COMPANION_WORKSPACES = 1 << 6, /* workspace:* */
	CODER_COMPANION_OWN = 1 << 7, /* TYPE:* of every type of the goal's scopes, but of user */
};

struct coder_goal {
	const char *name; /* "workspace-stop" */
	const char *summary; /* what its user can do, in one line */
	const char *scopes[CODER_GOAL_SCOPES]; /* NULL-terminated */
	const char *objects[3]; /* types of the entries that it is about; NULL-terminated */
	bool all; /* it needs TYPE:* of the first of these: single objects are refused */
	unsigned companions; /* enum coder_companions */
	const char *warning; /* what a holder can do beyond the goal, or NULL */
};

/* Every goal. */
const struct coder_goal *coder_goals(size_t *ret_n);
/* NULL: there is none of that name. */
const struct coder_goal *coder_goal_find(const char *name);

/* An allow-list entry that the caller gives, and what is known of its object. */
struct coder_subject {
	const char *entry; /* "workspace:<id>", "workspace:*" */
	const char *owner; /* of a workspace: its owner's id; or NULL */
	const char *organization; /* the id of the object's organization, or NULL */
};

#define CODER_GOALS_MAX 16 /* goals of one plan */
/* Who wants a scope or an entry: bit i is the plan's goal i, or ... */
#define CODER_FROM_CALLER (1u << 31) /* ... it was given */
#define CODER_FROM_SELF_READABLE (1u << 30) /* ... it lets the token look at itself */

/* A scope or an entry of a token that is planned. */
struct coder_planned {
	char *text;
	unsigned from;
};
struct coder_planned_list {
	struct coder_planned *v;
	size_t n, cap;
};

/* What a token will get. Zeroed memory is the empty plan. */
struct coder_plan {
	const struct coder_goal *goals[CODER_GOALS_MAX];
	size_t n_goals;
	struct coder_planned_list scopes, entries;
};
void coder_plan_done(struct coder_plan *plan);

/* What a plan is made from. The strings stay the caller's. */
struct coder_wish {
	const struct coder_goal *const *goals;
	size_t n_goals; /* each once, at most CODER_GOALS_MAX */
	const char *const *scopes; /* given beside the goals; canonical names */
	size_t n_scopes; /* 0, without goals: coder:all */
	const struct coder_subject *subjects; /* given entries */
	size_t n_subjects;
	bool self_readable;
	const char *self; /* id of the user whose token it will be */
};

/*
 * Works out the scopes and entries, in the order: given, goal by goal, self-readable;
 * each text once. No scope stands for coder:all, and no entry for *:*, as in requests. ret is
 * empty before the call. Entries may have names in the place of ids, and self any text: so what
 * does not go together can be told before anything is looked up. Fails with CODER_ERR_USAGE if
 *
 *  - a goal is about objects, and no entry names one;
 *  - a goal cannot be limited to an entry that was given;
 *  - an entry that one goal brings would let a scope of another goal, or one that was given,
 *    act on what was not given for it. The message names both. Reading does not count.
 */
int coder_plan_make(const struct coder_wish *wish, struct coder_plan *ret, struct coder_error *err);

/*
 * Compares what a token may do with what a goal needs. Appends the scopes and entries that it lacks
 * to *ret_lacks, and the entries that name objects of the goal to *ret_objects. Whose the user
 * entries are cannot be told here: any will do. The lists are those of coder_token_scopes() and
 * coder_token_allow_list().
 */
int coder_goal_compare(const struct coder_goal *goal, const struct coder_strings *scopes,
		       const struct coder_strings *allow_list, struct coder_strings *ret_lacks,
		       struct coder_strings *ret_objects, struct coder_error *err);

#endif
