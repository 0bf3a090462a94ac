/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_duration.c - durations and times. */
#include <stdio.h>
#include <time.h>

#include "coder.h"
#include "output/packed_time.h"
#include "test.h"

#define HOUR (3600 * CODER_NS)

static void test_parses(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "0s", 0 },
		{ "1ns", 1 },
		{ "3us", 3000 },
		{ "3\u00b5s", 3000 },
		{ "3\u03bcs", 3000 },
		{ "250ms", 250000000 },
		{ "90m", 90 * 60 * CODER_NS },
		{ "12h", 12 * HOUR },
		{ "7d", 7 * 24 * HOUR },
		{ "2w", 14 * 24 * HOUR },
		{ "1y", 365 * 24 * HOUR },
		{ "1d12h30m", 36 * HOUR + HOUR / 2 },
		{ "1h1h", 2 * HOUR },
		{ "1s1y", 365 * 24 * HOUR + CODER_NS },
		{ "1.5h", HOUR + HOUR / 2 },
		{ ".5s", CODER_NS / 2 },
		{ "5.s", 5 * CODER_NS },
		{ "0.3333333333333333333333333h", INT64_C(1199999999999) },
		{ "0.999999999999999999y", INT64_C(31535999999999999) },
		{ "0.123456789012345678y", INT64_C(3893333298293333) },
		{ "99.999999999999999999y", INT64_C(3153599999999999999) },
		{ "0.9999999999999999999999999999999999999999w", INT64_C(604799999999999) },
		{ "0.0000000000000000317097919837645y", 0 },
		{ "0.0000000000000000317097919837646y", 1 },
		{ "007h", 7 * HOUR },
		{ "876600h", INT64_C(3155760000000000000) },
		{ "9223372036854775807ns", INT64_MAX },
		{ "2562047h47m16.854775807s", INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err;
		int64_t ns = -1;

		if (coder_duration_parse(cases[i].text, &ns, &err) < 0 || ns != cases[i].ns)
			fail_msg("%s: %lld", cases[i].text, (long long)ns);
	}
}

static void test_refuses(void **state)
{
	static const char *const cases[] = {
		"",	"30",	"d30", "7dd",	"-1h",	"+1h",	   "1h 2m",  " 1h",
		"1h ",	"1e3s", "1H",  "h",	".",	".s",	   "1.2.3s", "1h30",
		"1,5h", "0",	"1mo", "1h-2m", "0x1h", "1\u00b5", "1\xb5s",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err;
		int64_t ns = 42;
		char expected[200];

		if (coder_duration_parse(cases[i], &ns, &err) == 0)
			fail_msg("\"%s\" was accepted", cases[i]);
		snprintf(expected, sizeof(expected),
			 "invalid duration '%s': want a number with a unit, as in 90m, 12h, 7d, "
			 "1d12h30m",
			 cases[i]);
		assert_string_equal(err.message, expected);
		assert_int_equal(err.code, CODER_ERR_USAGE);
		assert_int_equal(ns, 42);
	}
}

static void test_overflow(void **state)
{
	static const char *const cases[] = {
		"9223372036854775808ns",
		"293y",
		"2562048h",
		"99999999999999999999s",
		"292y1y",
		"2562047h47m16.854775808s",
		"9223372036854775807ns1ns",
		"99999999999999999999999999999999999999999.5y",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err;
		int64_t ns = 42;

		if (coder_duration_parse(cases[i], &ns, &err) == 0)
			fail_msg("\"%s\" was accepted", cases[i]);
		assert_contains(err.message, "invalid duration");
		assert_contains(err.message, "longer than 292 years");
		assert_int_equal(ns, 42);
	}
}

static void test_formats_as_go(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0s" },
		{ 1, "1ns" },
		{ 999, "999ns" },
		{ 1000, "1\u00b5s" },
		{ 1100, "1.1\u00b5s" },
		{ 2200000, "2.2ms" },
		{ 250000000, "250ms" },
		{ 999999999, "999.999999ms" },
		{ CODER_NS, "1s" },
		{ 1500000000, "1.5s" },
		{ 1000000001, "1.000000001s" },
		{ 90 * CODER_NS, "1m30s" },
		{ 60 * CODER_NS, "1m0s" },
		{ HOUR, "1h0m0s" },
		{ 168 * HOUR, "168h0m0s" },
		{ INT64_C(3155760000000000000), "876600h0m0s" },
		{ INT64_MAX, "2562047h47m16.854775807s" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char out[CODER_DURATION_SIZE];
		struct coder_error err;
		int64_t back = -1;

		coder_duration_format(cases[i].ns, out);
		assert_string_equal(out, cases[i].text);
		assert_int_equal(coder_duration_parse(out, &back, &err), 0);
		assert_int_equal(back, cases[i].ns);
	}
}

static void test_parses_times(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59.999999Z", -1 },
		{ "0001-01-01T00:00:00Z", INT64_C(-62135596800) },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
		{ "2026-11-30T20:21:21Z", INT64_C(1796070081) },
		{ "2026-11-30T20:21:21.5645Z", INT64_C(1796070081) },
		{ "2026-11-30T20:21:21.123456789Z", INT64_C(1796070081) },
		{ "2026-11-30T22:21:21+02:00", INT64_C(1796070081) },
		{ "2026-11-30T14:51:21-05:30", INT64_C(1796070081) },
		{ "2000-02-29T00:00:00Z", INT64_C(951782400) },
		{ "2024-02-29T12:00:00Z", INT64_C(1709208000) },
		{ "2124-03-01T00:00:00Z", INT64_C(4864924800) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err;
		int64_t seconds = 42;

		if (coder_time_parse(cases[i].text, &seconds, &err) < 0 ||
		    seconds != cases[i].seconds)
			fail_msg("%s: %lld", cases[i].text, (long long)seconds);
	}
}

/* Compares every day of the calendar's 400-year cycle with the C library. */
static void test_times_agree_with_gmtime(void **state)
{
	(void)state;
	for (int64_t day = -370 * 365; day < 200 * 365; day += 1) {
		time_t at = day * 86400 + 4711;
		struct coder_error err;
		struct tm tm;
		char text[64];
		int64_t seconds = 0;

		assert_non_null(gmtime_r(&at, &tm));
		snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		assert_int_equal(coder_time_parse(text, &seconds, &err), 0);
		assert_int_equal(seconds, at);
	}
}

static void test_refuses_times(void **state)
{
	static const char *const cases[] = {
		"",
		"2026",
		"2026-11-30",
		"2026-11-30T20:21:21",
		"2026-11-30 20:21:21Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-11-31T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"2026-11-00T00:00:00Z",
		"0000-01-01T00:00:00Z",
		"2026-11-30T24:00:00Z",
		"2026-11-30T20:60:00Z",
		"2026-11-30T20:21:60Z",
		"2026-11-30T20:21:21.Z",
		"2026-11-30T20:21:21.1234567890Z",
		"2026-11-30T20:21:21Zx",
		"2026-11-30T20:21:21+0200",
		"2026-11-30T20:21:21+24:00",
		"2026-11-30T20:21:21+02:60",
		"12026-11-30T20:21:21Z",
		"-026-11-30T20:21:21Z",
		"2026-11-30t20:21:21z",
		" 2026-11-30T20:21:21Z",
		"2026-11-30T20:21:21,5Z",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err;
		int64_t seconds = 42;

		if (coder_time_parse(cases[i], &seconds, &err) == 0)
			fail_msg("\"%s\" was accepted", cases[i]);
		assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
		assert_contains(err.message, cases[i]);
		assert_int_equal(seconds, 42);
	}
}

static void test_reads_http_dates(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
		{ "Sun Nov  6 08:49:37 1994", 784111777 },
		{ "Wed Nov 16 08:49:37 1994", 784975777 },
		{ "Tue, 19 Jan 2038 03:14:08 GMT", INT64_C(2147483648) },
		{ "Sun, 07 Feb 2106 06:28:16 GMT", INT64_C(4294967296) },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", INT64_C(253402300799) },
		{ "Tue Jan 19 03:14:08 2038", INT64_C(2147483648) },
		{ "Tuesday, 19-Jan-38 03:14:08 GMT", INT64_C(2147483648) },
		{ "Thursday, 01-Jan-70 00:00:00 GMT", 0 },
		{ "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800 },
		{ "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
		{ "", -1 },
		{ "GMT", -1 },
		{ "60", -1 },
		{ "Sun,", -1 },
		{ "Sun, 0", -1 },
		{ "Sun, 06-", -1 },
		{ "Sun, 06 Nov", -1 },
		{ "Sun, 06 Nov 1994 08:49:37", -1 },
		{ "Sun, 06 Nov 1994 08:49:37 CET", -1 },
		{ "Sun, 06 Nov 1994 08:49:37 GMT ", -1 },
		{ "Sun, 6 Nov 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 94 08:49:37 GMT", -1 },
		{ "Sun, 06-Nov-1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Mov 1994 08:49:37 GMT", -1 },
		{ "Sun, 31 Nov 1994 08:49:37 GMT", -1 },
		{ "Sun, 06 Nov 1994 24:49:37 GMT", -1 },
		{ "Sun, -6 Nov 1994 08:49:37 GMT", -1 },
		{ "Sun Nov 6 08:49:37 1994", -1 },
		{ "Sun Nov  6 08:49:37 1994 GMT", -1 },
		{ "Sun Nov  6 08:49:37 ", -1 },
		{ "Sun Nov ", -1 },
		{ "Sun ", -1 },
		{ "Sun", -1 },
		{ "1994-11-06T08:49:37Z", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (coder_http_date(cases[i].text) != cases[i].seconds)
			fail_msg("%s: %lld", cases[i].text,
				 (long long)coder_http_date(cases[i].text));
}

static void test_displays_times(void **state)
{
	char out[40];

	(void)state;
	coder_time_display("2026-11-30T20:21:21.123456Z", out);
	assert_string_equal(out, "2026-11-30T20:21:21Z");
	coder_time_display("2026-11-30T20:21:21Z", out);
	assert_string_equal(out, "2026-11-30T20:21:21Z");
	coder_time_display("2026-11-30T20:21:21.5+02:00", out);
	assert_string_equal(out, "2026-11-30T20:21:21+02:00");
	coder_time_display("1970-01-01T00:00:00-05:30", out);
	assert_string_equal(out, "1970-01-01T00:00:00-05:30");
	coder_time_display("", out);
	assert_string_equal(out, "");
}

static void test_packed_times_give_back_their_texts(void **state)
{
	static const char *const exact[] = {
		"0001-01-01T00:00:00Z",	       "1970-01-01T00:00:00Z",
		"9999-12-31T23:59:59.999999Z", "2026-11-30T20:21:21.5Z",
		"2026-11-30T20:21:21.50Z",     "2026-02-28T09:08:07.000001Z",
		"2126-11-24T20:29:40.831Z",    "2026-11-30T20:21:21.000Z",
	};
	static const char *const others[] = {
		"",
		"2026-11-30T20:21:21.1234567Z",
		"2026-11-30T20:21:21+02:00",
		"2026-11-30T20:21:21.5-00:00",
	};
	char out[28];

	(void)state;
	for (size_t i = 0; i < COUNT(exact); i++) {
		uint64_t packed = time_pack(exact[i]);

		assert_true(packed != 0);
		time_unpack(packed, out);
		assert_string_equal(out, exact[i]);
	}
	for (size_t i = 0; i < COUNT(others); i++)
		assert_true(time_pack(others[i]) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parses),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_formats_as_go),
		cmocka_unit_test(test_parses_times),
		cmocka_unit_test(test_times_agree_with_gmtime),
		cmocka_unit_test(test_refuses_times),
		cmocka_unit_test(test_reads_http_dates),
		cmocka_unit_test(test_displays_times),
		cmocka_unit_test(test_packed_times_give_back_their_texts),
	};

	return cmocka_run_group_tests_name("duration", tests, NULL, NULL);
}
