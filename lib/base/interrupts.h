/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interrupts.h - what ends a call early: a signal, or its deadline.
 *
 * The owner of a call creates one object for it, and lends it to everything that waits. Signals
 * come from two sources: the program that uses the library may catch some, and the library can hold
 * those that would end the process (see signals.h).
 */
#ifndef CODER_INTERRUPTS_H
#define CODER_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "error.h"

#define CODER_SLICE_NS (CODER_NS / 10) /* the longest wait between two checks for a signal */

/* The signals that the program catches. Zeroed: none. */
struct coder_interrupt_source {
	void *ctx;
	/*
	 * Returns the number of a signal that asks the call to end, or 0. It must not allocate,
	 * print or call longjmp().
	 */
	int (*pending)(void *ctx);
	/*
	 * Takes one of the signals that pending() reports: returns its number, or 0. It is not
	 * reported again. The program acts on it after the call.
	 */
	int (*take)(void *ctx);
};

/* Only the functions below change the members; others may read them. */
struct coder_interrupts {
	struct coder_interrupt_source source;
	int64_t deadline; /* the coder_clock() at which to give up; INT64_MAX: never */
	int64_t budget_ns; /* the time limit that led to the deadline, for messages */
	int signal; /* the first signal that asked the call to end; 0: none */
	int64_t signal_when; /* the coder_clock() of its arrival */
	bool holding; /* coder_interrupts_hold() was called */
	bool acknowledged; /* coder_interrupts_acknowledge() was called */
	bool ended_again; /* a further signal that counts has come since then */
};

/* Begins without a deadline. Copies source; NULL: only held signals count. */
void coder_interrupts_init(struct coder_interrupts *interrupts,
			   const struct coder_interrupt_source *source);

/* Sets the deadline to ns nanoseconds from now, unless it is earlier already. */
void coder_interrupts_limit(struct coder_interrupts *interrupts, int64_t ns);
/* The nanoseconds until the deadline; 0 or less: it has passed; INT64_MAX: there is none. */
int64_t coder_interrupts_time_left(const struct coder_interrupts *interrupts);

/*
 * Returns the number of a signal that asks the call to end, or 0. While signals are held, it
 * is the first that came. For the time after coder_interrupts_acknowledge(), see there.
 */
int coder_interrupts_pending(struct coder_interrupts *interrupts);

/*
 * From now on signals that would end the process are only recorded, and count as pending. Signals
 * of the source are taken. For callers that have to report or undo something before the process
 * ends. A second call changes nothing.
 */
void coder_interrupts_hold(struct coder_interrupts *interrupts);

/*
 * To be called when a call is going to end, but has to undo something first. Signals that have come
 * no longer count as pending, and the deadline is ns nanoseconds from now. A further signal counts:
 * coder_interrupts_pending() then returns the first signal of all. INT, TERM and HUP do not count
 * within half a second of the first signal, because terminals, wrappers and supervisors send them
 * twice.
 */
void coder_interrupts_acknowledge(struct coder_interrupts *interrupts, int64_t ns);

/*
 * Ends the hold. Signals that were held are raised again, in the order of their arrival, which
 * may end the process.
 */
void coder_interrupts_release(struct coder_interrupts *interrupts);

/* Fills *err with CODER_ERR_INTERRUPTED and that signal. Returns -1. */
int coder_interrupted(int signal, struct coder_error *err);

#endif
