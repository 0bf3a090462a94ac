/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_owners.c - how long the names of owners are remembered. Server and clock are stubs. */
#include <time.h>

#include "api/changes.h"
#include "coder.h"
#include "permissions/owners.h"
#include "test.h"

static const char *name; /* the owner's name on the server; NULL: the caller may not see it */
static bool unavailable;
static int requests;
static uint64_t identity = 1;
static unsigned changed;
static time_t seconds = 1000;

int coder_token_fill_owner(struct coder_client *client, struct coder_token *token,
			   struct coder_error *err)
{
	(void)client;
	requests++;
	if (unavailable)
		return coder_error_set(err, CODER_ERR_UNAVAILABLE, "no");
	token->owner = name ? strdup(name) : NULL;
	return 0;
}

uint64_t coder_client_identity(const struct coder_client *client)
{
	(void)client;
	return identity;
}

unsigned coder_changes(void)
{
	return changed;
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	(void)id;
	*ret = (struct timespec){ .tv_sec = seconds };
	return 0;
}

/* Fills in the owner of a token of that user. Asserts the name, and whether it was requested. */
static void assert_owner(const char *user_id, const char *wanted, bool asked)
{
	struct coder_token token = { .user_id = (char *)user_id };
	struct coder_error err;

	requests = 0;
	assert_int_equal(owners_fill(NULL, &token, &err), 0);
	assert_string_equal(token.owner ? token.owner : "(none)", wanted);
	assert_int_equal(requests, asked);
	free(token.owner);
}

static int forget(void **state)
{
	(void)state;
	changed++;
	identity = 1;
	name = "alice";
	unavailable = false;
	return 0;
}

static void test_for_30_seconds(void **state)
{
	(void)state;
	assert_owner("u", "alice", true);
	name = "bob";
	seconds += 29;
	assert_owner("u", "alice", false);
	assert_owner("v", "bob", true);
	seconds += 1;
	assert_owner("u", "bob", true);
}

static void test_hidden_for_10_seconds(void **state)
{
	(void)state;
	name = NULL;
	assert_owner("u", "(none)", true);
	name = "alice";
	seconds += 9;
	assert_owner("u", "(none)", false);
	seconds += 1;
	assert_owner("u", "alice", true);
}

static void test_by_deployment_and_token(void **state)
{
	(void)state;
	assert_owner("u", "alice", true);
	identity = 2;
	assert_owner("u", "alice", true);
	identity = 1;
	assert_owner("u", "alice", false);
	changed++;
	assert_owner("u", "alice", true);
}

static void test_errors_are_not_remembered(void **state)
{
	struct coder_token token = { .user_id = (char[]){ "u" } };
	struct coder_error err;

	(void)state;
	unavailable = true;
	assert_int_equal(owners_fill(NULL, &token, &err), -1);
	assert_int_equal(err.code, CODER_ERR_UNAVAILABLE);
	unavailable = false;
	assert_owner("u", "alice", true);
}

static void test_what_the_server_sent_stays(void **state)
{
	struct coder_token token = { .user_id = (char[]){ "u" }, .username = (char[]){ "carol" } };
	struct coder_error err;

	(void)state;
	assert_owner("u", "alice", true);
	requests = 0;
	assert_int_equal(owners_fill(NULL, &token, &err), 0);
	assert_null(token.owner);
	assert_int_equal(requests, 0);
}

/* Ids and names of any length, and more of them than there is room for. */
static void test_anything_a_server_sends(void **state)
{
	static char id[200];

	(void)state;
	for (int i = 0; i < 100; i++) {
		memset(id, 'a', sizeof(id) - 1);
		id[i + 1] = '\0';
		assert_owner(id, "alice", true);
	}
	name = id;
	memset(id, 'n', 100);
	assert_owner("u", id, true);
	assert_owner("u", id, true);
}

#define TEST(function) cmocka_unit_test_setup(function, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_for_30_seconds),
		TEST(test_hidden_for_10_seconds),
		TEST(test_by_deployment_and_token),
		TEST(test_errors_are_not_remembered),
		TEST(test_what_the_server_sent_stays),
		TEST(test_anything_a_server_sends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
