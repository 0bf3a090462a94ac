/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pace.c - lib/net/pace.c */
#include "base/clock.h"
#include "net/pace.h"
#include "test.h"

#define MINUTE 60

/* Takes a response. Returns whether requests are slowed down from now on, for the first time. */
static bool slows(struct pace *pace, int64_t remaining, int64_t reset, size_t on, size_t more)
{
	const struct rate rate = { .limit = 512, .remaining = remaining, .reset = reset };

	return pace_note(pace, &rate, on, more);
}

/* How long the next request waits for the one before it. */
static int64_t interval(struct pace *pace)
{
	(void)pace_begin(pace, CODER_NS);
	return pace_begin(pace, CODER_NS) - CODER_NS;
}

static void test_limits_of_single_paths_do_not_slow_requests(void **state)
{
	struct pace pace = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) /* some requests are repeated */
		assert_false(slows(&pace, i % 50 ? 511 : 510, MINUTE, 7, 5000));
	assert_int_equal(interval(&pace), 0);
}

static void test_a_common_limit_slows_requests_beyond_it(void **state)
{
	const int64_t mean = MINUTE * CODER_NS / 512;
	struct pace pace = { 0 };
	int told = 0;

	(void)state;
	for (int i = 0; i < 100; i++) /* the limit is enough for all of them */
		assert_false(slows(&pace, 511 - i, MINUTE, 0, (size_t)(300 - i)));
	assert_int_equal(interval(&pace), 0);
	for (int i = 0; i < 100; i++) /* responses overtake each other */
		told += slows(&pace, 411 - (i ^ 3), MINUTE - i / 10, 3, (size_t)(1000 - i));
	assert_int_equal(told, 1);
	/* up to 312 are left for 52 seconds at most, of which three may be in flight */
	pace.next = 0;
	assert_int_equal(pace_begin(&pace, CODER_NS), CODER_NS);
	assert_between(pace.interval, 52 * CODER_NS / 312, 52 * CODER_NS / 309);
	assert_true(pace.interval > mean);
	assert_int_equal(pace_begin(&pace, CODER_NS), CODER_NS + pace.interval);
	assert_int_equal(pace_begin(&pace, CODER_NS), CODER_NS + 2 * pace.interval);
	/* a late request does not let the next ones begin earlier */
	assert_int_equal(pace_begin(&pace, 90 * CODER_NS), 90 * CODER_NS);
	assert_int_equal(pace_begin(&pace, 90 * CODER_NS), 90 * CODER_NS + pace.interval);
	/* in a new window the limit is enough again */
	for (int i = 0; i < 5; i++)
		assert_false(slows(&pace, 511 - i, MINUTE, 7, 100));
	assert_int_equal(pace_begin(&pace, 99 * CODER_NS), 99 * CODER_NS);
	assert_int_equal(pace_begin(&pace, 99 * CODER_NS), 99 * CODER_NS);
	/* where nothing is left the wait is not endless, because a window may slide */
	pace = (struct pace){ 0 };
	for (int i = 4; i >= 0; i--)
		(void)slows(&pace, i, MINUTE, 7, 100);
	assert_int_equal(pace.interval, 10 * mean);
}

#define JOBS_MAX 32

/* A server that counts all requests together, and requests to it. */
struct world {
	struct pace pace;
	int64_t now;
	int jobs, total, begun, used, refused, told;
	struct {
		int64_t begins, is_counted, ends; /* when; 0: has been counted, has ended */
		struct rate rate;
	} requests[JOBS_MAX];
	unsigned random;
};

static int64_t some_time(struct world *world, int64_t max)
{
	world->random = world->random * 1103515245 + 12345;
	return 1 + (world->random >> 16) * max / 65536;
}

static void begin_some(struct world *world)
{
	for (int i = 0; i < world->jobs && world->begun < world->total; i++) {
		int64_t begins;

		if (world->requests[i].ends)
			continue;
		world->begun++;
		begins = pace_begin(&world->pace, world->now);
		world->requests[i].begins = begins;
		world->requests[i].is_counted = begins + some_time(world, CODER_NS / 30);
		world->requests[i].ends =
			world->requests[i].is_counted + some_time(world, CODER_NS / 30);
	}
}

/* The server counts a request. */
static void count(struct world *world, int i, int limit)
{
	world->requests[i].is_counted = 0;
	world->requests[i].rate = (struct rate){
		.limit = limit,
		.remaining = world->used < limit ? limit - world->used - 1 : 0,
		.reset = MINUTE - world->now / CODER_NS,
	};
	world->refused += world->used++ >= limit;
}

static void end(struct world *world, int i)
{
	size_t on = 0, waiting = 0;

	world->requests[i].ends = 0;
	for (int other = 0; other < world->jobs; other++) {
		bool begun = world->requests[other].begins <= world->now;

		on += world->requests[other].ends && begun;
		waiting += world->requests[other].ends && !begun;
	}
	world->told += pace_note(&world->pace, &world->requests[i].rate, on,
				 waiting + (size_t)(world->total - world->begun));
}

/* Sends up to `total` requests within a minute, `jobs` at once, to a server that permits `limit`. */
static struct world run_world(int total, int jobs, int limit, unsigned random)
{
	struct world world = { .jobs = jobs, .total = total, .random = random };

	for (;;) {
		int first = -1;

		begin_some(&world);
		world.now = MINUTE * CODER_NS;
		for (int i = 0; i < jobs; i++) {
			int64_t counted = world.requests[i].is_counted;
			int64_t next = counted ? counted : world.requests[i].ends;

			if (!next || next >= world.now)
				continue;
			world.now = next;
			first = i;
		}
		if (first < 0)
			return world;
		if (world.requests[first].is_counted)
			count(&world, first, limit);
		else
			end(&world, first);
	}
}

static void test_no_limit_is_exceeded_by_requests_in_flight(void **state)
{
	(void)state;
	for (unsigned random = 0; random < 300; random++) {
		const int jobs = random % 2 ? 8 : JOBS_MAX, limit = 100 + (int)random;
		struct world world = run_world(limit + 1 + (int)random % 99, jobs, limit, random);

		assert_int_equal(world.told, 1);
		assert_int_equal(world.refused, 0);
		assert_true(world.used > limit * 3 / 4); /* what is permitted is used */
	}
}

static void test_a_limit_that_is_just_enough_slows_nothing(void **state)
{
	(void)state;
	for (unsigned random = 0; random < 100; random++) {
		struct world world = run_world(100, 8, 100 + 8, random);

		assert_int_equal(world.refused, 0);
		assert_int_equal(world.told, 0);
		assert_int_equal(world.used, 100);
	}
}

static void test_headers_without_a_limit_do_not_slow_requests(void **state)
{
	static const struct rate rates[] = {
		{ -1, -1, -1 }, { 0, 0, 0 }, { 512, -1, 60 }, { 512, 3, -1 }, { -1, 3, 60 }
	};
	struct pace pace = { 0 };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (int j = 0; j < 9; j++)
			assert_false(pace_note(&pace, &rates[i], 7, 1000));
	assert_int_equal(pace_begin(&pace, 1), 1);
	assert_int_equal(pace_begin(&pace, 1), 1);
}

static void test_a_rate_limited_response_delays_all_requests(void **state)
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
		cmocka_unit_test(test_limits_of_single_paths_do_not_slow_requests),
		cmocka_unit_test(test_a_common_limit_slows_requests_beyond_it),
		cmocka_unit_test(test_no_limit_is_exceeded_by_requests_in_flight),
		cmocka_unit_test(test_a_limit_that_is_just_enough_slows_nothing),
		cmocka_unit_test(test_headers_without_a_limit_do_not_slow_requests),
		cmocka_unit_test(test_a_rate_limited_response_delays_all_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
