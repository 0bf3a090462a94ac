/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ability.h - what a token that exists can do of the goals of goal.h, and what it lacks. */
#ifndef CODER_ABILITY_H
#define CODER_ABILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "goal.h"
#include "holding.h"

/* An entry that names objects of a goal. */
struct coder_reach {
	const struct coder_held *held;
	struct coder_strings scopes, entries; /* lacking for these objects, beside the rest */
};

/* What a token holds, compared with what a goal needs. */
struct coder_ability {
	const struct coder_goal *goal;
	const char *type; /* of the objects of the goal; NULL: it has none */
	struct coder_strings scopes, entries; /* that it needs for any object, and are not held */
	struct coder_reach *objects; /* usable ones; those that were not found are left out */
	size_t n;
};
void coder_ability_done(struct coder_ability *ability);

/*
 * Compares. The roles of the token's user are not known here: whoever has them can do what the token
 * is able to.
 */
int coder_ability_judge(const struct coder_holding *holding, const struct coder_goal *goal,
			struct coder_ability *ret, struct coder_error *err);

/* Whether the goal is reached: nothing is lacking for it, or for one of its objects at least. */
bool coder_ability_is_able(const struct coder_ability *ability);
/*
 * Whether the token may look up a user as much as the goal needs for a workspace of that user; id
 * NULL: of any. Membership of an organization does as well as the user where nothing is started.
 */
bool coder_holding_reaches_owner(const struct coder_holding *holding, const struct coder_goal *goal,
				 const char *id);
/* How much is lacking for one of the objects; reach NULL: for any. */
size_t coder_ability_lacks(const struct coder_ability *ability, const struct coder_reach *reach);

/*
 * Whether a goal that is reached makes use of a scope, "TYPE:ACTION", for all objects of that type
 * that an entry is about. If no goal does, the token can do more than its goals say.
 */
bool coder_ability_uses(const struct coder_ability *ability, const struct coder_holding *holding,
			const char *scope, const struct coder_held *held);

/* "type:name" of an id, or "type:id"; "type:*" for "". */
int coder_holding_add_label(const struct coder_holding *holding, const char *type, const char *id,
			    struct coder_strings *ret, struct coder_error *err);

#endif
