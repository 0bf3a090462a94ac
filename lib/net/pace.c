/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.c - when many requests may begin; see pace.h. */
#include "pace.h"

#include "base/clock.h"

#define SURE 4 /* after so many responses it is known how the server counts */
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

bool pace_note(struct pace *pace, const struct rate *rate, size_t more)
{
	bool begins_anew = rate->remaining > pace->lowest + OVERTAKING;

	if (rate->remaining < 0 || rate->limit <= 0 || rate->reset < 0)
		return false;
	if (!pace->responses || begins_anew) {
		pace->first = pace->lowest = rate->remaining;
		pace->responses = 0;
		pace->interval = 0;
	}
	pace->responses++;
	if (rate->remaining < pace->lowest)
		pace->lowest = rate->remaining;
	if (rate->reset > pace->window)
		pace->window = rate->reset;
	/* where each path has a limit of its own, only repeated requests lower the number */
	if (rate->remaining >= (int64_t)more || pace->responses < SURE ||
	    (pace->first - pace->lowest) * 2 < pace->responses - 1)
		return false;
	pace->interval = pace->window * CODER_NS / rate->limit;
	if (pace->reported)
		return false;
	pace->reported = true;
	return true;
}
