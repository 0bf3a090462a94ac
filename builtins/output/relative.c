/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relative.c - relative times for people; see relative.h. */
#include "relative.h"

#include <inttypes.h>
#include <stdio.h>

void output_relative(int64_t seconds, char out[OUTPUT_RELATIVE_SIZE])
{
	static const struct unit {
		const char *name;
		int64_t seconds, until;
	} units[] = {
		{ "second", 1, 2 * 60 },
		{ "minute", 60, 2 * 3600 },
		{ "hour", 3600, 2 * 86400 },
		{ "day", 86400, 60 * 86400 },
		{ "month", 30 * 86400, 2 * 365 * 86400 },
		{ "year", 365 * 86400, INT64_MAX },
	};
	const struct unit *unit = units;
	int64_t away = seconds < 0 ? -(seconds + (seconds == INT64_MIN)) : seconds;
	int64_t n;

	while (away >= unit->until && unit->until < INT64_MAX)
		unit++;
	n = away / unit->seconds;
	if (!n)
		snprintf(out, OUTPUT_RELATIVE_SIZE, "now");
	else
		snprintf(out, OUTPUT_RELATIVE_SIZE, "%s%" PRId64 " %s%s%s",
			 seconds > 0 ? "in " : "", n, unit->name, n == 1 ? "" : "s",
			 seconds < 0 ? " ago" : "");
}
