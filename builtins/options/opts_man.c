/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_man.c - the documentation of a command as a man page; see opts.h. */
#include "base/ascii.h"
#include "base/text.h"
#include "opts.h"
#include "opts_doc.h"

#include <string.h>

static void put_man(const char *text, size_t len, const struct style *style, struct opts_out *out)
{
	if (len && text[0] == '.')
		opts_add(out, "\\&");
	for (size_t i = 0; i < len;) {
		char c = text[i];

		if ((unsigned char)c >= 0x80) {
			uint32_t code = 0;
			size_t n = coder_utf8_decode(text + i, &code);

			i += n ? n : 1;
			opts_addf(out, "\\[u%04X]", (unsigned)code);
			continue;
		}
		opts_add(out, c == ' '	? style->blank :
			      c == '\\' ? "\\e" :
			      c == '-'	? "\\-" :
			      c == '\'' ? "\\(aq" :
			      c == '"'	? "\\(dq" :
			      c == '`'	? "\\(ga" :
			      c == '^'	? "\\(ha" :
			      c == '~'	? "\\(ti" :
					  (const char[]){ c, '\0' });
		i++;
	}
}

static const struct style man_prose = { "\\fB", "\\fI", "\\fR", " ", put_man, " ", NULL };
static const struct style man_item = { "\\fB", "\\fI", "\\fR", "\n", put_man, "\\ ", NULL };

static void man_line(const char *text, struct opts_out *out)
{
	opts_put(text, &man_prose, out);
	opts_add_char(out, '\n');
}

static void man_head(const struct opts_command *command, struct opts_out *out)
{
	opts_add(out, ".TH ");
	for (const char *c = command->name; *c; c++)
		opts_add_char(out, ascii_upper(*c));
	opts_add(out, " 1 \"\" \"coder_tokens\" \"Bash loadable builtins\"\n");
	/* no hyphenation, which would break names; one blank between sentences */
	opts_add(out, ".nh\n.nr HY 0\n.ss 12 0\n.SH NAME\n");
	opts_addf(out, "%s \\- ", command->name);
	man_line(command->summary, out);
	opts_addf(out, ".SH SYNOPSIS\n.SY %s", command->name);
	opts_put_usage(command, &man_item, out);
	opts_add(out, "\n.YS\n.SH DESCRIPTION\n");
	for (const char *const *p = command->description; p && *p; p++) {
		opts_add(out, ".PP\n");
		man_line(*p, out);
	}
}

static void man_options(const struct opts_command *command, struct opts_out *out)
{
	opts_add(out, ".SH OPTIONS\n");
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		if (opts_is_common(command, table))
			opts_add(out, ".SS Common options\n");
		for (const struct opts_option *o = *table; o->name; o++) {
			if (o->flags & OPTS_HIDDEN)
				continue;
			opts_add(out, ".TP\n");
			opts_put_head(o, false, &man_item, out);
			opts_add_char(out, '\n');
			man_line(o->help, out);
		}
	}
}

static void man_environment(const struct opts_command *command, struct opts_out *out)
{
	const char *heading = ".SH ENVIRONMENT\n";

	opts_for_each(o, command)
	{
		if (o->flags & OPTS_HIDDEN || !o->env)
			continue;
		opts_addf(out, "%s.TP\n\\fB%s\\fR\nStands in for ", heading, o->env);
		opts_put_name(o, false, &man_item, out);
		opts_add(out, " when that is not given; need not be exported.");
		if (o->fallback) {
			opts_add(out, " When unset or empty: ");
			opts_put(o->fallback, &man_prose, out);
			opts_add_char(out, '.');
		}
		opts_add_char(out, '\n');
		heading = "";
	}
}

static void man_examples(const struct opts_command *command, struct opts_out *out)
{
	const char *const *e = command->examples;

	if (e && *e)
		opts_add(out, ".SH EXAMPLES\n");
	for (; e && *e; e += 2) {
		opts_add(out, ".PP\n");
		man_line(e[0], out);
		opts_add(out, ".PP\n.RS 4\n.nf\n");
		opts_put_wrapped(e[1], 11, 2, BREAK_COMMAND, &man_prose, out);
		opts_add(out, ".fi\n.RE\n");
	}
}

static void man_see_also(const struct opts_command *command, struct opts_out *out)
{
	const char *separator = ".SH SEE ALSO\n";
	size_t own = strlen(command->name);

	for (const char *const *page = command->see_also; page && *page; page++) {
		size_t length = strcspn(*page, "(");

		if (length == own && memcmp(*page, command->name, own) == 0)
			continue;
		opts_addf(out, "%s\\fB", separator);
		put_man(*page, length, &man_prose, out);
		opts_addf(out, "\\fR%s", *page + length);
		separator = ",\n";
	}
	if (*separator == ',')
		opts_add_char(out, '\n');
}

void opts_print_man(const struct opts_command *command, struct opts_out *out)
{
	const struct opts_terms *terms = command->terms;
	const char *name, *meaning;

	man_head(command, out);
	man_options(command, out);
	for (size_t i = 0; terms && terms->row(i, &name, &meaning); i++) {
		if (i == 0)
			opts_addf(out, ".SS %s\n", terms->title);
		opts_add(out, ".TP\n\\fB");
		opts_put(name, &man_item, out);
		opts_add(out, "\\fR\n");
		man_line(meaning, out);
	}
	opts_add(out, ".SH EXIT STATUS\n");
	for (const struct opts_status *s = command->statuses; s->status; s++) {
		opts_addf(out, ".TP\n\\fB%s\\fR\n", s->status);
		man_line(s->meaning, out);
	}
	man_environment(command, out);
	man_examples(command, out);
	man_see_also(command, out);
}
