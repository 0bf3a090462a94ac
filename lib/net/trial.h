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
 * Otherwise it returns -1, and the caller looks for the reason in this order: a signal is pending
 * (it may have ended the child, too), the deadline has passed, or *err: libcurl cannot be loaded, or
 * the child took longer than limit_ns or died.
 */
int trial_load(const char *variable, struct coder_interrupts *interrupts, int64_t deadline,
	       const struct blocked_signals *blocked, int64_t limit_ns, const struct libcurl **ret,
	       struct coder_error *err);

#endif
