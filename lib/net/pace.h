/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pace.h - when many requests may begin; for request.c.
 *
 * Coder limits how many requests a user may send to each path, so many removals share no limit. Its
 * older releases, and gateways, count all requests of a user together. The responses show that: the
 * remaining number falls from one response to the next.
 */
#ifndef CODER_PACE_H
#define CODER_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a response reports of a rate limit; -1: it does not. */
struct rate {
	int64_t limit,
		remaining; /* requests that are permitted in a window of time, and that are left */
	int64_t reset; /* seconds to the end of the window */
};

/* Begins as zeros. Points in time are those of coder_clock(). */
struct pace {
	int64_t closed_until; /* a limit was met: no request goes out before this time */
	int64_t interval; /* nanoseconds from the beginning of a request to that of the next; 0: none */
	int64_t next; /* when the next request may begin */
	int64_t responses; /* how many in this window have reported the remaining number */
	int64_t first,
		lowest; /* the remaining number in the first of them, and the lowest number */
	int64_t window; /* the longest time to the end of the window, in seconds */
	bool reported; /* pace_note() has returned true */
};

/* Counts a request that is begun now. Returns when it may go out. */
int64_t pace_begin(struct pace *pace, int64_t now);
/* From now on nothing goes out before `until`. True: this is news for the user. */
bool pace_close(struct pace *pace, int64_t until);
/*
 * Takes what a response reports; more is how many requests were to be begun after its own. True: from now
 * on they are slowed down, for the first time.
 */
bool pace_note(struct pace *pace, const struct rate *rate, size_t more);

#endif
