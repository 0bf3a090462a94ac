/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escape.c - text in a form that is safe where it is shown; see escape.h. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "text.h"

static bool is_json(enum coder_notation notation)
{
	return notation == CODER_JSON || notation == CODER_JSON_SENT;
}

size_t coder_escape_one(const char *text, enum coder_notation notation, char ret[8])
{
	/* the characters with a short escape, such as "\n"; TSV has only the first four */
	static const char special[] = "\\\t\n\r\"\b\f", letters[] = "\\tnr\"bf";
	const bool json = is_json(notation);
	const size_t n_short = json ? sizeof(special) - 1 : notation == CODER_TSV ? 4 : 0;
	uint32_t c = (unsigned char)*text;
	const size_t len = coder_utf8_decode(text, &c);
	const char *found = c < 0x80 ? memchr(special, (int)c, n_short) : NULL;
	const bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
	/* they end a line, or change the direction of the text behind them */
	const bool separates = c == 0x61c || c == 0x200e || c == 0x200f ||
			       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
	/* those controls and separators that Go's encoder escapes */
	const bool sent_escaped = c < 0x20 || c == 0x2028 || c == 0x2029;

	if (found)
		snprintf(ret, 8, "\\%c", letters[found - special]);
	else if (json && !len)
		snprintf(ret, 8, "\\ufffd");
	else if (!json && (!len || control))
		snprintf(ret, 8, "\\x%02x", (unsigned)c & 0xff);
	else if ((notation == CODER_JSON_SENT ? sent_escaped : control || separates) ||
		 (json && (c == '<' || c == '>' || c == '&')))
		snprintf(ret, 8, "\\u%04x", (unsigned)c & 0xffff);
	else
		ret[0] = '\0';
	return len ? len : 1;
}

bool coder_escape(struct buf *out, const char *text, enum coder_notation notation)
{
	const char *plain = text; /* the first of the characters that are to be copied unchanged */
	const bool json = is_json(notation);
	char escaped[8];

	while (*text) {
		const char c = *text;
		size_t len;

		/* most characters pass this quick test: ASCII that is not escaped in that notation */
		if (c >= 0x20 && c <= 0x7e && (c != '\\' || notation == CODER_TERMINAL) &&
		    (!json || (c != '"' && c != '<' && c != '>' && c != '&'))) {
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
