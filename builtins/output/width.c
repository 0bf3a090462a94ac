/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.c - how many columns text takes on a terminal; see width.h. */
#include "width.h"
#include "coder.h"

#include <stdlib.h>

struct range {
	uint32_t first, last;
	unsigned columns;
};

static const struct range ranges[] = {
#define RANGE(first, last, columns) { first, last, columns },
#include "width.def"
#undef RANGE
};

static int compare(const void *key, const void *element)
{
	const uint32_t *c = key;
	const struct range *range = element;

	if (*c < range->first)
		return -1;
	return *c > range->last;
}

unsigned output_char_width(uint32_t c)
{
	const struct range *found;

	if (c >= 0x20 && c < 0x7f)
		return 1;
	found = bsearch(&c, ranges, sizeof(ranges) / sizeof(*ranges), sizeof(*ranges), compare);
	return found ? found->columns : 1;
}

size_t output_width(const char *text)
{
	size_t columns = 0;

	while (*text) {
		uint32_t c;
		size_t len;

		if (*text >= 0x20 && *text < 0x7f) {
			columns++;
			text++;
			continue;
		}
		len = coder_utf8_decode(text, &c);

		columns += len ? output_char_width(c) : 1;
		text += len ? len : 1;
	}
	return columns;
}
