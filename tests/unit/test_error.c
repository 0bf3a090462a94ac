/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_error.c - error texts: filling, wrapping, cutting. */
#include "coder.h"
#include "test.h"

static void test_set_fills_every_member(void **state)
{
	struct coder_error err;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	assert_int_equal(coder_error_set(&err, CODER_ERR_NOT_FOUND, "no %s", "token"), -1);
	assert_int_equal(err.code, CODER_ERR_NOT_FOUND);
	assert_int_equal(err.signal, 0);
	assert_int_equal(err.http_status, 0);
	assert_int_equal(err.retry_after, -1);
	assert_false(err.sent);
	assert_string_equal(err.message, "no token");
	assert_string_equal(err.field, "");
	assert_string_equal(err.detail, "");
	assert_int_equal(err.cause, CODER_CAUSE_NONE);
	assert_string_equal(err.about, "");
	assert_string_equal(err.also, "");
}

static void test_set_from_its_own_text(void **state)
{
	struct coder_error err;

	(void)state;
	coder_error_set(&err, CODER_ERR_USAGE, "inner");
	coder_error_set(&err, CODER_ERR_REFUSED, "outer of %s", err.message);
	assert_string_equal(err.message, "outer of inner");
}

static void test_wrap_keeps_the_rest(void **state)
{
	struct coder_error err;

	(void)state;
	coder_error_set(&err, CODER_ERR_CONFLICT, "taken");
	err.http_status = 409;
	assert_int_equal(coder_error_wrap(&err, "create %d", 7), -1);
	assert_string_equal(err.message, "create 7: taken");
	assert_int_equal(err.code, CODER_ERR_CONFLICT);
	assert_int_equal(err.http_status, 409);
}

static void test_first_cause_stays(void **state)
{
	struct coder_error err;

	(void)state;
	coder_error_set(&err, CODER_ERR_AUTH, "no");
	assert_int_equal(coder_error_cause(&err, CODER_CAUSE_MOVED, "here", "there"), -1);
	assert_int_equal(coder_error_cause(&err, CODER_CAUSE_SOURCE, "other", NULL), -1);
	assert_int_equal(err.cause, CODER_CAUSE_MOVED);
	assert_string_equal(err.about, "here");
	assert_string_equal(err.also, "there");
}

static void test_memory(void **state)
{
	struct coder_error err;

	(void)state;
	assert_int_equal(coder_error_memory(&err), -1);
	assert_int_equal(err.code, CODER_ERR_MEMORY);
	assert_string_equal(err.message, "out of memory");
}

/*
 * Asserts that s is UTF-8, consists only of the character c, and is at most 3 bytes shorter than
 * size.
 */
static void assert_whole(const char *s, const char *c, size_t size)
{
	size_t len = strlen(s), width = strlen(c);

	assert_true(len < size && len + width >= size);
	assert_int_equal(len % width, 0);
	for (; *s; s += width)
		assert_memory_equal(s, c, width);
}

static void test_cuts_between_characters(void **state)
{
	static const char *const characters[] = { "x", "\u00e9", "\u20ac", "\U0001f600" };
	struct coder_error err;
	char text[4 * 2048 + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(characters); i++) {
		text[0] = '\0';
		for (int n = 0; n < 2000; n++)
			text_append(text, sizeof(text), characters[i]);
		coder_error_set(&err, CODER_ERR_REFUSED, "%s", text);
		assert_whole(err.message, characters[i], sizeof(err.message));
		err.field[0] = '\0';
		text_append(err.field, sizeof(err.field), text);
		assert_whole(err.field, characters[i], sizeof(err.field));
		coder_error_cause(&err, CODER_CAUSE_SOURCE, text, text);
		assert_whole(err.about, characters[i], sizeof(err.about));
		assert_whole(err.also, characters[i], sizeof(err.also));
		coder_error_wrap(&err, "%s", characters[i]);
		assert_true(strlen(err.message) < sizeof(err.message));
	}
}

static void test_append_fills_to_the_last_byte(void **state)
{
	char text[8] = "abc";

	(void)state;
	text_append(text, sizeof(text), "defg");
	assert_string_equal(text, "abcdefg");
	text_append(text, sizeof(text), "h");
	assert_string_equal(text, "abcdefg");
	text[6] = '\0';
	text_append(text, sizeof(text), "\u00e9");
	assert_string_equal(text, "abcdef");
}

static void test_decimal(void **state)
{
	static const struct {
		const char *text;
		int64_t max, value;
	} cases[] = {
		{ "0", 0, 0 },
		{ "007", 9, 7 },
		{ "65535", 65535, 65535 },
		{ "9223372036854775807", INT64_MAX, INT64_MAX },
		/* none, or too large */
		{ "65536", 65535, -1 },
		{ "9223372036854775808", INT64_MAX, -1 },
		{ "99999999999999999999", INT64_MAX, -1 },
		{ "", 9, -1 },
		{ "-1", 9, -1 },
		{ "+1", 9, -1 },
		{ " 1", 9, -1 },
		{ "1 ", 9, -1 },
		{ "0x1", 9, -1 },
		{ "1.", 9, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(coder_decimal(cases[i].text, strlen(cases[i].text), cases[i].max),
				 cases[i].value);
	assert_int_equal(coder_decimal("12x", 2, 99), 12);
}

static void test_bytes_that_are_no_utf8(void **state)
{
	char text[5] = "";

	(void)state;
	text_append(text, sizeof(text), "\x80\x80\x80\x80\x80\x80");
	assert_true(strlen(text) <= 4);
	text[0] = '\0';
	text_append(text, sizeof(text), "\xff\xff\xff\xff\xff\xff");
	assert_true(strlen(text) <= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set_fills_every_member),
		cmocka_unit_test(test_set_from_its_own_text),
		cmocka_unit_test(test_wrap_keeps_the_rest),
		cmocka_unit_test(test_first_cause_stays),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_cuts_between_characters),
		cmocka_unit_test(test_append_fills_to_the_last_byte),
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_bytes_that_are_no_utf8),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
