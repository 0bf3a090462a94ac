/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_markdown.c - the tables in README.md and docs/; see opts.h. */
#include "opts.h"
#include "opts_doc.h"

#include <string.h>

static void put_escaped(const char *text, size_t len, const char *special, struct opts_out *out)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(special, text[i]))
			opts_add_char(out, '\\');
		opts_add_char(out, text[i]);
	}
}

/* In a code span of a table only the separator of the table is special. */
static void put_code(const char *text, size_t len, struct opts_out *out)
{
	put_escaped(text, len, "|", out);
}

static const struct style code = { "", "", "", " ", put_code };

/* Writes the command's own options, or the common ones. */
static void markdown_options(const struct opts_command *command, bool common, struct opts_out *out)
{
	opts_add(out, "| option | meaning |\n| --- | --- |\n");
	for (const struct opts_option *const *table = command->tables; *table; table++)
		for (const struct opts_option *o = *table; o->name; o++) {
			if (!opts_is_visible(o) || opts_is_common(command, table) != common)
				continue;
			opts_add(out, "| `");
			opts_put_head(o, &code, out);
			opts_add(out, "` | ");
			put_escaped(o->help, strlen(o->help), "\\`*<|", out);
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
		put_escaped(meaning, strlen(meaning), "\\`*<|", out);
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
