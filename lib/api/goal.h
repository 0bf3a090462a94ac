/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * goal.h - what people want tokens for, and the smallest permissions (scopes and allow-list
 * entries) that are enough for it.
 *
 * A server looks at everything that a request touches, not only at the object that the request is
 * about. So a token for one workspace needs companions: entries for the workspace's owner, for the
 * templates, and so on.
 */
#ifndef CODER_GOAL_H
#define CODER_GOAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"

/* Entries that a goal needs in addition to those of its objects. */
enum coder_companions {
	CODER_COMPANION_SELF = 1 << 0, /* user:<the token's user> */
	CODER_COMPANION_OWNER = 1 << 1, /* user:<the workspace's owner> */
	CODER_COMPANION_TEMPLATES = 1
				    << 2, /* template:*, unless templates were given for the goal */
	CODER_COMPANION_ORGANIZATION = 1 << 3, /* organization:<the object's>; for TYPE:*, all */
	CODER_COMPANION_FILES = 1 << 4, /* file:* */
	CODER_COMPANION_TOKENS = 1 << 5, /* api_key:* */
	CODER_COMPANION_WORKSPACES = 1 << 6, /* workspace:* */
	CODER_COMPANION_OWN = 1 << 7, /* TYPE:* for each type in the goal's scopes except user */
};

struct coder_goal {
	const char *name; /* "workspace-stop" */
	const char *summary; /* what one can do with such a token, in one line */
	const char *const *scopes; /* NULL-terminated */
	const char *objects[3]; /* the types of its objects, at most two; NULL-terminated */
	bool all; /* it needs TYPE:* of the first type: single objects are refused */
	unsigned companions; /* enum coder_companions */
	const char *warning; /* what one can do with it beyond the goal, or NULL */
	const char *single; /* what does not work without template:*, or NULL */
	/* the summary if the entries name other users, too; NULL: the same, or that cannot be */
	const char *of_users;
};

/* What one can do with template:*, whatever the goal is. */
#define CODER_GOAL_TEMPLATES "all templates are readable (template:*)"

/* The table of goals. */
const struct coder_goal *coder_goals(size_t *ret_n);
/* The goal of that name, or NULL. */
const struct coder_goal *coder_goal_find(const char *name);

#endif
