/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.c - puts together what some goals need and what was given; see plan.h. plan_check.c refuses
 * what does not go together.
 */
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/grow.h"
#include "covers.h"
#include "goal_parts.h"
#include "plan.h"
#include "plan_check.h"
#include "scope.h"

static void list_done(struct coder_planned_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].text);
	free(list->v);
}

void coder_plan_done(struct coder_plan *plan)
{
	if (!plan)
		return;
	list_done(&plan->scopes);
	list_done(&plan->entries);
	coder_strings_done(&plan->warnings);
	*plan = (struct coder_plan){ 0 };
}

/* Whether the goal is also about templates, and some were given. */
static bool has_own_templates(const struct coder_wish *wish, const struct coder_goal *goal)
{
	return goal->objects[0] && goal->objects[1] && plan_is_given(wish, goal->objects[1]);
}

bool coder_wish_needs_relations(const struct coder_wish *wish, const char *type)
{
	const struct coder_type *row = coder_type_find(type);
	const unsigned relations = row ? row->relations : 0;
	const unsigned needed =
		(relations & CODER_RELATION_OWNER ? CODER_COMPANION_OWNER : 0) |
		(relations & CODER_RELATION_ORGANIZATION ? CODER_COMPANION_ORGANIZATION : 0);

	for (size_t i = 0; i < wish->n_goals; i++) {
		const struct coder_goal *goal = wish->goals[i];

		for (size_t k = 0; goal->objects[k]; k++)
			if (goal->companions & needed && strcmp(goal->objects[k], type) == 0)
				return true;
	}
	return false;
}

/* ------------------------------------------------- what goals need together */

/*
 * Adds a text and the bits of what wants it. If the list has the text already, adds only the bits.
 */
static int add(struct coder_planned_list *list, const char *text, unsigned from,
	       struct coder_error *err)
{
	struct coder_planned *v;

	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].text, text) == 0) {
			list->v[i].from |= from;
			return 0;
		}
	v = coder_grow(list->v, list->n, &list->cap, sizeof(*v));
	if (!v)
		return coder_error_memory(err);
	list->v = v;
	v[list->n] = (struct coder_planned){ strdup(text), from };
	if (!v[list->n].text)
		return coder_error_memory(err);
	list->n++;
	return 0;
}

/*
 * Adds the companion "TYPE:ID" of a goal, unless what was given covers it. What follows a colon in
 * type is ignored.
 */
static int add_companion(struct coder_plan *plan, const char *type, const char *id, unsigned from,
			 struct coder_error *err)
{
	struct buf CLEANUP(buf_done) entry = { 0 };

	if (!buf_add(&entry, type, strcspn(type, ":")) || !buf_addf(&entry, ":%s", id))
		return coder_error_memory(err);
	for (size_t i = 0; i < plan->entries.n; i++) {
		struct coder_planned *given = &plan->entries.v[i];

		if (given->from & CODER_FROM_CALLER &&
		    allow_entry_covers(given->text, entry.data)) {
			given->from |= from;
			return 0;
		}
	}
	return add(&plan->entries, entry.data, from, err);
}

static int missing(const char *entry, const char *what, struct coder_error *err)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "broken response: no %s of %s", what,
			       entry);
}

/*
 * Adds the owners and organizations of the objects that the goal is about. Without wish->self they
 * are not known yet, and none is added.
 */
static int add_relations(struct coder_plan *plan, const struct coder_wish *wish,
			 const struct coder_goal *goal, unsigned from, struct coder_error *err)
{
	const char *type = goal->objects[has_own_templates(wish, goal)];

	for (size_t i = 0; i < wish->n_subjects && wish->self; i++) {
		const struct coder_subject *subject = &wish->subjects[i];
		const bool all = allow_is_all(subject->entry);
		const char *organization = all ? "*" : subject->organization;

		if (!type || !goal_entry_names(subject->entry, type))
			continue;
		if (goal->companions & CODER_COMPANION_OWNER && !all) {
			if (!subject->owner)
				return missing(subject->entry, "owner", err);
			if (add_companion(plan, "user", subject->owner, from, err) < 0)
				return -1;
		}
		/* organizations that were given are enough for template:* */
		if (goal->companions & CODER_COMPANION_ORGANIZATION &&
		    !(all && plan_is_given(wish, "organization"))) {
			if (!organization)
				return missing(subject->entry, "organization", err);
			if (add_companion(plan, "organization", organization, from, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int add_goal(struct coder_plan *plan, const struct coder_wish *wish,
		    const struct coder_goal *goal, unsigned from, struct coder_error *err)
{
	unsigned companions = goal->companions;

	for (size_t i = 0; goal->scopes[i]; i++)
		if (add(&plan->scopes, goal->scopes[i], from, err) < 0)
			return -1;
	for (size_t i = 0; i < plan->entries.n; i++)
		if (goal_is_about(goal, plan->entries.v[i].text) &&
		    plan->entries.v[i].from & CODER_FROM_CALLER)
			plan->entries.v[i].from |= from;
	if (has_own_templates(wish, goal))
		companions &= ~CODER_COMPANION_TEMPLATES;
	if (companions & CODER_COMPANION_SELF && wish->self &&
	    add_companion(plan, "user", wish->self, from, err) < 0)
		return -1;
	for (const struct goal_wildcard *all = goal_wildcards; all->type; all++)
		if (companions & all->companion &&
		    add_companion(plan, all->type, "*", from, err) < 0)
			return -1;
	/* of users, only the token's own is needed */
	for (size_t i = 0; companions & CODER_COMPANION_OWN && goal->scopes[i]; i++)
		if (strncmp(goal->scopes[i], "user:", 5) != 0 &&
		    add_companion(plan, goal->scopes[i], "*", from, err) < 0)
			return -1;
	return add_relations(plan, wish, goal, from, err);
}

/*
 * An empty list permits everything. Nothing is added to it: a list with one element would permit
 * only that.
 */
static int add_self_readable(struct coder_plan *plan, const struct coder_wish *wish,
			     struct coder_error *err)
{
	const unsigned from = CODER_FROM_SELF_READABLE;

	if (plan->scopes.n && (add(&plan->scopes, "user:read", from, err) < 0 ||
			       add(&plan->scopes, "api_key:read", from, err) < 0))
		return -1;
	if (!plan->entries.n)
		return 0;
	if (wish->self && add_companion(plan, "user", wish->self, from, err) < 0)
		return -1;
	return add_companion(plan, "api_key", "*", from, err);
}

/*
 * Removes each scope that goals need if a scope TYPE:* of the plan includes it. Scopes that the
 * caller gave stay.
 */
static void drop_held_scopes(struct coder_plan *plan)
{
	struct coder_planned_list *list = &plan->scopes;
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct coder_planned *scope = &list->v[i], *holder = NULL;

		for (size_t k = 0; k < list->n && !holder; k++)
			if (list->v[k].text && k != i &&
			    coder_scope_holds(list->v[k].text, scope->text))
				holder = &list->v[k];
		if (holder && !(scope->from & CODER_FROM_CALLER)) {
			holder->from |= scope->from;
			free(scope->text);
			scope->text = NULL;
		}
	}
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].text)
			list->v[kept++] = list->v[i];
	list->n = kept;
}

/* --------------------------------------------------------------- warnings */

/* Adds "GOAL: TEXT", unless another goal has already added the same text. */
static int add_warning(struct coder_plan *plan, const char *goal, const char *text,
		       struct coder_error *err)
{
	struct buf CLEANUP(buf_done) warning = { 0 };

	for (size_t i = 0; i < plan->warnings.n; i++)
		if (strcmp(strstr(plan->warnings.v[i], ": ") + 2, text) == 0)
			return 0;
	if (!buf_addf(&warning, "%s: %s", goal, text))
		return coder_error_memory(err);
	return coder_strings_add(&plan->warnings, warning.data, err);
}

/* Warns of scopes that read what belongs to another user, whose entry the caller did not give. */
static int warn_of_users(struct coder_plan *plan, const struct coder_wish *wish,
			 struct coder_error *err)
{
	struct buf CLEANUP(buf_done) text = { 0 };
	const char *goal = NULL;

	if (!buf_add_str(&text, "what belongs to the workspace's owner is readable, too ("))
		return coder_error_memory(err);
	for (size_t s = 0; s < plan->scopes.n; s++) {
		const struct coder_planned *scope = &plan->scopes.v[s], *entry = NULL;

		for (size_t e = 0; e < plan->entries.n && !entry; e++)
			if (plan_reads_user(plan, wish, scope, &plan->entries.v[e]))
				entry = &plan->entries.v[e];
		if (!entry)
			continue;
		if (!buf_addf(&text, "%s%s", goal ? ", " : "", scope->text))
			return coder_error_memory(err);
		goal = goal ? goal : plan_reason(plan, entry->from);
	}
	if (!goal)
		return 0;
	if (!buf_add_char(&text, ')'))
		return coder_error_memory(err);
	return add_warning(plan, goal, text.data, err);
}

static int add_warnings(struct coder_plan *plan, const struct coder_wish *wish,
			struct coder_error *err)
{
	for (size_t i = 0; i < plan->n_goals; i++) {
		const struct coder_goal *goal = plan->goals[i];

		if (goal->warning && add_warning(plan, goal->name, goal->warning, err) < 0)
			return -1;
		if (goal->single && !plan_has_all(plan, "template") &&
		    add_warning(plan, goal->name, goal->single, err) < 0)
			return -1;
		if (goal->companions & CODER_COMPANION_OWNER && plan_has_all(plan, "workspace") &&
		    !plan_has_all(plan, "user") &&
		    add_warning(plan, goal->name,
				"most requests about workspaces of other users need the entry "
				"user:*, too",
				err) < 0)
			return -1;
	}
	for (size_t i = 0; i < plan->entries.n; i++) {
		const struct coder_planned *entry = &plan->entries.v[i];

		if (strcmp(entry->text, "template:*") == 0 && !(entry->from & CODER_FROM_CALLER) &&
		    add_warning(plan, plan_reason(plan, entry->from), CODER_GOAL_TEMPLATES, err) <
			    0)
			return -1;
	}
	return warn_of_users(plan, wish, err);
}

int coder_plan_make(const struct coder_wish *wish, struct coder_plan *ret, struct coder_error *err)
{
	struct coder_plan CLEANUP(coder_plan_done) plan = { 0 };

	for (size_t i = 0; i < wish->n_scopes; i++)
		if (add(&plan.scopes, wish->scopes[i], CODER_FROM_CALLER, err) < 0)
			return -1;
	for (size_t i = 0; i < wish->n_subjects; i++)
		if (add(&plan.entries, wish->subjects[i].entry, CODER_FROM_CALLER, err) < 0)
			return -1;
	for (size_t i = 0; i < wish->n_goals; i++) {
		plan.goals[plan.n_goals++] = wish->goals[i];
		if (plan_check_goal(wish, wish->goals[i], err) < 0 ||
		    add_goal(&plan, wish, wish->goals[i], 1u << i, err) < 0)
			return -1;
	}
	if (wish->self_readable && add_self_readable(&plan, wish, err) < 0)
		return -1;
	if (plan_check(&plan, wish, err) < 0)
		return -1;
	/* after the checks, which need to know which goal wants which scope */
	drop_held_scopes(&plan);
	if (add_warnings(&plan, wish, err) < 0)
		return -1;
	*ret = plan;
	plan = (struct coder_plan){ 0 };
	return 0;
}
