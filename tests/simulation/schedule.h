/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schedule.h - the choices in a run of the simulated world, and how all of them are tried.
 *
 * The world calls schedule_choose() at each point where more than one thing can happen. A schedule
 * is the list of what was chosen at these points: 0 is what ordinarily happens, everything else is
 * an event: a fault or a signal. The number of a schedule names the points with an event, as in
 * "12.3-15.1": at point 12 alternative 3, at point 15 alternative 1, and 0 everywhere else.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_POINTS 4096 /* at later points of a run nothing unusual happens */
#define SCHEDULE_TEXT 1024 /* the longest number of a schedule */

enum schedule_kind {
	SCHEDULE_SETTING, /* what the world is like; not an event */
	SCHEDULE_FAULT,
	SCHEDULE_SIGNAL,
	SCHEDULE_KINDS
};

struct schedule_bound {
	int events[SCHEDULE_KINDS]; /* the most events of each kind; settings are not limited */
};

struct schedule {
	int n; /* points */
	uint8_t chosen[SCHEDULE_POINTS];
	uint8_t last[SCHEDULE_POINTS]; /* the last alternative that the bound allows there */
};

/*
 * Chooses one of the alternatives at a point, 0 to all; 0 is the ordinary one. Those from `apart` +
 * 1 on differ from the earlier ones only in words and numbers: they are tried when nothing else
 * happens.
 */
int schedule_choose(enum schedule_kind kind, int apart, int all);
/* How many events of a kind have happened in this run; a signal may count as two. */
int schedule_spent(enum schedule_kind kind);
/* Counts one more event, for an alternative that counts as two. */
void schedule_spend(enum schedule_kind kind);
/* Whether so many more events of the kind are within the bound. */
bool schedule_may(enum schedule_kind kind, int n);
/* How many points the run has passed. */
int schedule_point(void);

/* Runs the world once by the schedule that is set. Returns whether all promises held. */
typedef bool schedule_run_fn(void);

struct schedule_count {
	uint64_t runs;
	double seconds;
};

/*
 * Runs the schedule with that number. False: the number cannot be read, or a promise did not hold.
 */
bool schedule_run_number(const char *number, schedule_run_fn *run);
/*
 * Runs every schedule within the bound until one fails. True: none did. If one failed, its number
 * is in ret_number.
 */
bool schedule_run_all(struct schedule_bound bound, schedule_run_fn *run,
		      struct schedule_count *count, char ret_number[SCHEDULE_TEXT]);
/* Runs count schedules with events at random points, any number of them. */
bool schedule_run_random(uint64_t seed, uint64_t runs, schedule_run_fn *run,
			 struct schedule_count *count, char ret_number[SCHEDULE_TEXT]);
/* Makes a failing number as short as it can be while run() fails. */
void schedule_shrink(char number[SCHEDULE_TEXT], schedule_run_fn *run);

/* Seconds of the real clock, to measure how fast schedules are run. */
double schedule_seconds(void);

#endif
