/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escape.c - text in a form that is safe where it is shown; see escape.h. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "text.h"

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* Those control characters and separators that Go's encoder escapes. */
static bool is_sent_escaped(uint32_t c)
{
	return c < 0x20 || c == 0x2028 || c == 0x2029;
}

/* Characters that end a line, or change the direction of the text behind them. */
static bool is_separator_or_bidi(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static bool is_json(enum coder_notation notation)
{
	return notation == CODER_JSON || notation == CODER_JSON_SENT;
}

/* The letter behind the backslash in a short escape ("n" for a newline), or 0. */
static char short_escape(uint32_t c, enum coder_notation notation)
{
	static const char from[] = "\\\t\n\r\"\b\f", to[] = "\\tnr\"bf";
	const size_t n = is_json(notation) ? sizeof(from) - 1 : notation == CODER_TSV ? 4 : 0;
	const char *found = c < 0x80 ? memchr(from, (int)c, n) : NULL;

	return found ? to[found - from] : 0;
}

size_t coder_escape_one(const char *text, enum coder_notation notation, char ret[8])
{
	bool json = is_json(notation);
	uint32_t c = (unsigned char)*text;
	size_t len = coder_utf8_decode(text, &c);
	char letter = short_escape(c, notation);

	if (letter)
		snprintf(ret, 8, "\\%c", letter);
	else if (json && !len)
		snprintf(ret, 8, "\\ufffd");
	else if (!json && (!len || is_control(c)))
		snprintf(ret, 8, "\\x%02x", (unsigned)c & 0xff);
	else if ((notation == CODER_JSON_SENT ? is_sent_escaped(c) :
						is_control(c) || is_separator_or_bidi(c)) ||
		 (json && (c == '<' || c == '>' || c == '&')))
		snprintf(ret, 8, "\\u%04x", (unsigned)c & 0xffff);
	else
		ret[0] = '\0';
	return len ? len : 1;
}

/*
 * Whether c is ASCII and is not escaped in that notation: a quick test that most characters pass.
 */
static bool is_plain(char c, enum coder_notation notation)
{
	if (c < 0x20 || c > 0x7e || (c == '\\' && notation != CODER_TERMINAL))
		return false;
	return !is_json(notation) || (c != '"' && c != '<' && c != '>' && c != '&');
}

bool coder_escape(struct buf *out, const char *text, enum coder_notation notation)
{
	const char *plain = text; /* the first of the characters that are to be copied unchanged */
	char escaped[8];

	while (*text) {
		size_t len;

		if (is_plain(*text, notation)) {
			text++;
			continue;
		}
		len = coder_escape_one(text, notation, escaped);
		if (*escaped) {
			if (!buf_add(out, plain, (size_t)(text - plain)) ||
			    !buf_add_str(out, escaped))
				return false;
			plain = text + len;
		}
		text += len;
	}
	return buf_add(out, plain, (size_t)(text - plain));
}

bool coder_add_json_string(struct buf *out, const char *text, enum coder_notation notation)
{
	return buf_add_char(out, '"') && coder_escape(out, text, notation) &&
	       buf_add_char(out, '"');
}

bool coder_is_printable(const char *text)
{
	char escaped[8];

	while (*text) {
		text += coder_escape_one(text, CODER_TERMINAL, escaped);
		if (*escaped)
			return false;
	}
	return true;
}
