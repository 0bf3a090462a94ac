/* SPDX-License-Identifier: GPL-3.0-or-later */
/* duration.h - durations and times as texts. */
#ifndef CODER_DURATION_H
#define CODER_DURATION_H

#include <stdint.h>

#include "error.h"

/* The size of the longest text of coder_duration_format(), with its NUL. */
#define CODER_DURATION_SIZE 32

/*
 * Reads a duration such as "1d12h30m" or "1.5h". Its units are those of Go (ns us µs ms s m h) and
 * d (24h), w (7d) and y (365d). A sign, a blank or a number without a unit is an error, and so is a
 * duration that does not fit int64_t. The result can be 0 ("0s"). Fails with CODER_ERR_USAGE.
 */
int coder_duration_parse(const char *text, int64_t *ret_ns, struct coder_error *err);

/* Writes ns (>= 0) as Go does, "168h0m0s", "1m30s", "1.5s", "0s", "250ms". */
void coder_duration_format(int64_t ns, char out[CODER_DURATION_SIZE]);

/*
 * Reads a time of a server (RFC 3339): years 0001 to 9999, up to 9 digits of a fraction, Z or an
 * offset. The fraction is ignored. Fails with CODER_ERR_NO_RESPONSE, because only servers send
 * times.
 */
int coder_time_parse(const char *text, int64_t *ret_seconds, struct coder_error *err);

/*
 * Reads the date in an HTTP header, in any of the three forms of RFC 9110, 5.6.7.
 * Returns seconds since the epoch, or -1 if the text is not such a date or is before
 * 1970. (libcurl's function returns a time_t, whose size may differ from ours.)
 */
int64_t coder_http_date(const char *text);

/*
 * Writes the time as the reference CLI shows it in tables: RFC 3339, to the second,
 * in the zone that the server sent. coder_time_parse() accepts text. out has at
 * least 40 bytes.
 */
void coder_time_display(const char *text, char out[40]);

/* The fraction of a second, in nanoseconds, of a time that coder_time_parse() accepts; 0 for "". */
int64_t coder_time_fraction(const char *text);

#endif
