/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world.h - the simulated world around the library: its clocks, its signals, and its story (a log
 * of what happens).
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
/* Lets time pass up to `when`. Events before that happen at their own times. */
void world_wait_until(int64_t when);
/* Calls fn(what) at a time, whatever the call is waiting for then. */
void world_later(int64_t when, void (*fn)(int what), int what);
/* Lets everything happen that is still to come. */
void world_end(void);

/* --------------------------------------------------------------- signals */

/*
 * Begins a world. traps: the shell has traps for INT, TERM and HUP; without, they end it unless
 * the library holds them.
 */
void world_begin(bool traps);
/* The source of the signals that a shell with traps has caught. */
extern const struct coder_interrupt_source world_traps;

/* Sets the interrupts of the call, for its signals and its deadline. */
void world_set_interrupts(struct coder_interrupts *interrupts);
/*
 * A point at which a signal may come, or the deadline may pass. where: for the story. may_dawdle:
 * the wait can also be so long that the signal does not count as a copy of the first one.
 */
void world_signal_point(const char *where, bool may_dawdle);

/* The next two are about the signals that came. */
int world_first_signal(int64_t *ret_when); /* 0: none */
/* Whether one came that is not a copy of the first: half a second or more after it. */
bool world_signal_again(void);
int64_t world_deadline_passed(void); /* when it passed; INT64_MAX: it did not */
/*
 * What is wrong after the call: the signal mask or a handler is not what it was, or a signal was
 * not delivered exactly once. NULL: nothing.
 */
const char *world_signals_wrong(void);

/* ---------------------------------------------------------------- clocks */

extern int64_t world_local_ahead; /* seconds by which this machine's clock is ahead */

/* ----------------------------------------------------------------- story */

extern bool world_telling; /* whether the story is wanted */
void world_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *world_story(void);

#endif
