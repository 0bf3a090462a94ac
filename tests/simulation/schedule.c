/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.c - runs all sequences of events that are possible, one after the other; see schedule.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "schedule.h"

static struct {
	struct schedule now;
	int fixed; /* how many points are given; at later ones nothing happens */
	int spent[SCHEDULE_KINDS];
	bool apart; /* an alternative was chosen that must be the only event */
	struct schedule_bound bound;
	bool bounded, random;
	uint64_t state; /* of the random numbers */
	unsigned rarity; /* on average, one point in so many has an event */
} s;

double schedule_seconds(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return (double)now.tv_sec + (double)now.tv_usec / 1e6;
}

/* xorshift64*: small, and the same everywhere. */
static uint64_t next_random(void)
{
	s.state ^= s.state >> 12;
	s.state ^= s.state << 25;
	s.state ^= s.state >> 27;
	return s.state * UINT64_C(0x2545F4914F6CDD1D);
}

/* ----------------------------------------------------------------- a run */

static void begin(void)
{
	s.now.n = 0;
	s.apart = false;
	memset(s.spent, 0, sizeof(s.spent));
}

int schedule_spent(enum schedule_kind kind)
{
	return s.spent[kind];
}

void schedule_spend(enum schedule_kind kind)
{
	s.spent[kind]++;
}

bool schedule_may(enum schedule_kind kind, int n)
{
	return !s.bounded || (!s.apart && s.spent[kind] + n <= s.bound.events[kind]);
}

int schedule_point(void)
{
	return s.now.n;
}

/* The last alternative that may be chosen at this point. */
static int last_allowed(enum schedule_kind kind, int apart, int all)
{
	if (kind == SCHEDULE_SETTING)
		return s.bounded ? apart : all;
	if (!schedule_may(kind, 1))
		return 0;
	return s.bounded && (s.spent[SCHEDULE_FAULT] || s.spent[SCHEDULE_SIGNAL]) ? apart : all;
}

int schedule_choose(enum schedule_kind kind, int apart, int all)
{
	int at = s.now.n, last, chosen = 0;

	if (at == SCHEDULE_POINTS)
		return 0;
	last = last_allowed(kind, apart, all);
	if (at < s.fixed)
		chosen = s.now.chosen[at];
	else if (s.random && last && next_random() % s.rarity == 0)
		chosen = 1 + (int)(next_random() % (uint64_t)last);
	if (chosen > last) /* possible if the number is from another version */
		chosen = 0;
	s.now.chosen[at] = (uint8_t)chosen;
	s.now.last[at] = (uint8_t)last;
	s.now.n++;
	if (chosen && kind != SCHEDULE_SETTING) {
		s.spent[kind]++;
		s.apart = chosen > apart;
	}
	return chosen;
}

/* -------------------------------------------------------------- a number */

static void write_number(const struct schedule *schedule, char out[SCHEDULE_TEXT])
{
	size_t len = 0;

	snprintf(out, SCHEDULE_TEXT, "0");
	for (int i = 0; i < schedule->n && len < SCHEDULE_TEXT - 16; i++)
		if (schedule->chosen[i])
			len += (size_t)snprintf(out + len, SCHEDULE_TEXT - len, "%s%d.%d",
						len ? "-" : "", i, schedule->chosen[i]);
}

static bool read_number(const char *number)
{
	char *end;

	s.fixed = 0;
	memset(s.now.chosen, 0, sizeof(s.now.chosen));
	if (strcmp(number, "0") == 0)
		return true;
	for (;; number = end + 1) {
		long point = strtol(number, &end, 10), alternative;

		if (end == number || *end != '.' || point < s.fixed || point >= SCHEDULE_POINTS)
			return false;
		number = end + 1;
		alternative = strtol(number, &end, 10);
		if (end == number || alternative < 1 || alternative > UINT8_MAX)
			return false;
		s.now.chosen[point] = (uint8_t)alternative;
		s.fixed = (int)point + 1;
		if (!*end)
			return true;
		if (*end != '-')
			return false;
	}
}

bool schedule_run_number(const char *number, schedule_run_fn *run)
{
	s.bounded = s.random = false;
	if (!read_number(number))
		return false;
	begin();
	return run();
}

/* ------------------------------------------------------------- all of them */

/* Goes to the next schedule: the last point that has a further alternative takes it. */
static bool turn(void)
{
	int at = s.now.n - 1;

	while (at >= 0 && s.now.chosen[at] == s.now.last[at])
		at--;
	if (at < 0)
		return false;
	s.now.chosen[at]++;
	s.fixed = at + 1;
	return true;
}

bool schedule_run_all(struct schedule_bound bound, schedule_run_fn *run,
		      struct schedule_count *count, char ret_number[SCHEDULE_TEXT])
{
	double began = schedule_seconds();
	bool held;

	s.bounded = true;
	s.random = false;
	s.bound = bound;
	s.fixed = 0;
	do {
		begin();
		held = run();
		count->runs++;
	} while (held && turn());
	count->seconds += schedule_seconds() - began;
	if (!held)
		write_number(&s.now, ret_number);
	return held;
}

bool schedule_run_random(uint64_t seed, uint64_t runs, schedule_run_fn *run,
			 struct schedule_count *count, char ret_number[SCHEDULE_TEXT])
{
	double began = schedule_seconds();
	bool held = true;

	s.bounded = false;
	s.random = true;
	s.fixed = 0;
	for (uint64_t i = 0; i < runs && held; i++) {
		s.state = (seed + i) * UINT64_C(0x9E3779B97F4A7C15) | 1;
		(void)next_random();
		s.rarity = 2 + (unsigned)(next_random() % 16);
		begin();
		held = run();
		count->runs++;
	}
	count->seconds += schedule_seconds() - began;
	if (!held)
		write_number(&s.now, ret_number);
	return held;
}

/* --------------------------------------------------------------- shrinking */

/* Tries the schedule without each of its events, until none can be left out. */
static void leave_out(char number[SCHEDULE_TEXT], schedule_run_fn *run)
{
	bool shorter = true;

	while (shorter) {
		struct schedule whole;
		char without[SCHEDULE_TEXT];

		shorter = false;
		if (!read_number(number))
			return;
		whole = s.now;
		whole.n = s.fixed;
		for (int i = 0; i < whole.n && !shorter; i++) {
			struct schedule less = whole;

			if (!whole.chosen[i])
				continue;
			less.chosen[i] = 0;
			write_number(&less, without);
			if (schedule_run_number(without, run))
				continue;
			write_number(&s.now,
				     number); /* what was chosen: some may not have been reached */
			shorter = true;
		}
	}
}

static int events_of(const char *number)
{
	int n = 0;

	for (; *number; number++)
		n += *number == '.';
	return n;
}

void schedule_shrink(char number[SCHEDULE_TEXT], schedule_run_fn *run)
{
	leave_out(number, run);
	/* another schedule may fail with fewer events than the shortest part of this one */
	for (int events = 0; events < events_of(number) && events < 4; events++)
		for (int faults = 0; faults <= events; faults++) {
			const struct schedule_bound bound = {
				{ 0, faults, events - faults },
			};
			struct schedule_count count = { 0 };

			if (schedule_run_all(bound, run, &count, number))
				continue;
			leave_out(number, run);
			return;
		}
}
