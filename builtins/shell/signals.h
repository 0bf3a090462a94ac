/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h - signals that ask a call to end, and how a call begins and ends. */
#ifndef SHELL_SIGNALS_H
#define SHELL_SIGNALS_H

/*
 * The number of a signal that asks the running command to end, or 0: bash's
 * interrupt flag (interactive ^C), a terminating signal that bash caught, a
 * trapped INT, TERM, HUP or QUIT, a signal caught by readline during completion.
 * CHLD, WINCH, ALRM, USR1 ... never count: their traps run after the command.
 */
int shell_pending(void *unused);
/*
 * Takes one of the signals that shell_pending() is about: its number, or 0. It
 * counts no longer, and bash acts on it after shell_leave().
 */
int shell_take_signal(void *unused);

/* Begins a call: every signal that is pending now counts. */
void shell_enter(void);

#define SHELL_EPIPE 0x10000 /* or-ed to a status: see shio_write() */

/*
 * Ends a call: lets bash act on an interrupt (this may jump to the prompt),
 * else returns the status for the builtin to return. The caller owns nothing.
 */
int shell_leave(int status);

#endif
