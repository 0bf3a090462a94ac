/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simulation.c - tries what can happen while tokens are created or removed.
 *
 *	simulation                       every schedule up to two faults and two signals
 *	simulation FAULTS SIGNALS        up to so many
 *	simulation random SEED COUNT     COUNT schedules with any number of events
 *	simulation NAME NUMBER           one schedule, as a story
 *
 * Prints TAP.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "scenario.h"
#include "schedule.h"
#include "world.h"

static const struct scenario *const scenarios[] = { &scenario_create, &scenario_remove };
#define N_SCENARIOS (sizeof(scenarios) / sizeof(*scenarios))

static int tests, failed;

static void result(bool ok, const char *title)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tests, title);
	failed += !ok;
}

static bool tell(const struct scenario *scenario, const char *number)
{
	bool held;

	world_telling = true;
	held = schedule_run_number(number, scenario->run);
	world_telling = false;
	for (const char *line = world_story(); *line;) {
		int len = (int)strcspn(line, "\n");

		printf("# %.*s\n", len, line);
		line += len + (line[len] != '\0');
	}
	printf("# %s\n", held ? "All promises held." : scenario_wrong);
	return held;
}

/* Makes a failed schedule as short as possible, and prints its story. */
static void explain(const struct scenario *scenario, char number[SCHEDULE_TEXT])
{
	printf("# found: %s %s\n", scenario->name, number);
	schedule_shrink(number, scenario->run);
	printf("# The shortest schedule that fails:\n");
	(void)tell(scenario, number);
	printf("# To run it again: make simulate SCHEDULE='%s %s'\n", scenario->name, number);
}

static void print_count(const struct scenario *scenario, const struct schedule_count *count)
{
	printf("# %s: %" PRIu64 " schedules in %.1f s, %.0f a second\n", scenario->title,
	       count->runs, count->seconds,
	       count->seconds > 0 ? (double)count->runs / count->seconds : 0);
}

static void explore(const struct scenario *scenario, struct schedule_bound bound)
{
	struct schedule_count count = { 0 };
	char number[SCHEDULE_TEXT], title[256];
	bool held = schedule_run_all(bound, scenario->run, &count, number);

	snprintf(title, sizeof(title),
		 "%s: what is promised holds in every schedule of up to %d faults and %d signals",
		 scenario->title, bound.events[SCHEDULE_FAULT], bound.events[SCHEDULE_SIGNAL]);
	result(held, title);
	print_count(scenario, &count);
	if (!held)
		explain(scenario, number);
	for (int i = 0; i < scenario->n_limits && held && bound.events[SCHEDULE_FAULT] > 1; i++) {
		snprintf(title, sizeof(title), "%s: this limit can be reached: %s", scenario->title,
			 scenario->limits[i].text);
		result(scenario->limits[i].reached > 0, title);
		printf("# in %" PRIu64 " schedules\n", scenario->limits[i].reached);
	}
}

static void explore_randomly(const struct scenario *scenario, uint64_t seed, uint64_t runs)
{
	struct schedule_count count = { 0 };
	char number[SCHEDULE_TEXT], title[256];
	bool held = schedule_run_random(seed, runs, scenario->run, &count, number);

	snprintf(title, sizeof(title), "%s: what is promised holds in random schedules",
		 scenario->title);
	result(held, title);
	print_count(scenario, &count);
	if (!held)
		explain(scenario, number);
}

static void compare_with_recordings(void)
{
	char title[128];
	int compared;
	bool ok = replay(&compared);

	snprintf(title, sizeof(title),
		 "the simulated deployment responds as a real one did, to %d recorded requests",
		 compared);
	result(ok, title);
}

static int one(const char *name, const char *number)
{
	for (size_t i = 0; i < N_SCENARIOS; i++)
		if (strcmp(scenarios[i]->name, name) == 0) {
			result(tell(scenarios[i], number), number);
			return failed != 0;
		}
	fprintf(stderr, "there is no scenario %s\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	bool random = argc == 4 && strcmp(argv[1], "random") == 0;
	bool bounded = argc == 3 && argv[1][0] >= '0' && argv[1][0] <= '9';
	struct schedule_bound bound = { { 0, 2, 2 } };

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && !bounded)
		return one(argv[1], argv[2]);
	if (bounded) {
		bound.events[SCHEDULE_FAULT] = (int)strtol(argv[1], NULL, 10);
		bound.events[SCHEDULE_SIGNAL] = (int)strtol(argv[2], NULL, 10);
	}
	compare_with_recordings();
	result(limits_are_documented(scenarios, N_SCENARIOS),
	       "tests/RELIABILITY.md names the limits that are tried here, and no other");
	for (size_t i = 0; i < N_SCENARIOS; i++) {
		if (random)
			explore_randomly(scenarios[i], strtoull(argv[2], NULL, 10),
					 strtoull(argv[3], NULL, 10));
		else
			explore(scenarios[i], bound);
	}
	printf("1..%d\n", tests);
	return failed != 0;
}
