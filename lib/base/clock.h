/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - the current time, and sleeping. The library gets all its times from here. */
#ifndef CODER_CLOCK_H
#define CODER_CLOCK_H

#include <stdint.h>

#define CODER_NS INT64_C(1000000000) /* nanoseconds in a second */

/* Monotonic nanoseconds, for deadlines. A signal handler may call it. */
int64_t coder_clock(void);
/* Seconds since the epoch, by the clock of this machine. */
int64_t coder_time(void);
/* Sleeps for ns, which are less than a second. A signal ends the sleep early. */
void coder_sleep(int64_t ns);

/* The coder_clock() of ns nanoseconds from now; INT64_MAX if that does not fit. */
static inline int64_t coder_deadline(int64_t ns)
{
	int64_t deadline;

	return __builtin_add_overflow(coder_clock(), ns, &deadline) ? INT64_MAX : deadline;
}

#endif
