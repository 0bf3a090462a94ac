/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_markdown.c - the tables of the README; see opts.h. */
#include "opts.h"
#include "opts_doc.h"

#include <string.h>

static void put_escaped(const char *text, size_t len, const char *special, FILE *out)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(special, text[i]))
			fputc('\\', out);
		fputc(text[i], out);
	}
}

/* In a code span of a table only the separator of the table is special. */
static void put_code(const char *text, size_t len, FILE *out)
{
	put_escaped(text, len, "|", out);
}

static const struct style code = { "", "", "", " ", put_code };

/* Writes the command's own options, or the common ones. */
static void markdown_options(const struct opts_command *command, bool common, FILE *out)
{
	fputs("| option | meaning |\n| --- | --- |\n", out);
	for (const struct opts_option *const *table = command->tables; *table; table++)
		for (const struct opts_option *o = *table; o->name; o++) {
			if (!opts_is_visible(o) || opts_is_common(command, table) != common)
				continue;
			fputs("| `", out);
			opts_put_head(o, &code, out);
			fputs("` | ", out);
			put_escaped(o->help, strlen(o->help), "\\`*<|", out);
			fputs(" |\n", out);
		}
}

int opts_print_markdown(const struct opts_command *command, FILE *out)
{
	markdown_options(command, false, out);
	return 0;
}

int opts_print_markdown_common(const struct opts_command *command, FILE *out)
{
	markdown_options(command, true, out);
	return 0;
}

int opts_print_markdown_terms(const struct opts_command *command, FILE *out)
{
	const char *name, *meaning;

	for (size_t i = 0; command->terms && command->terms->row(i, &name, &meaning); i++) {
		if (i == 0)
			fputs("| value | meaning |\n| --- | --- |\n", out);
		fputs("| `", out);
		fputs(name, out);
		fputs("` | ", out);
		put_escaped(meaning, strlen(meaning), "\\`*<|", out);
		fputs(" |\n", out);
	}
	return 0;
}

int opts_print_markdown_statuses(const struct opts_command *command, FILE *out)
{
	(void)command;
	fputs("| status | meaning |\n| --- | --- |\n", out);
	for (const struct opts_status *s = command->statuses; s->status; s++)
		fprintf(out, "| %s | %s |\n", s->status, s->meaning);
	return 0;
}
