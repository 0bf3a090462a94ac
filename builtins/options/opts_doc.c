/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_doc.c - the documentation of a command, made from its option tables; see opts.h. */
#include "opts_doc.h"

#include <stdlib.h>
#include <string.h>

static void put_plain(const char *text, size_t len, FILE *out)
{
	fwrite(text, 1, len, out);
}

const struct style opts_plain = { "", "", "", " ", put_plain };

void opts_put(const char *text, const struct style *style, FILE *out)
{
	style->put(text, strlen(text), out);
}

bool opts_is_visible(const struct opts_option *o)
{
	return !(o->flags & OPTS_HIDDEN);
}

const char *opts_metavariable(const struct opts_option *o)
{
	return o->choices ? o->choices : o->arg;
}

bool opts_is_common(const struct opts_command *command, const struct opts_option *const *table)
{
	return table != command->tables && !table[1];
}

/* -------------------------------------------------------------------- usage */

void opts_put_name(const struct opts_option *o, bool letter, const struct style *style, FILE *out)
{
	fputs(style->bold, out);
	opts_put(letter ? "-" : "--", style, out);
	style->put(letter ? &o->letter : o->name, letter ? 1 : strlen(o->name), out);
	fputs(style->roman, out);
}

static void put_metavariable(const struct opts_option *o, const struct style *style, FILE *out)
{
	if (!opts_metavariable(o))
		return;
	opts_put(" ", style, out);
	fputs(style->italic, out);
	opts_put(opts_metavariable(o), style, out);
	fputs(style->roman, out);
}

/* "-n, --name NAME" */
void opts_put_head(const struct opts_option *o, const struct style *style, FILE *out)
{
	if (o->letter) {
		opts_put_name(o, true, style, out);
		opts_put(", ", style, out);
	}
	opts_put_name(o, false, style, out);
	put_metavariable(o, style, out);
}

/* Writes an option, or for the first one of a group all of the group: "[--expire | --delete]". */
static void put_item(const struct opts_command *command, const struct opts_option *option,
		     const struct style *style, FILE *out)
{
	size_t n = 0;

	opts_for_each(o, command)
	{
		if (o != option && (!option->group || !o->group || !opts_is_visible(o) ||
				    strcmp(o->group, option->group) != 0))
			continue;
		if (!n && o != option)
			return;
		if (n++)
			opts_put(" | ", style, out);
		else
			fprintf(out, "%s[", style->separator);
		opts_put_name(o, o->letter != 0, style, out);
		put_metavariable(o, style, out);
	}
	fputs(n == 1 && option->kind == OPTS_LIST ? "]..." : "]", out);
}

void opts_put_usage(const struct opts_command *command, const struct style *style, FILE *out)
{
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		if (opts_is_common(command, table)) {
			fprintf(out, "%s[", style->separator);
			opts_put("COMMON OPTION", style, out);
			fputs("]...", out);
			break;
		}
		for (const struct opts_option *o = *table; o->name; o++)
			if (opts_is_visible(o))
				put_item(command, o, style, out);
	}
	if (command->operands[0]) {
		fputs(style->separator, out);
		opts_put(command->operands, style, out);
	}
}

char *opts_usage(const struct opts_command *command)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fputs(command->name, out);
	opts_put_usage(command, &opts_plain, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* ------------------------------------------------------------------ formats */

int opts_print(const struct opts_command *command, const char *format, FILE *out)
{
	static const struct {
		const char *name;
		int (*print)(const struct opts_command *command, FILE *out);
	} formats[] = {
		{ "text", opts_print_text },
		{ "man", opts_print_man },
		{ "markdown", opts_print_markdown },
		{ "markdown-terms", opts_print_markdown_terms },
		{ "markdown-common", opts_print_markdown_common },
		{ "markdown-statuses", opts_print_markdown_statuses },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (strcmp(format, formats[i].name) == 0)
			return formats[i].print(command, out);
	return -1;
}
