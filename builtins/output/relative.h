/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relative.h - relative times for people. */
#ifndef RELATIVE_H
#define RELATIVE_H

#include <stdint.h>

#define OUTPUT_RELATIVE_SIZE 40

/*
 * Writes a time that is so many seconds from now, or ago if negative: "in 3 days", "2 hours ago", "now".
 * The number is rounded down, and at least 2 unless it is of seconds.
 */
void output_relative(int64_t seconds, char out[OUTPUT_RELATIVE_SIZE]);

#endif
