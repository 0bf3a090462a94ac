/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - points in monotonic time, in nanoseconds. */
#ifndef CODER_CLOCK_H
#define CODER_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CODER_NS INT64_C(1000000000) /* nanoseconds in a second */

/* Monotonic nanoseconds, for deadlines. */
static inline int64_t coder_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * CODER_NS + now.tv_nsec;
}

/* The coder_clock() in ns from now, INT64_MAX if it does not go so far. */
static inline int64_t coder_deadline(int64_t ns)
{
	int64_t deadline;

	return __builtin_add_overflow(coder_clock(), ns, &deadline) ? INT64_MAX : deadline;
}

#endif
