/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h - blocking and holding signals that would end the process. */
#ifndef CODER_SIGNALS_H
#define CODER_SIGNALS_H

#include <signal.h>
#include <stdint.h>

/*
 * From now on signals that would end the process do not end it. Each one is recorded, and ends a
 * wait early. This concerns signals that are sent from outside and are neither blocked nor ignored
 * nor handled now. It must not be called again before coder_signals_release().
 */
void coder_signals_hold(void);
/*
 * Takes the first recorded signal that was not yet taken. Returns its number, and the coder_clock()
 * of its arrival in *ret_when; 0: there is none.
 */
int coder_signals_take(int64_t *ret_when);
/* Ends the hold: raises all recorded signals again in their order, even those that were taken. */
void coder_signals_release(void);

/* Between these two calls all signals are blocked, except those that a fault raises. */
struct blocked_signals {
	sigset_t old; /* the caller's mask */
	sigset_t all; /* what is blocked meanwhile */
};
void coder_signals_block(struct blocked_signals *blocked);
/* Removes a pending SIGPIPE, unless the caller had blocked it, and restores the caller's mask. */
void coder_signals_unblock(const struct blocked_signals *blocked);

#endif
