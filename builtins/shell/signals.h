/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h - signals that ask a call to end, and how a call begins and ends. */
#ifndef SHELL_SIGNALS_H
#define SHELL_SIGNALS_H

#include "coder.h"

/*
 * The signals that ask the running command to end, for coder_interrupts_init(). Such a signal
 * is ^C at the prompt (bash's interrupt flag), a terminating signal that bash caught, a
 * trapped INT, TERM, HUP or QUIT, or one that readline caught during completion. CHLD,
 * WINCH, ALRM, USR1 and others never count: their traps run after the command.
 *
 * bash acts on the signals that are taken after shell_leave().
 */
extern const struct coder_interrupt_source shell_signals;

/* Begins a call. Signals that are pending already count. */
void shell_enter(void);

#define SHELL_EPIPE 0x10000 /* or-ed to a status: SIGPIPE ends the process, see shio_write() */

/*
 * Ends a call. Lets bash act on an interrupt, which may jump to the prompt; otherwise
 * returns the status that the builtin returns. The caller owns nothing any more.
 */
int shell_leave(int status);

#endif
