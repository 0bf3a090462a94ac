/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.h - a line on the terminal that shows how far a long job is. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coder.h"

struct progress {
	const char *doing; /* "deleting tokens" */
	size_t total;
	bool on; /* false: nothing is shown */
	int64_t began, shown; /* by coder_clock(): when the job began, and when it was shown last */
};

/* Begins to show a job, if it is long enough and standard error is a terminal. */
void progress_begin(struct progress *progress, const char *doing, size_t total);
/*
 * Shows "deleting tokens: 120 of 1000 done, 85/s, 11 s left", at most ten times a second. Before a
 * rate means something, the line ends behind "done".
 */
void progress_show(struct progress *progress, size_t done);
/* The coder_clock() at which it should be shown next; INT64_MAX if nothing is shown. */
static inline int64_t progress_next(const struct progress *progress)
{
	return progress->on ? coder_clock() + CODER_NS : INT64_MAX;
}
/* Removes the line. */
void progress_end(struct progress *progress);

#endif
