/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readline.c - words in the form in which readline wants them; see complete.h. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "complete.h"
#include "output/width.h"
#include "shell/shell.h"

#define COLUMNS_DEFAULT 80
#define TEXT_COLUMNS_MAX 44 /* a longer word pushes its note to the right */

/* What readline puts in the place of the part of the word that it replaces. */
static int add_text(const struct line *line, size_t value_at, const char *text,
		    struct coder_strings *ret, struct coder_error *err)
{
	size_t head = line->head;
	struct buf rest = { 0 }, out = { 0 };
	int rc = 0;

	if (!(head < value_at ? buf_add(&rest, line->word + head, value_at - head) : true) ||
	    !buf_add_str(&rest, head > value_at ? text + (head - value_at) : text))
		rc = coder_error_memory(err);
	else if (line_quote(&out, rest.data ? rest.data : "", line->quote, !head))
		rc = coder_strings_add(ret, out.data ? out.data : "", err);
	buf_done(&rest);
	buf_done(&out);
	return rc;
}

/* Printable ASCII, as nearly everything is: lists of thousands are drawn from it. */
static bool is_plain(const char *text)
{
	while (*text >= ' ' && *text <= '~')
		text++;
	return !*text;
}

static size_t width_of(const char *text)
{
	return is_plain(text) ? strlen(text) : output_width(text);
}

static bool add_escaped(struct buf *out, const char *text)
{
	return is_plain(text) ? buf_add_str(out, text) : coder_escape(out, text, CODER_TERMINAL);
}

/* Cuts text to that many columns, at the end of a character. */
static void cut(char *text, size_t columns)
{
	size_t fits = 0, too_long = strlen(text);

	if (width_of(text) <= columns)
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

/* "word    note" in one line of the terminal; the first so wide that each gets a line. */
static bool make_line(struct buf *line, const struct word *word, size_t width, size_t columns,
		      size_t least)
{
	struct buf note = { 0 };
	bool ok = add_escaped(line, word->text);
	size_t at = ok ? width_of(line->data ? line->data : "") : 0;

	if (ok && word->note && *word->note) {
		ok = buf_addf(line, "%*s", (int)((width > at ? width - at : 0) + 2), "") &&
		     add_escaped(&note, word->note);
		at = (width > at ? width : at) + 2;
		if (ok && at < columns) {
			cut(note.data, columns - at);
			ok = buf_add_str(line, note.data);
			at += width_of(note.data);
		}
	}
	buf_done(&note);
	return ok && (at >= least || buf_addf(line, "%*s", (int)(least - at), ""));
}

/* The last column stays empty: some terminals wrap there. */
static size_t terminal_columns(void)
{
	const char *text = shvar_get("COLUMNS");
	long columns = text ? strtol(text, NULL, 10) : 0;

	return (columns >= 20 && columns < 1000 ? (size_t)columns : COLUMNS_DEFAULT) - 1;
}

int answer_list(const struct words *words, struct coder_strings *ret, struct coder_error *err)
{
	size_t columns = terminal_columns(), width = 0;
	struct buf line = { 0 };
	int rc = 0;

	for (size_t i = 0; i < words->n; i++) {
		size_t w = width_of(words->v[i].text);

		if (w > width && w <= TEXT_COLUMNS_MAX)
			width = w;
	}
	for (size_t i = 0; i < words->n && rc == 0; i++) {
		buf_reset(&line);
		rc = make_line(&line, &words->v[i], width, columns, i ? 0 : columns / 2) ?
			     coder_strings_add(ret, line.data ? line.data : "", err) :
			     coder_error_memory(err);
	}
	buf_done(&line);
	return rc;
}

int answer_words(const struct line *line, size_t value_at, const struct words *words,
		 struct coder_strings *ret, struct coder_error *err)
{
	const struct word *only = words->n == 1 ? &words->v[0] : NULL;
	struct buf longer = { 0 };
	int rc = 0;

	for (size_t i = 0; i < words->n && rc == 0; i++)
		rc = add_text(line, value_at, words->v[i].text, ret, err);
	/* readline would close the quotes behind a word that goes on, were it the only one */
	if (rc == 0 && only && only->open && line->quote) {
		rc = buf_addf(&longer, "%s*", only->text) ?
			     add_text(line, value_at, longer.data, ret, err) :
			     coder_error_memory(err);
		buf_done(&longer);
	}
	return rc;
}
