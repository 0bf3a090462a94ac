/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goal.c - the table of goals. What each goal needs was measured on a deployment. */
#include <string.h>

#include "goal_parts.h"
#include "plan.h"

#define READ "workspace:read", "template:read", "user:read"
#define SCOPES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define OF_ONE (CODER_COMPANION_SELF | CODER_COMPANION_OWNER | CODER_COMPANION_TEMPLATES)

static const struct coder_goal goals[] = {
	{ "workspace-read", "see workspaces and their builds (coder show)", .scopes = SCOPES(READ),
	  .objects = { "workspace" }, .companions = OF_ONE },
	{ "workspace-list", "list all workspaces (coder list)", .scopes = SCOPES(READ),
	  .objects = { "workspace" }, .all = true,
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TEMPLATES },
	{ "workspace-start", "start workspaces (coder start)",
	  .scopes = SCOPES(READ, "workspace:start"), .objects = { "workspace" },
	  .companions = OF_ONE },
	{ "workspace-stop", "stop workspaces (coder stop)",
	  .scopes = SCOPES(READ, "workspace:stop"), .objects = { "workspace" },
	  .companions = OF_ONE },
	{ "workspace-operate", "start, stop and restart workspaces, and set their schedules",
	  .scopes = SCOPES(READ, "workspace:start", "workspace:stop", "workspace:update"),
	  .objects = { "workspace" }, .companions = OF_ONE },
	{ "workspace-ssh", "open connections to workspaces (coder ssh)",
	  .scopes = SCOPES(READ, "workspace:ssh"), .objects = { "workspace" },
	  .companions = OF_ONE },
	{ "workspace-delete", "delete workspaces (coder delete)",
	  .scopes = SCOPES(READ, "workspace:delete"), .objects = { "workspace" },
	  .companions = OF_ONE },
	{ "workspace-create", "create workspaces from templates",
	  .scopes = SCOPES(READ, "workspace:create", "workspace:start", "template:use",
			   "organization:read"),
	  .objects = { "workspace", "template" }, .all = true,
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TEMPLATES |
			CODER_COMPANION_ORGANIZATION | CODER_COMPANION_WORKSPACES,
	  .warning = "whoever holds it can also start workspaces that exist",
	  .single = "coder create needs template:*, too; without it only POST "
		    "/users/me/workspaces works" },
	{ "template-push", "upload versions of templates and activate them (coder templates push)",
	  .scopes = SCOPES("file:create", "file:read", "organization:read", "template:create",
			   "template:read", "template:update", "user:read"),
	  .objects = { "template" },
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_ORGANIZATION | CODER_COMPANION_FILES,
	  .warning =
		  "whoever holds it can run code that gets an unrestricted token of everybody who "
		  "builds a workspace from the template",
	  .single = "lists of templates (coder templates list) fail without template:*" },
	{ "tokens-read", "list and view your own tokens (coder tokens ls)",
	  .scopes = SCOPES("user:read", "api_key:read"),
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TOKENS,
	  .of_users = "list and view tokens (coder tokens ls)" },
	{ "tokens-manage", "create, expire and delete your own tokens",
	  .scopes = SCOPES("user:read", "api_key:*"),
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_TOKENS,
	  .warning = "whoever holds it can create an unrestricted token",
	  .of_users = "create, expire and delete tokens" },
	{ "whoami", "see whose token it is (coder whoami)", .scopes = SCOPES("user:read"),
	  .companions = CODER_COMPANION_SELF },
	{ "read-only", "read everything of your own, and change nothing",
	  .scopes = SCOPES("api_key:read", "organization:read", "task:read", "template:read",
			   "user:read", "user:read_personal", "user_secret:read", "user_skill:read",
			   "workspace:read"),
	  .companions = CODER_COMPANION_SELF | CODER_COMPANION_OWN,
	  .of_users = "read everything, and change nothing" },
};

#define N_GOALS (sizeof(goals) / sizeof(goals[0]))
_Static_assert(N_GOALS <= CODER_GOALS_MAX, "a plan must have room for all goals");

const struct goal_wildcard goal_wildcards[] = {
	{ CODER_COMPANION_TEMPLATES, "template" },
	{ CODER_COMPANION_FILES, "file" },
	{ CODER_COMPANION_TOKENS, "api_key" },
	{ CODER_COMPANION_WORKSPACES, "workspace" },
	{ 0, NULL },
};

const struct coder_goal *coder_goals(size_t *ret_n)
{
	*ret_n = N_GOALS;
	return goals;
}

const struct coder_goal *coder_goal_find(const char *name)
{
	for (size_t i = 0; i < N_GOALS; i++)
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
