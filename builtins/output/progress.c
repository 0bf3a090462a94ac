/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.c - a line on the terminal that shows how far a long job is; see progress.h. */
#include "progress.h"
#include "coder.h"
#include "shell/io.h"

#include <stdio.h>

#define WORTH_IT 20 /* a job with fewer items is not shown */
#define PAUSE_NS (CODER_NS / 10)
#define RATE_NS (CODER_NS / 2) /* before that, a rate means little */

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
	int64_t now = coder_clock(), ns = now - progress->began + 1;
	double rate = (double)done * CODER_NS / (double)ns, left;
	char text[128], rest[64] = "";

	if (!progress->on || now - progress->shown < PAUSE_NS)
		return;
	progress->shown = now;
	if (ns >= RATE_NS && done) {
		left = (double)(progress->total - done) / rate;
		snprintf(rest, sizeof(rest), ", %.*f/s, %.0f %s left", rate < 10, rate,
			 left < 90 ? left : left / 60, left < 90 ? "s" : "min");
	}
	snprintf(text, sizeof(text), "%s: %zu of %zu done%s", progress->doing, done,
		 progress->total, rest);
	shio_progress(text);
}

void progress_end(struct progress *progress)
{
	if (progress->on)
		shio_progress(NULL);
	progress->on = false;
}
