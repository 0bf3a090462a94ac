/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * goal.c - the table of goals, and the plan of a token for some of them. What each goal
 * needs was measured on a deployment: without a scope or companion that stands here,
 * some of the goal's requests are refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "base/cleanup.h"
#include "base/grow.h"
#include "goal.h"
#include "scope.h"

#define READ "workspace:read", "template:read", "user:read"
#define OF_ONE (CODER_COMPANION_SELF | CODER_COMPANION_OWNER | CODER_COMPANION_TEMPLATES)
#define TEMPLATES_READABLE "other templates become readable (template:*)"

static const struct coder_goal goals[] = {
	{ "workspace-read", "see workspaces and their builds (coder show)", .scopes = { READ },
	  .objects = { "workspace" }, .companions = OF_ONE, .warning = TEMPLATES_READABLE },
	{ "workspace-list", "list all workspaces (coder list)", .scopes = { READ },
	  .objects = { "workspace" }, .all = true, .companions = OF_ONE,
	  .warning = TEMPLATES_READABLE },
	{ "workspace-start", "start workspaces (coder start)",
	  .scopes = { READ, "workspace:start" }, .objects = { "workspace" }, .companions = OF_ONE,
	  .warning = TEMPLATES_READABLE },
	{ "workspace-stop", "stop workspaces (coder stop)", .scopes = { READ, "workspace:stop" },
	  .objects = { "workspace" }, .companions = OF_ONE, .warning = TEMPLATES_READABLE },
	{ "workspace-operate", "start, stop and restart workspaces, and set their schedules",
	  .scopes = { READ, "workspace:start", "workspace:stop", "workspace:update" },
	  .objects = { "workspace" }, .companions = OF_ONE, .warning = TEMPLATES_READABLE },
	{ "workspace-ssh", "open connections to workspaces (coder ssh)",
	  .scopes = { READ, "workspace:ssh" }, .objects = { "workspace" }, .companions = OF_ONE,
	  .warning = TEMPLATES_READABLE },
	{ "workspace-delete", "delete workspaces (coder delete)",
	  .scopes = { READ, "workspace:delete" }, .objects = { "workspace" }, .companions = OF_ONE,
	  .warning = TEMPLATES_READABLE },
	{ "workspace-create", "create workspaces, from any template or from those that are given",
	  .scopes = { READ, "workspace:create", "workspace:start", "template:use",
		      "organization:read" },
	  .objects = { "workspace", "template" }, .all = true,
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TEMPLATES |
			CODER_COMPANION_ORGANIZATION | CODER_COMPANION_WORKSPACES },
	{ "template-push", "upload versions of templates and activate them (coder templates push)",
	  .scopes = { "file:create", "file:read", "organization:read", "template:create",
		      "template:read", "template:update", "user:read" },
	  .objects = { "template" },
	  .companions =
		  CODER_COMPANION_SELF | CODER_COMPANION_ORGANIZATION | CODER_COMPANION_FILES },
	{ "tokens-read", "list and view one's own tokens (coder tokens ls)",
	  .scopes = { "user:read", "api_key:read" },
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TOKENS },
	{ "tokens-manage", "create, expire and delete one's own tokens",
	  .scopes = { "user:read", "api_key:*" },
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TOKENS,
	  .warning = "who holds it can create an unrestricted token" },
	{ "whoami", "see whose token it is (coder whoami)", .scopes = { "user:read" },
	  .companions = CODER_COMPANION_SELF },
	{ "read-only", "read everything that is one's own, and change nothing",
	  .scopes = { "api_key:read", "organization:read", "task:read", "template:read",
		      "user:read", "user:read_personal", "user_secret:read", "user_skill:read",
		      "workspace:read" },
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_OWN },
};

const struct coder_goal *coder_goals(size_t *ret_n)
{
	*ret_n = sizeof(goals) / sizeof(goals[0]);
	return goals;
}

const struct coder_goal *coder_goal_find(const char *name)
{
	for (size_t i = 0; i < sizeof(goals) / sizeof(goals[0]); i++)
		if (strcmp(goals[i].name, name) == 0)
			return &goals[i];
	return NULL;
}

/* ------------------------------------------------------------------ plans */

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
	*plan = (struct coder_plan){ 0 };
}

/* Adds the text "head" or "head:tail" for somebody who wants it. */
static int add(struct coder_planned_list *list, const char *head, const char *tail, unsigned from,
	       struct coder_error *err)
{
	struct coder_planned *v;
	char text[256];

	snprintf(text, sizeof(text), tail ? "%s:%s" : "%s", head, tail);
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

static bool is_of_type(const char *entry, const char *type)
{
	size_t len = strlen(type);

	return strncmp(entry, type, len) == 0 && entry[len] == ':';
}

static bool is_all(const char *entry)
{
	return strcmp(strchr(entry, ':') + 1, "*") == 0;
}

/* Whether an entry names objects of the type, or is that of all objects of all types. */
static bool names(const char *entry, const char *type)
{
	return is_of_type(entry, type) || strcmp(entry, "*:*") == 0;
}

/* Whether a goal is about what an entry names. */
static bool is_about(const struct coder_goal *goal, const char *entry)
{
	for (size_t i = 0; goal->objects[i]; i++)
		if (names(entry, goal->objects[i]))
			return true;
	return false;
}

/* Adds organizations and owners of what the goal is about. */
static int add_relations(struct coder_plan *plan, const struct coder_wish *wish,
			 const struct coder_goal *goal, unsigned from, struct coder_error *err)
{
	for (size_t i = 0; i < wish->n_subjects; i++) {
		const struct coder_subject *subject = &wish->subjects[i];
		const char *organization = subject->organization ? subject->organization : "*";

		if (!is_about(goal, subject->entry))
			continue;
		if (goal->companions & CODER_COMPANION_OWNER && subject->owner &&
		    add(&plan->entries, "user", subject->owner, from, err) < 0)
			return -1;
		if (goal->companions & CODER_COMPANION_ORGANIZATION &&
		    add(&plan->entries, "organization", organization, from, err) < 0)
			return -1;
	}
	return 0;
}

/* TYPE:* for each type of the goal's scopes; of users, only the token's own is wanted. */
static int add_own(struct coder_plan *plan, const struct coder_goal *goal, unsigned from,
		   struct coder_error *err)
{
	for (size_t i = 0; goal->scopes[i]; i++) {
		char type[64];

		snprintf(type, sizeof(type), "%.*s", (int)strcspn(goal->scopes[i], ":"),
			 goal->scopes[i]);
		if (strcmp(type, "user") != 0 && add(&plan->entries, type, "*", from, err) < 0)
			return -1;
	}
	return 0;
}

static bool has_subject(const struct coder_wish *wish, const char *type)
{
	for (size_t i = 0; i < wish->n_subjects; i++)
		if (names(wish->subjects[i].entry, type))
			return true;
	return false;
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
		if (add(&plan->scopes, goal->scopes[i], NULL, from, err) < 0)
			return -1;
	for (size_t i = 0; i < plan->entries.n; i++)
		if (is_about(goal, plan->entries.v[i].text) &&
		    plan->entries.v[i].from & CODER_FROM_CALLER)
			plan->entries.v[i].from |= from;
	if (goal->objects[0] && goal->objects[1] && has_subject(wish, goal->objects[1]))
		companions &= ~CODER_COMPANION_TEMPLATES;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (companions & rules[i].companion &&
		    add(&plan->entries, rules[i].type, rules[i].id, from, err) < 0)
			return -1;
	if (goal->companions & CODER_COMPANION_OWN && add_own(plan, goal, from, err) < 0)
		return -1;
	return add_relations(plan, wish, goal, from, err);
}

/* ----------------------------------------------------------------- checks */

static int check_objects(const struct coder_wish *wish, const struct coder_goal *goal,
			 struct coder_error *err)
{
	const char *type = goal->objects[0];

	if (!type || has_subject(wish, type) ||
	    (goal->objects[1] && has_subject(wish, goal->objects[1])))
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

/* Who brought a planned scope or entry, for a message. */
static const char *bringer(const struct coder_plan *plan, unsigned from)
{
	for (size_t i = 0; i < plan->n_goals; i++)
		if (from & 1u << i)
			return plan->goals[i]->name;
	return from & CODER_FROM_SELF_READABLE ? "a token that can view itself" : NULL;
}

/* Whether the entries that a scope was wanted with, and those that were given, cover the entry. */
static bool is_meant(const struct coder_plan *plan, const struct coder_planned *scope,
		     const char *entry)
{
	for (size_t i = 0; i < plan->entries.n; i++) {
		const struct coder_planned *own = &plan->entries.v[i];
		char *text = own->text;
		const struct coder_strings one = { .v = &text, .n = 1 };

		if (own->from & (scope->from | CODER_FROM_CALLER) && allow_covers(&one, entry))
			return true;
	}
	return false;
}

/* A server applies every scope to every entry: refuses what acts beyond that for which it was given. */
static int check_crosswise(const struct coder_plan *plan, struct coder_error *err)
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
			char type[64];

			snprintf(type, sizeof(type), "%.*s", (int)strcspn(entry->text, ":"),
				 entry->text);
			if (!coder_scope_acts(scope->text, type) ||
			    is_meant(plan, scope, entry->text))
				continue;
			coder_error_set(
				err, CODER_ERR_USAGE,
				"%s cannot be combined with %s%s: the entry %s, which %s "
				"needs, would let the scope %s act on what was not asked for",
				brings, wants ? "" : "the scope ", wants ? wants : scope->text,
				entry->text, brings, scope->text);
			return coder_error_cause(err, CODER_CAUSE_CROSSWISE, NULL, NULL);
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
			    !is_all(entry->text) ||
			    strncmp(given, entry->text, strlen(entry->text) - 1) != 0)
				continue;
			return coder_error_set(err, CODER_ERR_USAGE,
					       "%s cannot be limited to %s: it needs %s", goal,
					       given, entry->text);
		}
	}
	return 0;
}

/* A goal on all objects, where only some are given: says which other goal they limit. */
static int check_all(const struct coder_wish *wish, const struct coder_goal *goal,
		     struct coder_error *err)
{
	const char *type = goal->objects[0], *single = NULL, *other = NULL;

	for (size_t i = 0; i < wish->n_subjects && goal->all; i++) {
		if (!names(wish->subjects[i].entry, type))
			continue;
		if (is_all(wish->subjects[i].entry))
			return 0;
		single = wish->subjects[i].entry;
	}
	if (!single)
		return 0;
	for (size_t g = 0; g < wish->n_goals && !other; g++)
		for (size_t s = 0; wish->goals[g]->scopes[s] && !other; s++)
			if (wish->goals[g] != goal && !wish->goals[g]->all &&
			    coder_scope_acts(wish->goals[g]->scopes[s], type))
				other = wish->goals[g]->name;
	if (!other)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "%s cannot be limited to %s: it needs %s:*", goal->name,
				       single, type);
	coder_error_set(err, CODER_ERR_USAGE,
			"%s cannot be combined with %s for %s: %s needs %s:*, and %s would then "
			"work on all of them",
			goal->name, other, single, goal->name, type, other);
	return coder_error_cause(err, CODER_CAUSE_CROSSWISE, NULL, NULL);
}

/* Where everything is permitted there is nothing to add, and adding would take the rest away. */
static int add_self_readable(struct coder_plan *plan, const struct coder_wish *wish,
			     struct coder_error *err)
{
	const unsigned from = CODER_FROM_SELF_READABLE;

	if (plan->scopes.n && (add(&plan->scopes, "user:read", NULL, from, err) < 0 ||
			       add(&plan->scopes, "api_key:read", NULL, from, err) < 0))
		return -1;
	if (plan->entries.n && (add(&plan->entries, "user", wish->self, from, err) < 0 ||
				add(&plan->entries, "api_key", "*", from, err) < 0))
		return -1;
	return 0;
}

int coder_plan_make(const struct coder_wish *wish, struct coder_plan *ret, struct coder_error *err)
{
	struct coder_plan CLEANUP(coder_plan_done) plan = { 0 };

	for (size_t i = 0; i < wish->n_scopes; i++)
		if (add(&plan.scopes, wish->scopes[i], NULL, CODER_FROM_CALLER, err) < 0)
			return -1;
	for (size_t i = 0; i < wish->n_subjects; i++)
		if (add(&plan.entries, wish->subjects[i].entry, NULL, CODER_FROM_CALLER, err) < 0)
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
	if (check_crosswise(&plan, err) < 0 || check_limits(&plan, wish, err) < 0)
		return -1;
	*ret = plan;
	plan = (struct coder_plan){ 0 };
	return 0;
}

/* ------------------------------------------------------------- comparisons */

static bool has_type(const struct coder_strings *allow_list, const char *type)
{
	for (size_t i = 0; i < allow_list->n; i++)
		if (names(allow_list->v[i], type))
			return true;
	return false;
}

/* Notes "type:*" as lacking, unless the list covers it. */
static int need_all(const struct coder_strings *allow_list, const char *type,
		    struct coder_strings *lacks, struct coder_error *err)
{
	char entry[64];

	snprintf(entry, sizeof(entry), "%s:*", type);
	if (allow_covers(allow_list, entry) || coder_strings_has(lacks, entry))
		return 0;
	return coder_strings_add(lacks, entry, err);
}

/* The objects of a goal in the allow list; lacking are those without which it is about nothing. */
static int compare_objects(const struct coder_goal *goal, const struct coder_strings *allow_list,
			   struct coder_strings *lacks, struct coder_strings *objects,
			   struct coder_error *err)
{
	char entry[64];

	for (size_t i = 0; i < allow_list->n; i++)
		if (is_about(goal, allow_list->v[i]) &&
		    coder_strings_add(objects, allow_list->v[i], err) < 0)
			return -1;
	if (!goal->objects[0])
		return 0;
	if (goal->all)
		return need_all(allow_list, goal->objects[0], lacks, err);
	if (objects->n)
		return 0;
	snprintf(entry, sizeof(entry), "%s:ID", goal->objects[0]);
	return coder_strings_add(lacks, entry, err);
}

static int compare_companions(const struct coder_goal *goal, const struct coder_strings *allow_list,
			      struct coder_strings *lacks, struct coder_error *err)
{
	const unsigned companions = goal->companions;
	const bool own_template =
		goal->objects[0] && goal->objects[1] && has_type(allow_list, goal->objects[1]);

	if (companions & CODER_COMPANION_SELF && !has_type(allow_list, "user") &&
	    coder_strings_add(lacks, "user:ID", err) < 0)
		return -1;
	if (companions & CODER_COMPANION_ORGANIZATION && !has_type(allow_list, "organization") &&
	    coder_strings_add(lacks, "organization:ID", err) < 0)
		return -1;
	if ((companions & CODER_COMPANION_TEMPLATES && !own_template &&
	     need_all(allow_list, "template", lacks, err) < 0) ||
	    (companions & CODER_COMPANION_FILES && need_all(allow_list, "file", lacks, err) < 0) ||
	    (companions & CODER_COMPANION_TOKENS &&
	     need_all(allow_list, "api_key", lacks, err) < 0) ||
	    (companions & CODER_COMPANION_WORKSPACES &&
	     need_all(allow_list, "workspace", lacks, err) < 0))
		return -1;
	for (size_t i = 0; companions & CODER_COMPANION_OWN && goal->scopes[i]; i++) {
		char type[64];

		snprintf(type, sizeof(type), "%.*s", (int)strcspn(goal->scopes[i], ":"),
			 goal->scopes[i]);
		if (strcmp(type, "user") != 0 && need_all(allow_list, type, lacks, err) < 0)
			return -1;
	}
	return 0;
}

int coder_goal_compare(const struct coder_goal *goal, const struct coder_strings *scopes,
		       const struct coder_strings *allow_list, struct coder_strings *ret_lacks,
		       struct coder_strings *ret_objects, struct coder_error *err)
{
	for (size_t i = 0; goal->scopes[i]; i++)
		if (!coder_scopes_permit(scopes, goal->scopes[i]) &&
		    coder_strings_add(ret_lacks, goal->scopes[i], err) < 0)
			return -1;
	if (compare_objects(goal, allow_list, ret_lacks, ret_objects, err) < 0)
		return -1;
	return compare_companions(goal, allow_list, ret_lacks, err);
}
