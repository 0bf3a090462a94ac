/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_doc.c - the documentation of a command, made from its option tables; see opts.h. */
#include "opts.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 75 /* columns: `help` indents by four */
#define HEAD_WIDTH 28 /* options that take more stand on a line of their own */

const struct opts_status opts_statuses[] = {
	{ "0", "done" },
	{ "1", "the server refused, or an error none of the others names" },
	{ "2", "usage: wrong option or value, unassignable variable; nothing was changed" },
	{ "3", "no such token, user or resource (or, as the server says it, not permitted to see "
	       "it)" },
	{ "4", "no URL or token given, not signed in, expired, or not permitted (401, 403, 500 "
	       "with rbac: forbidden)" },
	{ "5", "conflict: the name is taken" },
	{ "6", "rate limited or unavailable (429, 502-504, 520-526, 530) beyond the time allowed" },
	{ "7", "no usable response: DNS, connect, TLS, timeout, redirect, broken or oversized "
	       "response, not JSON, not the deployment's own" },
	{ "8", "several targets: some failed" },
	{ "9", "a create whose outcome is unknown, or whose secret was lost and the token removed "
	       "again" },
	{ "128+n", "ended by signal n (130: ^C)" },
	{ NULL, NULL },
};

/* How options look in a format. */
struct style {
	const char *bold, *italic, *roman; /* what turns these on */
	const char *separator; /* between the items of the usage */
	void (*put)(const char *text, size_t len, FILE *out); /* writes escaped */
};

static void put(const char *text, const struct style *style, FILE *out)
{
	style->put(text, strlen(text), out);
}

static bool visible(const struct opts_option *o)
{
	return !(o->flags & OPTS_HIDDEN);
}

static const char *metavariable(const struct opts_option *o)
{
	return o->choices ? o->choices : o->arg;
}

static bool is_common(const struct opts_command *command, const struct opts_option *const *table)
{
	return table != command->tables && !table[1];
}

/* -------------------------------------------------------------------- usage */

/* "-n" or "--name" */
static void put_name(const struct opts_option *o, bool letter, const struct style *style, FILE *out)
{
	fputs(style->bold, out);
	put(letter ? "-" : "--", style, out);
	style->put(letter ? &o->letter : o->name, letter ? 1 : strlen(o->name), out);
	fputs(style->roman, out);
}

static void put_metavariable(const struct opts_option *o, const struct style *style, FILE *out)
{
	if (!metavariable(o))
		return;
	put(" ", style, out);
	fputs(style->italic, out);
	put(metavariable(o), style, out);
	fputs(style->roman, out);
}

/* "-n, --name NAME" */
static void put_head(const struct opts_option *o, const struct style *style, FILE *out)
{
	if (o->letter) {
		put_name(o, true, style, out);
		put(", ", style, out);
	}
	put_name(o, false, style, out);
	put_metavariable(o, style, out);
}

/* "-n NAME" */
static void put_short(const struct opts_option *o, const struct style *style, FILE *out)
{
	put_name(o, o->letter != 0, style, out);
	put_metavariable(o, style, out);
}

/* Of a group, all options stand where its first one does: "[--expire | --delete]". */
static void put_item(const struct opts_command *command, const struct opts_option *option,
		     const struct style *style, FILE *out)
{
	size_t n = 0;

	opts_for_each(o, command)
	{
		if (o != option && (!option->group || !o->group || !visible(o) ||
				    strcmp(o->group, option->group) != 0))
			continue;
		if (!n && o != option)
			return;
		if (n++)
			put(" | ", style, out);
		else
			fprintf(out, "%s[", style->separator);
		put_short(o, style, out);
	}
	fputs(n == 1 && option->kind == OPTS_LIST ? "]..." : "]", out);
}

static void put_usage(const struct opts_command *command, const struct style *style, FILE *out)
{
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		if (is_common(command, table)) {
			fprintf(out, "%s[", style->separator);
			put("COMMON OPTION", style, out);
			fputs("]...", out);
			break;
		}
		for (const struct opts_option *o = *table; o->name; o++)
			if (visible(o))
				put_item(command, o, style, out);
	}
	if (command->operands[0]) {
		fputs(style->separator, out);
		put(command->operands, style, out);
	}
}

/* --------------------------------------------------------------------- text */

static void put_plain(const char *text, size_t len, FILE *out)
{
	fwrite(text, 1, len, out);
}

static const struct style plain = { "", "", "", " ", put_plain };

static size_t columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Where a text may be broken. */
enum breaks {
	BREAK_PROSE, /* at any blank */
	BREAK_USAGE, /* not within brackets */
	BREAK_COMMAND, /* not within quotes, best before an option or operator; adds a backslash */
};

/* Keeps in *open what character c opens: a number of brackets, a quote. */
static void track(char c, enum breaks breaks, int *open)
{
	if (breaks == BREAK_USAGE)
		*open += (c == '[') - (c == ']');
	else if (breaks == BREAK_COMMAND && *open == c)
		*open = 0;
	else if (breaks == BREAK_COMMAND && !*open && (c == '\'' || c == '"'))
		*open = c;
}

/* Bytes of text that go into a line of so many columns: at least what cannot be broken. */
static size_t line_length(const char *text, size_t room, enum breaks breaks)
{
	size_t any = 0, best = 0, n = 0;
	int open = 0;

	for (size_t i = 0;; i++) {
		if (!text[i] || (text[i] == ' ' && !open)) {
			if (n > room)
				return best ? best : any ? any : i;
			any = i;
			if (breaks != BREAK_COMMAND || (text[i] && strchr("-&|", text[i + 1])))
				best = i;
		}
		if (!text[i])
			return i;
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
		track(text[i], breaks, &open);
	}
}

/*
 * Prints a text in lines: the first begins where the cursor is, in column
 * `first`, the others behind `indent` blanks.
 */
static void put_wrapped(const char *text, size_t first, size_t indent, enum breaks breaks,
			const struct style *style, FILE *out)
{
	for (size_t at = first;; at = indent) {
		size_t room = WIDTH - at, length;

		if (breaks == BREAK_COMMAND && columns(text) > room)
			room -= strlen(" \\");
		length = line_length(text, room, breaks);
		style->put(text, length, out);
		for (text += length; *text == ' '; text++)
			;
		if (!*text)
			break;
		if (breaks == BREAK_COMMAND)
			put(" \\", style, out);
		fprintf(out, "\n%*s", (int)indent, "");
	}
	fputc('\n', out);
}

/* Columns of "  -n, --name NAME  ", which puts all long names in one column. */
static size_t head_width(const struct opts_option *o)
{
	return strlen("  -n, --") + strlen(o->name) +
	       (metavariable(o) ? 1 + columns(metavariable(o)) : 0) + 2;
}

/* The column where the texts of all options begin. */
static size_t text_column(const struct opts_command *command)
{
	size_t column = 0;

	opts_for_each(o, command)
	{
		size_t width = visible(o) ? head_width(o) : 0;

		if (width > column && width <= HEAD_WIDTH)
			column = width;
	}
	return column ? column : HEAD_WIDTH;
}

static void text_table(const struct opts_option *table, size_t column, FILE *out)
{
	for (const struct opts_option *o = table; o->name; o++) {
		size_t width = head_width(o);

		if (!visible(o))
			continue;
		fputs(o->letter ? "  " : "      ", out);
		put_head(o, &plain, out);
		if (width > column)
			fprintf(out, "\n%*s", (int)column, "");
		else
			fprintf(out, "%*s", (int)(column - width + 2), "");
		put_wrapped(o->help, column, column, BREAK_PROSE, &plain, out);
	}
}

static void text_examples(const struct opts_command *command, FILE *out)
{
	const char *const *e = command->examples;

	if (e && *e)
		fputs("\nExamples:\n", out);
	for (; e && *e; e += 2) {
		fputs("  ", out);
		put_wrapped(e[0], 2, 2, BREAK_PROSE, &plain, out);
		fputs("    ", out);
		put_wrapped(e[1], 4, 6, BREAK_COMMAND, &plain, out);
	}
}

static void text_body(const struct opts_command *command, FILE *out)
{
	size_t column = text_column(command);

	fprintf(out, "%s.\n", command->summary);
	for (const char *const *p = command->description; p && *p; p++) {
		fputc('\n', out);
		put_wrapped(*p, 0, 0, BREAK_PROSE, &plain, out);
	}
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		fputs(is_common(command, table) ? "\nCommon options:\n" :
		      table == command->tables	? "\nOptions:\n" :
						  "",
		      out);
		text_table(*table, column, out);
	}
	text_examples(command, out);
	fputs("\nExit Status:\n", out);
	for (const struct opts_status *s = opts_statuses; s->status; s++) {
		fprintf(out, "  %-7s", s->status);
		put_wrapped(s->meaning, 9, 9, BREAK_PROSE, &plain, out);
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
	put_usage(command, &plain, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/*
 * The lines of a text, each on heap; NULL: no memory. The first keeps its newline and stands for
 * the blank line behind it, too: `help -d` prints it as it is.
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
	if (fclose(out) == 0 && text) /* the last allocation fails in silence */
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

static int print_text(const struct opts_command *command, FILE *out)
{
	static const char label[] = "Usage: ";
	char *usage = opts_usage(command);

	if (!usage)
		return -1;
	fputs(label, out);
	put_wrapped(usage, strlen(label), strlen(label) + 2, BREAK_USAGE, &plain, out);
	free(usage);
	fputc('\n', out);
	text_body(command, out);
	return 0;
}

/* ---------------------------------------------------------------------- man */

/* Writes the UTF-8 character at text as groff's \[uXXXX]; returns its bytes. */
static size_t put_man_rune(const char *text, size_t len, FILE *out)
{
	unsigned lead = (unsigned char)text[0];
	unsigned code = lead >= 0xf0 ? lead & 0x07 : lead >= 0xe0 ? lead & 0x0f : lead & 0x1f;
	size_t n = 1;

	for (; n < len && ((unsigned char)text[n] & 0xc0) == 0x80; n++)
		code = code << 6 | ((unsigned char)text[n] & 0x3f);
	fprintf(out, "\\[u%04X]", code);
	return n;
}

static void put_man_text(const char *text, size_t len, const char *blank, FILE *out)
{
	if (len && text[0] == '.')
		fputs("\\&", out);
	for (size_t i = 0; i < len;) {
		char c = text[i];

		if ((unsigned char)c >= 0x80) {
			i += put_man_rune(text + i, len - i, out);
			continue;
		}
		fputs(c == ' '	? blank :
		      c == '\\' ? "\\e" :
		      c == '-'	? "\\-" :
		      c == '\'' ? "\\(aq" :
		      c == '"'	? "\\(dq" :
		      c == '`'	? "\\(ga" :
		      c == '^'	? "\\(ha" :
		      c == '~'	? "\\(ti" :
				  (const char[]){ c, '\0' },
		      out);
		i++;
	}
}

static void put_man(const char *text, size_t len, FILE *out)
{
	put_man_text(text, len, " ", out);
}

static void put_man_unbroken(const char *text, size_t len, FILE *out)
{
	put_man_text(text, len, "\\ ", out);
}

static const struct style man_prose = { "\\fB", "\\fI", "\\fR", " ", put_man };
static const struct style man_item = { "\\fB", "\\fI", "\\fR", "\n", put_man_unbroken };

static void man_line(const char *text, FILE *out)
{
	put(text, &man_prose, out);
	fputc('\n', out);
}

static void man_head(const struct opts_command *command, FILE *out)
{
	fputs(".TH ", out);
	for (const char *c = command->name; *c; c++)
		fputc(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c, out);
	fputs(" 1 \"\" \"coder_tokens\" \"Bash loadable builtins\"\n", out);
	/* no hyphenation, which would break names; no wider blanks after sentences */
	fputs(".nh\n.nr HY 0\n.ss 12 0\n.SH NAME\n", out);
	fprintf(out, "%s \\- ", command->name);
	man_line(command->summary, out);
	fprintf(out, ".SH SYNOPSIS\n.SY %s", command->name);
	put_usage(command, &man_item, out);
	fputs("\n.YS\n.SH DESCRIPTION\n", out);
	for (const char *const *p = command->description; p && *p; p++) {
		fputs(".PP\n", out);
		man_line(*p, out);
	}
}

static void man_options(const struct opts_command *command, FILE *out)
{
	fputs(".SH OPTIONS\n", out);
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		if (is_common(command, table))
			fputs(".SS Common options\n", out);
		for (const struct opts_option *o = *table; o->name; o++) {
			if (!visible(o))
				continue;
			fputs(".TP\n", out);
			put_head(o, &man_item, out);
			fputc('\n', out);
			man_line(o->help, out);
		}
	}
}

static void man_environment(const struct opts_command *command, FILE *out)
{
	const char *heading = ".SH ENVIRONMENT\n";

	opts_for_each(o, command)
	{
		if (!visible(o) || !o->env)
			continue;
		fprintf(out, "%s.TP\n\\fB%s\\fR\nStands in for ", heading, o->env);
		put_name(o, false, &man_item, out);
		fputs(" when that is not given; need not be exported.", out);
		if (o->fallback) {
			fputs(" When unset or empty: ", out);
			put(o->fallback, &man_prose, out);
			fputc('.', out);
		}
		fputc('\n', out);
		heading = "";
	}
}

static void man_examples(const struct opts_command *command, FILE *out)
{
	const char *const *e = command->examples;

	if (e && *e)
		fputs(".SH EXAMPLES\n", out);
	for (; e && *e; e += 2) {
		fputs(".PP\n", out);
		man_line(e[0], out);
		fputs(".PP\n.RS 4\n.nf\n", out);
		put_wrapped(e[1], 11, 2, BREAK_COMMAND, &man_prose, out);
		fputs(".fi\n.RE\n", out);
	}
}

static void man_see_also(const struct opts_command *command, FILE *out)
{
	const char *separator = ".SH SEE ALSO\n";
	size_t own = strlen(command->name);

	for (const char *const *page = command->see_also; page && *page; page++) {
		size_t length = strcspn(*page, "(");

		if (length == own && memcmp(*page, command->name, own) == 0)
			continue;
		fprintf(out, "%s\\fB", separator);
		put_man(*page, length, out);
		fprintf(out, "\\fR%s", *page + length);
		separator = ",\n";
	}
	if (*separator == ',')
		fputc('\n', out);
}

static int print_man(const struct opts_command *command, FILE *out)
{
	man_head(command, out);
	man_options(command, out);
	fputs(".SH EXIT STATUS\n", out);
	for (const struct opts_status *s = opts_statuses; s->status; s++) {
		fprintf(out, ".TP\n\\fB%s\\fR\n", s->status);
		man_line(s->meaning, out);
	}
	man_environment(command, out);
	man_examples(command, out);
	man_see_also(command, out);
	return 0;
}

/* ----------------------------------------------------------------- markdown */

static void put_escaped(const char *text, size_t len, const char *special, FILE *out)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(special, text[i]))
			fputc('\\', out);
		fputc(text[i], out);
	}
}

/* In a code span of a table only the table's own separator is special. */
static void put_code(const char *text, size_t len, FILE *out)
{
	put_escaped(text, len, "|", out);
}

static const struct style code = { "", "", "", " ", put_code };

static void markdown_default(const struct opts_option *o, FILE *out)
{
	if ((!o->env && !o->fallback) || strstr(o->help, "Default"))
		return;
	fputs(" Default: ", out);
	if (o->env)
		fprintf(out, "`$%s`", o->env);
	if (o->env && o->fallback)
		fputs(", else ", out);
	if (o->fallback) {
		fputc('`', out);
		put(o->fallback, &code, out);
		fputc('`', out);
	}
	fputc('.', out);
}

/* The options of the command's own tables, or those it shares with all. */
static void markdown_options(const struct opts_command *command, bool common, FILE *out)
{
	fputs("| option | meaning |\n| --- | --- |\n", out);
	for (const struct opts_option *const *table = command->tables; *table; table++)
		for (const struct opts_option *o = *table; o->name; o++) {
			if (!visible(o) || is_common(command, table) != common)
				continue;
			fputs("| `", out);
			put_head(o, &code, out);
			fputs("` | ", out);
			put_escaped(o->help, strlen(o->help), "\\`*<|", out);
			markdown_default(o, out);
			fputs(" |\n", out);
		}
}

static int print_markdown(const struct opts_command *command, FILE *out)
{
	markdown_options(command, false, out);
	return 0;
}

static int print_markdown_common(const struct opts_command *command, FILE *out)
{
	markdown_options(command, true, out);
	return 0;
}

static int print_markdown_statuses(const struct opts_command *command, FILE *out)
{
	(void)command;
	fputs("| status | meaning |\n| --- | --- |\n", out);
	for (const struct opts_status *s = opts_statuses; s->status; s++)
		fprintf(out, "| %s | %s |\n", s->status, s->meaning);
	return 0;
}

/* ------------------------------------------------------------------ options */

static const char *const value_names[] = {
	[OPTS_VALUE_NONE] = "text",
	[OPTS_VALUE_CHOICE] = "choice",
	[OPTS_VALUE_SCOPE] = "scope",
	[OPTS_VALUE_TARGET] = "target",
	[OPTS_VALUE_USER] = "user",
	[OPTS_VALUE_LIFETIME] = "lifetime",
	[OPTS_VALUE_DURATION] = "duration",
	[OPTS_VALUE_COLUMN] = "column",
	[OPTS_VALUE_ARRAY] = "array",
	[OPTS_VALUE_VARIABLE] = "variable",
	[OPTS_VALUE_ASSOC] = "assoc",
	[OPTS_VALUE_TOKEN] = "token",
	[OPTS_VALUE_TOKEN_NAME] = "token-name",
};

static const char *value_name(const struct opts_option *o)
{
	return o->kind == OPTS_FLAG   ? "flag" :
	       o->kind == OPTS_CHOICE ? "choice" :
					value_names[o->value];
}

static const char *flag_names(const struct opts_option *o)
{
	if (o->kind != OPTS_LIST)
		return "-";
	return o->flags & OPTS_COMMAS ? "repeat,commas" : "repeat";
}

/* Bytes of the first sentence, without its full stop. */
static size_t sentence(const char *text)
{
	const char *end = strstr(text, ". ");
	size_t length = end ? (size_t)(end - text) : strlen(text);

	return length && text[length - 1] == '.' ? length - 1 : length;
}

static int print_options(const struct opts_command *command, FILE *out)
{
	opts_for_each(o, command)
	{
		if (!visible(o))
			continue;
		fprintf(out, "%c\t%s\t%s\t%s\t%s\t%s\t%.*s\n", o->letter ? o->letter : '-', o->name,
			value_name(o), o->choices ? o->choices : "-", flag_names(o),
			o->group ? o->group : "-", (int)sentence(o->help), o->help);
	}
	fprintf(out, "-\t-\t%s\t-\t%s\t-\t%s\n",
		command->max_operands ? value_names[command->operand_value] : "none",
		command->max_operands > 1 ? "repeat" : "-",
		command->operands[0] ? command->operands : "-");
	return 0;
}

int opts_print(const struct opts_command *command, const char *format, FILE *out)
{
	static const struct {
		const char *name;
		int (*print)(const struct opts_command *command, FILE *out);
	} formats[] = {
		{ "text", print_text },
		{ "man", print_man },
		{ "markdown", print_markdown },
		{ "markdown-common", print_markdown_common },
		{ "markdown-statuses", print_markdown_statuses },
		{ "options", print_options },
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (strcmp(format, formats[i].name) == 0)
			return formats[i].print(command, out);
	return -1;
}
