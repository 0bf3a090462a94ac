/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duration.c - durations as people write them and times as servers send them.
 *
 * The code uses integer arithmetic of its own, because strtod() and similar functions
 * follow the locale, and mktime() and similar functions follow the time zone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ascii.h"
#include "clock.h"
#include "duration.h"

#define SECOND CODER_NS
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct unit {
	const char *name;
	int64_t ns;
} units[] = {
	{ "ns", 1 },	     { "us", 1000 },   { "\u00b5s", 1000 }, /* micro sign */
	{ "\u03bcs", 1000 }, /* Greek mu */
	{ "ms", 1000000 },   { "s", SECOND },  { "m", MINUTE },	    { "h", HOUR },
	{ "d", DAY },	     { "w", 7 * DAY }, { "y", 365 * DAY },
};

/* -------------------------------------------------------------- durations */

enum outcome { PARSED, MALFORMED, TOO_LONG };

/* Reads one number with its unit, which ends where the next number begins, and adds it to *total. */
static enum outcome take_term(const char **p, int64_t *total)
{
	const char *digits = "";
	const struct unit *unit = NULL;
	size_t n_digits = 0, len;
	int64_t whole = 0, fraction = 0;
	bool fits = true;

	if (!ascii_is_digit((*p)[**p == '.']))
		return MALFORMED;
	for (; ascii_is_digit(**p); (*p)++)
		fits = fits && !__builtin_mul_overflow(whole, 10, &whole) &&
		       !__builtin_add_overflow(whole, **p - '0', &whole);
	if (**p == '.') {
		digits = ++*p;
		n_digits = strspn(digits, ASCII_DIGITS);
		*p += n_digits;
	}
	len = strcspn(*p, ASCII_DIGITS ".");
	for (size_t i = 0; !unit && i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == len && memcmp(units[i].name, *p, len) == 0)
			unit = &units[i];
	if (!unit)
		return MALFORMED;
	*p += len;
	/*
	 * The fraction, rounded down. From the last digit to the first no step exceeds ten units, so
	 * any number of digits is exact.
	 */
	while (n_digits--)
		fraction = (unit->ns * (digits[n_digits] - '0') + fraction) / 10;
	if (!fits || __builtin_mul_overflow(whole, unit->ns, &whole) ||
	    __builtin_add_overflow(whole, fraction, &whole) ||
	    __builtin_add_overflow(*total, whole, total))
		return TOO_LONG;
	return PARSED;
}

int coder_duration_parse(const char *text, int64_t *ret_ns, struct coder_error *err)
{
	enum outcome outcome = *text ? PARSED : MALFORMED;
	int64_t total = 0;

	for (const char *p = text; *p && outcome == PARSED;)
		outcome = take_term(&p, &total);
	if (outcome == TOO_LONG)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "invalid duration '%s': longer than 292 years", text);
	if (outcome == MALFORMED)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "invalid duration '%s': want a number with a unit, as in "
				       "90m, 12h, 7d, 1d12h30m",
				       text);
	*ret_ns = total;
	return 0;
}

/* Writes value / scale with as many decimals as needed, then the unit. */
static void format_decimal(int64_t value, int64_t scale, const char *unit, char *out, size_t size)
{
	int64_t whole = value / scale, fraction = value % scale;
	char digits[20] = "";
	int width = 0;

	while (fraction) {
		scale /= 10;
		digits[width++] = (char)('0' + fraction / scale);
		fraction %= scale;
	}
	snprintf(out, size, "%" PRId64 "%s%s%s", whole, width ? "." : "", digits, unit);
}

void coder_duration_format(int64_t ns, char out[CODER_DURATION_SIZE])
{
	int64_t minutes = ns / MINUTE;
	size_t size = CODER_DURATION_SIZE, len = 0;

	if (ns && ns < 1000) {
		format_decimal(ns, 1, "ns", out, size);
	} else if (ns && ns < 1000000) {
		format_decimal(ns, 1000, "\u00b5s", out, size);
	} else if (ns && ns < SECOND) {
		format_decimal(ns, 1000000, "ms", out, size);
	} else {
		if (minutes >= 60)
			len += (size_t)snprintf(out, size, "%" PRId64 "h", minutes / 60);
		if (minutes)
			len += (size_t)snprintf(out + len, size - len, "%dm", (int)(minutes % 60));
		format_decimal(ns % MINUTE, SECOND, "s", out + len, size - len);
	}
}

/* ------------------------------------------------------------------ times */

struct civil {
	int year, month, day, hour, minute, second;
	int offset; /* minutes east of UTC */
};

/* Reads exactly n digits and, unless it is NUL, the character behind them. */
static bool take_digits(const char **p, int n, char after, int *ret)
{
	*ret = 0;
	for (int i = 0; i < n; i++, (*p)++) {
		if (!ascii_is_digit(**p))
			return false;
		*ret = *ret * 10 + **p - '0';
	}
	if (after && **p != after)
		return false;
	*p += after != '\0';
	return true;
}

/* Skips a fraction such as ".123", if there is one. */
static bool take_decimals(const char **p)
{
	size_t n;

	if (**p != '.')
		return true;
	n = strspn(*p + 1, ASCII_DIGITS);
	*p += n + 1;
	return n >= 1 && n <= 9;
}

static bool take_zone(const char **p, int *ret_offset)
{
	char sign = **p;
	int hours, minutes;

	if (sign != 'Z' && sign != '+' && sign != '-')
		return false;
	(*p)++;
	*ret_offset = 0;
	if (sign == 'Z')
		return true;
	if (!take_digits(p, 2, ':', &hours) || !take_digits(p, 2, '\0', &minutes) || hours > 23 ||
	    minutes > 59)
		return false;
	*ret_offset = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
	return true;
}

/* Reads a month such as "Nov", and the character behind it. */
static bool take_month(const char **p, char after, int *ret)
{
	static const char names[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	for (int i = 0; i < 12; i++)
		if (strncmp(*p, names[i], 3) == 0 && (*p)[3] == after) {
			*ret = i + 1;
			*p += 4;
			return true;
		}
	return false;
}

static bool take_clock(const char **p, struct civil *t)
{
	return take_digits(p, 2, ':', &t->hour) && take_digits(p, 2, ':', &t->minute) &&
	       take_digits(p, 2, '\0', &t->second);
}

/* Sets *ret to the seconds since 1970-01-01. False: there is no such time. */
static bool civil_seconds(const struct civil *t, int64_t *ret)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = t->year % 4 == 0 && (t->year % 100 != 0 || t->year % 400 == 0);
	/* the year is counted from March, so that a leap day comes last */
	int64_t y = t->month > 2 ? t->year : t->year - 1;
	int64_t month = (t->month + 9) % 12;
	int64_t day = (153 * month + 2) / 5 + t->day - 1;

	if (t->year < 1 || t->month < 1 || t->month > 12 || t->day < 1 ||
	    t->day > days[t->month - 1] + (t->month == 2 && leap) || t->hour > 23 ||
	    t->minute > 59 || t->second > 59)
		return false;
	day += y * 365 + y / 4 - y / 100 + y / 400 - 719468;
	*ret = day * 86400 + t->hour * 3600 + (t->minute - t->offset) * 60 + t->second;
	return true;
}

int coder_time_parse(const char *text, int64_t *ret_seconds, struct coder_error *err)
{
	const char *p = text;
	struct civil t;

	if (!take_digits(&p, 4, '-', &t.year) || !take_digits(&p, 2, '-', &t.month) ||
	    !take_digits(&p, 2, 'T', &t.day) || !take_clock(&p, &t) || !take_decimals(&p) ||
	    !take_zone(&p, &t.offset) || *p || !civil_seconds(&t, ret_seconds))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: '%s' is not a time", text);
	return 0;
}

/* Reads "06 Nov 1994 08:49:37 GMT" or, in the old form, "06-Nov-94 08:49:37 GMT". */
static bool take_date(const char *p, struct civil *t)
{
	bool old = strnlen(p, 3) == 3 && p[2] == '-';
	char between = old ? '-' : ' ';

	if (!take_digits(&p, 2, between, &t->day) || !take_month(&p, between, &t->month) ||
	    !take_digits(&p, old ? 2 : 4, ' ', &t->year) || !take_clock(&p, t))
		return false;
	if (old)
		t->year += t->year < 70 ? 2000 : 1900;
	return strcmp(p, " GMT") == 0;
}

/* Reads "Nov  6 08:49:37 1994", as asctime() writes it. */
static bool take_asctime(const char *p, struct civil *t)
{
	bool padded;

	if (!take_month(&p, ' ', &t->month))
		return false;
	padded = *p == ' ';
	p += padded;
	return take_digits(&p, padded ? 1 : 2, ' ', &t->day) && take_clock(&p, t) && *p++ == ' ' &&
	       take_digits(&p, 4, '\0', &t->year) && !*p;
}

int64_t coder_http_date(const char *text)
{
	const char *p = text + strcspn(text, ", "); /* behind the day of the week */
	bool comma = strncmp(p, ", ", 2) == 0;
	struct civil t = { 0 };
	int64_t seconds;

	if (!(comma ? take_date(p + 2, &t) : *p == ' ' && take_asctime(p + 1, &t)) ||
	    !civil_seconds(&t, &seconds) || seconds < 0)
		return -1;
	return seconds;
}

void coder_time_display(const char *text, char out[40])
{
	size_t seconds = strcspn(text, "."), len;
	const char *zone = text + seconds;

	take_decimals(&zone);
	if (seconds > 39)
		seconds = 39;
	len = strnlen(zone, 39 - seconds);
	memcpy(out, text, seconds);
	memcpy(out + seconds, zone, len);
	out[seconds + len] = '\0';
}

int64_t coder_time_fraction(const char *text)
{
	const char *digits = strchr(text, '.');
	int64_t ns = 0;

	for (int64_t unit = CODER_NS / 10; digits && unit && ascii_is_digit(*++digits); unit /= 10)
		ns += (*digits - '0') * unit;
	return ns;
}
