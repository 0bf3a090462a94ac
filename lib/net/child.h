/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child.h - does in a child process what may not end, and could not be stopped
 * in the shell's own; for lookup.c and trial.c.
 */
#ifndef CODER_CHILD_H
#define CODER_CHILD_H

#include "transfer.h"

struct child {
	const struct transfer_exchange *x; /* whose pending() ends the wait */
	const struct blocked_signals *quiet;
	int64_t deadline;
	int no_pipe, no_process; /* errno: the child could not be had */
};

/*
 * Runs fn(arg, fd) in a child, which dies with the shell, and replaces ret by
 * what it writes to fd, at most size - 1 bytes; ret stays as it is if it writes
 * nothing. TRANSFER_ANSWERED: it has ended, or could not be had. TRANSFER_SIGNAL,
 * TRANSFER_DEADLINE: it was killed. To be called with all signals blocked; they are
 * let in while it waits.
 */
enum transfer_end child_run(struct child *child, void (*fn)(const void *arg, int fd),
			    const void *arg, char *ret, size_t size);
/* For fn: writes text. What cannot be written was not there. */
void child_write(int fd, const char *text);

#endif
