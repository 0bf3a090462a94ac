/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_alloc.c - every allocation of the library fails once.
 *
 * Linked with -Wl,--wrap= for malloc, reallocarray, strdup and strndup. Each action runs with its
 * first allocation failing, then with its second, and so on until it succeeds. Each time it must
 * fail with CODER_ERR_MEMORY, leave its outputs unchanged and leak no block (which the leak check
 * of the sanitizer finds).
 */
#include <cjson/cJSON.h>

#include "api/decode.h"
#include "coder.h"
#include "json/json.h"
#include "json/list.h"
#include "net/response.h"
#include "output/pack.h"
#include "test.h"

void *__real_malloc(size_t size);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

static long left = -1; /* allocations until the one that fails; -1: none does */

static bool fails(void)
{
	return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

/* Runs action until none of its allocations fails. It must allocate at least this many times. */
static void try_each(int (*action)(struct coder_error *err), long at_least)
{
	for (long n = 0;; n++) {
		struct coder_error err = { 0 };
		int r;

		left = n;
		r = action(&err);
		if (left >= 0) {
			left = -1;
			assert_int_equal(r, 0);
			assert_true(n >= at_least);
			return;
		}
		left = -1;
		assert_int_equal(r, -1);
		assert_int_equal(err.code, CODER_ERR_MEMORY);
	}
}

static const char token_text[] =
	"{\"id\":\"aB3defghij\",\"token_name\":\"ci\",\"scopes\":[\"user:read\",\"task:*\"],"
	"\"allow_list\":[\"user:*\",{\"type\":\"task\",\"id\":\"*\"}],\"lifetime_seconds\":1}";

static int decode_token(struct coder_error *err)
{
	struct coder_token token = { 0 };
	int r = token_decode(token_text, strlen(token_text), &token, err);

	if (r < 0)
		assert_null(token.id);
	coder_token_done(&token);
	return r;
}

static int pack_token(struct coder_error *err)
{
	char *scopes[] = { (char[]){ "user:read" } };
	const struct coder_token token = {
		.id = (char[]){ "aB3defghij" },
		.name = (char[]){ "ci" },
		.has_scopes = true,
		.scopes = { .v = scopes, .n = 1 },
	};
	struct pack pack = { 0 };
	int r;

	pack_want(&pack, offsetof(struct coder_token, scopes));
	r = pack_add(&pack, &token, err);
	assert_int_equal(pack.n, r == 0);
	pack_done(&pack);
	return r;
}

static int list_rights(struct coder_error *err)
{
	char *scopes[] = { (char[]){ "all" }, (char[]){ "user:read" } };
	const struct coder_token token = { .scopes = { .v = scopes, .n = 2 }, .has_scopes = true };
	struct coder_strings a = { 0 }, b = { 0 };
	int r = coder_token_scopes(&token, &a, err);

	if (r == 0)
		r = coder_token_allow_list(&token, &b, err);
	if (r < 0)
		assert_null(b.v);
	coder_strings_done(&a);
	coder_strings_done(&b);
	return r;
}

static int write_body(struct coder_error *err)
{
	char *scopes[] = { (char[]){ "user:read" } };
	const struct coder_create create = { .name = "ci", .scopes = { .v = scopes, .n = 1 } };
	char *json = NULL;
	int r = coder_create_body(&create, &json, err);

	assert_true((r < 0) == !json);
	free(json);
	return r;
}

static int parse_target(struct coder_error *err)
{
	struct coder_entry target = { 0 };
	char *text;
	int r = coder_entry_parse(" workspace:alice/dev ", &target, err);

	if (r < 0) {
		assert_null(target.type);
		return -1;
	}
	text = coder_entry_text(&target);
	coder_entry_done(&target);
	free(text);
	return text ? 0 : coder_error_memory(err);
}

static int ignore_element(void *ctx, const struct json_value *values, struct coder_error *err)
{
	(void)ctx;
	(void)values;
	(void)err;
	return 0;
}

static int split_list(struct coder_error *err)
{
	static const char text[] =
		"[1,\"a string that is longer than the buffer is at the beginning of it all\"]";
	struct json_list list = { .fn = ignore_element };
	int r = json_list_feed(&list, text, 9, err); /* the string is put together of two pieces */

	if (r == 0)
		r = json_list_feed(&list, text + 9, strlen(text) - 9, err);

	json_list_done(&list);
	return r;
}

static void test_every_allocation_fails_once(void **state)
{
	(void)state;
	try_each(decode_token, 9);
	try_each(pack_token, 3);
	try_each(list_rights, 5);
	try_each(write_body, 1);
	try_each(parse_target, 5);
	try_each(split_list, 2);
}

/* Without the memory to read it, an error response does not count as one of something in front. */
static void test_error_response_without_memory(void **state)
{
	static const char text[] = "{\"message\":\"M\",\"detail\":\"d\"}";
	const struct buf body = { .data = (char *)text, .len = strlen(text) };
	const struct response response = { .origin = "https://coder.example",
					   .status = 404,
					   .headers_ended = true,
					   .coder = true };
	struct coder_error err;

	(void)state;
	left = 2;
	assert_int_equal(response_judge(&response, &body, &err), -1);
	left = -1;
	assert_int_equal(err.code, CODER_ERR_MEMORY);
	assert_int_equal(response_judge(&response, &body, &err), -1);
	assert_int_equal(err.code, CODER_ERR_NOT_FOUND);
	assert_string_equal(err.message, "M");
	assert_string_equal(err.detail, "d");
}

static int hook_cjson(void **state)
{
	cJSON_Hooks hooks = { .malloc_fn = __wrap_malloc, .free_fn = free };

	(void)state;
	cJSON_InitHooks(&hooks);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation_fails_once),
		cmocka_unit_test(test_error_response_without_memory),
	};

	return cmocka_run_group_tests_name("alloc", tests, hook_cjson, NULL);
}
