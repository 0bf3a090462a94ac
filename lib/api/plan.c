/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.c - puts together what some goals need and what was given, and refuses what does not go
 * together; see plan.h.
 */
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/grow.h"
#include "plan.h"
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

static bool is_all(const char *entry)
{
	return strcmp(strchr(entry, ':') + 1, "*") == 0;
}

static bool is_of_type(const char *entry, const char *type)
{
	return strcspn(entry, ":") == strlen(type) && strncmp(entry, type, strlen(type)) == 0;
}

static bool covers(const char *entry, const char *other)
{
	char *text = (char *)entry; /* it is only read */
	const struct coder_strings one = { .v = &text, .n = 1 };

	return allow_covers(&one, other);
}

/* Whether what was given names objects of the type. */
static bool has_subject(const struct coder_wish *wish, const char *type)
{
	for (size_t i = 0; i < wish->n_subjects; i++)
		if (goal_entry_names(wish->subjects[i].entry, type))
			return true;
	return false;
}

/* The goal is about templates, too, and some were given. */
static bool has_own_templates(const struct coder_wish *wish, const struct coder_goal *goal)
{
	return goal->objects[0] && goal->objects[1] && has_subject(wish, goal->objects[1]);
}

bool coder_wish_needs_relations(const struct coder_wish *wish, const char *type)
{
	for (size_t i = 0; i < wish->n_goals; i++) {
		const struct coder_goal *goal = wish->goals[i];
		unsigned needed = strcmp(type, "workspace") == 0 ? CODER_COMPANION_OWNER :
				  strcmp(type, "template") == 0	 ? CODER_COMPANION_ORGANIZATION :
								   0;

		for (size_t k = 0; goal->objects[k]; k++)
			if (goal->companions & needed && strcmp(goal->objects[k], type) == 0)
				return true;
	}
	return false;
}

/* ------------------------------------------------- what goals need together */

/* Adds a text for somebody who wants it. */
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

/* Adds the companion "TYPE:ID" of a goal, unless what was given covers it. The type has type_len bytes. */
static int add_companion(struct coder_plan *plan, const char *type, size_t type_len, const char *id,
			 unsigned from, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) entry = { 0 };

	if (!buf_add(&entry, type, type_len) || !buf_addf(&entry, ":%s", id))
		return coder_error_memory(err);
	for (size_t i = 0; i < plan->entries.n; i++) {
		struct coder_planned *given = &plan->entries.v[i];

		if (given->from & CODER_FROM_CALLER && covers(given->text, entry.data)) {
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

/* Adds the owner of a workspace that the goal is about. */
static int add_owner(struct coder_plan *plan, const struct coder_subject *subject, unsigned from,
		     struct coder_error *err)
{
	if (is_all(subject->entry))
		return 0;
	if (!subject->owner)
		return missing(subject->entry, "owner", err);
	return add_companion(plan, "user", 4, subject->owner, from, err);
}

/* Adds the organization of a template that the goal is about; of all of them, what was given counts. */
static int add_organization(struct coder_plan *plan, const struct coder_wish *wish,
			    const struct coder_subject *subject, unsigned from,
			    struct coder_error *err)
{
	const char *id = is_all(subject->entry) ? "*" : subject->organization;

	if (is_all(subject->entry) && has_subject(wish, "organization"))
		return 0;
	if (!id)
		return missing(subject->entry, "organization", err);
	return add_companion(plan, "organization", 12, id, from, err);
}

/* Adds owners and organizations of what the goal is about, which the server knows. */
static int add_relations(struct coder_plan *plan, const struct coder_wish *wish,
			 const struct coder_goal *goal, unsigned from, struct coder_error *err)
{
	const char *type = goal->objects[has_own_templates(wish, goal)];

	for (size_t i = 0; i < wish->n_subjects && wish->self; i++) {
		const struct coder_subject *subject = &wish->subjects[i];

		if (!type || !goal_entry_names(subject->entry, type))
			continue;
		if (goal->companions & CODER_COMPANION_OWNER &&
		    add_owner(plan, subject, from, err) < 0)
			return -1;
		if (goal->companions & CODER_COMPANION_ORGANIZATION &&
		    add_organization(plan, wish, subject, from, err) < 0)
			return -1;
	}
	return 0;
}

/* TYPE:* for each type of the goal's scopes; of users, only the token's own is wanted. */
static int add_own(struct coder_plan *plan, const struct coder_goal *goal, unsigned from,
		   struct coder_error *err)
{
	for (size_t i = 0; goal->scopes[i]; i++) {
		size_t len = strcspn(goal->scopes[i], ":");

		if (!is_of_type(goal->scopes[i], "user") &&
		    add_companion(plan, goal->scopes[i], len, "*", from, err) < 0)
			return -1;
	}
	return 0;
}

static int add_goal(struct coder_plan *plan, const struct coder_wish *wish,
		    const struct coder_goal *goal, unsigned from, struct coder_error *err)
{
	const struct {
		unsigned companion;
		const char *type, *id;
	} rules[] = {
		{ CODER_COMPANION_SELF, "user", wish->self },
		{ CODER_COMPANION_TEMPLATES, "template", "*" },
		{ CODER_COMPANION_FILES, "file", "*" },
		{ CODER_COMPANION_TOKENS, "api_key", "*" },
		{ CODER_COMPANION_WORKSPACES, "workspace", "*" },
	};
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
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (companions & rules[i].companion && rules[i].id &&
		    add_companion(plan, rules[i].type, strlen(rules[i].type), rules[i].id, from,
				  err) < 0)
			return -1;
	if (companions & CODER_COMPANION_OWN && add_own(plan, goal, from, err) < 0)
		return -1;
	return add_relations(plan, wish, goal, from, err);
}

/* Where everything is permitted there is nothing to add, and adding would take the rest away. */
static int add_self_readable(struct coder_plan *plan, const struct coder_wish *wish,
			     struct coder_error *err)
{
	const unsigned from = CODER_FROM_SELF_READABLE;

	if (plan->scopes.n && (add(&plan->scopes, "user:read", from, err) < 0 ||
			       add(&plan->scopes, "api_key:read", from, err) < 0))
		return -1;
	if (!plan->entries.n)
		return 0;
	if (wish->self && add_companion(plan, "user", 4, wish->self, from, err) < 0)
		return -1;
	return add_companion(plan, "api_key", 7, "*", from, err);
}

/* ----------------------------------------------------------------- checks */

static int check_objects(const struct coder_wish *wish, const struct coder_goal *goal,
			 struct coder_error *err)
{
	const char *type = goal->objects[0];

	if (!type || has_subject(wish, type) || has_own_templates(wish, goal))
		return 0;
	coder_error_set(err, CODER_ERR_USAGE,
			goal->all ?
				"%s needs the allow-list entry %s:*%s%s%s" :
				"%s needs an allow-list entry: %s:NAME, or %s:* for all of them",
			goal->name, type, goal->all ? goal->objects[1] ? ", or " : "" : type,
			goal->all && goal->objects[1] ? goal->objects[1] : "",
			goal->all && goal->objects[1] ? ":NAME" : "");
	return -1;
}

/* A goal needs more than an entry that was given, perhaps for another goal. */
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
	return coder_error_cause(err, CODER_CAUSE_CROSSWISE, NULL, NULL);
}

/* A goal on all objects, where only some were given. */
static int check_all(const struct coder_wish *wish, const struct coder_goal *goal,
		     struct coder_error *err)
{
	const char *type = goal->objects[0], *single = NULL;
	struct buf CLEANUP(buf_done) needed = { 0 };

	for (size_t i = 0; i < wish->n_subjects && goal->all; i++) {
		if (!goal_entry_names(wish->subjects[i].entry, type))
			continue;
		if (is_all(wish->subjects[i].entry))
			return 0;
		single = wish->subjects[i].entry;
	}
	if (!single)
		return 0;
	if (!buf_addf(&needed, "%s:*", type))
		return coder_error_memory(err);
	return refuse_limit(wish, goal->name, single, needed.data, err);
}

/* Who brought a planned scope or entry, for a message; NULL: it was given. */
static const char *bringer(const struct coder_plan *plan, unsigned from)
{
	for (size_t i = 0; i < plan->n_goals; i++)
		if (from & 1u << i)
			return plan->goals[i]->name;
	return from & CODER_FROM_SELF_READABLE ? "a token that can view itself" : NULL;
}

/*
 * Who wants what a scope permits. With a type, only what it does with objects of that type counts.
 * Goals whose own scopes permit as much want it, too.
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
		    covers(plan->entries.v[i].text, entry))
			return true;
	return false;
}

static bool has_all_of(const struct coder_plan *plan, const char *type)
{
	for (size_t i = 0; i < plan->entries.n; i++)
		if (goal_entry_names(plan->entries.v[i].text, type) &&
		    is_all(plan->entries.v[i].text))
			return true;
	return false;
}

/* Whether a scope acts, because of an entry, on objects of the type that it was not wanted for. */
static bool acts_beyond(const struct coder_plan *plan, const struct coder_planned *scope,
			const char *type, const char *entry)
{
	return coder_scope_acts(scope->text, type) &&
	       !is_meant(plan, wanted_by(plan, scope, type), entry);
}

/*
 * Whether an entry lets a scope act on what it was not wanted for: on what the entry names, or, if
 * that is another user than the token's own, on what belongs to that user.
 */
static bool widens(const struct coder_plan *plan, const struct coder_wish *wish,
		   const struct coder_planned *scope, const char *entry, bool *ret_of_user)
{
	const char *id = strchr(entry, ':') + 1;
	size_t n, len = strcspn(entry, ":");
	const struct coder_type *types = coder_types(&n);
	bool other_user = is_of_type(entry, "user") && (!wish->self || strcmp(id, wish->self) != 0);

	for (size_t i = 0; i < n; i++) {
		bool own = strlen(types[i].name) == len && strncmp(entry, types[i].name, len) == 0;

		*ret_of_user = !own;
		if ((own || (other_user && types[i].flags & CODER_TYPE_OF_USER &&
			     has_all_of(plan, types[i].name))) &&
		    acts_beyond(plan, scope, types[i].name, entry))
			return true;
	}
	return false;
}

/* A server applies every scope to every entry: refuses what acts beyond that for which it was given. */
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
			const char *wants = bringer(plan, scope->from);
			const char *brings = bringer(plan, entry->from);
			bool of_user;

			if (!widens(plan, wish, scope, entry->text, &of_user))
				continue;
			coder_error_set(err, CODER_ERR_USAGE,
					"%s cannot be combined with %s%s: %sthe entry %s, which %s "
					"needs, would let the scope %s act on %s",
					brings, wants ? "" : "the scope ",
					wants ? wants : scope->text,
					plan->scopes.n ?
						"" :
						"no scope was given, which means coder:all, and ",
					entry->text, brings, scope->text,
					of_user ? "what belongs to that user" :
						  "what was not asked for");
			return plan->scopes.n ?
				       coder_error_cause(err, CODER_CAUSE_CROSSWISE, NULL, NULL) :
				       -1;
		}
	return 0;
}

/* What was given for less than the goals need would be of no use, and nobody would notice. */
static int check_limits(const struct coder_plan *plan, const struct coder_wish *wish,
			struct coder_error *err)
{
	for (size_t i = 0; i < wish->n_subjects; i++) {
		const char *given = wish->subjects[i].entry;

		for (size_t e = 0; e < plan->entries.n; e++) {
			const struct coder_planned *entry = &plan->entries.v[e];
			const char *goal = bringer(plan, entry->from);

			if (is_all(given) || entry->from & CODER_FROM_CALLER || !goal ||
			    !is_all(entry->text) || !covers(entry->text, given))
				continue;
			return refuse_limit(wish, goal, given, entry->text, err);
		}
	}
	return 0;
}

/* A scope that was given without entries is one for everything. The goals' entries would limit it. */
static int check_scopes(const struct coder_plan *plan, const struct coder_wish *wish,
			struct coder_error *err)
{
	for (size_t i = 0; i < plan->scopes.n && wish->n_goals && !wish->n_subjects; i++) {
		const struct coder_planned *scope = &plan->scopes.v[i];

		if (bringer(plan, wanted_by(plan, scope, NULL)))
			continue;
		coder_error_set(err, CODER_ERR_USAGE,
				"%s cannot be combined with the scope %s: no entry was given for "
				"that scope, and those that %s needs would be the only ones",
				plan->goals[0]->name, scope->text, plan->goals[0]->name);
		return coder_error_cause(err, CODER_CAUSE_CROSSWISE, NULL, NULL);
	}
	return 0;
}

/* --------------------------------------------------------------- warnings */

/* Adds "GOAL: TEXT", unless another goal has brought the same text. */
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

static int add_warnings(struct coder_plan *plan, struct coder_error *err)
{
	for (size_t i = 0; i < plan->n_goals; i++) {
		const struct coder_goal *goal = plan->goals[i];

		if (goal->warning && add_warning(plan, goal->name, goal->warning, err) < 0)
			return -1;
		if (goal->single && !has_all_of(plan, "template") &&
		    add_warning(plan, goal->name, goal->single, err) < 0)
			return -1;
		if (goal->companions & CODER_COMPANION_OWNER && has_all_of(plan, "workspace") &&
		    !has_all_of(plan, "user") &&
		    add_warning(plan, goal->name,
				"most requests about workspaces of other users need the entry "
				"user:*, too",
				err) < 0)
			return -1;
	}
	for (size_t i = 0; i < plan->entries.n; i++) {
		const struct coder_planned *entry = &plan->entries.v[i];

		if (strcmp(entry->text, "template:*") == 0 && !(entry->from & CODER_FROM_CALLER) &&
		    add_warning(plan, bringer(plan, entry->from),
				"other templates become readable (template:*)", err) < 0)
			return -1;
	}
	return 0;
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
		if (check_objects(wish, wish->goals[i], err) < 0 ||
		    check_all(wish, wish->goals[i], err) < 0 ||
		    add_goal(&plan, wish, wish->goals[i], 1u << i, err) < 0)
			return -1;
	}
	if (wish->self_readable && add_self_readable(&plan, wish, err) < 0)
		return -1;
	if (check_crosswise(&plan, wish, err) < 0 || check_limits(&plan, wish, err) < 0 ||
	    check_scopes(&plan, wish, err) < 0 || add_warnings(&plan, err) < 0)
		return -1;
	*ret = plan;
	plan = (struct coder_plan){ 0 };
	return 0;
}
