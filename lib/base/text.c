/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.c - UTF-8 (RFC 3629), and texts that are cut to a size. */
#include <stdio.h>
#include <string.h>

#include "ascii.h"
#include "clock.h"
#include "text.h"

/* Bytes of the UTF-8 sequence that this byte begins; 0: it begins none. */
static size_t lead_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xc0)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

size_t coder_utf8_decode(const char *text, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t n = lead_length(*p);
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

size_t coder_utf8_whole(const char *s, size_t n)
{
	size_t i = n;

	while (i > 0 && n - i < 3 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	return i > 0 && i - 1 + lead_length((unsigned char)s[i - 1]) > n ? i - 1 : n;
}

bool text_has_control(const char *s)
{
	for (; *s; s++)
		if (ascii_is_control(*s))
			return true;
	return false;
}

void text_append(char *out, size_t size, const char *s)
{
	size_t len = strlen(out), n = strlen(s);

	if (n > size - len - 1)
		n = coder_utf8_whole(s, size - len - 1);
	memcpy(out + len, s, n);
	out[len + n] = '\0';
}

int64_t coder_decimal(const char *text, size_t len, int64_t max)
{
	int64_t value = 0;

	for (size_t i = 0; i < len; i++)
		if (!ascii_is_digit(text[i]) || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, text[i] - '0', &value) || value > max)
			return -1;
	return len ? value : -1;
}

void text_wait(int64_t ns, char out[32])
{
	/* rounded up, because some of the caller's time has already passed */
	long long ms = (long long)(ns + CODER_NS / 100 - 1) / (CODER_NS / 100) * 10;

	if (ms % 1000)
		snprintf(out, 32, "%lld ms", ms);
	else
		snprintf(out, 32, "%lld s", ms / 1000);
}

void text_format(char *out, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(out, size, fmt, ap);

	if (n < 0)
		out[0] = '\0';
	else if ((size_t)n >= size)
		out[coder_utf8_whole(out, size - 1)] = '\0';
}
