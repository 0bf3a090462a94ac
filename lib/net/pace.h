/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pace.h - when the requests of many may begin; for request.c.
 *
 * Coder counts the requests of a user to each path, so that many removals share no limit. Its older
 * releases, and gateways, count all requests of a user together. That shows in the responses: what
 * remains of the limit then falls from one to the next.
 */
#ifndef CODER_PACE_H
#define CODER_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a response reports of a rate limit; -1: it does not. */
struct rate {
	int64_t limit, remaining; /* requests in a window of time, and how many of them are left */
	int64_t reset; /* seconds to the end of the window */
};

/* Zeroed memory is the beginning. Times are those of coder_clock(). */
struct pace {
	int64_t closed_until; /* a limit was met: nothing goes out until then */
	int64_t interval; /* between the beginnings of two requests; 0: none is wanted */
	int64_t next; /* when the next one may begin */
	int64_t responses; /* in this window, that reported what remains */
	int64_t first, lowest; /* what remained by the first of them, and the least */
	int64_t window; /* the longest time to the end of the window, in seconds */
	bool reported; /* that requests are slowed down */
};

/* When a request that is begun now may go out. Counts it. */
int64_t pace_begin(struct pace *pace, int64_t now);
/* Nothing goes out before `until`. True: this is news, and worth a notice. */
bool pace_close(struct pace *pace, int64_t until);
/*
 * Takes what a response reports; more is how many requests were to be begun after its own. True: from now
 * on they are slowed down, for the first time.
 */
bool pace_note(struct pace *pace, const struct rate *rate, size_t more);

#endif
