/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - see line.h. */
#include "line.h"
#include "shell/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The state of reading a line. */
struct reader {
	struct line *line;
	const char *breaks;
	bool after; /* past the cursor */
	struct buf word;
	bool in_word, expands;
	bool redirection; /* the next word is the file of a redirection */
	char quote;
	size_t kept, quoted; /* where in word the last break and the last opening quote end */
};

void line_done(struct line *line)
{
	coder_strings_done(&line->words);
	free(line->expands);
	free(line->word);
	*line = (struct line){ 0 };
}

static void begin_word(struct reader *r)
{
	buf_reset(&r->word);
	r->in_word = r->expands = false;
	r->kept = 0;
	r->quote = 0;
}

/* Adds the word to the words, if there is one and it does not belong to a redirection. */
static int end_word(struct reader *r, struct coder_error *err)
{
	struct line *line = r->line;
	bool *expands;

	if (!r->in_word)
		return 0;
	if (r->redirection) {
		r->redirection = false;
		begin_word(r);
		return 0;
	}
	expands = reallocarray(line->expands, line->words.n + 1, sizeof(*expands));
	if (!expands)
		return coder_error_memory(err);
	line->expands = expands;
	expands[line->words.n] = r->expands;
	if (coder_strings_add(&line->words, r->word.data ? r->word.data : "", err) < 0)
		return -1;
	begin_word(r);
	return 0;
}

static int add(struct reader *r, char c, struct coder_error *err)
{
	r->in_word = true;
	return buf_add_char(&r->word, c) ? 0 : coder_error_memory(err);
}

/* Reads one of < > & | ; ( ). Returns how many characters it took; 0: the command ends here. */
static size_t read_operator(struct reader *r, const char *p, struct coder_error *err)
{
	bool redirects = *p == '<' || *p == '>' || (*p == '&' && p[1] == '>');
	bool number = r->word.len && !r->word.data[strspn(r->word.data, ASCII_DIGITS)];

	if (!redirects || p[1] == '(') {
		if (r->after)
			return 0;
		/* what has been read belongs to another command */
		coder_strings_done(&r->line->words);
		begin_word(r);
		r->redirection = false;
		return redirects ? 2 : 1;
	}
	if (number) /* of a descriptor, as in 2> */
		begin_word(r);
	else if (end_word(r, err) < 0)
		return 0;
	r->redirection = true;
	return 1 + strspn(p + 1, "<>&|");
}

/* Reads a character outside quotes. Returns how many characters it took; 0: the command ends here. */
static size_t read_plain(struct reader *r, const char *p, struct coder_error *err)
{
	if (strchr(" \t\n", *p)) {
		if (*p == '\n' && r->after)
			return 0;
		return end_word(r, err) == 0;
	}
	if (strchr("<>|;()", *p) || *p == '&')
		return read_operator(r, p, err);
	if (*p == '\'' || *p == '"') {
		r->quote = *p;
		r->in_word = true;
		return 1;
	}
	if (*p == '\\') {
		r->in_word = true;
		if (p[1] == '\n' || !p[1])
			return 1 + (p[1] == '\n');
		return add(r, p[1], err) == 0 ? 2 : 0;
	}
	if (*p == '$' || *p == '`' || (*p == '~' && !r->in_word))
		r->expands = true;
	if (add(r, *p, err) < 0)
		return 0;
	/* an @, unlike other breaks, belongs to the word that follows (rl_special_prefixes) */
	if (strchr(r->breaks, *p))
		r->kept = r->word.len - (*p == '@');
	return 1;
}

static size_t read_quoted(struct reader *r, const char *p, struct coder_error *err)
{
	if (*p == r->quote) {
		r->quote = 0;
		return 1;
	}
	if (r->quote == '"' && *p == '\\' && p[1] && strchr("$`\"\\\n", p[1])) {
		if (p[1] == '\n')
			return 2;
		return add(r, p[1], err) == 0 ? 2 : 0;
	}
	if (r->quote == '"' && (*p == '$' || *p == '`'))
		r->expands = true;
	return add(r, *p, err) == 0;
}

/* Reads the part of text that belongs to this command. Fails only if there is no memory. */
static int read_text(struct reader *r, const char *text, struct coder_error *err)
{
	err->code = CODER_OK;
	while (*text) {
		char quote = r->quote;
		size_t n = quote ? read_quoted(r, text, err) : read_plain(r, text, err);

		if (!n)
			break;
		if (!quote && r->quote)
			r->quoted = r->word.len;
		text += n;
	}
	return err->code == CODER_OK ? 0 : -1;
}

int line_read(struct line *line, const char *before, const char *after, const char *breaks,
	      struct coder_error *err)
{
	struct reader r = { .line = line, .breaks = breaks };
	int rc = read_text(&r, before, err);

	if (rc < 0)
		goto out;
	line->word = strdup(r.word.data ? r.word.data : "");
	if (!line->word) {
		rc = coder_error_memory(err);
		goto out;
	}
	line->at = line->words.n;
	line->quote = r.quote;
	/* for readline, the word begins behind an open quote, or else behind the last break */
	line->kept = r.quote ? r.quoted : r.kept;
	line->word_expands = r.expands;
	line->redirection = r.redirection;
	/* the rest of the word at the cursor is ignored, like the file of a redirection */
	r.after = true;
	r.in_word = true;
	r.redirection = true;
	rc = read_text(&r, after, err);
	if (rc == 0)
		rc = end_word(&r, err);
out:
	buf_done(&r.word);
	return rc;
}

/* ---------------------------------------------------------------- aliases */

char *line_expand_aliases(const char *before, struct coder_error *err)
{
	struct coder_strings expanded = { 0 };
	char *line = strdup(before);
	bool ok = line != NULL;

	while (ok) {
		size_t length = strcspn(line, " \t\n");
		char *name = strndup(line, length), *longer = NULL;
		const char *value = name ? shell_alias(name) : NULL;

		if (!name || !value || coder_strings_has(&expanded, name)) {
			ok = name != NULL;
			free(name);
			break;
		}
		ok = coder_strings_add(&expanded, name, err) == 0 &&
		     asprintf(&longer, "%s%s", value, line + length) >= 0;
		free(name);
		if (ok) {
			free(line);
			line = longer;
		}
	}
	coder_strings_done(&expanded);
	if (ok)
		return line;
	free(line);
	coder_error_memory(err);
	return NULL;
}

/* ---------------------------------------------------------------- quoting */

/* Writes $'...', the only form in which control characters can be typed. */
static bool quote_ansi(struct buf *out, const char *text)
{
	bool ok = buf_add_str(out, "$'");

	for (; *text && ok; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c >= 0x7f)
			ok = buf_addf(out, "\\%03o", c);
		else
			ok = ((c != '\'' && c != '\\') || buf_add_char(out, '\\')) &&
			     buf_add_char(out, *text);
	}
	return ok && buf_add_char(out, '\'');
}

static bool quote_backslash(struct buf *out, const char *text, bool first)
{
	static const char special[] = " !\"#$&'()*;<>?[\\]^`{|}";
	bool ok = true;

	if (!*text && first)
		return buf_add_str(out, "''");
	for (const char *p = text; *p && ok; p++) {
		bool escape =
			(*p == '#' || *p == '~') ? first && p == text : strchr(special, *p) != NULL;

		ok = (!escape || buf_add_char(out, '\\')) && buf_add_char(out, *p);
	}
	return ok;
}

bool line_quote(struct buf *out, const char *text, char quote, bool first)
{
	bool ok = true;

	if (!coder_is_printable(text))
		return !quote && quote_ansi(out, text);
	if (!quote)
		return quote_backslash(out, text, first);
	for (; *text && ok; text++) {
		if (quote == '\'' && *text == '\'')
			ok = buf_add_str(out, "'\\''");
		else if (quote == '"' && *text == '!') /* of the history; a backslash would stay */
			ok = buf_add_str(out, "\"'!'\"");
		else
			ok = (quote == '\'' || !strchr("$`\"\\", *text) ||
			      buf_add_char(out, '\\')) &&
			     buf_add_char(out, *text);
	}
	return ok;
}
