/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.c - how many columns text takes on a terminal; see width.h. */
#include "width.h"
#include "coder.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

/* The width of the character at text, which is not empty, and how many bytes it has. */
static size_t first_width(const char *text, size_t *ret_len)
{
	const struct range *found;
	uint32_t c;

	*ret_len = 1;
	if (*text >= 0x20 && *text < 0x7f)
		return 1;
	*ret_len = coder_utf8_decode(text, &c);
	if (!*ret_len) {
		*ret_len = 1;
		return 1;
	}
	found = bsearch(&c, ranges, sizeof(ranges) / sizeof(*ranges), sizeof(*ranges), compare);
	return found ? found->columns : 1;
}

size_t output_width(const char *text)
{
	size_t columns = 0, len;

	for (; *text >= ' ' && *text <= '~'; text++) /* most texts have nothing else */
		columns++;
	for (; *text; text += len)
		columns += first_width(text, &len);
	return columns;
}

size_t output_wrap(const char *text, size_t columns, size_t *ret_width)
{
	size_t at = 0, width = 0, len;
	struct {
		size_t at, width;
	} blank = { 0, 0 }, inner = { 0, 0 }; /* the last places for a break */

	for (; text[at]; at += len) {
		size_t more = first_width(text + at, &len);

		if (text[at] == ' ' && at && text[at - 1] != ' ') {
			blank.at = at;
			blank.width = width;
		}
		if (at && width + more > columns)
			break;
		width += more;
		if (strchr(":/-_.", text[at])) {
			inner.at = at + 1;
			inner.width = width;
		}
	}
	if (text[at] && (blank.at || inner.at)) {
		at = blank.at ? blank.at : inner.at;
		width = blank.at ? blank.width : inner.width;
	}
	*ret_width += width;
	return at;
}

bool output_blanks(struct buf *out, size_t n)
{
	static const char blanks[] = "                                ";
	const size_t most = sizeof(blanks) - 1;

	for (; n > most; n -= most)
		if (!buf_add(out, blanks, most))
			return false;
	return buf_add(out, blanks, n);
}
