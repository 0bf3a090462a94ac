/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h - finds the addresses of the names that a request needs; for transfer.c and start.c. */
#ifndef CODER_LOOKUP_H
#define CODER_LOOKUP_H

#include "base/error.h"
#include "base/strings.h"
#include "child.h"
#include "transfer.h"

#define LOOKUP_TEXT_MAX \
	2048 /* a pipe takes it whole; enough for 20 addresses of each of two names */

/* Zeroed memory is no look-up. */
struct lookup {
	struct child child;
	char text
		[LOOKUP_TEXT_MAX]; /* a line for each name: "address,address", or "!" and why not */
};

/* Whether a name has to be looked up: the proxy's, or the host's unless the proxy looks it up. */
bool lookup_is_needed(const struct transfer_options *o);
/* Whether the proxy or the host is given by its address. */
bool lookup_has_addresses(const struct transfer_options *o);

/*
 * Begins to look up the names in a child process: a resolver inside the shell's own process could
 * not be stopped. To be called with all signals blocked; SIGCHLD stays blocked until lookup_end(),
 * see child.h. -1 with *err: no child could be started.
 */
int lookup_begin(struct lookup *lookup, const struct transfer_options *o, struct coder_error *err);
bool lookup_is_on(const struct lookup *lookup);
/* To be called when lookup->child.fd can be read. True: it has ended, see lookup_result(). */
bool lookup_is_done(struct lookup *lookup);
/*
 * Appends "name:port:address,address" for each name, as CURLOPT_RESOLVE takes it. -1 with *err: a
 * name has no address.
 */
int lookup_result(const struct lookup *lookup, const struct transfer_options *o,
		  struct coder_strings *ret, struct coder_error *err);
/* Releases it. If it has not ended, it is given up. */
void lookup_end(struct lookup *lookup);

#endif
