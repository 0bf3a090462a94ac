/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pace.c - lib/net/pace.c */
#include "base/clock.h"
#include "net/pace.h"
#include "test.h"

#define MINUTE 60

/* Takes a response. Returns whether requests are slowed down from now on, for the first time. */
static bool slows(struct pace *pace, int64_t remaining, int64_t reset, size_t more)
{
	const struct rate rate = { .limit = 512, .remaining = remaining, .reset = reset };

	return pace_note(pace, &rate, more);
}

static void test_a_limit_for_each_path_slows_nothing(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) /* some requests are repeated */
		assert_false(slows(&pace, i % 50 ? 511 : 510, MINUTE, 5000));
	assert_int_equal(pace_begin(&pace, 7), 7);
	assert_int_equal(pace_begin(&pace, 7), 7);
}

static void test_a_limit_for_all_slows_what_exceeds_it(void **state)
{
	const int64_t interval = MINUTE * CODER_NS / 512;
	struct pace pace = { 0 };
	int told = 0;

	(void)state;
	for (int i = 0; i < 100; i++) /* the limit is enough for all of them */
		assert_false(slows(&pace, 511 - i, MINUTE, (size_t)(300 - i)));
	assert_int_equal(pace_begin(&pace, 7), 7);
	for (int i = 0; i < 100; i++) /* responses overtake each other */
		told += slows(&pace, 411 - (i ^ 3), MINUTE - i / 10, (size_t)(1000 - i));
	assert_int_equal(told, 1);
	assert_int_equal(pace_begin(&pace, CODER_NS), CODER_NS);
	assert_int_equal(pace_begin(&pace, CODER_NS), CODER_NS + interval);
	assert_int_equal(pace_begin(&pace, CODER_NS), CODER_NS + 2 * interval);
	/* a late request does not let the next ones begin earlier */
	assert_int_equal(pace_begin(&pace, 5 * CODER_NS), 5 * CODER_NS);
	assert_int_equal(pace_begin(&pace, 5 * CODER_NS), 5 * CODER_NS + interval);
	/* in a new window the limit is enough again */
	for (int i = 0; i < 5; i++)
		assert_false(slows(&pace, 511 - i, MINUTE, 100));
	assert_int_equal(pace_begin(&pace, 9 * CODER_NS), 9 * CODER_NS);
	assert_int_equal(pace_begin(&pace, 9 * CODER_NS), 9 * CODER_NS);
}

static void test_headers_that_say_nothing_slow_nothing(void **state)
{
	static const struct rate rates[] = {
		{ -1, -1, -1 }, { 0, 0, 0 }, { 512, -1, 60 }, { 512, 3, -1 }, { -1, 3, 60 }
	};
	struct pace pace = { 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (int j = 0; j < 9; j++)
			assert_false(pace_note(&pace, &rates[i], 1000));
	assert_int_equal(pace_begin(&pace, 1), 1);
	assert_int_equal(pace_begin(&pace, 1), 1);
}

static void test_a_limit_that_was_met_holds_all_back(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	assert_true(pace_close(&pace, 10 * CODER_NS));
	assert_false(pace_close(&pace, 10 * CODER_NS)); /* the same wait, met by others */
	assert_false(pace_close(&pace, 10 * CODER_NS + 9));
	assert_false(pace_close(&pace, 5 * CODER_NS));
	assert_int_equal(pace_begin(&pace, CODER_NS), 10 * CODER_NS + 9);
	assert_true(pace_close(&pace, 20 * CODER_NS));
	assert_int_equal(pace_begin(&pace, 21 * CODER_NS), 21 * CODER_NS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_limit_for_each_path_slows_nothing),
		cmocka_unit_test(test_a_limit_for_all_slows_what_exceeds_it),
		cmocka_unit_test(test_headers_that_say_nothing_slow_nothing),
		cmocka_unit_test(test_a_limit_that_was_met_holds_all_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
