/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * goal.c - the table of goals, and what a token lacks for one. What each goal needs was
 * measured on a deployment: without a scope or companion of the table, some of the goal's
 * requests are refused.
 */
#include <stdio.h>
#include <string.h>

#include "allow.h"
#include "goal.h"
#include "scope.h"

#define READ "workspace:read", "template:read", "user:read"
#define OF_ONE (CODER_COMPANION_SELF | CODER_COMPANION_OWNER | CODER_COMPANION_TEMPLATES)

static const struct coder_goal goals[] = {
	{ "workspace-read", "see workspaces and their builds (coder show)", .scopes = { READ },
	  .objects = { "workspace" }, .companions = OF_ONE },
	{ "workspace-list", "list all workspaces (coder list)", .scopes = { READ },
	  .objects = { "workspace" }, .all = true,
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TEMPLATES },
	{ "workspace-start", "start workspaces (coder start)",
	  .scopes = { READ, "workspace:start" }, .objects = { "workspace" }, .companions = OF_ONE },
	{ "workspace-stop", "stop workspaces (coder stop)", .scopes = { READ, "workspace:stop" },
	  .objects = { "workspace" }, .companions = OF_ONE },
	{ "workspace-operate", "start, stop and restart workspaces, and set their schedules",
	  .scopes = { READ, "workspace:start", "workspace:stop", "workspace:update" },
	  .objects = { "workspace" }, .companions = OF_ONE },
	{ "workspace-ssh", "open connections to workspaces (coder ssh)",
	  .scopes = { READ, "workspace:ssh" }, .objects = { "workspace" }, .companions = OF_ONE },
	{ "workspace-delete", "delete workspaces (coder delete)",
	  .scopes = { READ, "workspace:delete" }, .objects = { "workspace" },
	  .companions = OF_ONE },
	{ "workspace-create", "create workspaces, from any template or from those that are given",
	  .scopes = { READ, "workspace:create", "workspace:start", "template:use",
		      "organization:read" },
	  .objects = { "workspace", "template" }, .all = true,
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TEMPLATES |
			CODER_COMPANION_ORGANIZATION | CODER_COMPANION_WORKSPACES,
	  .warning = "who holds it can also start workspaces that exist",
	  .single = "coder create needs template:*, too; without it only POST "
		    "/users/me/workspaces works" },
	{ "template-push", "upload versions of templates and activate them (coder templates push)",
	  .scopes = { "file:create", "file:read", "organization:read", "template:create",
		      "template:read", "template:update", "user:read" },
	  .objects = { "template" },
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_ORGANIZATION | CODER_COMPANION_FILES,
	  .single = "lists of templates (coder templates list) fail without template:*" },
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

/* ------------------------------------------------------------------ entries */

bool goal_entry_names(const char *entry, const char *type)
{
	size_t len = strlen(type);

	return (strncmp(entry, type, len) == 0 && entry[len] == ':') || strcmp(entry, "*:*") == 0;
}

bool goal_is_about(const struct coder_goal *goal, const char *entry)
{
	for (size_t i = 0; goal->objects[i]; i++)
		if (goal_entry_names(entry, goal->objects[i]))
			return true;
	return false;
}

/* ------------------------------------------------------------- comparisons */

static bool has_type(const struct coder_strings *allow_list, const char *type)
{
	for (size_t i = 0; i < allow_list->n; i++)
		if (goal_entry_names(allow_list->v[i], type))
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
		if (goal_is_about(goal, allow_list->v[i]) &&
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
