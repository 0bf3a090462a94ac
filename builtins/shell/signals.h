/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h - signals that ask a call to end, and how a call begins and ends. */
#ifndef SHELL_SIGNALS_H
#define SHELL_SIGNALS_H

/*
 * Returns the number of a signal that asks the running command to end, or 0. Such a signal
 * is ^C at the prompt (bash's interrupt flag), a terminating signal that bash caught, a
 * trapped INT, TERM, HUP or QUIT, or one that readline caught during completion. CHLD,
 * WINCH, ALRM, USR1 and others never count: their traps run after the command.
 */
int shell_pending(void *unused);
/*
 * Takes one of the signals that shell_pending() reports, and returns its number, or 0 if
 * there is none. It is not reported again. bash acts on it after shell_leave().
 */
int shell_take_signal(void *unused);

/* Begins a call. Signals that are pending already count. */
void shell_enter(void);

#define SHELL_EPIPE 0x10000 /* or-ed to a status: SIGPIPE ends the process, see shio_write() */

/*
 * Ends a call. Lets bash act on an interrupt, which may jump to the prompt; otherwise
 * returns the status that the builtin returns. The caller owns nothing any more.
 *
 * Before that, it frees what earlier calls have left of long arrays (arrays.h), for 50 ms at most,
 * and only while no signal is pending. Like messages (io.h), this is not part of the call that its
 * struct coder_interrupts can end.
 */
int shell_leave(int status);

#endif
