/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.c - reading UTF-8 (RFC 3629). */
#include "coder.h"

size_t coder_utf8_decode(const char *text, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t n = *p < 0x80 ? 1 : *p < 0xc0 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	uint32_t c = n < 2 ? *p : *p & (0x7fu >> n);

	if (!n || *p > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*ret = c;
	return n;
}

bool coder_is_utf8(const char *text)
{
	uint32_t c;
	size_t n;

	for (; *text; text += n) {
		n = coder_utf8_decode(text, &c);
		if (!n)
			return false;
	}
	return true;
}
