/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_grant.c - how a token compares with what was requested. */
#include "api/decode.h"
#include "api/grant.h"
#include "base/buf.h"
#include "coder.h"
#include "test.h"

#define UUID "de9b7846-0eca-4db4-a8a8-c520b42f4471"
#define SCOPES(list) ",\"scopes\":[" list "]"
#define ENTRIES(list) ",\"allow_list\":[" list "]"
#define TIMES(created, expires) ",\"created_at\":\"" created "\",\"expires_at\":\"" expires "\""
#define SOUND TIMES("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")
#define BEGAN INT64_C(1795600800) /* 2026-11-25T10:00:00Z */

static struct coder_token decode(const char *members)
{
	struct coder_token token = { 0 };
	struct coder_error err;
	struct buf json = { 0 };

	assert_true(buf_addf(&json, "{\"id\":\"aB3defghij\"%s}", members));
	if (token_decode(json.data, json.len, &token, &err) < 0)
		fail_msg("%s: %s", members, err.message);
	buf_done(&json);
	return token;
}

static void add_words(struct coder_strings *list, const char *words)
{
	while (*words) {
		struct coder_error err;
		size_t len = strcspn(words, " ");

		assert_int_equal(coder_strings_add_len(list, words, len, &err), 0);
		words += len + (words[len] == ' ');
	}
}

/* Returns where a token with these members has more ("+") or less ("-") than was requested. */
static const char *rights(const char *scopes, const char *entries, const char *members)
{
	static char text[32];
	struct coder_create create = { .name = "" };
	struct coder_token token = decode(members);
	struct grant grant;

	add_words(&create.scopes, scopes);
	add_words(&create.allow_list, entries);
	grant = grant_of(&create, &token, 0);
	coder_token_done(&token);
	coder_strings_done(&create.scopes);
	coder_strings_done(&create.allow_list);
	snprintf(text, sizeof(text), "%s%s%s%s", grant.more & GRANT_SCOPES ? "+s" : "",
		 grant.less & GRANT_SCOPES ? "-s" : "", grant.more & GRANT_ALLOW_LIST ? "+a" : "",
		 grant.less & GRANT_ALLOW_LIST ? "-a" : "");
	return text;
}

static void test_scopes(void **state)
{
	(void)state;
	assert_string_equal(rights("", "", ""), "");
	assert_string_equal(rights("", "", ",\"scope\":\"all\""), "");
	assert_string_equal(rights("", "", SCOPES("\"coder:all\"")), "");
	assert_string_equal(rights("coder:all", "", SCOPES("\"all\"")), "");
	assert_string_equal(rights("a:b c:d", "", SCOPES("\"c:d\",\"a:b\",\"c:d\"")), "");
	assert_string_equal(rights("a:b a:*", "", SCOPES("\"a:*\"")), "");
	assert_string_equal(rights("a:b", "", ""), "+s");
	assert_string_equal(rights("a:b", "", ",\"scope\":\"all\""), "+s");
	assert_string_equal(rights("a:b", "", SCOPES("")), "+s");
	assert_string_equal(rights("a:b", "", SCOPES("\"coder:all\"")), "+s");
	assert_string_equal(rights("a:b", "", SCOPES("\"a:b\",\"c:d\"")), "+s");
	assert_string_equal(rights("a:b", "", SCOPES("\"a:*\"")), "+s");
	assert_string_equal(rights("a:b c:d", "", SCOPES("\"a:b\"")), "-s");
	assert_string_equal(rights("", "", SCOPES("\"a:b\"")), "-s");
	assert_string_equal(rights("a:*", "", SCOPES("\"a:b\"")), "-s");
	assert_string_equal(rights("a:b", "", SCOPES("\"c:d\"")), "+s-s");
	assert_string_equal(rights("a:b", "", SCOPES("\"a:bc\"")), "+s-s");
	assert_string_equal(rights("a:*", "", SCOPES("\"ab:c\"")), "+s-s");
	/* the one word of a server that is too old for scopes counts if it sends no scopes */
#define WORD ",\"scope\":\"application_connect\""
	assert_string_equal(rights("", "", WORD), "-s");
	assert_string_equal(rights("coder:application_connect", "", WORD), "");
	assert_string_equal(rights("coder:application_connect", "", WORD SCOPES("")), "");
	assert_string_equal(rights("a:b", "", WORD), "+s-s");
	assert_string_equal(rights("a:b", "", WORD SCOPES("\"a:b\"")), "");
#undef WORD
}

static void test_allow_lists(void **state)
{
	(void)state;
	assert_string_equal(rights("", "*:*", ""), "");
	assert_string_equal(rights("", "task:* *:*", ENTRIES("\"*:*\"")), "");
	assert_string_equal(rights("", "task:" UUID " task:*", ENTRIES("\"task:*\"")), "");
	assert_string_equal(rights("", "user:* task:*", ENTRIES("\"task:*\",\"user:*\"")), "");
	assert_string_equal(rights("", "task:" UUID, ENTRIES("\"task:" UUID "\"")), "");
	assert_string_equal(rights("", "task:*", ""), "+a");
	assert_string_equal(rights("", "task:*", ENTRIES("")), "+a");
	assert_string_equal(rights("", "task:*", ENTRIES("\"*:*\"")), "+a");
	assert_string_equal(rights("", "task:" UUID, ENTRIES("\"task:*\"")), "+a");
	assert_string_equal(rights("", "task:" UUID, ENTRIES("\"*:" UUID "\"")), "+a");
	assert_string_equal(rights("", "task:*", ENTRIES("\"task:*\",\"user:*\"")), "+a");
	assert_string_equal(rights("", "task:*", ENTRIES("\"task:" UUID "\"")), "-a");
	assert_string_equal(rights("", "*:" UUID, ENTRIES("\"task:" UUID "\"")), "-a");
	assert_string_equal(rights("", "", ENTRIES("\"task:*\"")), "-a");
	assert_string_equal(rights("", "task:* user:*", ENTRIES("\"user:*\"")), "-a");
	assert_string_equal(rights("", "task:*", ENTRIES("\"user:*\"")), "+a-a");
	assert_string_equal(rights("a:b", "task:*", SCOPES("\"a:b\"")), "+a");
	assert_string_equal(rights("", "task:*", SCOPES("\"a:b\"") ENTRIES("\"*:*\"")), "-s+a");
}

/* Compares the lifetime of a token with these times with the requested ns: '+', '-' or '='. */
static char life(int64_t ns, const char *times)
{
	const struct coder_create create = { .name = "", .lifetime_ns = ns };
	struct coder_token token = decode(times);
	struct grant grant = grant_of(&create, &token, 0);

	coder_token_done(&token);
	return grant.more & GRANT_LIFETIME ? '+' : grant.less & GRANT_LIFETIME ? '-' : '=';
}

static void test_lifetimes(void **state)
{
	static const struct {
		int64_t ns;
		const char *times;
		char expected;
	} cases[] = {
		/* as a real server sends it */
		{ 3600 * CODER_NS, TIMES("2026-11-25T10:00:00.000011Z", "2026-11-25T11:00:00Z"),
		  '=' },
		{ CODER_NS * 3 / 2, TIMES("2026-11-25T10:00:00.000007Z", "2026-11-25T10:00:01.5Z"),
		  '=' },
		{ INT64_C(3155760000000000000),
		  TIMES("2026-11-25T10:00:00.5Z", "2126-11-26T10:00:00.5Z"), '=' },
		/* a second more or less */
		{ 3600 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "2026-11-25T11:00:01Z"), '=' },
		{ 3600 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "2026-11-25T11:00:01.000000001Z"),
		  '+' },
		{ 3600 * CODER_NS, TIMES("2026-11-25T10:00:00.999999999Z", "2026-11-25T11:00:02Z"),
		  '+' },
		{ 3600 * CODER_NS, TIMES("2026-11-25T10:00:00.999999999Z", "2026-11-25T11:00:00Z"),
		  '=' },
		{ 3600 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "2026-11-25T10:59:59Z"), '=' },
		{ 3600 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "2026-11-25T10:59:58.999999999Z"),
		  '-' },
		{ 3600 * CODER_NS + 1, TIMES("2026-11-25T10:00:00Z", "2026-11-25T10:59:59Z"), '-' },
		{ 3600 * CODER_NS - 1, TIMES("2026-11-25T10:00:00Z", "2026-11-25T11:00:01Z"), '+' },
		/* much longer or shorter, other zones, the longest and the shortest */
		{ 7200 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "2036-11-25T10:00:00Z"), '+' },
		{ 7200 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z"), '-' },
		{ 7200 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "2026-11-25T14:00:00+02:00"),
		  '=' },
		{ INT64_MAX, TIMES("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), '+' },
		{ CODER_NS, TIMES("9999-12-31T23:59:59Z", "1970-01-01T00:00:01Z"), '-' },
		/* no expiry is the longest lifetime, whatever a server sends for it */
		{ 7200 * CODER_NS, ",\"created_at\":\"2026-11-25T10:00:00Z\"", '+' },
		{ 7200 * CODER_NS, TIMES("2026-11-25T10:00:00Z", "0001-01-01T00:00:00Z"), '+' },
		{ 7200 * CODER_NS, ",\"expires_at\":\"2026-11-25T11:00:00Z\"", '=' },
		/* the server's default is not known */
		{ 0, TIMES("2026-11-25T10:00:00Z", "2036-11-25T10:00:00Z"), '=' },
		{ 0, "", '=' },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (life(cases[i].ns, cases[i].times) != cases[i].expected)
			fail_msg("%lld, %s: not %c", (long long)cases[i].ns, cases[i].times,
				 cases[i].expected);
}

/* Why a token with these members may be another one; "" if nothing shows that. */
static const char *foreign(const char *user_id, int64_t began, const char *members)
{
	const struct coder_create create = { .name = "ci", .user_id = user_id };
	struct coder_token token = decode(members);
	const char *why = grant_of(&create, &token, began).foreign;

	coder_token_done(&token);
	return why ? why : "";
}

#define NAMED ",\"token_name\":\"ci\""
#define TOKEN NAMED ",\"login_type\":\"token\""
#define OF(user) TOKEN ",\"user_id\":\"" user "\""

static void test_foreign(void **state)
{
	(void)state;
	assert_string_equal(foreign(UUID, BEGAN, OF(UUID) SOUND), "");
	assert_string_equal(foreign("DE9B7846-0ECA-4DB4-A8A8-C520B42F4471", BEGAN, OF(UUID)), "");
	assert_string_equal(foreign(NULL, 0, OF("x") SOUND), "");
	assert_string_equal(foreign(UUID, BEGAN, TOKEN), "");
	assert_string_equal(foreign(UUID, 0, ",\"token_name\":\"ci \",\"login_type\":\"token\""),
			    "has another name than requested");
	assert_string_equal(foreign(UUID, 0, ",\"login_type\":\"token\""),
			    "has another name than requested");
	assert_string_equal(foreign(UUID, 0, OF("de9b7846-0eca-4db4-a8a8-c520b42f4472")),
			    "belongs to another user than requested");
	assert_string_equal(foreign(UUID, 0, NAMED ",\"login_type\":\"password\""),
			    "is no API token");
	assert_string_equal(foreign(UUID, 0, NAMED), "is no API token");
	/* the clocks of two servers may differ a little */
	assert_string_equal(foreign(UUID, BEGAN + 1, TOKEN SOUND), "");
	assert_string_equal(foreign(UUID, BEGAN + 2, TOKEN SOUND),
			    "was created before the request");
	assert_string_equal(foreign(UUID, BEGAN + 3600, TOKEN SOUND),
			    "was created before the request");
	assert_string_equal(foreign(UUID, BEGAN - 3600, TOKEN SOUND), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_allow_lists),
		cmocka_unit_test(test_lifetimes),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests_name("grant", tests, NULL, NULL);
}
