/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child.h - runs a function that may never return, in a child process: in the process of the shell
 * it could not be stopped; for lookup.c and trial.c.
 */
#ifndef CODER_CHILD_H
#define CODER_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/interrupts.h"
#include "base/signals.h"

/* Zeroed memory is no child. */
struct child {
	pid_t pid; /* 0: none */
	int fd; /* to read what the child writes */
	int no_pipe, no_process; /* the errno of why it could not be started */
};

/*
 * Runs fn(arg, fd) in a child, which dies when the shell dies. -1: it could not be started. To be
 * called with all signals blocked. SIGCHLD must stay blocked until child_end(): the shell's own
 * handler would reap the child.
 */
int child_start(struct child *child, void (*fn)(const void *arg, int fd), const void *arg);
/*
 * Appends what the child has written to the string ret, which has room for size bytes. To be called
 * when child->fd can be read. False: the child writes nothing more.
 */
bool child_read(const struct child *child, char *ret, size_t size);
/* Kills the child. Does nothing if there is none. */
void child_end(struct child *child);

enum child_wait {
	CHILD_ENDED, /* it has written everything, or died */
	CHILD_SIGNAL, /* a signal is pending */
	CHILD_LATE, /* the deadline has passed */
};

/*
 * Reads all that the child writes. While it waits, the caller's signal mask applies, but SIGCHLD
 * and SIGPIPE are blocked.
 */
enum child_wait child_wait(const struct child *child, struct coder_interrupts *interrupts,
			   int64_t deadline, const struct blocked_signals *blocked, char *ret,
			   size_t size);

/* For fn: writes text. If that fails, the child ends. */
void child_write(int fd, const char *text);

#endif
