/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - the clocks of this machine. */
#include <time.h>

#include "clock.h"

int64_t coder_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * CODER_NS + now.tv_nsec;
}

int64_t coder_time(void)
{
	return (int64_t)time(NULL);
}

void coder_sleep(int64_t ns)
{
	const struct timespec slice = { .tv_nsec = ns };

	nanosleep(&slice, NULL);
}
