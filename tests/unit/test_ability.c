/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_ability.c - lib/api/holding.c and ability.c: which goals a token can reach, and what it
 * lacks.
 */
#include "coder.h"
#include "test.h"

#define SELF "00000000-0000-4000-8000-00000000005e"
#define OWNER "00000000-0000-4000-8000-0000000000a1"
#define ORGANIZATION "00000000-0000-4000-8000-0000000000c0"
#define WORKSPACE "00000000-0000-4000-8000-000000000001"
#define TEMPLATE "00000000-0000-4000-8000-000000000002"

/*
 * Returns the holding of a token of SELF with these scopes and entries, each "a b c". TEMPLATE and
 * WORKSPACE have been looked up.
 */
static struct coder_holding hold(const char *scopes, const char *entries)
{
	struct coder_holding holding = { .user_id = SELF };
	struct coder_entry workspace = { .type = coder_type_find("workspace"),
					 .id = WORKSPACE,
					 .owner_id = OWNER,
					 .organization_id = ORGANIZATION,
					 .title = "bob/dev" };
	struct coder_entry template = { .type = coder_type_find("template"),
					.id = TEMPLATE,
					.organization_id = ORGANIZATION,
					.title = "one" };
	struct coder_error err;
	char text[1024], *save;

	snprintf(text, sizeof(text), "%s", scopes);
	for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		assert_int_equal(coder_strings_add(&holding.scopes, w, &err), 0);
	snprintf(text, sizeof(text), "%s", entries);
	for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		assert_int_equal(coder_holding_add(&holding, w, &err), 0);
	assert_int_equal(coder_holding_describe(&holding, &workspace, &err), 0);
	assert_int_equal(coder_holding_describe(&holding, &template, &err), 0);
	return holding;
}

static void add_all(const struct coder_strings *list, char *got, size_t size)
{
	for (size_t i = 0; i < list->n; i++)
		snprintf(got + strlen(got), size - strlen(got), "%s%s", *got ? " " : "",
			 list->v[i]);
}

/* Asserts what such a token lacks for a goal and its first object; "": nothing. */
static void assert_lacks(const char *goal, const char *scopes, const char *entries,
			 const char *want)
{
	struct coder_holding holding = hold(scopes, entries);
	struct coder_ability ability;
	struct coder_error err;
	char got[1024] = "";

	assert_int_equal(coder_ability_judge(&holding, coder_goal_find(goal), &ability, &err), 0);
	add_all(&ability.scopes, got, sizeof(got));
	if (ability.n)
		add_all(&ability.objects[0].scopes, got, sizeof(got));
	add_all(&ability.entries, got, sizeof(got));
	if (ability.n)
		add_all(&ability.objects[0].entries, got, sizeof(got));
	assert_string_equal(got, want);
	assert_int_equal(coder_ability_is_able(&ability), !*want);
	coder_ability_done(&ability);
	coder_holding_done(&holding);
}

#define READ "workspace:read template:read user:read"
#define W "workspace:" WORKSPACE
#define T "template:" TEMPLATE
#define U "user:" SELF

static void test_a_workspace_needs_its_owner(void **state)
{
	(void)state;
	assert_lacks("workspace-read", READ, W " template:* user:" OWNER, "");
	assert_lacks("workspace-read", READ, W " template:* " U, "user:" OWNER);
	assert_lacks("workspace-read", "workspace:read template:read", W " template:*",
		     "user:read user:" OWNER);
	assert_lacks("workspace-stop", READ, W " " T " user:" OWNER, "workspace:stop template:*");
	assert_lacks("workspace-read", READ, "*:" WORKSPACE " template:* user:*", "");
	assert_lacks("workspace-read", READ, "template:* " U, "workspace:NAME");
	assert_lacks("workspace-read", READ, "workspace:* template:* " U, "");
	assert_lacks("workspace-read", READ, "workspace:* template:*", "user:" SELF);
}

static void test_membership_shows_an_owner_but_where_something_is_started(void **state)
{
	const char *entries = W " template:* organization_member:" OWNER;

	(void)state;
	assert_lacks("workspace-stop", "coder:workspaces.operate", entries, "");
	assert_lacks("workspace-start", "coder:workspaces.operate", entries,
		     "user:read user:" OWNER);
	assert_lacks("workspace-start", "coder:all", entries, "user:" OWNER);
}

static void test_lists_and_creations_need_less_than_they_get(void **state)
{
	(void)state;
	assert_lacks("workspace-list", "workspace:read template:read", "workspace:* template:*",
		     "");
	assert_lacks("workspace-list", READ, W " template:* " U, "workspace:*");
	assert_lacks("workspace-create", READ " workspace:create workspace:start template:use",
		     "workspace:* " T " " U, "");
	assert_lacks("workspace-create", READ " workspace:create workspace:start template:use",
		     W " " U, "template:* workspace:*");
}

static void test_api_key_star_is_each_of_its_actions(void **state)
{
	(void)state;
	assert_lacks("tokens-manage", "user:read coder:apikeys.manage_self", U " api_key:*", "");
	assert_lacks("tokens-manage",
		     "user:read api_key:read api_key:create api_key:update api_key:delete",
		     U " api_key:*", "");
	assert_lacks("tokens-manage", "user:read api_key:read api_key:create api_key:delete",
		     U " api_key:*", "api_key:*");
	assert_lacks("tokens-read", "user:read api_key:read", U " api_key:" SELF, "api_key:*");
}

/* Whether a goal uses a scope for the first entry. */
static bool uses(const char *goal, const char *scopes, const char *entries, const char *scope)
{
	struct coder_holding holding = hold(scopes, entries);
	struct coder_ability ability;
	struct coder_error err;
	bool used;

	assert_int_equal(coder_ability_judge(&holding, coder_goal_find(goal), &ability, &err), 0);
	used = coder_ability_uses(&ability, &holding, scope, &holding.v[0]);
	coder_ability_done(&ability);
	coder_holding_done(&holding);
	return used;
}

static void test_what_no_goal_uses_is_more(void **state)
{
	const char *entries = W " template:* user:" OWNER;
	const char *create = READ " workspace:create workspace:start template:use";

	(void)state;
	assert_true(uses("workspace-read", READ, entries, "workspace:read"));
	assert_false(uses("workspace-read", READ " workspace:stop", entries, "workspace:stop"));
	assert_false(uses("workspace-stop", READ, entries, "workspace:read")); /* is not reached */
	assert_true(uses("whoami", "user:read", U, "user:read"));
	assert_false(uses("whoami", "user:read", "user:" OWNER " " U, "user:read"));
	/* this goal does not reach the workspaces of other users */
	assert_false(uses("workspace-read", READ, "workspace:* template:* " U, "workspace:read"));
	assert_true(uses("workspace-list", READ, "workspace:* template:* " U, "workspace:read"));
	/* starting workspaces that exist is more than creating workspaces */
	assert_true(
		uses("workspace-create", create, "workspace:* template:* " U, "workspace:create"));
	assert_false(
		uses("workspace-create", create, "workspace:* template:* " U, "workspace:start"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_workspace_needs_its_owner),
		cmocka_unit_test(test_membership_shows_an_owner_but_where_something_is_started),
		cmocka_unit_test(test_lists_and_creations_need_less_than_they_get),
		cmocka_unit_test(test_api_key_star_is_each_of_its_actions),
		cmocka_unit_test(test_what_no_goal_uses_is_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
