/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_token.c - tokens: shapes, decoding, what they may do, requesting them. */
#include "base/buf.h"
#include "coder.h"
#include "api/decode.h"
#include "test.h"

#define UUID "de9b7846-0eca-4db4-a8a8-c520b42f4471"

static void test_shapes(void **state)
{
	(void)state;
	assert_true(coder_token_shaped("aB3defghij-0123456789abcdefghijkl"));
	assert_true(coder_token_shaped("aB3defghij-01234567890"));
	assert_false(coder_token_shaped("aB3defghij-0123456789"));
	assert_false(coder_token_shaped("aB3defghij"));
	assert_false(coder_token_shaped("aB3defghijk-0123456789abc"));
	assert_false(coder_token_shaped("aB3defghi-0123456789abcd"));
	assert_false(coder_token_shaped("aB3defghij-0123456789abc\n"));
	assert_false(coder_token_shaped("aB3defghij-01234567-89abc"));
	assert_false(coder_token_shaped("aB3def_hij-0123456789abc"));
	assert_false(coder_token_shaped(""));

	assert_true(coder_id_shaped("aB3defghij"));
	assert_false(coder_id_shaped("aB3defghi"));
	assert_false(coder_id_shaped("aB3defghijk"));
	assert_false(coder_id_shaped("aB3defghi-"));
	assert_false(coder_id_shaped("aB3defgh\xc3\xa9"));
	assert_false(coder_id_shaped(""));
}

static void assert_meaning(const char *text, enum coder_meaning meaning, const char *id)
{
	char got[CODER_ID_LEN + 1] = "";

	assert_int_equal(coder_meaning(text, got), meaning);
	assert_string_equal(got, id);
}

static void test_meanings(void **state)
{
	(void)state;
	assert_meaning("aB3defghij", CODER_MEANS_ID, "aB3defghij");
	assert_meaning(" \t\r\n\v\faB3defghij \n", CODER_MEANS_ID, "aB3defghij");
	assert_meaning("aB3defghij-01234567890", CODER_MEANS_TOKEN, "aB3defghij");
	assert_meaning("\taB3defghij-0123456789abcdefghijkl\r\n", CODER_MEANS_TOKEN, "aB3defghij");
	assert_meaning("aB3defghij-0123456789", CODER_MEANS_NAME, "");
	assert_meaning("aB3defghij -01234567890", CODER_MEANS_NAME, "");
	assert_meaning("aB3defghij-01234567890 x", CODER_MEANS_NAME, "");
	assert_meaning("aB3defghij-01234567890-x", CODER_MEANS_NAME, "");
	assert_meaning("aB3defghij x", CODER_MEANS_NAME, "");
	assert_meaning("aB3defghi", CODER_MEANS_NAME, "");
	assert_meaning("aB3defghijk", CODER_MEANS_NAME, "");
	assert_meaning("aB3defghij\xc2\xa0", CODER_MEANS_NAME, "");
	assert_meaning("", CODER_MEANS_NAME, "");
	assert_meaning(" \n", CODER_MEANS_NAME, "");
}

static void test_routable_names(void **state)
{
	(void)state;
	assert_true(coder_name_routable("ci"));
	assert_true(coder_name_routable("..."));
	assert_true(coder_name_routable("a b?c%d"));
	assert_true(coder_name_routable("tokenconfigs"));
	assert_false(coder_name_routable(""));
	assert_false(coder_name_routable("."));
	assert_false(coder_name_routable(".."));
	assert_false(coder_name_routable("a/b"));
	assert_false(coder_name_routable("tokenconfig"));
}

static struct coder_token decode(const char *text)
{
	struct coder_token token = { 0 };
	struct coder_error err;

	if (token_decode(text, strlen(text), &token, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	return token;
}

static void test_decodes_a_whole_one(void **state)
{
	struct coder_token t = decode(
		"{\"id\":\"aB3defghij\",\"user_id\":\"" UUID "\","
		"\"last_used\":\"2026-11-23T21:00:00.25Z\","
		"\"expires_at\":\"2026-11-30T20:21:21.123456Z\","
		"\"created_at\":\"2026-11-23T20:21:21.123456Z\","
		"\"updated_at\":\"2026-11-23T20:21:22Z\",\"login_type\":\"token\",\"scope\":\"\","
		"\"scopes\":[\"workspace:read\",\"user:read\"],"
		"\"token_name\":\"ci \\u003c1\\u003e\","
		"\"lifetime_seconds\":604800,\"allow_list\":[\"workspace:*\",\"user:" UUID "\"],"
		"\"username\":\"alice\",\"brand_new\":{\"x\":[1]}}\n");

	(void)state;
	assert_string_equal(t.id, "aB3defghij");
	assert_string_equal(t.user_id, UUID);
	assert_string_equal(t.username, "alice");
	assert_string_equal(t.name, "ci <1>");
	assert_string_equal(t.login_type, "token");
	assert_string_equal(t.scope, "");
	assert_string_equal(t.created_at, "2026-11-23T20:21:21.123456Z");
	assert_string_equal(t.updated_at, "2026-11-23T20:21:22Z");
	assert_string_equal(t.last_used, "2026-11-23T21:00:00.25Z");
	assert_string_equal(t.expires_at, "2026-11-30T20:21:21.123456Z");
	assert_int_equal(t.created_epoch, 1795465281);
	assert_int_equal(t.last_used_epoch, 1795467600);
	assert_int_equal(t.expires_epoch, 1796070081);
	assert_int_equal(t.lifetime_seconds, 604800);
	assert_true(t.has_scopes && t.has_allow_list);
	assert_int_equal(t.scopes.n, 2);
	assert_string_equal(t.scopes.v[0], "workspace:read");
	assert_int_equal(t.allow_list.n, 2);
	assert_string_equal(t.allow_list.v[1], "user:" UUID);
	coder_token_done(&t);
	assert_null(t.id);
	coder_token_done(&t);
	coder_token_done(NULL);
}

static void test_decodes_what_old_servers_send(void **state)
{
	struct coder_token t = decode("{\"id\":\"aB3defghij\",\"scope\":\"all\",\"scopes\":null,"
				      "\"last_used\":\"0001-01-01T00:00:00Z\","
				      "\"lifetime_seconds\":9007199254740993}");

	(void)state;
	assert_false(t.has_scopes || t.has_allow_list);
	assert_null(t.username);
	assert_string_equal(t.name, "");
	assert_string_equal(t.expires_at, "");
	assert_int_equal(t.last_used_epoch, 0);
	assert_string_equal(t.last_used, "0001-01-01T00:00:00Z");
	assert_true(t.lifetime_seconds == INT64_C(9007199254740993));
	coder_token_done(&t);
}

static void test_decodes_entries_of_any_form(void **state)
{
	struct coder_token t = decode("{\"id\":\"aB3defghij\",\"username\":\"\",\"scopes\":[],"
				      "\"allow_list\":[\"brand_new_type:*\","
				      "{\"type\":\"task\",\"id\":\"" UUID "\",\"more\":1}]}");

	(void)state;
	assert_string_equal(t.username, "");
	assert_true(t.has_scopes && t.has_allow_list);
	assert_int_equal(t.scopes.n, 0);
	assert_int_equal(t.allow_list.n, 2);
	assert_string_equal(t.allow_list.v[0], "brand_new_type:*");
	assert_string_equal(t.allow_list.v[1], "task:" UUID);
	coder_token_done(&t);
}

static void test_refuses(void **state)
{
	static const char *const cases[] = {
		"",
		"null",
		"[]",
		"1",
		"{}",
		"{\"id\":null}",
		"{\"id\":3}",
		"{\"id\":\"short\"}",
		"{\"id\":\"aB3defghij-secret\"}",
		"{\"id\":\"aB3defghij\",\"id\":\"aB3defghij\"}",
		"{\"id\":\"aB3defghij\"",
		"{\"id\":\"aB3defghij\",\"token_name\":7}",
		"{\"id\":\"aB3defghij\",\"created_at\":\"yesterday\"}",
		"{\"id\":\"aB3defghij\",\"updated_at\":\"2026\"}",
		"{\"id\":\"aB3defghij\",\"last_used\":5}",
		"{\"id\":\"aB3defghij\",\"expires_at\":\"2026-13-01T00:00:00Z\"}",
		"{\"id\":\"aB3defghij\",\"scopes\":\"all\"}",
		"{\"id\":\"aB3defghij\",\"scopes\":[1]}",
		"{\"id\":\"aB3defghij\",\"scopes\":[{\"type\":\"a\",\"id\":\"*\"}]}",
		"{\"id\":\"aB3defghij\",\"allow_list\":{}}",
		"{\"id\":\"aB3defghij\",\"allow_list\":[null]}",
		"{\"id\":\"aB3defghij\",\"allow_list\":[{\"type\":\"a\"}]}",
		"{\"id\":\"aB3defghij\",\"allow_list\":[{\"type\":\"a\",\"id\":1}]}",
		"{\"id\":\"aB3defghij\",\"lifetime_seconds\":1.5}",
		"{\"id\":\"aB3defghij\",\"lifetime_seconds\":\"1\"}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_token token = { .lifetime_seconds = 42 };
		struct coder_error err;

		if (token_decode(cases[i], strlen(cases[i]), &token, &err) == 0)
			fail_msg("accepted: %s", cases[i]);
		assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
		assert_int_equal(token.lifetime_seconds, 42);
		assert_null(token.id);
	}
}

/* Asserts what the token may do: its scopes, and its allow-list entries. */
static void assert_rights(const char *json, const char *scopes, const char *entries)
{
	struct coder_token token = decode(json);
	struct coder_strings list = { 0 };
	struct coder_error err;
	struct buf b = { 0 };

	assert_int_equal(coder_token_scopes(&token, &list, &err), 0);
	for (size_t i = 0; i < list.n; i++)
		assert_true(buf_addf(&b, "%s ", list.v[i]));
	assert_string_equal(b.data ? b.data : "", scopes);
	coder_strings_done(&list);
	buf_done(&b);
	assert_int_equal(coder_token_allow_list(&token, &list, &err), 0);
	for (size_t i = 0; i < list.n; i++)
		assert_true(buf_addf(&b, "%s ", list.v[i]));
	assert_string_equal(b.data ? b.data : "", entries);
	coder_strings_done(&list);
	buf_done(&b);
	coder_token_done(&token);
}

static void test_rights(void **state)
{
	(void)state;
	assert_rights("{\"id\":\"aB3defghij\",\"scope\":\"all\"}", "coder:all ", "*:* ");
	assert_rights("{\"id\":\"aB3defghij\",\"scope\":\"application_connect\"}",
		      "coder:application_connect ", "*:* ");
	assert_rights("{\"id\":\"aB3defghij\"}", "", "*:* ");
	assert_rights("{\"id\":\"aB3defghij\",\"scope\":\"all\",\"scopes\":[\"user:read\","
		      "\"all\",\"user:*\",\"user:read\"],\"allow_list\":[\"user:*\",\"task:*\"]}",
		      "coder:all user:* user:read user:read ", "task:* user:* ");
	assert_rights("{\"id\":\"aB3defghij\",\"scopes\":[],\"allow_list\":[]}", "", "");
}

static void add(struct coder_strings *list, const char *s)
{
	struct coder_error err;

	assert_int_equal(coder_strings_add(list, s, &err), 0);
}

static void assert_body(const struct coder_create *create, const char *expected)
{
	struct coder_error err;
	char *json;

	assert_int_equal(coder_create_body(create, &json, &err), 0);
	assert_string_equal(json, expected);
	free(json);
}

static void test_body(void **state)
{
	struct coder_create create = { .user = "me", .name = "a\"b<" };

	(void)state;
	assert_body(&create, "{\"lifetime\":0,\"token_name\":\"a\\\"b\\u003c\"}\n");
	create.name = "ci";
	create.lifetime_ns = INT64_C(3155760000000000000);
	add(&create.scopes, "workspace:read");
	add(&create.scopes, "user:read");
	assert_body(&create, "{\"lifetime\":3155760000000000000,\"scopes\":[\"workspace:read\","
			     "\"user:read\"],\"token_name\":\"ci\"}\n");
	add(&create.allow_list, "workspace:" UUID);
	assert_body(&create,
		    "{\"lifetime\":3155760000000000000,\"scopes\":[\"workspace:read\","
		    "\"user:read\"],\"token_name\":\"ci\",\"allow_list\":[\"workspace:" UUID
		    "\"]}\n");
	coder_strings_done(&create.scopes);
	coder_strings_done(&create.allow_list);
}

static void test_created_is_wiped(void **state)
{
	static const struct coder_created empty;
	struct coder_created created = { .why_not = "x", .shortfall = "y", .id = "aB3defghij" };

	(void)state;
	memcpy(created.secret.text, "aB3defghij-secret", 18);
	created.token = decode("{\"id\":\"aB3defghij\",\"scopes\":[\"user:read\"]}");
	coder_created_done(&created);
	assert_memory_equal(&created, &empty, sizeof(empty));
	coder_created_done(&created);
	coder_created_done(NULL);
	coder_secret_done(NULL);
}

static void test_hides_tokens(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "abcdefghij-ABCDEFGHIJKLMNOPQRSTUV", "abcdefghij-[secret]" },
		{ "a abcdefghij-ABCDEFGHIJKLMNOPQRSTUV, 0123456789-ABCDEFGHIJKLMNOPQRSTUV!",
		  "a abcdefghij-[secret], 0123456789-[secret]!" },
		{ "aB3defghij-01234567890", "aB3defghij-[secret]" },
		{ "x=aB3defghij-01234567890abc; y", "x=aB3defghij-[secret]; y" },
		{ "\"abcdefghij-ABCDEFGHIJKLMNOPQRSTU\"", "\"abcdefghij-[secret]\"" },
		{ "abcdefghij-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghij.",
		  "abcdefghij-[secret]." },
		{ "aaaaaaaaaa-bbbbbbbbbbb-aaaaaaaaaa-bbbbbbbbbbb",
		  "aaaaaaaaaa-[secret]-aaaaaaaaaa-[secret]" },
		/* no tokens: an id of another length, a secret that is too short */
		{ "xabcdefghij-ABCDEFGHIJKLMNOPQRSTUV", "xabcdefghij-ABCDEFGHIJKLMNOPQRSTUV" },
		{ "bcdefghij-ABCDEFGHIJKLMNOPQRSTUV", "bcdefghij-ABCDEFGHIJKLMNOPQRSTUV" },
		{ "abcdefghij-ABCDEFGHIJ", "abcdefghij-ABCDEFGHIJ" },
		{ "abcdefghij-ABCDEFGHIJ-KLMNOPQRST", "abcdefghij-ABCDEFGHIJ-KLMNOPQRST" },
		{ "de9b7846-0eca-4db4-a8a8-c520b42f4471", "de9b7846-0eca-4db4-a8a8-c520b42f4471" },
		{ "abcdefghij", "abcdefghij" },
		{ "abcdefghij-", "abcdefghij-" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[128];

		snprintf(text, sizeof(text), "%s", cases[i][0]);
		coder_hide_tokens(text);
		assert_string_equal(text, cases[i][1]);
	}
	assert_true(coder_token_in_text("x abcdefghij-ABCDEFGHIJKLMNOPQRSTUV y"));
	assert_true(coder_token_in_text("abcdefghij-ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
	assert_false(coder_token_in_text("kubernetes-integrationtests"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_routable_names),
		cmocka_unit_test(test_decodes_a_whole_one),
		cmocka_unit_test(test_decodes_what_old_servers_send),
		cmocka_unit_test(test_decodes_entries_of_any_form),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_rights),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_created_is_wiped),
		cmocka_unit_test(test_hides_tokens),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
