/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.c - how many columns a character takes on a terminal. */
#include <stdlib.h>

#include "width.h"

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
