/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write.c - strings in the notation of JSON. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "json.h"

static bool add_escape(struct buf *b, uint32_t c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *found = c < 0x80 ? strchr(from, (int)c) : NULL;

	if (found)
		return buf_add_char(b, '\\') && buf_add_char(b, to[found - from]);
	return buf_addf(b, "\\u%04" PRIx32, c);
}

static bool needs_escape(uint32_t c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' ||
	       c == 0x2028 || c == 0x2029;
}

bool json_add_string(struct buf *b, const char *s)
{
	if (!buf_add_char(b, '"'))
		return false;
	while (*s) {
		uint32_t c = 0xfffd; /* replaces a byte that is not UTF-8 */
		size_t len = coder_utf8_decode(s, &c);
		bool ok;

		if (!len || needs_escape(c))
			ok = add_escape(b, c);
		else
			ok = buf_add(b, s, len);
		if (!ok)
			return false;
		s += len ? len : 1;
	}
	return buf_add_char(b, '"');
}
