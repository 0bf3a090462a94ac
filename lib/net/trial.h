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

enum trial {
	TRIAL_LOADED, /* *ret is libcurl */
	TRIAL_FAILED, /* *err has the reason: it cannot be loaded, or the child took too long or died */
	TRIAL_SIGNAL, /* a signal is pending, which may have ended the child, too */
	TRIAL_DEADLINE, /* it has passed */
};

/*
 * Does the same as libcurl_load(). variable names the configuration, for error texts; if it is not
 * NULL, a child loads libcurl first, unless it is already loaded. The child may take limit_ns, but
 * not longer than until the deadline, a time of coder_clock().
 */
enum trial trial_load(const char *variable, struct coder_interrupts *interrupts, int64_t deadline,
		      const struct blocked_signals *blocked, int64_t limit_ns,
		      const struct libcurl **ret, struct coder_error *err);

#endif
