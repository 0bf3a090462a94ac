/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h - signals that must not end the process before something is done. */
#ifndef CODER_SIGNALS_H
#define CODER_SIGNALS_H

#include <signal.h>
#include <stdint.h>

/*
 * The signals that would end the process if they came from outside now: neither
 * blocked nor ignored nor handled. Who must not be ended before something is
 * done blocks these.
 */
void coder_signals_fatal(sigset_t *ret);
/* A signal among these that is blocked and has come, or 0. */
int coder_signals_pending(const sigset_t *among);

/*
 * From now on the signals of coder_signals_fatal() do not end the process: each
 * is noted, and ends a wait early. Not to be called twice before the release.
 */
void coder_signals_hold(void);
/* The first signal noted and not yet taken, and the coder_clock() of its arrival; 0: none. */
int coder_signals_held(int64_t *ret_when);
/* The same, and takes it: the next call is about the next signal. */
int coder_signals_take(int64_t *ret_when);
/* Ends the hold: all signals noted are raised again, taken or not, in the order of arrival. */
void coder_signals_release(void);

/* Signals are blocked between these two, but for those that a fault raises. */
struct blocked_signals {
	sigset_t old; /* the caller's mask */
	sigset_t all; /* what is blocked meanwhile */
};
void coder_signals_block(struct blocked_signals *blocked);
/* Takes away a SIGPIPE that came meanwhile, then restores the caller's mask. */
void coder_signals_unblock(const struct blocked_signals *blocked);

#endif
