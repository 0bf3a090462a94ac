/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.c - when the requests of many may begin; see pace.h. */
#include "pace.h"

#include "base/clock.h"

#define SURE 4 /* so many responses show how the server counts */
#define NEW_WINDOW 64 /* more than so many do not overtake each other */
#define SAME_WAIT_NS CODER_NS /* an end of a wait that is later by no more is no news */

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

bool pace_note(struct pace *pace, const struct rate *rate, size_t more)
{
	bool slow = pace->interval > 0;

	if (rate->remaining < 0 || rate->limit <= 0 || rate->reset < 0)
		return false;
	if (!pace->responses || rate->remaining > pace->lowest + NEW_WINDOW) {
		pace->first = pace->lowest = rate->remaining;
		pace->responses = 0;
	}
	pace->responses++;
	if (rate->remaining < pace->lowest)
		pace->lowest = rate->remaining;
	if (rate->reset > pace->window)
		pace->window = rate->reset;
	if (rate->remaining >= (int64_t)more)
		pace->interval = 0;
	/* a request that is repeated counts twice, also where each path has a limit of its own */
	else if (pace->responses >= SURE && (pace->first - pace->lowest) * 2 >= pace->responses - 1)
		pace->interval = pace->window * CODER_NS / rate->limit;
	return !slow && pace->interval > 0;
}
