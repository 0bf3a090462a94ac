/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h - the addresses of names that a request needs, without a thread; for transfer.c. */
#ifndef CODER_LOOKUP_H
#define CODER_LOOKUP_H

#include "base/error.h"
#include "base/strings.h"
#include "child.h"
#include "transfer.h"

#define LOOKUP_TEXT_MAX 2048 /* fits a pipe whole, and some 20 addresses of each of two names */

/* Zeroed memory is no look-up. */
struct lookup {
	struct child child;
	char text
		[LOOKUP_TEXT_MAX]; /* for each name a line: "address,address", or "!" and why there is none */
};

/* Whether a name has to be looked up: the proxy's, or the host's that no proxy looks up. */
bool lookup_is_needed(const struct transfer_options *o);
/* Whether some of what has to be connected to is given by its address. */
bool lookup_meets_addresses(const struct transfer_options *o);

/*
 * Begins to look these names up in a child process: a resolver that runs in the
 * shell's own could not be stopped, only left behind. For all signals blocked,
 * and SIGCHLD until lookup_end(), see child.h. -1 with *err: no child is to be had.
 */
int lookup_begin(struct lookup *lookup, const struct transfer_options *o, struct coder_error *err);
bool lookup_is_on(const struct lookup *lookup);
/* To be called once lookup->child.fd can be read. True: that was all, lookup_result() follows. */
bool lookup_is_done(struct lookup *lookup);
/* Appends a "name:port:address,address" for each name, for CURLOPT_RESOLVE. -1 with *err. */
int lookup_result(const struct lookup *lookup, const struct transfer_options *o,
		  struct coder_strings *ret, struct coder_error *err);
/* Gives it up, or ends what is done. */
void lookup_end(struct lookup *lookup);

#endif
