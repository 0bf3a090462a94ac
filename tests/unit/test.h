/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test.h - what every unit test includes: cmocka with the headers it needs. */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Fails unless text contains part. */
#define assert_contains(text, part)                                             \
	do {                                                                    \
		if (!strstr(text, part))                                        \
			fail_msg("\"%s\" does not contain \"%s\"", text, part); \
	} while (0)

/* Fails unless min <= value <= max. (cmocka 1 and 2 have no such assertion in common.) */
#define assert_between(value, min, max)                                                 \
	do {                                                                            \
		const long long is = (value);                                           \
		if (is < (min) || is > (max))                                           \
			fail_msg("%lld is not from %lld to %lld", is, (long long)(min), \
				 (long long)(max));                                     \
	} while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
