/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h - the simulated world around the library: its clocks, its signals, its story.
 *
 * world.c takes the place of lib/base/clock.c, and of the functions of the C library by which lib/
 * handles signals and gets random numbers. Time passes only when somebody waits for something.
 */
#ifndef WORLD_H
#define WORLD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/interrupts.h"

#define MS (CODER_NS / 1000)

/* ------------------------------------------------------------------ time */

#define WORLD_EPOCH INT64_C(1780000000) /* world_time() 0, in seconds since 1970 */

/* Nanoseconds, as coder_clock() has them. */
int64_t world_time(void);
/* Lets time pass up to a point; what was to happen by then happens at its own time. */
void world_wait_until(int64_t when);
/* Something that will happen at a time, whoever waits; `what` is given to fn. */
void world_later(int64_t when, void (*fn)(int what), int what);
/* Lets everything happen that is still to come. */
void world_end(void);

/* --------------------------------------------------------------- signals */

/*
 * Begins a world. traps: the shell has traps for INT, TERM and HUP; without, they end it unless
 * the library holds them.
 */
void world_begin(bool traps);
/* Where a shell with traps reports its signals from. */
extern const struct coder_interrupt_source world_traps;

/* The interrupts of the call that is on, for signals and its deadline. */
void world_set_interrupts(struct coder_interrupts *interrupts);
/*
 * A point at which a signal may come, or the deadline pass. where: for the story. may_dawdle: it is
 * a wait that can also take so long that the signal does not count as the first one's copy.
 */
void world_signal_point(const char *where, bool may_dawdle);

/* Of the signals that came: */
int world_first_signal(int64_t *ret_when); /* 0: none */
/* Whether one came that is no copy of the first: half a second or more after it. */
bool world_signal_again(void);
int64_t world_deadline_passed(void); /* when, INT64_MAX: not */
/*
 * NULL, or what is wrong now that the call is over: the signal mask or a handler is not what it
 * was, or a signal was not delivered exactly once.
 */
const char *world_signals_wrong(void);

/* ---------------------------------------------------------------- clocks */

extern int64_t world_local_ahead; /* seconds by which this machine's clock is ahead */

/* ----------------------------------------------------------------- story */

extern bool world_telling; /* whether the story is wanted */
void world_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *world_story(void);

#endif
