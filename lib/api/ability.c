/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ability.c - compares what a token holds with what goals need; see ability.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ability.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "goal_parts.h"
#include "scope.h"

void coder_ability_done(struct coder_ability *ability)
{
	if (!ability)
		return;
	coder_strings_done(&ability->scopes);
	coder_strings_done(&ability->entries);
	for (size_t i = 0; i < ability->n; i++) {
		coder_strings_done(&ability->objects[i].scopes);
		coder_strings_done(&ability->objects[i].entries);
	}
	free(ability->objects);
	*ability = (struct coder_ability){ 0 };
}

/*
 * Adds the label of an object to what is missing, unless the entries cover it or the list has it; id
 * "" stands for all objects.
 */
static int need(const struct coder_holding *holding, const char *type, const char *id,
		struct coder_strings *lacks, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) label = { 0 };

	if (coder_holding_covers(holding, type, *id ? id : NULL))
		return 0;
	if (!coder_holding_add_label(holding, type, id, &label))
		return coder_error_memory(err);
	return coder_strings_has(lacks, label.data) ? 0 : coder_strings_add(lacks, label.data, err);
}

static bool has_type(const struct coder_holding *holding, const char *type)
{
	for (size_t i = 0; i < holding->n; i++)
		if (coder_held_is_about(&holding->v[i], type) &&
		    holding->v[i].state != CODER_HELD_NEVER)
			return true;
	return false;
}

/* ------------------------------------------------------------- companions */

/*
 * The companions without which the goal cannot be reached. New tokens get more of them, because
 * people use tokens for other things, too. But a goal that needs the owner of a workspace does not
 * need the token's user as well; a list of workspaces contains the names of their owners; and
 * creating a workspace does not read the organization.
 */
static unsigned needed(const struct coder_goal *goal)
{
	unsigned companions = goal->companions;

	if (companions & CODER_COMPANION_OWNER || (goal->all && !goal->objects[1]))
		companions &= ~CODER_COMPANION_SELF;
	if (goal->all)
		companions &= ~(CODER_COMPANION_OWNER | CODER_COMPANION_ORGANIZATION);
	return companions;
}

static int judge_scopes(const struct coder_holding *holding, struct coder_ability *ability,
			struct coder_error *err)
{
	const struct coder_goal *goal = ability->goal;
	const unsigned spare = goal->companions & ~needed(goal);

	for (size_t i = 0; goal->scopes[i]; i++) {
		const char *scope = goal->scopes[i];

		if ((spare & CODER_COMPANION_SELF && strcmp(scope, "user:read") == 0) ||
		    (spare & CODER_COMPANION_ORGANIZATION &&
		     strcmp(scope, "organization:read") == 0) ||
		    coder_scopes_permit(&holding->scopes, scope))
			continue;
		if (coder_strings_add(&ability->scopes, scope, err) < 0)
			return -1;
	}
	return 0;
}

static int judge_companions(const struct coder_holding *holding, struct coder_ability *ability,
			    struct coder_error *err)
{
	const struct coder_goal *goal = ability->goal;
	unsigned companions = needed(goal);

	if (ability->type && strcmp(ability->type, "template") == 0 &&
	    has_type(holding, "template"))
		companions &= ~CODER_COMPANION_TEMPLATES;
	if (companions & CODER_COMPANION_SELF &&
	    need(holding, "user", holding->user_id, &ability->entries, err) < 0)
		return -1;
	for (const struct goal_wildcard *all = goal_wildcards; all->type; all++)
		if (companions & all->companion &&
		    need(holding, all->type, "", &ability->entries, err) < 0)
			return -1;
	for (size_t i = 0; companions & CODER_COMPANION_OWN && goal->scopes[i]; i++) {
		char type[64];

		snprintf(type, sizeof(type), "%.*s", (int)strcspn(goal->scopes[i], ":"),
			 goal->scopes[i]);
		if (strcmp(type, "user") != 0 &&
		    need(holding, type, "", &ability->entries, err) < 0)
			return -1;
	}
	return 0;
}

/* --------------------------------------------------------------- objects */

bool coder_holding_reaches_owner(const struct coder_holding *holding, const struct coder_goal *goal,
				 const char *id)
{
	bool starts = false;

	if (coder_scopes_permit(&holding->scopes, "user:read") &&
	    coder_holding_covers(holding, "user", id))
		return true;
	for (size_t i = 0; goal->scopes[i] && !starts; i++)
		starts = strcmp(goal->scopes[i], "workspace:start") == 0;
	return !starts && coder_scopes_permit(&holding->scopes, "organization_member:read") &&
	       coder_holding_covers(holding, "organization_member", id);
}

static int judge_owner(const struct coder_holding *holding, const struct coder_goal *goal,
		       struct coder_reach *reach, struct coder_error *err)
{
	const bool all = !reach->held->id[0];
	const char *owner = all ? holding->user_id : reach->held->owner_id;
	bool reached = !all && coder_holding_reaches_owner(holding, goal, owner);

	/* for all workspaces it is enough to reach those of some owner */
	for (size_t i = 0; all && !reached && i < holding->n; i++) {
		const char *id = holding->v[i].id;

		reached = coder_holding_reaches_owner(holding, goal, *id ? id : NULL);
	}
	if (reached)
		return 0;
	if (!coder_scopes_permit(&holding->scopes, "user:read") &&
	    coder_strings_add(&reach->scopes, "user:read", err) < 0)
		return -1;
	return all && has_type(holding, "user") ?
		       0 :
		       need(holding, "user", owner, &reach->entries, err);
}

/* Adds what this object needs in addition to what every object needs. */
static int judge_object(const struct coder_holding *holding, const struct coder_goal *goal,
			struct coder_reach *reach, struct coder_error *err)
{
	const struct coder_held *held = reach->held;

	if (needed(goal) & CODER_COMPANION_OWNER && judge_owner(holding, goal, reach, err) < 0)
		return -1;
	if (!(needed(goal) & CODER_COMPANION_ORGANIZATION))
		return 0;
	if (held->id[0])
		return need(holding, "organization", held->organization_id, &reach->entries, err);
	/* with template:*, the templates of one organization are enough */
	return has_type(holding, "organization") ?
		       0 :
		       coder_strings_add(&reach->entries, "organization:*", err);
}

static int judge_objects(const struct coder_holding *holding, struct coder_ability *ability,
			 struct coder_error *err)
{
	const struct coder_goal *goal = ability->goal;

	if (goal->all && need(holding, goal->objects[0], "", &ability->entries, err) < 0)
		return -1;
	ability->objects = calloc(holding->n + 1, sizeof(*ability->objects));
	if (!ability->objects)
		return coder_error_memory(err);
	for (size_t i = 0; i < holding->n; i++) {
		const struct coder_held *held = &holding->v[i];

		if (!coder_held_is_about(held, ability->type) || held->state != CODER_HELD_USABLE ||
		    (goal->all && !goal->objects[1] && held->id[0]))
			continue;
		ability->objects[ability->n].held = held;
		if (judge_object(holding, goal, &ability->objects[ability->n++], err) < 0)
			return -1;
	}
	if (ability->n || goal->all || has_type(holding, ability->type))
		return 0;
	return need(holding, ability->type, "NAME", &ability->entries, err);
}

int coder_ability_judge(const struct coder_holding *holding, const struct coder_goal *goal,
			struct coder_ability *ret, struct coder_error *err)
{
	struct coder_ability CLEANUP(coder_ability_done) ability = { .goal = goal };

	ability.type = goal->objects[0] && goal->objects[1] ? goal->objects[1] : goal->objects[0];
	if (judge_scopes(holding, &ability, err) < 0 ||
	    judge_companions(holding, &ability, err) < 0 ||
	    (ability.type && judge_objects(holding, &ability, err) < 0))
		return -1;
	*ret = ability;
	ability = (struct coder_ability){ 0 };
	return 0;
}

size_t coder_ability_lacks(const struct coder_ability *ability, const struct coder_reach *reach)
{
	return ability->scopes.n + ability->entries.n +
	       (reach ? reach->scopes.n + reach->entries.n : 0);
}

bool coder_ability_is_able(const struct coder_ability *ability)
{
	if (!ability->type)
		return !coder_ability_lacks(ability, NULL);
	for (size_t i = 0; i < ability->n; i++)
		if (!coder_ability_lacks(ability, &ability->objects[i]))
			return true;
	return false;
}

/* ------------------------------------------------------------------ uses */

/* Whether the entry names an object that the goal reaches, or the owner or organization of one. */
static bool is_reached(const struct coder_ability *ability, const struct coder_holding *holding,
		       const struct coder_held *held, const char *type)
{
	const unsigned companions = ability->goal->companions;

	for (size_t i = 0; i < ability->n; i++) {
		const struct coder_held *object = ability->objects[i].held;
		/* TYPE:* stands for objects of all owners and organizations that have an entry */
		const bool all = !object->id[0];

		if (coder_ability_lacks(ability, &ability->objects[i]))
			continue;
		if (object == held && strcmp(type, ability->type) == 0)
			return !all || !(needed(ability->goal) & CODER_COMPANION_OWNER) ||
			       coder_holding_reaches_owner(holding, ability->goal, NULL);
		if (companions & CODER_COMPANION_OWNER && strcmp(type, "user") == 0 &&
		    (all || ascii_equal(held->id, object->owner_id)))
			return true;
		if (companions & CODER_COMPANION_ORGANIZATION &&
		    strcmp(type, "organization") == 0 &&
		    (all || ascii_equal(held->id, object->organization_id)))
			return true;
	}
	return false;
}

bool coder_ability_uses(const struct coder_ability *ability, const struct coder_holding *holding,
			const char *scope, const struct coder_held *held)
{
	const struct coder_goal *goal = ability->goal;
	bool used = false;
	char type[64];

	if (!coder_ability_is_able(ability))
		return false;
	for (size_t i = 0; goal->scopes[i] && !used; i++)
		used = coder_scope_holds(goal->scopes[i], scope);
	if (!used)
		return false;
	snprintf(type, sizeof(type), "%.*s", (int)strcspn(scope, ":"), scope);
	if (goal->companions & CODER_COMPANION_SELF && strcmp(type, "user") == 0 &&
	    ascii_equal(held->id, holding->user_id))
		return true;
	if (goal->companions & CODER_COMPANION_OWN && strcmp(type, "user") != 0)
		return true;
	/*
	 * it uses workspace:* only to create: to start workspaces that exist is more than the goal
	 */
	if (goal->companions & CODER_COMPANION_WORKSPACES && strcmp(scope, "workspace:create") == 0)
		return true;
	for (const struct goal_wildcard *all = goal_wildcards; all->type; all++)
		if (goal->companions & all->companion &&
		    all->companion != CODER_COMPANION_WORKSPACES && strcmp(type, all->type) == 0 &&
		    (!ability->type || strcmp(type, ability->type) != 0))
			return true;
	return is_reached(ability, holding, held, type);
}
