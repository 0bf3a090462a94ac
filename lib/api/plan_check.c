/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_check.c - which goals, scopes and entries do not go together; see plan.h. */
#include <stdio.h>
#include <string.h>

#include "allow.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "covers.h"
#include "goal_parts.h"
#include "plan_check.h"
#include "scope.h"

bool plan_is_given(const struct coder_wish *wish, const char *type)
{
	for (size_t i = 0; i < wish->n_subjects; i++)
		if (goal_entry_names(wish->subjects[i].entry, type))
			return true;
	return false;
}

/* Fails because a goal needs more than an entry that was given, perhaps for another goal. */
static int refuse_limit(const struct coder_wish *wish, const char *goal, const char *given,
			const char *needed, struct coder_error *err)
{
	const char *other = NULL;

	for (size_t i = 0; i < wish->n_goals && !other; i++)
		if (strcmp(wish->goals[i]->name, goal) != 0 && !wish->goals[i]->all &&
		    goal_is_about(wish->goals[i], given))
			other = wish->goals[i]->name;
	if (!other)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "%s cannot be limited to %s: it needs %s", goal, given,
				       needed);
	coder_error_set(err, CODER_ERR_USAGE,
			"%s cannot be combined with %s for %s: %s needs %s, and %s would then "
			"work on all of them",
			goal, other, given, goal, needed, other);
	return coder_error_cause(err, CODER_CAUSE_GOALS_CONFLICT, NULL, NULL);
}

/* Fails if the goal needs all objects of a type, and only single ones were given. */
static int check_all(const struct coder_wish *wish, const struct coder_goal *goal,
		     struct coder_error *err)
{
	const char *type = goal->objects[0], *single = NULL;
	struct buf CLEANUP(buf_done) needed = { 0 };

	for (size_t i = 0; i < wish->n_subjects && goal->all; i++) {
		if (!goal_entry_names(wish->subjects[i].entry, type))
			continue;
		if (allow_is_all(wish->subjects[i].entry))
			return 0;
		single = wish->subjects[i].entry;
	}
	if (!single)
		return 0;
	if (!buf_addf(&needed, "%s:*", type))
		return coder_error_memory(err);
	return refuse_limit(wish, goal->name, single, needed.data, err);
}

int plan_check_goal(const struct coder_wish *wish, const struct coder_goal *goal,
		    struct coder_error *err)
{
	const char *type = goal->objects[0], *other = goal->objects[1], *any_type = NULL;
	char entry[160];

	if (!type || plan_is_given(wish, type) || (other && plan_is_given(wish, other)))
		return check_all(wish, goal, err);
	if (!goal->all)
		snprintf(entry, sizeof(entry),
			 "an allow-list entry: %s:NAME, or %s:* for all of them", type, type);
	else
		snprintf(entry, sizeof(entry), "the allow-list entry %s:*%s%s%s", type,
			 other ? ", or " : "", other ? other : "", other ? ":NAME" : "");
	/* the type of the object that "*:ID" names is not known here */
	for (size_t i = 0; i < wish->n_subjects && !any_type; i++)
		if (strncmp(wish->subjects[i].entry, "*:", 2) == 0)
			any_type = wish->subjects[i].entry;
	return coder_error_set(err, CODER_ERR_USAGE, "%s needs %s%s%s%s", goal->name, entry,
			       any_type ? "; " : "", any_type ? any_type : "",
			       any_type ? ", an id of any type, is not accepted" : "");
}

const char *plan_reason(const struct coder_plan *plan, unsigned from)
{
	for (size_t i = 0; i < plan->n_goals; i++)
		if (from & 1u << i)
			return plan->goals[i]->name;
	return from & CODER_FROM_SELF_READABLE ? "a token that can view itself" : NULL;
}

/*
 * Which goals want what a scope permits, as bits. With a type, only permissions for objects of that
 * type count, and reading does not. A goal counts, too, if its own scopes permit the same.
 */
static unsigned wanted_by(const struct coder_plan *plan, const struct coder_planned *scope,
			  const char *type)
{
	unsigned from = scope->from;

	for (size_t i = 0; i < plan->n_goals; i++)
		if (coder_scope_is_within(scope->text, type, plan->goals[i]->scopes))
			from |= 1u << i;
	return from;
}

/* Whether the entries of those who want something, and those that were given, cover the entry. */
static bool is_meant(const struct coder_plan *plan, unsigned wanted_by, const char *entry)
{
	for (size_t i = 0; i < plan->entries.n; i++)
		if (plan->entries.v[i].from & (wanted_by | CODER_FROM_CALLER) &&
		    allow_entry_covers(plan->entries.v[i].text, entry))
			return true;
	return false;
}

bool plan_has_all(const struct coder_plan *plan, const char *type)
{
	for (size_t i = 0; i < plan->entries.n; i++)
		if (goal_entry_names(plan->entries.v[i].text, type) &&
		    allow_is_all(plan->entries.v[i].text))
			return true;
	return false;
}

/*
 * Whether objects of the type that belong to the user of an entry were asked for: all of them were
 * given, and the goal that needs the entry is about some of them.
 */
static bool is_asked_for(const struct coder_plan *plan, const struct coder_wish *wish,
			 const struct coder_planned *entry, const char *type)
{
	bool given = false, about = false;

	for (size_t i = 0; i < wish->n_subjects; i++)
		given |= goal_entry_names(wish->subjects[i].entry, type) &&
			 allow_is_all(wish->subjects[i].entry);
	for (size_t i = 0; i < plan->n_goals; i++)
		about |= entry->from & 1u << i && plan->goals[i]->objects[0] &&
			 strcmp(plan->goals[i]->objects[0], type) == 0;
	return given && about;
}

static bool is_other_user(const struct coder_wish *wish, const char *entry)
{
	return strncmp(entry, "user:", 5) == 0 &&
	       (!wish->self || strcmp(entry + 5, wish->self) != 0);
}

/*
 * Whether an entry lets a scope act on objects for which the scope was not wanted. These are the
 * objects that the entry names or, if it names another user than the token's own, those that belong
 * to that user (*ret_of_user).
 */
static bool widens(const struct coder_plan *plan, const struct coder_wish *wish,
		   const struct coder_planned *scope, const struct coder_planned *planned,
		   bool *ret_of_user)
{
	const char *entry = planned->text;
	size_t n, len = strcspn(entry, ":");
	const struct coder_type *types = coder_types(&n);
	bool other_user = is_other_user(wish, entry);

	for (size_t i = 0; i < n; i++) {
		bool own = strlen(types[i].name) == len && strncmp(entry, types[i].name, len) == 0;

		*ret_of_user = !own;
		if ((own || (other_user && types[i].flags & CODER_TYPE_OF_USER &&
			     plan_has_all(plan, types[i].name) &&
			     !is_asked_for(plan, wish, planned, types[i].name))) &&
		    coder_scope_acts(scope->text, types[i].name) &&
		    !is_meant(plan, wanted_by(plan, scope, types[i].name), entry))
			return true;
	}
	return false;
}

bool plan_reads_user(const struct coder_plan *plan, const struct coder_wish *wish,
		     const struct coder_planned *scope, const struct coder_planned *entry)
{
	const struct coder_strings scopes = { .v = (char **)&scope->text, .n = 1 };
	size_t n;
	const struct coder_type *types = coder_types(&n);

	if (entry->from & CODER_FROM_CALLER || !wish->self || !is_other_user(wish, entry->text))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *type = types[i].name;
		const bool user = strcmp(type, "user") == 0;
		char wanted[80];

		/* user:read does not count: goals need it, and it reads little more than names */
		snprintf(wanted, sizeof(wanted), "%s:%s", type, user ? "read_personal" : "read");
		if ((user || (types[i].flags & CODER_TYPE_OF_USER && plan_has_all(plan, type) &&
			      !is_asked_for(plan, wish, entry, type))) &&
		    coder_scopes_permit(&scopes, wanted))
			return true;
	}
	return false;
}

/* Names what a scope would act on: "other templates", "all api keys", "that organization". */
static void name_beyond(const struct coder_wish *wish, const char *entry, bool of_user,
			char ret[80])
{
	char type[64];

	snprintf(type, sizeof(type), "%.*s", (int)strcspn(entry, ":"), entry);
	if (of_user)
		snprintf(ret, 80, "what belongs to that user");
	else if (allow_is_all(entry))
		snprintf(ret, 80, "%s %ss", plan_is_given(wish, type) ? "other" : "all", type);
	else
		snprintf(ret, 80, "that %s", type);
	for (char *c = ret; *c; c++)
		if (*c == '_')
			*c = ' ';
}

/*
 * A server applies every scope to every entry. Refuses a plan in which a scope could act on more
 * than it was given for.
 */
static int check_crosswise(const struct coder_plan *plan, const struct coder_wish *wish,
			   struct coder_error *err)
{
	char all[] = "coder:all";
	const struct coder_planned everything = { all, CODER_FROM_CALLER };

	for (size_t s = 0; s < plan->scopes.n + !plan->scopes.n; s++)
		for (size_t e = 0; e < plan->entries.n; e++) {
			const struct coder_planned *scope =
				plan->scopes.n ? &plan->scopes.v[s] : &everything;
			const struct coder_planned *entry = &plan->entries.v[e];
			const char *wants = plan_reason(plan, scope->from);
			const char *brings = plan_reason(plan, entry->from);
			char what[80];
			bool of_user;

			if (!widens(plan, wish, scope, entry, &of_user))
				continue;
			name_beyond(wish, entry->text, of_user, what);
			coder_error_set(err, CODER_ERR_USAGE,
					"%s cannot be combined with %s%s: the entry %s, which %s "
					"needs, would let the scope %s act on %s",
					brings, wants ? "" : "the scope ",
					wants ? wants : scope->text, entry->text, brings,
					scope->text, what);
			return coder_error_cause(err, CODER_CAUSE_GOALS_CONFLICT, NULL, NULL);
		}
	return 0;
}

/*
 * Refuses an entry that was given if the plan adds TYPE:* over it: the entry would have no effect,
 * and nobody would notice.
 */
static int check_limits(const struct coder_plan *plan, const struct coder_wish *wish,
			struct coder_error *err)
{
	for (size_t i = 0; i < wish->n_subjects; i++) {
		const char *given = wish->subjects[i].entry;

		for (size_t e = 0; e < plan->entries.n; e++) {
			const struct coder_planned *entry = &plan->entries.v[e];
			const char *goal = plan_reason(plan, entry->from);

			if (allow_is_all(given) || entry->from & CODER_FROM_CALLER || !goal ||
			    !allow_is_all(entry->text) || !allow_entry_covers(entry->text, given))
				continue;
			return refuse_limit(wish, goal, given, entry->text, err);
		}
	}
	return 0;
}

/*
 * A scope that was given without any entry applies to everything. Refuses it if the entries of the
 * goals would limit it.
 */
static int check_scopes(const struct coder_plan *plan, const struct coder_wish *wish,
			struct coder_error *err)
{
	for (size_t i = 0; i < plan->scopes.n && wish->n_goals && !wish->n_subjects; i++) {
		const struct coder_planned *scope = &plan->scopes.v[i];

		if (plan_reason(plan, wanted_by(plan, scope, NULL)))
			continue;
		coder_error_set(err, CODER_ERR_USAGE,
				"%s cannot be combined with the scope %s: no entry was given for "
				"that scope, so it would apply only to the entries that %s needs",
				plan->goals[0]->name, scope->text, plan->goals[0]->name);
		return coder_error_cause(err, CODER_CAUSE_GOALS_CONFLICT, NULL, NULL);
	}
	return 0;
}

int plan_check(const struct coder_plan *plan, const struct coder_wish *wish,
	       struct coder_error *err)
{
	if (check_crosswise(plan, wish, err) < 0 || check_limits(plan, wish, err) < 0)
		return -1;
	return check_scopes(plan, wish, err);
}
