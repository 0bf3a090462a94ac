/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escape.h - text from users and servers in a form that is safe where it is shown. */
#ifndef CODER_ESCAPE_H
#define CODER_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Where a text is shown. */
enum coder_notation {
	/*
	 * On a terminal. C0 and C1 controls, DEL and bytes that are not UTF-8 become \xNN;
	 * bidirectional controls and line separators become \uXXXX. A backslash stays.
	 */
	CODER_TERMINAL,
	/* In a cell of TSV: the same, but \t, \n, \r and \\ for these four characters. */
	CODER_TSV,
	/* Within a string of JSON. HTML characters become \uXXXX, too, as in the reference CLI. */
	CODER_JSON,
	/* Within a string of JSON that is sent: exactly as Go's encoder escapes it. */
	CODER_JSON_SENT,
};

/* Appends text, escaped. Returns false if there is no memory. */
bool coder_escape(struct buf *out, const char *text, enum coder_notation notation);

/* Appends text as a string of JSON, in one of its two notations, with its quotes. */
bool coder_add_json_string(struct buf *out, const char *text, enum coder_notation notation);

/*
 * Writes the escape of the character (or invalid byte) at text, or "" if it needs none. Returns the
 * number of its bytes in text, which is not empty.
 */
size_t coder_escape_one(const char *text, enum coder_notation notation, char ret[8]);

/* Whether the text contains nothing that has to be escaped on a terminal. */
bool coder_is_printable(const char *text);

#endif
