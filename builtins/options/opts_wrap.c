/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_wrap.c - breaks texts into lines; see opts_doc.h. */
#include "base/ascii.h"
#include "opts_doc.h"

#include <string.h>

#define WIDTH 75 /* columns of a line, to which `help` adds four */

size_t opts_columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* How many bytes of text fit into `room` columns: at least those up to the first break. */
static size_t line_length(const char *text, size_t room, enum breaks breaks)
{
	size_t any = 0, best = 0, n = 0;
	int open = 0; /* the number of open brackets, or the open quote */

	for (size_t i = 0;; i++) {
		if (!text[i] || (text[i] == ' ' && !open)) {
			if (n > room)
				return best ? best : any ? any : i;
			any = i;
			if (breaks == BREAK_USAGE || (text[i] && strchr("-&|", text[i + 1])))
				best = i;
		}
		if (!text[i])
			return i;
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
		if (breaks == BREAK_USAGE)
			open += (text[i] == '[') - (text[i] == ']');
		else if (breaks == BREAK_COMMAND && open == text[i])
			open = 0;
		else if (breaks == BREAK_COMMAND && !open && strchr("'\"", text[i]))
			open = text[i];
	}
}

/*
 * The same for prose of more than `room` bytes, but faster: most texts are prose, and loading a
 * builtin formats them all.
 */
static size_t prose_length(const char *text, size_t room)
{
	size_t best = 0, n = 0;

	if (ascii_only(text, room + 1)) {
		const char *blank = memrchr(text, ' ', room + 1);

		if (blank && blank > text)
			return (size_t)(blank - text);
	}
	for (size_t i = 0;; best = i++, n++) {
		for (; text[i] && text[i] != ' '; i++)
			n += ((unsigned char)text[i] & 0xc0) != 0x80;
		if (n > room && best)
			return best;
		if (n > room || !text[i])
			return i;
	}
}

void opts_put_wrapped(const char *text, size_t first, size_t indent, enum breaks breaks,
		      const struct style *style, struct opts_out *out)
{
	for (size_t at = first;; at = indent) {
		size_t room = WIDTH - at, length = strnlen(text, room + 1);

		if (breaks == BREAK_COMMAND && length > room && opts_columns(text) > room)
			room -= strlen(" \\");
		if (length > room)
			length = breaks == BREAK_PROSE ? prose_length(text, room) :
							 line_length(text, room, breaks);
		style->put(text, length, style, out);
		for (text += length; *text == ' '; text++)
			;
		if (!*text)
			break;
		if (breaks == BREAK_COMMAND)
			opts_put(" \\", style, out);
		opts_add_char(out, '\n');
		opts_add_blanks(out, indent);
	}
	opts_add_char(out, '\n');
}
