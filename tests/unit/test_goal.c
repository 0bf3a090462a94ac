/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_goal.c - lib/api/goal.c: what goals need, and which do not go together. */
#include "api/goal_parts.h"
#include "coder.h"
#include "test.h"

#define SELF "00000000-0000-4000-8000-00000000005e"
#define OWNER "00000000-0000-4000-8000-0000000000a1"
#define ORGANIZATION "00000000-0000-4000-8000-0000000000c0"
#define WORKSPACE "workspace:00000000-0000-4000-8000-000000000001"
#define TEMPLATE "template:00000000-0000-4000-8000-000000000002"

static const struct coder_subject one_workspace = { WORKSPACE, OWNER, ORGANIZATION };
static const struct coder_subject all_workspaces = { "workspace:*", NULL, NULL };
static const struct coder_subject one_template = { TEMPLATE, NULL, ORGANIZATION };

/* Plans goals and scopes (each "a b c", or "") with these subjects. */
static int make(const char *goals, const char *scopes, const struct coder_subject *subjects,
		size_t n, struct coder_plan *ret, struct coder_error *err)
{
	static char texts[2][512];
	const struct coder_goal *found[CODER_GOALS_MAX];
	const char *given[16];
	struct coder_wish wish = {
		.goals = found,
		.scopes = given,
		.subjects = subjects,
		.n_subjects = n,
		.self = SELF,
	};
	char *save;

	snprintf(texts[0], sizeof(texts[0]), "%s", goals);
	snprintf(texts[1], sizeof(texts[1]), "%s", scopes);
	for (char *w = strtok_r(texts[0], " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (strcmp(w, "self-readable") == 0)
			wish.self_readable = true;
		else
			found[wish.n_goals++] = coder_goal_find(w);
	}
	for (char *w = strtok_r(texts[1], " ", &save); w; w = strtok_r(NULL, " ", &save))
		given[wish.n_scopes++] = w;
	memset(ret, 0, sizeof(*ret));
	return coder_plan_make(&wish, ret, err);
}

static void assert_list(const struct coder_planned_list *list, const char *want)
{
	char got[2048] = "";

	for (size_t i = 0; i < list->n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i ? " " : "",
			 list->v[i].text);
	assert_string_equal(got, want);
}

#define USER_SELF "user:" SELF
#define READ "workspace:read template:read user:read"
#define OF_ONE WORKSPACE " " USER_SELF " template:* user:" OWNER

static void test_each_goal_has_its_scopes_and_companions(void **state)
{
	const struct coder_goal *goals;
	static const struct {
		const char *goal;
		const struct coder_subject *subject;
		const char *scopes, *entries;
	} cases[] = {
		{ "workspace-read", &one_workspace, READ, OF_ONE },
		{ "workspace-list", &all_workspaces, READ, "workspace:* " USER_SELF " template:*" },
		{ "workspace-start", &one_workspace, READ " workspace:start", OF_ONE },
		{ "workspace-stop", &one_workspace, READ " workspace:stop", OF_ONE },
		{ "workspace-operate", &one_workspace,
		  READ " workspace:start workspace:stop workspace:update", OF_ONE },
		{ "workspace-ssh", &one_workspace, READ " workspace:ssh", OF_ONE },
		{ "workspace-delete", &one_workspace, READ " workspace:delete", OF_ONE },
		{ "workspace-create", &one_template,
		  READ " workspace:create workspace:start template:use organization:read",
		  TEMPLATE " " USER_SELF " workspace:* organization:" ORGANIZATION },
		{ "workspace-create", &all_workspaces,
		  READ " workspace:create workspace:start template:use organization:read",
		  "workspace:* " USER_SELF " template:* organization:*" },
		{ "template-push", &one_template,
		  "file:create file:read organization:read template:create template:read "
		  "template:update user:read",
		  TEMPLATE " " USER_SELF " file:* organization:" ORGANIZATION },
		{ "tokens-read", NULL, "user:read api_key:read", USER_SELF " api_key:*" },
		{ "tokens-manage", NULL, "user:read api_key:*", USER_SELF " api_key:*" },
		{ "whoami", NULL, "user:read", USER_SELF },
		{ "read-only", NULL,
		  "api_key:read organization:read task:read template:read user:read "
		  "user:read_personal user_secret:read user_skill:read workspace:read",
		  USER_SELF " api_key:* organization:* task:* template:* user_secret:* "
			    "user_skill:* workspace:*" },
	};
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_plan plan;
		struct coder_error err;

		if (make(cases[i].goal, "", cases[i].subject, cases[i].subject ? 1 : 0, &plan,
			 &err) < 0)
			fail_msg("%s: %s", cases[i].goal, err.message);
		assert_list(&plan.scopes, cases[i].scopes);
		assert_list(&plan.entries, cases[i].entries);
		coder_plan_done(&plan);
	}
	goals = coder_goals(&n);
	assert_int_equal(n, 13);
	for (size_t i = 0; i < n; i++)
		assert_null(goals[i].objects[COUNT(goals[i].objects) - 1]);
	assert_null(coder_goal_find("workspace"));
}

/* What is requested in addition to a pair of goals. */
struct setting {
	const char *title;
	const char *owner; /* of the workspace */
	const struct coder_subject *more; /* an entry that is given, too */
	const char *scopes; /* that are given */
	bool self_readable;
	/*
	 * for each pair: y, they can be combined; n, one would exceed the request or lose its
	 * limits
	 */
	const char *pairs[13];
};

/*
 * What is given for two goals: one workspace (or all, if no goal takes single ones), one template,
 * and what the setting has.
 */
static size_t give(const struct coder_goal *const goals[2], const struct setting *setting,
		   struct coder_subject given[4])
{
	bool one_by_one = false;
	size_t n = 0;

	for (size_t g = 0; g < 2; g++)
		one_by_one |= goal_is_about(goals[g], WORKSPACE) && !goals[g]->all;
	if (one_by_one)
		given[n++] = (struct coder_subject){ WORKSPACE, setting->owner, ORGANIZATION };
	else if (strcmp(goals[0]->name, "workspace-list") == 0 ||
		 strcmp(goals[1]->name, "workspace-list") == 0)
		given[n++] = all_workspaces;
	if (goal_is_about(goals[0], TEMPLATE) || goal_is_about(goals[1], TEMPLATE))
		given[n++] = one_template;
	if (setting->more)
		given[n++] = *setting->more;
	return n;
}

static bool go_together(const char *one, const char *other, const struct setting *setting)
{
	const struct coder_goal *goals[] = { coder_goal_find(one), coder_goal_find(other) };
	struct coder_subject given[4];
	struct coder_plan plan;
	struct coder_error err;
	char text[96];
	size_t n = give(goals, setting, given);

	snprintf(text, sizeof(text), "%s %s %s", one, strcmp(one, other) ? other : "",
		 setting->self_readable ? "self-readable" : "");
	if (make(text, setting->scopes, given, n, &plan, &err) == 0) {
		coder_plan_done(&plan);
		return true;
	}
	assert_int_equal(err.code, CODER_ERR_USAGE);
	if (!strstr(err.message, one) && !strstr(err.message, other))
		fail_msg("%s and %s: %s", one, other, err.message);
	/* the message names both goals or, with scopes, one goal and the scope */
	if (!*setting->scopes && (!strstr(err.message, one) || !strstr(err.message, other)))
		fail_msg("%s and %s: %s", one, other, err.message);
	return false;
}

static const char *const names[] = {
	"workspace-read",    "workspace-list", "workspace-start",  "workspace-stop",
	"workspace-operate", "workspace-ssh",  "workspace-delete", "workspace-create",
	"template-push",     "tokens-read",    "tokens-manage",	   "whoami",
	"read-only",
};

static const struct coder_subject organization = { "organization:" ORGANIZATION, NULL, NULL };
static const struct coder_subject other_organization = {
	"organization:00000000-0000-4000-8000-0000000000c1", NULL, NULL
};
static const struct coder_subject owner = { "user:" OWNER, NULL, NULL };
static const struct coder_subject self = { USER_SELF, NULL, NULL };
static const struct coder_subject task = { "task:*", NULL, NULL };

static const struct setting settings[] = {
	{ "the workspace is the caller's",
	  SELF,
	  NULL,
	  "",
	  false,
	  {
		  "ynyyyyynnyyyn", /* workspace-read */
		  "nynnnnnnnyyyy", /* workspace-list */
		  "ynyyyyynnyyyn", /* workspace-start */
		  "ynyyyyynnyyyn", /* workspace-stop */
		  "ynyyyyynnyyyn", /* workspace-operate */
		  "ynyyyyynnyyyn", /* workspace-ssh */
		  "ynyyyyynnyyyn", /* workspace-delete */
		  "nnnnnnnyyyyyn", /* workspace-create */
		  "nnnnnnnyyyyyn", /* template-push */
		  "yyyyyyyyyyyyy", /* tokens-read */
		  "yyyyyyyyyyyyy", /* tokens-manage */
		  "yyyyyyyyyyyyy", /* whoami */
		  "nynnnnnnnyyyy", /* read-only */
	  } },
	{ "another user owns the workspace",
	  OWNER,
	  NULL,
	  "",
	  false,
	  {
		  "ynyyyyynnynyn", /* workspace-read */
		  "nynnnnnnnyyyy", /* workspace-list */
		  "ynyyyyynnynyn", /* workspace-start */
		  "ynyyyyynnynyn", /* workspace-stop */
		  "ynyyyyynnynyn", /* workspace-operate */
		  "ynyyyyynnynyn", /* workspace-ssh */
		  "ynyyyyynnynyn", /* workspace-delete */
		  "nnnnnnnyyyyyn", /* workspace-create */
		  "nnnnnnnyyyyyn", /* template-push */
		  "yyyyyyyyyyyyy", /* tokens-read */
		  "nynnnnnyyyyyy", /* tokens-manage */
		  "yyyyyyyyyyyyy", /* whoami */
		  "nynnnnnnnyyyy", /* read-only */
	  } },
	{ "... and is given",
	  OWNER,
	  &owner,
	  "",
	  false,
	  {
		  "ynyyyyynnyyyn", /* workspace-read */
		  "nynnnnnnnyyyy", /* workspace-list */
		  "ynyyyyynnyyyn", /* workspace-start */
		  "ynyyyyynnyyyn", /* workspace-stop */
		  "ynyyyyynnyyyn", /* workspace-operate */
		  "ynyyyyynnyyyn", /* workspace-ssh */
		  "ynyyyyynnyyyn", /* workspace-delete */
		  "nnnnnnnyyyyyn", /* workspace-create */
		  "nnnnnnnyyyyyn", /* template-push */
		  "yyyyyyyyyyyyy", /* tokens-read */
		  "yyyyyyyyyyyyy", /* tokens-manage */
		  "yyyyyyyyyyyyy", /* whoami */
		  "nynnnnnnnyyyy", /* read-only */
	  } },
	{ "the token can view itself",
	  OWNER,
	  NULL,
	  "",
	  true,
	  {
		  "ynyyyyynnynyn", /* workspace-read */
		  "nynnnnnnnyyyy", /* workspace-list */
		  "ynyyyyynnynyn", /* workspace-start */
		  "ynyyyyynnynyn", /* workspace-stop */
		  "ynyyyyynnynyn", /* workspace-operate */
		  "ynyyyyynnynyn", /* workspace-ssh */
		  "ynyyyyynnynyn", /* workspace-delete */
		  "nnnnnnnyyyyyn", /* workspace-create */
		  "nnnnnnnyyyyyn", /* template-push */
		  "yyyyyyyyyyyyy", /* tokens-read */
		  "nynnnnnyyyyyy", /* tokens-manage */
		  "yyyyyyyyyyyyy", /* whoami */
		  "nynnnnnnnyyyy", /* read-only */
	  } },
	{ "a scope acts on the template's organization, which is given",
	  SELF,
	  &organization,
	  "organization:update",
	  false,
	  {
		  "ynyyyyynnyyyn", /* workspace-read */
		  "nynnnnnnnyyyn", /* workspace-list */
		  "ynyyyyynnyyyn", /* workspace-start */
		  "ynyyyyynnyyyn", /* workspace-stop */
		  "ynyyyyynnyyyn", /* workspace-operate */
		  "ynyyyyynnyyyn", /* workspace-ssh */
		  "ynyyyyynnyyyn", /* workspace-delete */
		  "nnnnnnnyyyyyn", /* workspace-create */
		  "nnnnnnnyyyyyn", /* template-push */
		  "yyyyyyyyyyyyn", /* tokens-read */
		  "yyyyyyyyyyyyn", /* tokens-manage */
		  "yyyyyyyyyyyyn", /* whoami */
		  "nnnnnnnnnnnnn", /* read-only */
	  } },
	{ "a scope acts on another organization, which is given",
	  SELF,
	  &other_organization,
	  "organization:update",
	  false,
	  {
		  "ynyyyyynnyyyn", /* workspace-read */
		  "nynnnnnnnyyyn", /* workspace-list */
		  "ynyyyyynnyyyn", /* workspace-start */
		  "ynyyyyynnyyyn", /* workspace-stop */
		  "ynyyyyynnyyyn", /* workspace-operate */
		  "ynyyyyynnyyyn", /* workspace-ssh */
		  "ynyyyyynnyyyn", /* workspace-delete */
		  "nnnnnnnnnnnnn", /* workspace-create */
		  "nnnnnnnnnnnnn", /* template-push */
		  "yyyyyyynnyyyn", /* tokens-read */
		  "yyyyyyynnyyyn", /* tokens-manage */
		  "yyyyyyynnyyyn", /* whoami */
		  "nnnnnnnnnnnnn", /* read-only */
	  } },
	{ "a scope acts on what belongs to users",
	  OWNER,
	  &task,
	  "task:create",
	  false,
	  {
		  "nnnnnnnnnnnnn", /* workspace-read */
		  "nynnnnnnnyyyy", /* workspace-list */
		  "nnnnnnnnnnnnn", /* workspace-start */
		  "nnnnnnnnnnnnn", /* workspace-stop */
		  "nnnnnnnnnnnnn", /* workspace-operate */
		  "nnnnnnnnnnnnn", /* workspace-ssh */
		  "nnnnnnnnnnnnn", /* workspace-delete */
		  "nnnnnnnyyyyyn", /* workspace-create */
		  "nnnnnnnyyyyyn", /* template-push */
		  "nynnnnnyyyyyy", /* tokens-read */
		  "nynnnnnyyyyyy", /* tokens-manage */
		  "nynnnnnyyyyyy", /* whoami */
		  "nynnnnnnnyyyy", /* read-only */
	  } },
	{ "a scope acts on users",
	  OWNER,
	  &self,
	  "user:update_personal",
	  false,
	  {
		  "nnnnnnnnnnnnn", /* workspace-read */
		  "nynnnnnnnyyyy", /* workspace-list */
		  "nnnnnnnnnnnnn", /* workspace-start */
		  "nnnnnnnnnnnnn", /* workspace-stop */
		  "nnnnnnnnnnnnn", /* workspace-operate */
		  "nnnnnnnnnnnnn", /* workspace-ssh */
		  "nnnnnnnnnnnnn", /* workspace-delete */
		  "nnnnnnnyyyyyn", /* workspace-create */
		  "nnnnnnnyyyyyn", /* template-push */
		  "nynnnnnyyyyyy", /* tokens-read */
		  "nynnnnnyyyyyy", /* tokens-manage */
		  "nynnnnnyyyyyy", /* whoami */
		  "nynnnnnnnyyyy", /* read-only */
	  } },
	{ "a scope acts on workspaces",
	  SELF,
	  NULL,
	  "workspace:delete",
	  false,
	  {
		  "ynyyyyynnyyyn", /* workspace-read */
		  "nynnnnnnnyyyy", /* workspace-list */
		  "ynyyyyynnyyyn", /* workspace-start */
		  "ynyyyyynnyyyn", /* workspace-stop */
		  "ynyyyyynnyyyn", /* workspace-operate */
		  "ynyyyyynnyyyn", /* workspace-ssh */
		  "ynyyyyynnyyyn", /* workspace-delete */
		  "nnnnnnnnnnnnn", /* workspace-create */
		  "nnnnnnnnyyyyn", /* template-push */
		  "yyyyyyynynnnn", /* tokens-read */
		  "yyyyyyynynnnn", /* tokens-manage */
		  "yyyyyyynynnnn", /* whoami */
		  "nynnnnnnnnnnn", /* read-only */
	  } },
	{ "a scope is in a goal",
	  SELF,
	  NULL,
	  "api_key:delete",
	  false,
	  {
		  "ynyyyyynnnyyn", /* workspace-read */
		  "nynnnnnnnnyyn", /* workspace-list */
		  "ynyyyyynnnyyn", /* workspace-start */
		  "ynyyyyynnnyyn", /* workspace-stop */
		  "ynyyyyynnnyyn", /* workspace-operate */
		  "ynyyyyynnnyyn", /* workspace-ssh */
		  "ynyyyyynnnyyn", /* workspace-delete */
		  "nnnnnnnyynyyn", /* workspace-create */
		  "nnnnnnnyynyyn", /* template-push */
		  "nnnnnnnnnnynn", /* tokens-read */
		  "yyyyyyyyyyyyy", /* tokens-manage */
		  "yyyyyyyyynynn", /* whoami */
		  "nnnnnnnnnnynn", /* read-only */
	  } },
	{ "a composite scope acts",
	  SELF,
	  NULL,
	  "coder:workspaces.create",
	  false,
	  {
		  "nnnnnnnnnnnnn", /* workspace-read */
		  "nnnnnnnnnnnnn", /* workspace-list */
		  "nnnnnnnnnnnnn", /* workspace-start */
		  "nnnnnnnnnnnnn", /* workspace-stop */
		  "nnnnnnnnnnnnn", /* workspace-operate */
		  "nnnnnnnnnnnnn", /* workspace-ssh */
		  "nnnnnnnnnnnnn", /* workspace-delete */
		  "nnnnnnnnnnnnn", /* workspace-create */
		  "nnnnnnnnyyyyn", /* template-push */
		  "nnnnnnnnynnnn", /* tokens-read */
		  "nnnnnnnnynnnn", /* tokens-manage */
		  "nnnnnnnnynnnn", /* whoami */
		  "nnnnnnnnnnnnn", /* read-only */
	  } },
};

static void test_pairs(void **state)
{
	(void)state;
	for (size_t s = 0; s < COUNT(settings); s++)
		for (size_t i = 0; i < COUNT(names); i++)
			for (size_t k = 0; k < COUNT(names); k++) {
				bool want = settings[s].pairs[i][k] == 'y';

				if (go_together(names[i], names[k], &settings[s]) != want)
					fail_msg("%s: %s with %s: %s", settings[s].title, names[i],
						 names[k], want ? "refused" : "accepted");
			}
}

static void assert_refused(const char *goals, const char *scopes,
			   const struct coder_subject *subjects, size_t n, const char *message)
{
	struct coder_plan plan;
	struct coder_error err;

	if (make(goals, scopes, subjects, n, &plan, &err) == 0)
		fail_msg("%s with %s is accepted", goals, scopes);
	assert_int_equal(err.code, CODER_ERR_USAGE);
	assert_string_equal(err.message, message);
}

static void test_what_is_refused_is_named(void **state)
{
	const struct coder_subject both[] = { one_workspace, one_template };
	const struct coder_subject token = { "api_key:00000000-0000-4000-8000-000000000003", NULL,
					     NULL };

	(void)state;
	assert_refused(
		"workspace-list workspace-stop", "", &one_workspace, 1,
		"workspace-list cannot be combined with workspace-stop for " WORKSPACE
		": workspace-list needs workspace:*, and workspace-stop would then work on all "
		"of them");
	assert_refused(
		"template-push workspace-read", "", both, 2,
		"workspace-read cannot be combined with template-push: the entry template:*, "
		"which workspace-read needs, would let the scope template:create act on other "
		"templates");
	assert_refused(
		"workspace-read", "template:update", both, 2,
		"workspace-read cannot be combined with the scope template:update: the entry "
		"template:*, which workspace-read needs, would let the scope template:update act "
		"on other templates");
	assert_refused(
		"self-readable", "api_key:delete", &one_workspace, 1,
		"a token that can view itself cannot be combined with the scope api_key:delete: "
		"the entry api_key:*, which a token that can view itself needs, would let the "
		"scope api_key:delete act on all api keys");
	assert_refused(
		"workspace-stop", "", NULL, 0,
		"workspace-stop needs an allow-list entry: workspace:NAME, or workspace:* for all "
		"of them");
	assert_refused("workspace-list", "", NULL, 0,
		       "workspace-list needs the allow-list entry workspace:*");
	assert_refused("workspace-create", "", NULL, 0,
		       "workspace-create needs the allow-list entry workspace:*, or template:NAME");
	assert_refused("workspace-create", "", &one_workspace, 1,
		       "workspace-create cannot be limited to " WORKSPACE ": it needs workspace:*");
	assert_refused("workspace-list", "", &one_workspace, 1,
		       "workspace-list cannot be limited to " WORKSPACE ": it needs workspace:*");
	assert_refused(
		"tokens-read", "", &token, 1,
		"tokens-read cannot be limited to api_key:00000000-0000-4000-8000-000000000003: "
		"it needs api_key:*");
	assert_refused("tokens-manage workspace-read", "", &one_workspace, 1,
		       "workspace-read cannot be combined with tokens-manage: the entry user:" OWNER
		       ", which workspace-read needs, would let the scope api_key:* act on what "
		       "belongs to that user");
	assert_refused("workspace-list workspace-read", "", &one_workspace, 1,
		       "workspace-list cannot be combined with workspace-read for " WORKSPACE
		       ": workspace-list needs workspace:*, and workspace-read would then work on "
		       "all of them");
	assert_refused("whoami", "task:read", NULL, 0,
		       "whoami cannot be combined with the scope task:read: no entry was given for "
		       "that scope, so it would apply only to the entries that whoami needs");
	assert_refused("workspace-stop", "", both, 2,
		       "workspace-stop cannot be limited to " TEMPLATE ": it needs template:*");
}

static void test_what_scopes_do(void **state)
{
	static const char *const acting[] = {
		"workspace:stop",
		"workspace:*",
		"coder:workspaces.operate",
		"coder:application_connect",
		"coder:all",
		"workspace:new_action",
		"workspace:ssh",
		"coder:new.composite",
	};
	char operate[] = "coder:workspaces.operate", tokens[] = "api_key:*";
	char *texts[] = { operate, tokens };
	const struct coder_strings scopes = { .v = texts, .n = 2 };

	(void)state;
	for (size_t i = 0; i < COUNT(acting); i++)
		if (!coder_scope_acts(acting[i], "workspace"))
			fail_msg("%s only reads", acting[i]);
	assert_false(coder_scope_acts("workspace:read", "workspace"));
	assert_false(coder_scope_acts("coder:workspaces.operate", "template"));
	assert_true(coder_scope_acts("coder:workspaces.create", "template"));
	assert_false(coder_scope_acts("workspace:stop", "work"));
	assert_true(coder_scope_acts("workspace:stop", "*"));
	assert_true(coder_scope_acts("coder:new.composite", "api_key"));
	assert_false(coder_scope_acts("user:read_personal", "*"));
	assert_true(coder_scopes_permit(&scopes, "workspace:stop"));
	assert_true(coder_scopes_permit(&scopes, "api_key:read"));
	assert_false(coder_scopes_permit(&scopes, "workspace:ssh"));
	assert_false(coder_scopes_permit(&scopes, "user:read"));
}

static void test_what_scopes_are_within_others(void **state)
{
	const char *const tokens[] = { "user:read", "api_key:*", NULL };
	const char *const operate[] = { "workspace:read", "workspace:start", "workspace:stop",
					"workspace:update", NULL };

	(void)state;
	assert_true(coder_scope_is_within("api_key:delete", NULL, tokens));
	assert_true(coder_scope_is_within("coder:apikeys.manage_self", NULL, tokens));
	assert_false(coder_scope_is_within("user:update_personal", NULL, tokens));
	assert_false(coder_scope_is_within("coder:all", NULL, tokens));
	assert_false(coder_scope_is_within("coder:new.composite", NULL, tokens));
	/* it also reads templates and members, but acts only on workspaces */
	assert_false(coder_scope_is_within("coder:workspaces.operate", NULL, operate));
	assert_true(coder_scope_is_within("coder:workspaces.operate", "workspace", operate));
	assert_false(coder_scope_is_within("coder:workspaces.create", "workspace", operate));
	assert_false(coder_scope_is_within("workspace:*", "workspace", operate));
}

static void assert_warnings(const char *goals, const char *scopes,
			    const struct coder_subject *subjects, size_t n, const char *want)
{
	struct coder_plan plan;
	struct coder_error err;
	char got[512] = "";

	if (make(goals, scopes, subjects, n, &plan, &err) < 0)
		fail_msg("%s with %s: %s", goals, scopes, err.message);
	for (size_t i = 0; i < plan.warnings.n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s\n", plan.warnings.v[i]);
	assert_string_equal(got, want);
	coder_plan_done(&plan);
}

/* An entry of another user, which was not asked for, opens more than the workspace. */
static void test_reading_of_another_user(void **state)
{
	static const struct coder_subject all_tasks = { "task:*", NULL, NULL };
	const struct coder_subject with_tasks[] = { one_workspace, all_tasks };
	const struct coder_subject asked_for[] = { one_workspace, owner };
	const struct coder_subject all[] = { all_workspaces, one_workspace };
	const struct coder_subject own[] = { { WORKSPACE, SELF, ORGANIZATION } };
	const char *const templates = "workspace-read: " CODER_GOAL_TEMPLATES "\n";

	(void)state;
	assert_warnings("workspace-read", "", &one_workspace, 1, templates);
	assert_warnings("workspace-read tokens-read", "", own, 1, templates);
	assert_warnings("workspace-read tokens-read", "", asked_for, 2, templates);
	assert_warnings("workspace-read tokens-read", "", &one_workspace, 1,
			"workspace-read: " CODER_GOAL_TEMPLATES "\n"
			"workspace-read: what belongs to the workspace's owner is readable, too "
			"(api_key:read)\n");
	assert_warnings("workspace-read self-readable", "user:read_personal task:read", with_tasks,
			2,
			"workspace-read: " CODER_GOAL_TEMPLATES "\n"
			"workspace-read: what belongs to the workspace's owner is readable, too "
			"(user:read_personal, task:read, api_key:read)\n");
	/* without an entry a scope reads nothing; and all workspaces were asked for */
	assert_warnings("workspace-read", "task:read", &one_workspace, 1, templates);
	assert_warnings("workspace-read", "", all, 2,
			"workspace-read: most requests about workspaces of other users need the "
			"entry user:*, too\nworkspace-read: " CODER_GOAL_TEMPLATES "\n");
}

/* What TYPE:* holds is not sent beside it, unless it was given; but it counts in the checks. */
static void test_scopes_that_others_hold(void **state)
{
	const struct coder_subject entries[] = { one_workspace, { "template:*", NULL, NULL } };
	struct coder_plan plan;
	struct coder_error err;

	(void)state;
	assert_int_equal(make("tokens-read tokens-manage", "", NULL, 0, &plan, &err), 0);
	assert_list(&plan.scopes, "user:read api_key:*");
	assert_int_equal(plan.scopes.v[1].from, 1u << 0 | 1u << 1);
	coder_plan_done(&plan);
	assert_int_equal(make("tokens-manage self-readable", "api_key:read", NULL, 0, &plan, &err),
			 0);
	assert_list(&plan.scopes, "api_key:read user:read api_key:*");
	coder_plan_done(&plan);
	assert_int_equal(make("workspace-read", "template:*", entries, 2, &plan, &err), 0);
	assert_list(&plan.scopes, "template:* workspace:read user:read");
	coder_plan_done(&plan);
	assert_refused("workspace-read", "template:*", entries, 1,
		       "workspace-read cannot be combined with the scope template:*: the entry "
		       "template:*, which workspace-read needs, would let the scope template:* act "
		       "on all templates");
}

/* Before anything is looked up, entries have names, and the token's user is not known. */
static void test_before_anything_is_known(void **state)
{
	const struct coder_goal *push = coder_goal_find("template-push");
	const char *const scopes[] = { "organization:update", "user:update_personal" };
	const struct coder_subject subjects[] = { { "template:one", NULL, NULL },
						  { "organization:coder", NULL, NULL },
						  { "user:admin", NULL, NULL } };
	struct coder_wish wish = { .goals = &push,
				   .n_goals = 1,
				   .scopes = scopes,
				   .n_scopes = 2,
				   .subjects = subjects,
				   .n_subjects = 3 };
	struct coder_plan plan = { 0 };
	struct coder_error err;

	(void)state;
	assert_int_equal(coder_plan_make(&wish, &plan, &err), 0);
	assert_list(&plan.entries, "template:one organization:coder user:admin file:*");
	coder_plan_done(&plan);
	assert_true(coder_wish_needs_relations(&wish, "template"));
	assert_false(coder_wish_needs_relations(&wish, "workspace"));
	assert_false(coder_wish_needs_relations(&wish, "organization"));
	/* after the look-up, it is an error if the server did not send an id */
	wish.self = SELF;
	assert_int_equal(coder_plan_make(&wish, &plan, &err), -1);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_string_equal(err.message, "broken response: no organization of template:one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_goal_has_its_scopes_and_companions),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_what_is_refused_is_named),
		cmocka_unit_test(test_what_scopes_do),
		cmocka_unit_test(test_what_scopes_are_within_others),
		cmocka_unit_test(test_reading_of_another_user),
		cmocka_unit_test(test_scopes_that_others_hold),
		cmocka_unit_test(test_before_anything_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
