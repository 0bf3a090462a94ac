/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.c - a line on the terminal that shows how far a long job is; see progress.h. */
#include "progress.h"
#include "coder.h"
#include "shell/io.h"

#include <stdio.h>

#define WORTH_IT 20 /* a job with fewer items is not shown */
#define PAUSE_NS (CODER_NS / 10)
#define RATE_NS (CODER_NS / 2) /* before that, a rate means little */

/* Writes "deleting tokens: 120 of 1000 done, 85/s, 11 s left". ns: the time since the job began. */
static void make_text(const struct progress *progress, size_t done, int64_t ns, char out[128])
{
	double rate = (double)done * CODER_NS / (double)ns;
	int len = snprintf(out, 128, "%s: %zu of %zu done", progress->doing, done, progress->total);
	double left;

	if (ns < RATE_NS || !done || len < 0 || len >= 128)
		return;
	left = (double)(progress->total - done) / rate;
	if (left < 90)
		snprintf(out + len, (size_t)(128 - len), ", %.*f/s, %.0f s left", rate < 10, rate,
			 left);
	else
		snprintf(out + len, (size_t)(128 - len), ", %.*f/s, %.0f min left", rate < 10, rate,
			 left / 60);
}

void progress_begin(struct progress *progress, const char *doing, size_t total)
{
	*progress = (struct progress){
		.doing = doing,
		.total = total,
		.on = total >= WORTH_IT && shio_error_is_terminal(),
		.began = coder_clock(),
	};
	progress_show(progress, 0);
}

void progress_show(struct progress *progress, size_t done)
{
	int64_t now = coder_clock();
	char text[128];

	if (!progress->on || now - progress->shown < PAUSE_NS)
		return;
	progress->shown = now;
	make_text(progress, done, now - progress->began + 1, text);
	shio_progress(text);
}

int64_t progress_next(const struct progress *progress)
{
	return progress->on ? coder_clock() + CODER_NS : INT64_MAX;
}

void progress_end(struct progress *progress)
{
	if (progress->on)
		shio_progress(NULL);
	progress->on = false;
}
