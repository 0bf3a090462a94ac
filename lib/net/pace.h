/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pace.h - when many requests may begin; for request.c.
 *
 * Coder limits the requests of a user to each path. Each removal has a path of its own, so removals
 * share no limit. But older releases, and gateways, count all requests of a user together. Their
 * responses show that: the number of remaining requests falls from one response to the next.
 */
#ifndef CODER_PACE_H
#define CODER_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a response reports about a rate limit; -1: it does not. */
struct rate {
	int64_t limit,
		remaining; /* requests that are permitted in a window of time, and that are left */
	int64_t reset; /* seconds to the end of the window */
};

/* Zeroed memory is a new pace. Points in time are those of coder_clock(). */
struct pace {
	int64_t closed_until; /* a limit was met: no request goes out before this time */
	int64_t interval; /* nanoseconds between the beginnings of two requests; 0: none */
	int64_t next; /* when the next request may begin */
	int64_t responses; /* how many in this window have reported the remaining number */
	int64_t highest, lowest; /* the remaining numbers in them */
	int64_t window; /* the longest time to the end of the window, in seconds */
	bool reported; /* pace_note() has returned true */
};

/* Counts a request that begins now. Returns when it may be sent. */
int64_t pace_begin(struct pace *pace, int64_t now);
/* From now on no request is sent before `until`. True: users should be informed of this wait. */
bool pace_close(struct pace *pace, int64_t until);
/*
 * Takes what a response reports. on: how many other requests are in flight; the server may have
 * counted some of them already. more: how many have not begun. True: from now on requests are
 * slowed down, for the first time.
 */
bool pace_note(struct pace *pace, const struct rate *rate, size_t on, size_t more);

#endif
