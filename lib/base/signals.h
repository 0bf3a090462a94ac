/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h - blocking and holding signals that would end the process. */
#ifndef CODER_SIGNALS_H
#define CODER_SIGNALS_H

#include <signal.h>
#include <stdint.h>

/*
 * From now on signals that would end the process do not: each is noted, and ends a wait early. These
 * are the signals that are sent from outside and are neither blocked nor ignored nor handled now.
 * Not to be called again before the release.
 */
void coder_signals_hold(void);
/*
 * Takes the first signal that was noted and not yet taken. Returns its number, and the coder_clock()
 * of its arrival in *ret_when; 0: there is none.
 */
int coder_signals_take(int64_t *ret_when);
/* Ends the hold: all signals that were noted are raised again, taken or not, in their order. */
void coder_signals_release(void);

/* Between these two all signals are blocked, except those that a fault raises. */
struct blocked_signals {
	sigset_t old; /* the caller's mask */
	sigset_t all; /* what is blocked meanwhile */
};
void coder_signals_block(struct blocked_signals *blocked);
/* Removes a SIGPIPE that came meanwhile, then restores the caller's mask. */
void coder_signals_unblock(const struct blocked_signals *blocked);

#endif
