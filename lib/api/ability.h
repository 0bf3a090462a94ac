/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ability.h - which goals of goal.h an existing token can reach, and what it lacks for the others.
 */
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
	struct coder_strings scopes, entries; /* missing for these objects, beside what all need */
};

/* What a token holds, compared with what a goal needs. */
struct coder_ability {
	const struct coder_goal *goal;
	const char *type; /* the type of the goal's objects; NULL: it has none */
	struct coder_strings scopes, entries; /* needed for every object, but not held */
	struct coder_reach *objects; /* the usable ones (CODER_HELD_USABLE) */
	size_t n;
};
void coder_ability_done(struct coder_ability *ability);

/*
 * Compares what a token holds with what a goal needs. The roles of the token's user are not known
 * here: they may permit less than the result shows.
 */
int coder_ability_judge(const struct coder_holding *holding, const struct coder_goal *goal,
			struct coder_ability *ret, struct coder_error *err);

/*
 * Whether the goal is reached: nothing is missing for it or, if it has objects, for at least one of
 * them.
 */
bool coder_ability_is_able(const struct coder_ability *ability);
/*
 * Whether the token may read the owner of a workspace, as the goal needs it. id is the id of the
 * owner; NULL: of every owner. Permission to read the owner as a member of an organization is
 * enough, unless the goal starts workspaces.
 */
bool coder_holding_reaches_owner(const struct coder_holding *holding, const struct coder_goal *goal,
				 const char *id);
/*
 * The number of scopes and entries that are missing for one of the objects; reach NULL: only those
 * that every object needs.
 */
size_t coder_ability_lacks(const struct coder_ability *ability, const struct coder_reach *reach);

/*
 * Whether the goal uses a scope, "TYPE:ACTION", for all objects of that type that an entry names;
 * false if the goal is not reached. If no goal uses it, the token can do more than its goals state.
 */
bool coder_ability_uses(const struct coder_ability *ability, const struct coder_holding *holding,
			const char *scope, const struct coder_held *held);

#endif
