/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_markdown.c - the tables in README.md and docs/; see opts.h. */
#include "opts.h"
#include "opts_doc.h"

#include <string.h>

static void put_escaped(const char *text, size_t len, const struct style *style,
			struct opts_out *out)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(style->special, text[i]))
			opts_add_char(out, '\\');
		opts_add_char(out, text[i]);
	}
}

static const struct style prose = { "", "", "", " ", put_escaped, NULL, "\\`*<|" };
/* In a code span of a table only the separator of the table is special. */
static const struct style code = { "", "", "", " ", put_escaped, NULL, "|" };

/* Writes the command's own options, or the common ones. */
static void markdown_options(const struct opts_command *command, bool common, struct opts_out *out)
{
	opts_add(out, "| option | meaning |\n| --- | --- |\n");
	for (const struct opts_option *const *table = command->tables; *table; table++)
		for (const struct opts_option *o = *table; o->name; o++) {
			if (o->flags & OPTS_HIDDEN || opts_is_common(command, table) != common)
				continue;
			opts_add(out, "| `");
			opts_put_head(o, false, &code, out);
			opts_add(out, "` | ");
			opts_put(o->help, &prose, out);
			opts_add(out, " |\n");
		}
}

void opts_print_markdown(const struct opts_command *command, struct opts_out *out)
{
	markdown_options(command, false, out);
}

void opts_print_markdown_common(const struct opts_command *command, struct opts_out *out)
{
	markdown_options(command, true, out);
}

void opts_print_markdown_terms(const struct opts_command *command, struct opts_out *out)
{
	const char *name, *meaning;

	for (size_t i = 0; command->terms && command->terms->row(i, &name, &meaning); i++) {
		if (i == 0)
			opts_add(out, "| value | meaning |\n| --- | --- |\n");
		opts_add(out, "| `");
		opts_add(out, name);
		opts_add(out, "` | ");
		opts_put(meaning, &prose, out);
		opts_add(out, " |\n");
	}
}

void opts_print_markdown_statuses(const struct opts_command *command, struct opts_out *out)
{
	(void)command;
	opts_add(out, "| status | meaning |\n| --- | --- |\n");
	for (const struct opts_status *s = command->statuses; s->status; s++)
		opts_addf(out, "| %s | %s |\n", s->status, s->meaning);
}
