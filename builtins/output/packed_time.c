/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packed_time.c - see packed_time.h. */
#include "packed_time.h"
#include "base/ascii.h"

#include <string.h>

/*
 * A packed time has, from its lowest bits on: the number of decimals, the decimals, then the fields
 * from the second up to the month, and the year in all other bits.
 */
#define PACKED_DIGITS 3 /* bits of the number of decimals */
#define PACKED_DECIMALS 20
static const unsigned char packed_fields[] = { 4, 5, 5, 6, 6 }; /* bits of month to second */

uint64_t time_pack(const char *text)
{
	static const char between[] = "--T::";
	uint64_t packed = 0, decimals = 0;
	const char *p = text;
	unsigned digits = 0;

	if (strnlen(text, 20) < 20)
		return 0;
	for (int i = 0; i < 4; i++)
		packed = packed * 10 + (uint64_t)(*p++ - '0');
	for (int i = 0; i < 5; i++, p += 3) {
		if (*p != between[i])
			return 0;
		packed = packed << packed_fields[i] | (uint64_t)((p[1] - '0') * 10 + p[2] - '0');
	}
	if (*p == '.')
		for (p++; ascii_is_digit(*p) && digits < 7; digits++)
			decimals = decimals * 10 + (uint64_t)(*p++ - '0');
	if (p[0] != 'Z' || p[1] || digits > 6)
		return 0;
	return (packed << PACKED_DECIMALS | decimals) << PACKED_DIGITS | digits;
}

/* Writes exactly n digits. */
static void put_digits(char *out, uint64_t value, unsigned n)
{
	for (; n; value /= 10)
		out[--n] = (char)('0' + value % 10);
}

void time_unpack(uint64_t packed, char out[28])
{
	unsigned digits = packed & ((1u << PACKED_DIGITS) - 1);
	uint64_t decimals = packed >> PACKED_DIGITS & ((1u << PACKED_DECIMALS) - 1);
	char *end = out + 19 + digits + (digits > 0);

	memcpy(out, "0000-00-00T00:00:00", 19);
	packed >>= PACKED_DECIMALS + PACKED_DIGITS;
	for (int i = 4; i >= 0; packed >>= packed_fields[i--])
		put_digits(out + 5 + 3 * i, packed & ((1u << packed_fields[i]) - 1), 2);
	put_digits(out, packed, 4);
	if (digits) {
		out[19] = '.';
		put_digits(out + 20, decimals, digits);
	}
	memcpy(end, "Z", 2);
}
