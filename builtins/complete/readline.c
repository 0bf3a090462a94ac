/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readline.c - see readline.h. */
#include "readline.h"
#include "base/buf.h"
#include "output/width.h"
#include "shell/variables.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_DEFAULT 80
#define TEXT_COLUMNS_MAX 44 /* the description of a longer word begins further to the right */

/*
 * Appends what readline inserts in place of the part of the word that it replaces. Leaves
 * out a text that cannot be written there.
 */
static int add_text(const struct line *line, size_t value_at, const char *text,
		    struct coder_strings *ret, struct coder_error *err)
{
	size_t kept = line->kept;
	struct buf rest = { 0 }, quoted = { 0 };
	bool ok = true;
	int rc = 0;

	if (kept < value_at)
		ok = buf_add(&rest, line->word + kept, value_at - kept);
	else
		text += kept - value_at;
	if (!ok || !buf_add_str(&rest, text))
		rc = coder_error_memory(err);
	else if (line_quote(&quoted, rest.data ? rest.data : "", line->quote, !kept))
		rc = coder_strings_add(ret, quoted.data ? quoted.data : "", err);
	buf_done(&rest);
	buf_done(&quoted);
	return rc;
}

/* Cuts text to that many columns, at the end of a character. */
static void cut(char *text, size_t columns)
{
	size_t fits = 0, too_long = strlen(text);

	if (output_width(text) <= columns)
		return;
	while (too_long - fits > 1) {
		size_t middle = (fits + too_long) / 2;
		char c = text[middle];

		text[middle] = '\0';
		if (output_width(text) <= columns)
			fits = middle;
		else
			too_long = middle;
		text[middle] = c;
	}
	text[coder_utf8_whole(text, fits)] = '\0';
}

/*
 * Appends "text    description". The descriptions begin in one column, behind `width` columns. The
 * line is cut to `columns`, the width of the terminal, and padded to `least` columns.
 */
static bool make_line(struct buf *line, const struct candidate *candidate, size_t width,
		      size_t columns, size_t least)
{
	struct buf description = { 0 };
	bool ok = coder_escape(line, candidate->text, CODER_TERMINAL);
	size_t at = ok ? output_width(line->data ? line->data : "") : 0;

	if (ok && candidate->description && *candidate->description) {
		ok = buf_addf(line, "%*s", (int)((width > at ? width - at : 0) + 2), "") &&
		     coder_escape(&description, candidate->description, CODER_TERMINAL);
		at = (width > at ? width : at) + 2;
		if (ok && at < columns) {
			cut(description.data, columns - at);
			ok = buf_add_str(line, description.data);
			at += output_width(description.data);
		}
	}
	buf_done(&description);
	return ok && (at >= least || buf_addf(line, "%*s", (int)(least - at), ""));
}

int readline_list(const struct candidates *candidates, struct coder_strings *ret,
		  struct coder_error *err)
{
	const char *given = shvar_get("COLUMNS");
	long terminal = given ? strtol(given, NULL, 10) : 0;
	/* the last column stays empty, because some terminals wrap there */
	size_t columns =
		(terminal >= 20 && terminal < 1000 ? (size_t)terminal : COLUMNS_DEFAULT) - 1;
	size_t width = 0;
	struct buf line = { 0 };
	int rc = 0;

	for (size_t i = 0; i < candidates->n; i++) {
		size_t w = output_width(candidates->v[i].text);

		if (w > width && w <= TEXT_COLUMNS_MAX)
			width = w;
	}
	for (size_t i = 0; i < candidates->n && rc == 0; i++) {
		buf_reset(&line);
		/* readline makes all columns as wide as the longest candidate: if one is wider than
		 * half of the terminal, each candidate gets a line */
		rc = make_line(&line, &candidates->v[i], width, columns, i ? 0 : columns / 2) ?
			     coder_strings_add(ret, line.data ? line.data : "", err) :
			     coder_error_memory(err);
	}
	buf_done(&line);
	return rc;
}

int readline_words(const struct line *line, size_t value_at, const struct candidates *candidates,
		   struct coder_strings *ret, struct coder_error *err)
{
	const struct candidate *only = candidates->n == 1 ? &candidates->v[0] : NULL;
	struct buf longer = { 0 };
	int rc = 0;

	for (size_t i = 0; i < candidates->n && rc == 0; i++)
		rc = add_text(line, value_at, candidates->v[i].text, ret, err);
	/* the word goes on, but readline would close the quotes behind one candidate: add one */
	if (rc == 0 && only && only->open && line->quote) {
		rc = buf_addf(&longer, "%s*", only->text) ?
			     add_text(line, value_at, longer.data, ret, err) :
			     coder_error_memory(err);
		buf_done(&longer);
	}
	return rc;
}
