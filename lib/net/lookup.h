/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h - the addresses of names that a request needs, without a thread; for transfer.c. */
#ifndef CODER_LOOKUP_H
#define CODER_LOOKUP_H

#include "base/error.h"
#include "base/strings.h"
#include "transfer.h"

/* Whether a name has to be looked up: the proxy's, or the host's that no proxy looks up. */
bool lookup_is_needed(const struct transfer_options *o);
/* Whether some of what has to be connected to is given by its address. */
bool lookup_meets_addresses(const struct transfer_options *o);
/*
 * Looks these names up in a child process: a resolver that runs in the shell's
 * own could not be stopped, only left behind. Appends a
 * "name:port:address,address" for each, for CURLOPT_RESOLVE. Fills *err for
 * TRANSFER_FAILED.
 */
enum transfer_end lookup_names(const struct transfer_options *o, const struct transfer_exchange *x,
			       int64_t deadline, const struct blocked_signals *quiet,
			       struct coder_strings *ret, struct coder_error *err);

#endif
