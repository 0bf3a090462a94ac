/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trial.h - loads libcurl if the user has configured the libraries that libcurl loads (OPENSSL_CONF
 * and others); for start.c.
 *
 * Such a configuration may name any file, and the libraries read it while they are loaded. If a
 * file is a FIFO, they would wait for it with all signals blocked, and only SIGKILL could end the
 * shell. So a child process loads libcurl first.
 */
#ifndef CODER_TRIAL_H
#define CODER_TRIAL_H

#include "base/error.h"
#include "base/interrupts.h"
#include "base/signals.h"
#include "libcurl.h"

/*
 * Does the same as libcurl_load(). variable names the configuration, for error texts; if it is not
 * NULL, a child loads libcurl first, unless it is already loaded. Returns 0 when libcurl is loaded.
 * -1 with *err: it cannot be loaded, or the child took longer than limit_ns, or the child died.
 * -1 with *err as it was: a signal is pending, or the deadline has passed.
 */
int trial_load(const char *variable, struct coder_interrupts *interrupts, int64_t deadline,
	       const struct blocked_signals *blocked, int64_t limit_ns, const struct libcurl **ret,
	       struct coder_error *err);

#endif
