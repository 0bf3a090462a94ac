/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trial.h - loads libcurl where the user has configured the libraries that it
 * loads (OPENSSL_CONF ...); for transfer.c.
 *
 * Their configuration may name any file, by other files that it includes, too,
 * and they read it within the loading. A FIFO there would be waited for, with all
 * signals blocked, by a shell that nothing but SIGKILL could end. So loading is
 * tried in a child process first.
 */
#ifndef CODER_TRIAL_H
#define CODER_TRIAL_H

#include "base/error.h"
#include "base/interrupts.h"
#include "base/signals.h"
#include "libcurl.h"

/*
 * As libcurl_load(), with variable not NULL once a child has done it, unless it
 * is loaded; variable is what messages blame. 0: it is loaded. -1 with *err: it
 * cannot be, it was not within limit_ns, or the child died. -1, and *err as it was:
 * a signal is pending, or the deadline has passed.
 */
int trial_load(const char *variable, struct coder_interrupts *interrupts, int64_t deadline,
	       const struct blocked_signals *blocked, int64_t limit_ns, const struct libcurl **ret,
	       struct coder_error *err);

#endif
