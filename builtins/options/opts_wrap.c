/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_wrap.c - breaks texts into lines; see opts_doc.h. */
#include "opts_doc.h"

#include <string.h>

#define WIDTH 75 /* columns: `help` indents by four */

size_t opts_columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Keeps in *open what character c opens: a number of brackets, a quote. */
static void track(char c, enum breaks breaks, int *open)
{
	if (breaks == BREAK_USAGE)
		*open += (c == '[') - (c == ']');
	else if (breaks == BREAK_COMMAND && *open == c)
		*open = 0;
	else if (breaks == BREAK_COMMAND && !*open && (c == '\'' || c == '"'))
		*open = c;
}

/* Bytes of text that go into a line of so many columns: at least what cannot be broken. */
static size_t line_length(const char *text, size_t room, enum breaks breaks)
{
	size_t any = 0, best = 0, n = 0;
	int open = 0;

	for (size_t i = 0;; i++) {
		if (!text[i] || (text[i] == ' ' && !open)) {
			if (n > room)
				return best ? best : any ? any : i;
			any = i;
			if (breaks != BREAK_COMMAND || (text[i] && strchr("-&|", text[i + 1])))
				best = i;
		}
		if (!text[i])
			return i;
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
		track(text[i], breaks, &open);
	}
}

/*
 * Prints a text in lines: the first begins where the cursor is, in column
 * `first`, the others behind `indent` blanks.
 */
void opts_put_wrapped(const char *text, size_t first, size_t indent, enum breaks breaks,
		      const struct style *style, FILE *out)
{
	for (size_t at = first;; at = indent) {
		size_t room = WIDTH - at, length;

		if (breaks == BREAK_COMMAND && opts_columns(text) > room)
			room -= strlen(" \\");
		length = line_length(text, room, breaks);
		style->put(text, length, out);
		for (text += length; *text == ' '; text++)
			;
		if (!*text)
			break;
		if (breaks == BREAK_COMMAND)
			opts_put(" \\", style, out);
		fprintf(out, "\n%*s", (int)indent, "");
	}
	fputc('\n', out);
}
