/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goal_parts.h - what plans and abilities have in common about goals; for the files in lib/api/. */
#ifndef CODER_GOAL_PARTS_H
#define CODER_GOAL_PARTS_H

#include <stdbool.h>

#include "goal.h"

/* A companion that is TYPE:* of one type. */
struct goal_wildcard {
	unsigned companion; /* enum coder_companions */
	const char *type;
};
/* These companions, in the order in which a plan adds them. The type of the last row is NULL. */
extern const struct goal_wildcard goal_wildcards[];

/* Whether an allow-list entry names objects of the type, or is "*:*". */
bool goal_entry_names(const char *entry, const char *type);
/* Whether an entry names objects of one of the goal's types. */
bool goal_is_about(const struct coder_goal *goal, const char *entry);

#endif
