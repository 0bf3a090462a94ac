/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.c - when many requests may begin; see pace.h. */
#include "pace.h"

#include "base/clock.h"

#define SURE 4 /* after so many responses it is known how the server counts */
#define SLOWEST 10 /* see interval_of() */
#define OVERTAKING 32 /* so many responses may overtake each other */
#define SAME_WAIT_NS CODER_NS /* not announced again if it ends later by no more */

int64_t pace_begin(struct pace *pace, int64_t now)
{
	int64_t when = pace->interval && pace->next > now ? pace->next : now;

	pace->next = when + pace->interval;
	return when > pace->closed_until ? when : pace->closed_until;
}

bool pace_close(struct pace *pace, int64_t until)
{
	bool news = until > pace->closed_until + SAME_WAIT_NS;

	if (until > pace->closed_until)
		pace->closed_until = until;
	return news;
}

/* How many of the `on` requests in flight the server has not counted yet, as far as is known. */
static int64_t uncounted(const struct pace *pace, int64_t on)
{
	/* the response to the first request that it counted has the highest number */
	const int64_t counted = pace->highest - pace->lowest + 1 - pace->responses;

	return counted <= 0 ? on : counted < on ? on - counted : 0;
}

/*
 * The time between two requests: the `left` ones are spread over the rest of the window, whose end
 * is known to the second. But where the window slides, more are permitted from second to second: so
 * it is at most SLOWEST times the mean time.
 */
static int64_t interval_of(const struct pace *pace, const struct rate *rate, int64_t left)
{
	const int64_t mean = pace->window * CODER_NS / rate->limit;
	const int64_t even = left > 0 ? (rate->reset + 1) * CODER_NS / left : INT64_MAX;

	return even < mean ? mean : even < mean * SLOWEST ? even : mean * SLOWEST;
}

bool pace_note(struct pace *pace, const struct rate *rate, size_t on, size_t more)
{
	bool begins_anew = rate->remaining > pace->lowest + OVERTAKING;
	int64_t left;

	if (rate->remaining < 0 || rate->limit <= 0 || rate->reset < 0)
		return false;
	if (!pace->responses || begins_anew) {
		pace->highest = pace->lowest = rate->remaining;
		pace->responses = 0;
	}
	pace->responses++;
	pace->interval = 0;
	if (rate->remaining > pace->highest)
		pace->highest = rate->remaining;
	if (rate->remaining < pace->lowest)
		pace->lowest = rate->remaining;
	if (rate->reset > pace->window)
		pace->window = rate->reset;
	left = pace->lowest - uncounted(pace, (int64_t)on);
	/* where each path has a limit of its own, only repeated requests lower the number */
	if (left >= (int64_t)more || pace->responses < SURE ||
	    (pace->highest - pace->lowest) * 2 < pace->responses - 1)
		return false;
	pace->interval = interval_of(pace, rate, left);
	if (pace->reported)
		return false;
	pace->reported = true;
	return true;
}
