/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_text.c - the documentation of a command as text, for help and --help; see opts.h. */
#include "opts.h"
#include "opts_doc.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_SIZE 8000 /* bytes that a text has; more are possible */
#define HEAD_WIDTH 28 /* the text of a longer option begins on the next line */

/* The columns of "  -n, --name NAME  ". The place of the letter counts even if there is none. */
static size_t head_width(const struct opts_option *o)
{
	return strlen("  -n, --") + strlen(o->name) +
	       (opts_metavariable(o) ? 1 + opts_columns(opts_metavariable(o)) : 0) + 2;
}

static void text_options(const struct opts_command *command, struct opts_out *out)
{
	size_t column = 0; /* where the texts of all options begin */

	opts_for_each(o, command)
	{
		size_t width = o->flags & OPTS_HIDDEN ? 0 : head_width(o);

		if (width > column && width <= HEAD_WIDTH)
			column = width;
	}
	if (!column)
		column = HEAD_WIDTH;
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		opts_add(out, opts_is_common(command, table) ? "\nCommon options:\n" :
			      table == command->tables	     ? "\nOptions:\n" :
							       "");
		for (const struct opts_option *o = *table; o->name; o++) {
			size_t width = head_width(o);

			if (o->flags & OPTS_HIDDEN)
				continue;
			opts_add(out, o->letter ? "  " : "      ");
			opts_put_head(o, false, &opts_plain, out);
			if (width > column)
				opts_add_char(out, '\n');
			opts_add_blanks(out, width > column ? column : column - width + 2);
			opts_put_wrapped(o->help, column, column, BREAK_PROSE, &opts_plain, out);
		}
	}
}

static void text_body(const struct opts_command *command, struct opts_out *out)
{
	const struct opts_terms *terms = command->terms;
	const char *name, *meaning;

	opts_addf(out, "%s.\n", command->summary);
	for (const char *const *p = command->description; p && *p; p++) {
		opts_add_char(out, '\n');
		opts_put_wrapped(*p, 0, 0, BREAK_PROSE, &opts_plain, out);
	}
	text_options(command, out);
	for (size_t i = 0; terms && terms->row(i, &name, &meaning); i++) {
		if (i == 0)
			opts_addf(out, "\n%s:\n", terms->title);
		opts_addf(out, "  %-18s  ", name);
		opts_put_wrapped(meaning, 22, 22, BREAK_PROSE, &opts_plain, out);
	}
	for (const char *const *e = command->examples; e && *e; e += 2) {
		opts_add(out, e == command->examples ? "\nExamples:\n  " : "  ");
		opts_put_wrapped(e[0], 2, 2, BREAK_PROSE, &opts_plain, out);
		opts_add(out, "    ");
		opts_put_wrapped(e[1], 4, 6, BREAK_COMMAND, &opts_plain, out);
	}
	opts_add(out, "\nExit Status:\n");
	for (const struct opts_status *s = command->statuses; s->status; s++) {
		opts_add_blanks(out, 2);
		opts_add(out, s->status);
		opts_add_blanks(out, 7 - strlen(s->status));
		opts_put_wrapped(s->meaning, 9, 9, BREAK_PROSE, &opts_plain, out);
	}
}

char **opts_long_doc(const struct opts_command *command)
{
	struct opts_out out = { 0 };
	size_t n = 1, i = 0;
	char **lines = NULL, *line;

	out.failed = !buf_reserve(&out.text, TEXT_SIZE);
	text_body(command, &out);
	for (const char *p = out.text.data; p && (p = strchr(p, '\n')); p++)
		n++;
	if (!out.failed)
		lines = malloc(n * sizeof(*lines) + out.text.len);
	if (lines) {
		line = memcpy(lines + n, out.text.data, out.text.len);
		for (char *end = line + out.text.len; line < end;) {
			/* the first line keeps its newline, which replaces the blank line behind it */
			char *newline = memchr(line, '\n', (size_t)(end - line));

			newline += i == 0;
			lines[i++] = line;
			*newline = '\0';
			line = newline + 1;
		}
		lines[i] = NULL;
	}
	buf_done(&out.text);
	return lines;
}

void opts_print_text(const struct opts_command *command, struct opts_out *out)
{
	static const char label[] = "Usage: ";

	opts_add(out, label);
	opts_put_wrapped_usage(command, strlen(label), strlen(label) + 2, out);
	opts_add_char(out, '\n');
	text_body(command, out);
}
