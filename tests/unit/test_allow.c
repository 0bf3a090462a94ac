/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_allow.c - resource types, allow-list entries, allow lists. */
#include "api/covers.h"
#include "base/buf.h"
#include "coder.h"
#include "test.h"

#define UUID "de9b7846-0eca-4db4-a8a8-c520b42f4471"
#define UUID2 "367c4867-81c6-4476-b140-b54f8375f17c"

static const struct coder_type *type_of(const char *name)
{
	size_t n;
	const struct coder_type *types = coder_types(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	fail_msg("no type %s", name);
	return NULL;
}

static void test_types(void **state)
{
	size_t n, named = 0, wildcard_only = 0;
	const struct coder_type *types = coder_types(&n);

	(void)state;
	assert_int_equal(n, 51);
	assert_string_equal(types[0].name, "*");
	for (size_t i = 1; i < n; i++) {
		assert_true(strcmp(types[i - 1].name, types[i].name) < 0);
		named += types[i].resolve != NULL;
		wildcard_only += (types[i].flags & CODER_TYPE_WILDCARD_ONLY) != 0;
		/* what belongs to objects of another type is asked of that type's row */
		if (types[i].kind)
			assert_non_null(type_of(types[i].kind)->route);
		if (types[i].relations)
			assert_non_null(types[i].route);
	}
	assert_int_equal(named, 5);
	assert_int_equal(wildcard_only, 34);
	assert_non_null(type_of("workspace")->resolve);
	assert_int_equal(type_of("workspace")->flags, CODER_TYPE_OWNED | CODER_TYPE_OF_USER);
	assert_non_null(type_of("group")->resolve);
	assert_int_equal(type_of("group")->flags, CODER_TYPE_OWNED);
	assert_int_equal(type_of("group_member")->flags, 0);
	assert_int_equal(type_of("task")->flags, CODER_TYPE_OF_USER);
	assert_int_equal(type_of("api_key")->flags, CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER);
	assert_int_equal(type_of("audit_log")->flags, CODER_TYPE_WILDCARD_ONLY);
	assert_int_equal(type_of("user_secret")->flags,
			 CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER);
}

/* Asserts how text is parsed, as "type|any|id|owner|name". */
static void assert_parsed(const char *text, const char *expected)
{
	struct coder_entry target;
	struct coder_error err;
	struct buf b = { 0 };

	if (coder_entry_parse(text, &target, &err) < 0)
		fail_msg("\"%s\": %s", text, err.message);
	assert_true(buf_addf(&b, "%s|%d|%s|%s|%s", target.type->name, target.any, target.id,
			     target.owner ? target.owner : "", target.name ? target.name : ""));
	assert_string_equal(b.data, expected);
	buf_done(&b);
	coder_entry_done(&target);
	assert_null(target.name);
}

static void test_parses(void **state)
{
	(void)state;
	assert_parsed("*:*", "*|1|||");
	assert_parsed("workspace:*", "workspace|1|||");
	assert_parsed("*:" UUID, "*|0|" UUID "||");
	assert_parsed("task:" UUID, "task|0|" UUID "||");
	assert_parsed(" \tworkspace:" UUID "\r\n", "workspace|0|" UUID "||");
	assert_parsed("user:DE9B7846-0ECA-4DB4-A8A8-C520B42F4471", "user|0|" UUID "||");
	assert_parsed("workspace:dev", "workspace|0|||dev");
	assert_parsed("workspace:alice/dev", "workspace|0||alice|dev");
	assert_parsed("workspace:" UUID2 "/dev", "workspace|0||" UUID2 "|dev");
	assert_parsed("template:acme.org/base_1", "template|0||acme.org|base_1");
	assert_parsed("group:org/g", "group|0||org|g");
	assert_parsed("user:me", "user|0|||me");
	assert_parsed("organization:default", "organization|0|||default");
	assert_parsed("workspace:deadbeef-cafe-babe", "workspace|0|||deadbeef-cafe-babe");
	assert_parsed("workspace:abcdefghijklmnopqrstuvwxyz0123456789",
		      "workspace|0|||abcdefghijklmnopqrstuvwxyz0123456789");
}

/* nearest: the word that was probably meant, or "". */
static void assert_refused_near(const char *text, const char *message, const char *nearest)
{
	struct coder_entry target = { .any = true };
	struct coder_error err;

	if (coder_entry_parse(text, &target, &err) == 0)
		fail_msg("\"%s\" was accepted", text);
	assert_string_equal(err.message, message);
	assert_int_equal(err.code, CODER_ERR_USAGE);
	assert_int_equal(err.cause, *nearest ? CODER_CAUSE_NEAREST : CODER_CAUSE_NONE);
	assert_string_equal(err.about, nearest);
	assert_true(target.any && !target.type);
}

static void assert_refused(const char *text, const char *message)
{
	assert_refused_near(text, message, "");
}

static void test_refuses_shapes(void **state)
{
	(void)state;
	assert_refused("", "allow list entry cannot be empty");
	assert_refused(" \t ", "allow list entry cannot be empty");
	assert_refused("workspace", "invalid allow_list entry 'workspace': want <type>:<id>");
	assert_refused("workspace:", "invalid allow_list entry 'workspace:': want <type>:<id>");
	assert_refused(" :* ", "invalid allow_list entry ':*': want <type>:<id>");
	assert_refused(":", "invalid allow_list entry ':': want <type>:<id>");
}

static void test_refuses_types(void **state)
{
	(void)state;
	assert_refused("banana:*", "invalid allow_list entry 'banana:*': unknown resource type "
				   "'banana'");
	assert_refused_near("fiel:zzz",
			    "invalid allow_list entry 'fiel:zzz': unknown resource type 'fiel'",
			    "file");
	assert_refused_near(
		"Workspace:*",
		"invalid allow_list entry 'Workspace:*': unknown resource type 'Workspace'",
		"workspace");
	assert_refused_near(
		"WORKSPACE:*",
		"invalid allow_list entry 'WORKSPACE:*': unknown resource type 'WORKSPACE'",
		"workspace");
	assert_refused_near(
		"workspace :*",
		"invalid allow_list entry 'workspace :*': unknown resource type 'workspace '",
		"workspace");
	assert_refused("x:*", "invalid allow_list entry 'x:*': unknown resource type 'x'");
}

static void test_refuses_ids(void **state)
{
	static const char *const ids[] = {
		"x y",
		" dev",
		"-dev",
		"dev-",
		"a/b/c",
		"/dev",
		"dev/",
		"a//b",
		"a:b",
		"d\u00e9v",
		"**",
		"dev*",
		"{" UUID "}",
		"urn:uuid:" UUID,
		"de9b78460eca4db4a8a8c520b42f4471", /* no hyphens */
		"de9b7846-0eca-4db4-a8a8-c520b42f447", /* a digit too few */
		"de9b784-0eca-4db4-a8a8-c520b42f4471", /* a digit too few in the first group */
		"de9b7846-0eca-4db4-a8a8-c520b42f44710", /* a digit too many */
		"de9b7846-0eca-4db4-a8a8-c520b42f447g", /* a digit that is not hexadecimal */
		"de9b7846-0eca-4db4-a8a8", /* only its first half */
		"alice/de9b7846-0eca-4db4-a8a8-c520b42f447",
		"alice/" UUID,
		"abcdefghijklmnopqrstuvwxyz0123456789x", /* 37 characters */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		char text[200] = "workspace:", expected[400] = "invalid allow_list entry '";

		text_append(text, sizeof(text), ids[i]);
		text_append(expected, sizeof(expected), text);
		text_append(expected, sizeof(expected),
			    "': invalid workspace ID (must be UUID or name): '");
		text_append(expected, sizeof(expected), ids[i]);
		text_append(expected, sizeof(expected), "'");
		assert_refused(text, expected);
	}
	assert_refused("task:zzz", "invalid allow_list entry 'task:zzz': invalid task ID "
				   "(must be UUID): 'zzz'");
	assert_refused("*:dev", "invalid allow_list entry '*:dev': invalid * ID (must be UUID): "
				"'dev'");
	assert_refused("user:a/b", "invalid allow_list entry 'user:a/b': invalid user ID "
				   "(must be UUID or name): 'a/b'");
	assert_refused("organization:a/b", "invalid allow_list entry 'organization:a/b': "
					   "invalid organization ID (must be UUID or name): 'a/b'");
}

static void test_text(void **state)
{
	static const char *const texts[] = { "*:*", "task:*", "*:" UUID, "workspace:" UUID };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct coder_entry target;
		struct coder_error err;
		char *text;

		assert_int_equal(coder_entry_parse(texts[i], &target, &err), 0);
		text = coder_entry_text(&target);
		assert_string_equal(text, texts[i]);
		free(text);
		coder_entry_done(&target);
	}
}

/* Creates a list of the words in text. */
static struct coder_strings words(const char *text)
{
	struct coder_strings list = { 0 };
	struct coder_error err;

	while (*text) {
		size_t len = strcspn(text, " ");

		assert_int_equal(coder_strings_add_len(&list, text, len, &err), 0);
		text += len;
		text += strspn(text, " ");
	}
	return list;
}

static bool permits(const char *list_text, const char *entry)
{
	struct coder_strings list = words(list_text);
	struct coder_entry target;
	struct coder_error err;
	bool permitted;

	assert_int_equal(coder_entry_parse(entry, &target, &err), 0);
	permitted = coder_allow_permits(&list, &target);
	coder_entry_done(&target);
	coder_strings_done(&list);
	return permitted;
}

static void test_permits(void **state)
{
	(void)state;
	assert_true(permits("*:*", "workspace:" UUID));
	assert_true(permits("task:* workspace:*", "workspace:" UUID));
	assert_true(permits("workspace:" UUID, "workspace:" UUID));
	assert_true(permits("*:" UUID, "workspace:" UUID));
	assert_false(permits("", "workspace:" UUID));
	assert_false(permits("workspace:" UUID2, "workspace:" UUID));
	assert_false(permits("task:*", "workspace:" UUID));
	assert_false(permits("work:*", "workspace:" UUID));
	assert_false(permits("workspace_dormant:*", "workspace:*"));

	assert_true(permits("*:*", "workspace:*"));
	assert_true(permits("workspace:*", "workspace:*"));
	assert_false(permits("workspace:" UUID, "workspace:*"));
	assert_false(permits("*:" UUID, "workspace:*"));

	assert_true(permits("*:*", "*:" UUID));
	assert_true(permits("*:" UUID, "*:" UUID));
	assert_false(permits("workspace:" UUID, "*:" UUID));
	assert_false(permits("workspace:*", "*:" UUID));
	assert_true(permits("*:*", "*:*"));
	assert_false(permits("workspace:*", "*:*"));

	/* a name that was not resolved: only wildcards permit it */
	assert_true(permits("workspace:*", "workspace:dev"));
	assert_false(permits("workspace:" UUID, "workspace:dev"));
}

static bool covers_all(const struct coder_strings *list, const struct coder_strings *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		if (!allow_covers(list, entries->v[i]))
			return false;
	return true;
}

/* Asserts how a server stores a list that was requested. */
static void assert_normal(const char *before, const char *after)
{
	struct coder_strings list = words(before), stored = words(after);

	assert_true(covers_all(&list, &stored));
	assert_true(covers_all(&stored, &list));
	coder_strings_done(&list);
	coder_strings_done(&stored);
}

static void test_covers_the_normal_form(void **state)
{
	(void)state;
	assert_normal("", "");
	assert_normal("*:*", "*:*");
	assert_normal("workspace:" UUID " *:* task:*", "*:*");
	assert_normal("*:" UUID " *:*", "*:*");
	assert_normal("workspace:" UUID " task:" UUID2 " workspace:*",
		      "task:" UUID2 " workspace:*");
	assert_normal("user:" UUID " user:" UUID2 " user:" UUID, "user:" UUID2 " user:" UUID);
	assert_normal("user:DE9B7846-0ECA-4DB4-A8A8-C520B42F4471 user:" UUID, "user:" UUID);
	assert_normal("user_secret:* user:* user:" UUID, "user:* user_secret:*");
	assert_normal("workspace:" UUID " *:" UUID, "*:" UUID " workspace:" UUID);
	assert_normal("workspace_dormant:" UUID " workspace:*",
		      "workspace:* workspace_dormant:" UUID);
}

static void test_covers(void **state)
{
	struct coder_strings list = words("task:* user:" UUID);

	(void)state;
	assert_true(allow_covers(&list, "task:*"));
	assert_true(allow_covers(&list, "task:" UUID));
	assert_true(allow_covers(&list, "user:DE9B7846-0ECA-4DB4-A8A8-C520B42F4471"));
	assert_false(allow_covers(&list, "user:*"));
	assert_false(allow_covers(&list, "*:*"));
	assert_false(allow_covers(&list, "user:" UUID2));
	assert_false(allow_covers(&list, "user:" UUID "0"));
	assert_false(allow_covers(&list, "tas:*"));
	assert_false(allow_covers(&list, "*:" UUID));
	coder_strings_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_parses),
		cmocka_unit_test(test_refuses_shapes),
		cmocka_unit_test(test_refuses_types),
		cmocka_unit_test(test_refuses_ids),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_permits),
		cmocka_unit_test(test_covers_the_normal_form),
		cmocka_unit_test(test_covers),
	};

	return cmocka_run_group_tests_name("allow", tests, NULL, NULL);
}
