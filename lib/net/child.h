/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child.h - does in a child process what may not end, and could not be stopped
 * in the shell's own; for lookup.c and trial.c.
 */
#ifndef CODER_CHILD_H
#define CODER_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/interrupts.h"
#include "base/signals.h"

/* Zeroed memory is no child. */
struct child {
	pid_t pid; /* 0: there is none */
	int fd; /* what the child writes can be read here */
	int no_pipe, no_process; /* errno: the child could not be had */
};

/*
 * Runs fn(arg, fd) in a child, which dies with the shell. -1: it could not be had.
 * To be called with all signals blocked. Until child_end() SIGCHLD must stay
 * blocked: the shell's handler would reap our child.
 */
int child_start(struct child *child, void (*fn)(const void *arg, int fd), const void *arg);
/*
 * Appends what the child has written to the text in ret, which has room for size
 * bytes. To be called once there is something to read. False: that was all.
 */
bool child_read(const struct child *child, char *ret, size_t size);
/* Kills the child. No child is allowed. */
void child_end(struct child *child);

enum child_wait {
	CHILD_ENDED, /* it has written all that it had to, or died */
	CHILD_SIGNAL, /* a signal is pending */
	CHILD_LATE, /* the deadline has passed */
};

/* Reads all that the child writes. Signals are let in while it waits, but for SIGCHLD and SIGPIPE. */
enum child_wait child_wait(const struct child *child, struct coder_interrupts *interrupts,
			   int64_t deadline, const struct blocked_signals *blocked, char *ret,
			   size_t size);

/* For fn: writes text. What cannot be written was not there. */
void child_write(int fd, const char *text);

#endif
