/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pack.c - long lists of tokens in little memory are read as they were added. */
#include <stdio.h>

#include "api/decode.h"
#include "coder.h"
#include "output/pack.h"
#include "test.h"

#define UUID "11111111-2222-4333-8444-555555555555"

static const char *const documents[] = {
	"{\"id\":\"zB3defghij\",\"user_id\":\"" UUID
	"\",\"username\":\"alice\",\"token_name\":\"ci\","
	"\"login_type\":\"token\",\"scope\":\"all\",\"scopes\":[\"user:read\",\"\",\"api_key:read\"],"
	"\"allow_list\":[\"*:*\"],\"created_at\":\"2026-11-23T20:21:21.123456Z\","
	"\"updated_at\":\"2126-01-01T00:00:00.5Z\",\"last_used\":\"1970-01-01T00:00:00Z\","
	"\"expires_at\":\"9999-12-31T23:59:59.999999Z\",\"lifetime_seconds\":9007199254740993}",
	/* times that no number can hold, and members that old servers do not send */
	"{\"id\":\"aB3defghij\",\"token_name\":\"\",\"scope\":\"application_connect\","
	"\"created_at\":\"2026-11-23T20:21:21.1234567Z\",\"updated_at\":\"2026-11-23T20:21:21+02:00\","
	"\"last_used\":\"0001-01-01T00:00:00Z\",\"lifetime_seconds\":-1}",
	"{\"id\":\"aB3defghii\",\"username\":\"\",\"scopes\":[],\"allow_list\":[]}",
	"{\"id\":\"Zz3defghij\",\"user_id\":\"" UUID
	"\",\"username\":\"alice\",\"token_name\":\"\\n\","
	"\"scopes\":[\"user:read\",\"\",\"api_key:read\"],\"allow_list\":[\"*:*\",\"a:*\"]}",
};

static const struct pack_order by_id = {
	.sorted = true,
	.member = offsetof(struct coder_token, id),
};

static void decode(const char *text, struct coder_token *ret)
{
	struct coder_error err;

	if (token_decode(text, strlen(text), ret, &err) < 0)
		fail_msg("%s: %s", text, err.message);
}

static void assert_lists_equal(const struct coder_strings *a, const struct coder_strings *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_string_equal(a->v[i], b->v[i]);
}

static void assert_tokens_equal(const struct coder_token *a, const struct coder_token *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->user_id, b->user_id);
	assert_int_equal(!a->username, !b->username);
	if (a->username)
		assert_string_equal(a->username, b->username);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->login_type, b->login_type);
	assert_string_equal(a->scope, b->scope);
	assert_string_equal(a->created_at, b->created_at);
	assert_string_equal(a->updated_at, b->updated_at);
	assert_string_equal(a->last_used, b->last_used);
	assert_string_equal(a->expires_at, b->expires_at);
	assert_true(a->created_epoch == b->created_epoch);
	assert_true(a->last_used_epoch == b->last_used_epoch);
	assert_true(a->expires_epoch == b->expires_epoch);
	assert_true(a->lifetime_seconds == b->lifetime_seconds);
	assert_int_equal(a->has_scopes, b->has_scopes);
	assert_int_equal(a->has_allow_list, b->has_allow_list);
	assert_lists_equal(&a->scopes, &b->scopes);
	assert_lists_equal(&a->allow_list, &b->allow_list);
}

static void fill(struct pack *pack)
{
	struct coder_error err;

	for (size_t i = 0; i < COUNT(documents); i++) {
		struct coder_token token = { 0 };

		decode(documents[i], &token);
		assert_int_equal(pack_add(pack, &token, &err), 0);
		coder_token_done(&token);
	}
	assert_int_equal(pack->n, COUNT(documents));
}

static void test_gives_back_everything(void **state)
{
	struct pack pack = { 0 };
	struct pack_reader reader;
	struct coder_error err;

	(void)state;
	pack_want_all(&pack);
	fill(&pack);
	assert_int_equal(pack_read(&reader, &pack, NULL, &err), 0);
	for (size_t i = 0; i < COUNT(documents); i++) {
		struct coder_token token = { 0 };

		decode(documents[i], &token);
		assert_true(pack_next(&reader));
		assert_tokens_equal(&reader.token, &token);
		coder_token_done(&token);
	}
	assert_false(pack_next(&reader));
	pack_reader_done(&reader);
	pack_done(&pack);
}

static void test_order_of_ids(void **state)
{
	static const char *const ids[] = { "Zz3defghij", "aB3defghii", "aB3defghij", "zB3defghij" };
	struct pack pack = { 0 };
	struct pack_reader reader;
	struct coder_error err;

	(void)state;
	fill(&pack);
	assert_int_equal(pack_read(&reader, &pack, &by_id, &err), 0);
	for (size_t i = 0; i < COUNT(ids); i++) {
		assert_true(pack_next(&reader));
		assert_string_equal(reader.token.id, ids[i]);
	}
	assert_false(pack_next(&reader));
	pack_reader_done(&reader);
	pack_done(&pack);
}

/* Reads the pack in that order. Returns the first letters of the names. */
static const char *names_by(const struct pack *pack, size_t member, bool descending, size_t limit)
{
	static char names[32];
	const struct pack_order order = {
		.sorted = true, .descending = descending, .member = member, .limit = limit
	};
	struct pack_reader reader;
	struct coder_error err;
	size_t n = 0;

	assert_int_equal(pack_read(&reader, pack, &order, &err), 0);
	for (int twice = 0; twice < 2; twice++) {
		for (n = 0; pack_next(&reader); n++)
			names[n] = reader.token.name[0];
		names[n] = '\0';
		pack_rewind(&reader);
	}
	pack_reader_done(&reader);
	return names;
}

#define BY(member) offsetof(struct coder_token, member)
#define TOKEN(id, name, user, used, expires, allow)                           \
	"{\"id\":\"" id "\",\"username\":\"" user "\",\"token_name\":\"" name \
	"\",\"last_used\":\"" used "\",\"expires_at\":\"" expires             \
	"\",\"scopes\":[],\"allow_list\":[" allow "]}"

static void test_sorted(void **state)
{
	static const char *const tokens[] = {
		/* times in several zones and exactnesses, names with a long common beginning */
		TOKEN("4444444444", "b same beginning 2", "bob", "2026-01-01T00:00:00Z",
		      "0001-01-01T00:00:00Z", "\"b:*\",\"a:*\""),
		TOKEN("3333333333", "c", "", "1970-01-01T00:00:00Z", "2026-01-01T00:00:00.12Z",
		      "\"a:*\",\"b:*\""),
		TOKEN("2222222222", "B", "alice", "2026-01-01T01:00:00+02:00",
		      "2026-01-01T00:00:00.119999999Z", "\"a:*\""),
		TOKEN("1111111111", "b same beginning 1", "bob", "0001-01-01T00:00:00Z",
		      "9999-12-31T23:59:59Z", "\"a:*\",\"c:*\""),
		TOKEN("0000000000", "a", "bobby", "2025-12-31T23:00:00.000000001Z",
		      "2026-01-01T00:00:00.12Z", ""),
	};
	struct pack pack = { 0 };
	struct coder_error err;

	(void)state;
	pack_want_all(&pack);
	for (size_t i = 0; i < COUNT(tokens); i++) {
		struct coder_token token = { 0 };

		decode(tokens[i], &token);
		assert_int_equal(pack_add(&pack, &token, &err), 0);
		coder_token_done(&token);
	}
	assert_string_equal(names_by(&pack, BY(id), false, 0), "abBcb");
	assert_string_equal(names_by(&pack, BY(id), true, 2), "bc");
	assert_string_equal(names_by(&pack, BY(name), false, 0), "Babbc");
	assert_string_equal(names_by(&pack, BY(name), true, 1), "c");
	assert_string_equal(names_by(&pack, BY(username), false, 0), "cBbba");
	assert_string_equal(names_by(&pack, BY(username), true, 0), "abbBc");
	/* never used: last in both directions, in the order of the list */
	assert_string_equal(names_by(&pack, BY(last_used), false, 0), "Babcb");
	assert_string_equal(names_by(&pack, BY(last_used), true, 9), "baBcb");
	/* no expiry: last; equal times keep their order */
	assert_string_equal(names_by(&pack, BY(expires_at), false, 0), "Bcabb");
	assert_string_equal(names_by(&pack, BY(expires_at), true, 0), "bcaBb");
	assert_string_equal(names_by(&pack, BY(allow_list), false, 0), "aBbcb");
	assert_string_equal(names_by(&pack, BY(allow_list), true, 0), "bbcBa");
	pack_done(&pack);
}

/* The order is that of the names, and of equal names that in which they came. */
static void test_many_sorted(void **state)
{
	enum { TOKENS = 5000, NAMES = 700 };
	const struct pack_order order = { .sorted = true, .member = BY(name) };
	struct pack pack = { 0 };
	struct pack_reader reader;
	struct coder_token token = { 0 };
	struct coder_error err;
	char name[32], id[11], last[32] = "", last_id[11] = "";

	(void)state;
	decode(documents[0], &token);
	pack_want(&pack, BY(name));
	for (unsigned i = 0; i < TOKENS; i++) {
		struct coder_token one = token;

		snprintf(name, sizeof(name), "a long name %u", i * 7919 % NAMES);
		snprintf(id, sizeof(id), "%010u", i);
		one.name = name;
		one.id = id;
		assert_int_equal(pack_add(&pack, &one, &err), 0);
	}
	assert_int_equal(pack_read(&reader, &pack, &order, &err), 0);
	for (int i = 0; i < TOKENS; i++) {
		int after;

		assert_true(pack_next(&reader));
		after = strcmp(reader.token.name, last);
		assert_true(after > 0 || (after == 0 && strcmp(reader.token.id, last_id) > 0));
		snprintf(last, sizeof(last), "%s", reader.token.name);
		snprintf(last_id, sizeof(last_id), "%s", reader.token.id);
	}
	assert_false(pack_next(&reader));
	pack_reader_done(&reader);
	pack_done(&pack);
	coder_token_done(&token);
}

static bool goes_on(void *ctx)
{
	return --*(unsigned *)ctx;
}

static void test_sorting_ends(void **state)
{
	unsigned steps = 0;
	const struct pack_order order = {
		.sorted = true, .member = BY(name), .goes_on = goes_on, .ctx = &steps
	};
	struct pack pack = { 0 };
	struct pack_reader reader;
	struct coder_error err;
	int rc = -1;

	(void)state;
	pack_want(&pack, BY(name));
	fill(&pack);
	for (unsigned most = 1; rc < 0; most++) {
		assert_true(most < 100);
		steps = most;
		rc = pack_read(&reader, &pack, &order, &err);
		assert_true(rc < 0 || most > pack.n);
	}
	pack_reader_done(&reader);
	pack_done(&pack);
}

static void test_keeps_what_is_wanted(void **state)
{
	struct pack pack = { 0 };
	struct pack_reader reader;
	struct coder_error err;

	(void)state;
	pack_want(&pack, offsetof(struct coder_token, expires_at));
	fill(&pack);
	pack_done(&pack);
	assert_int_equal(pack.n, 0);
	assert_int_equal(pack_read(&reader, &pack, &by_id, &err), 0);
	assert_false(pack_next(&reader));
	pack_reader_done(&reader);
	fill(&pack);
	assert_int_equal(pack_read(&reader, &pack, NULL, &err), 0);
	assert_true(pack_next(&reader));
	assert_string_equal(reader.token.id, "zB3defghij");
	assert_string_equal(reader.token.expires_at, "9999-12-31T23:59:59.999999Z");
	assert_string_equal(reader.token.name, "");
	assert_int_equal(reader.token.scopes.n, 0);
	pack_reader_done(&reader);
	pack_done(&pack);
}

static size_t size_of(const struct arena *arena)
{
	size_t size = 0;

	for (const struct arena_block *block = arena->first; block; block = block->next)
		size += block->len;
	return size;
}

/* The tokens have 3000 users, and each has an allow list of its own. */
static void test_what_repeats_is_kept_once(void **state)
{
	enum { TOKENS = 30000, USERS = 3000 };
	struct pack pack = { 0 };
	struct pack_reader reader;
	struct coder_token token = { 0 };
	struct coder_error err;
	char name[64], entry[64], *entries[] = { entry }, **received;
	size_t n = 0;

	(void)state;
	decode(documents[0], &token);
	pack_want_all(&pack);
	received = token.allow_list.v;
	token.allow_list.v = entries;
	token.username = token.user_id = name;
	for (int i = 0; i < TOKENS; i++) {
		snprintf(name, sizeof(name), "a user of a name of some length, %d", i * 7 % USERS);
		snprintf(entry, sizeof(entry), "workspace:%d", i);
		assert_int_equal(pack_add(&pack, &token, &err), 0);
	}
	/*
	 * 36 bytes for a name, 20 and a length of 4 for an allow list, nothing for what is always
	 * the same
	 */
	assert_between(size_of(&pack.shared.arena), USERS * 36, USERS * 44 + TOKENS * 20 + 1000);
	assert_between(size_of(&pack.records), TOKENS * 80, TOKENS * 95);
	assert_int_equal(pack_read(&reader, &pack, NULL, &err), 0);
	for (; pack_next(&reader); n++) {
		snprintf(name, sizeof(name), "a user of a name of some length, %zu", n * 7 % USERS);
		snprintf(entry, sizeof(entry), "workspace:%zu", n);
		assert_tokens_equal(&reader.token, &token);
	}
	assert_int_equal(n, TOKENS);
	pack_reader_done(&reader);
	pack_done(&pack);
	token.username = token.user_id = NULL;
	token.allow_list.v = received;
	coder_token_done(&token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gives_back_everything),
		cmocka_unit_test(test_order_of_ids),
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_many_sorted),
		cmocka_unit_test(test_sorting_ends),
		cmocka_unit_test(test_keeps_what_is_wanted),
		cmocka_unit_test(test_what_repeats_is_kept_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
