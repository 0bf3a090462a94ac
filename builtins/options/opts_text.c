/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_text.c - the documentation of a command as text, for help and --help; see opts.h. */
#include "opts.h"
#include "opts_doc.h"

#include <stdlib.h>
#include <string.h>

#define HEAD_WIDTH 28 /* the text of a longer option begins on the next line */

/* The columns of "  -n, --name NAME  ". The place of the letter is always counted. */
static size_t head_width(const struct opts_option *o)
{
	return strlen("  -n, --") + strlen(o->name) +
	       (opts_metavariable(o) ? 1 + opts_columns(opts_metavariable(o)) : 0) + 2;
}

/* The column where the texts of all options begin. */
static size_t text_column(const struct opts_command *command)
{
	size_t column = 0;

	opts_for_each(o, command)
	{
		size_t width = opts_is_visible(o) ? head_width(o) : 0;

		if (width > column && width <= HEAD_WIDTH)
			column = width;
	}
	return column ? column : HEAD_WIDTH;
}

static void text_table(const struct opts_option *table, size_t column, FILE *out)
{
	for (const struct opts_option *o = table; o->name; o++) {
		size_t width = head_width(o);

		if (!opts_is_visible(o))
			continue;
		fputs(o->letter ? "  " : "      ", out);
		opts_put_head(o, &opts_plain, out);
		if (width > column)
			fprintf(out, "\n%*s", (int)column, "");
		else
			fprintf(out, "%*s", (int)(column - width + 2), "");
		opts_put_wrapped(o->help, column, column, BREAK_PROSE, &opts_plain, out);
	}
}

static void text_terms(const struct opts_terms *terms, FILE *out)
{
	const char *name, *meaning;

	for (size_t i = 0; terms && terms->row(i, &name, &meaning); i++) {
		if (i == 0)
			fprintf(out, "\n%s:\n", terms->title);
		fprintf(out, "  %-18s  ", name);
		opts_put_wrapped(meaning, 22, 22, BREAK_PROSE, &opts_plain, out);
	}
}

static void text_examples(const struct opts_command *command, FILE *out)
{
	const char *const *e = command->examples;

	if (e && *e)
		fputs("\nExamples:\n", out);
	for (; e && *e; e += 2) {
		fputs("  ", out);
		opts_put_wrapped(e[0], 2, 2, BREAK_PROSE, &opts_plain, out);
		fputs("    ", out);
		opts_put_wrapped(e[1], 4, 6, BREAK_COMMAND, &opts_plain, out);
	}
}

static void text_body(const struct opts_command *command, FILE *out)
{
	size_t column = text_column(command);

	fprintf(out, "%s.\n", command->summary);
	for (const char *const *p = command->description; p && *p; p++) {
		fputc('\n', out);
		opts_put_wrapped(*p, 0, 0, BREAK_PROSE, &opts_plain, out);
	}
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		fputs(opts_is_common(command, table) ? "\nCommon options:\n" :
		      table == command->tables	     ? "\nOptions:\n" :
						       "",
		      out);
		text_table(*table, column, out);
	}
	text_terms(command->terms, out);
	text_examples(command, out);
	fputs("\nExit Status:\n", out);
	for (const struct opts_status *s = command->statuses; s->status; s++) {
		fprintf(out, "  %-7s", s->status);
		opts_put_wrapped(s->meaning, 9, 9, BREAK_PROSE, &opts_plain, out);
	}
}

/*
 * Splits a text into lines for opts_long_doc(). The first keeps its newline and replaces the blank
 * line behind it. NULL: no memory.
 */
static char **split_lines(const char *text)
{
	size_t n = 0;
	char **lines;

	for (const char *p = text; (p = strchr(p, '\n')); p++)
		n++;
	lines = calloc(n + 1, sizeof(*lines));
	for (size_t i = 0; lines && *text; i++) {
		size_t length = strcspn(text, "\n"), newline = i == 0;

		lines[i] = strndup(text, length + newline);
		if (!lines[i]) {
			opts_free_lines(lines);
			return NULL;
		}
		text += length + 1 + newline;
	}
	return lines;
}

char **opts_long_doc(const struct opts_command *command)
{
	char *text = NULL, **lines = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	text_body(command, out);
	if (fclose(out) == 0 && text) /* text is NULL if the last allocation failed */
		lines = split_lines(text);
	free(text);
	return lines;
}

void opts_free_lines(char **lines)
{
	for (char **line = lines; line && *line; line++)
		free(*line);
	free(lines);
}

int opts_print_text(const struct opts_command *command, FILE *out)
{
	static const char label[] = "Usage: ";
	char *usage = opts_usage(command);

	if (!usage)
		return -1;
	fputs(label, out);
	opts_put_wrapped(usage, strlen(label), strlen(label) + 2, BREAK_USAGE, &opts_plain, out);
	free(usage);
	fputc('\n', out);
	text_body(command, out);
	return 0;
}
