/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interrupts.h - what ends a call early: a signal, or its deadline.
 *
 * Whoever owns a call makes one object for it and lends it to everything that
 * waits. Signals come from two sources: the caller's (a shell catches some
 * itself), and those that would end the process, once they are held.
 */
#ifndef CODER_INTERRUPTS_H
#define CODER_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "error.h"

#define CODER_SLICE_NS (CODER_NS / 10) /* whoever waits looks for a signal at least so often */

/* Where the caller's signals come from. Zeroed: from nowhere. */
struct coder_interrupt_source {
	void *ctx;
	/* A signal that asks the call to end: its number, or 0. Must not allocate, print or jump. */
	int (*pending)(void *ctx);
	/*
	 * Takes one of the signals that pending() is about: its number, or 0. It is
	 * not reported again, but acted on when the call is over.
	 */
	int (*take)(void *ctx);
};

/* To be read by others, and changed by the functions below only. */
struct coder_interrupts {
	struct coder_interrupt_source source;
	int64_t deadline; /* the coder_clock() at which to give up; INT64_MAX: never */
	int64_t budget_ns; /* how long that was from its beginning, for messages */
	int signal; /* the first that asked the call to end; 0: none */
	int64_t signal_when; /* the coder_clock() of its arrival */
	bool holding; /* since coder_interrupts_hold() */
	bool acknowledged; /* since coder_interrupts_acknowledge() */
	bool ended_again; /* since then another signal has come that counts */
};

/* Begins without a deadline. source is copied; NULL: no signals but those that are held. */
void coder_interrupts_init(struct coder_interrupts *interrupts,
			   const struct coder_interrupt_source *source);

/* Sets the deadline to ns from now, unless it is earlier already. */
void coder_interrupts_limit(struct coder_interrupts *interrupts, int64_t ns);
/* Nanoseconds to the deadline, 0 or less when it has passed; INT64_MAX: there is none. */
int64_t coder_interrupts_time_left(const struct coder_interrupts *interrupts);

/*
 * The number of a signal that asks the call to end, or 0. While signals are
 * held, the first of all that came. Once that was acknowledged: see there.
 */
int coder_interrupts_pending(struct coder_interrupts *interrupts);

/*
 * From now on signals that would end the process by default do not: they are
 * noted and count as pending. Signals of the source are taken. For who has to
 * report or to undo first what was done. A second call changes nothing.
 */
void coder_interrupts_hold(struct coder_interrupts *interrupts);

/*
 * The call ends, but first undoes what it did: signals that came so far no
 * longer count as pending, and the deadline is ns from now. From now on a second
 * signal counts: coder_interrupts_pending() is then the number of the first one
 * of all. Further INT, TERM and HUP within half a second of the first, which
 * terminals, wrappers and supervisors send twice, do not count.
 */
void coder_interrupts_acknowledge(struct coder_interrupts *interrupts, int64_t ns);

/*
 * Ends the hold: the signals that were held are raised again, in the order of
 * their arrival. This may end the process.
 */
void coder_interrupts_release(struct coder_interrupts *interrupts);

/* Fills *err with CODER_ERR_INTERRUPTED and that signal. Returns -1. */
int coder_interrupted(int signal, struct coder_error *err);

#endif
