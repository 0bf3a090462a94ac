/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_doc.c - the documentation of a command, made from its option tables; see opts.h. */
#include "opts_doc.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ writing */

void opts_add_bytes(struct opts_out *out, const char *data, size_t len)
{
	if (len)
		out->failed = out->failed || !buf_add(&out->text, data, len);
}

void opts_add_blanks(struct opts_out *out, size_t n)
{
	static const char blanks[] = "                                        ";

	for (; n > sizeof(blanks) - 1; n -= sizeof(blanks) - 1)
		opts_add_bytes(out, blanks, sizeof(blanks) - 1);
	opts_add_bytes(out, blanks, n);
}

static void put_plain(const char *text, size_t len, const struct style *style, struct opts_out *out)
{
	(void)style;
	opts_add_bytes(out, text, len);
}

const struct style opts_plain = { "", "", "", " ", put_plain, NULL, NULL };

/* -------------------------------------------------------------------- usage */

void opts_put_name(const struct opts_option *o, bool letter, const struct style *style,
		   struct opts_out *out)
{
	opts_add(out, style->bold);
	opts_put(letter ? "-" : "--", style, out);
	style->put(letter ? &o->letter : o->name, letter ? 1 : strlen(o->name), style, out);
	opts_add(out, style->roman);
}

void opts_put_head(const struct opts_option *o, bool brief, const struct style *style,
		   struct opts_out *out)
{
	if (o->letter)
		opts_put_name(o, true, style, out);
	if (o->letter && !brief)
		opts_put(", ", style, out);
	if (!o->letter || !brief)
		opts_put_name(o, false, style, out);
	if (opts_metavariable(o)) {
		opts_put(" ", style, out);
		opts_add(out, style->italic);
		opts_put(opts_metavariable(o), style, out);
		opts_add(out, style->roman);
	}
}

/*
 * Writes an option. For the first one of a group it writes the whole group ("[--expire |
 * --delete]"), and for the others of the group nothing.
 */
static void put_item(const struct opts_command *command, const struct opts_option *option,
		     const struct style *style, struct opts_out *out)
{
	size_t n = 0;

	opts_for_each(o, command)
	{
		if (o != option && (!option->group || !o->group || o->flags & OPTS_HIDDEN ||
				    strcmp(o->group, option->group) != 0))
			continue;
		if (!n && o != option)
			return;
		opts_add(out, n ? "" : style->separator);
		opts_put(n++ ? " | " : "[", style, out);
		opts_put_head(o, true, style, out);
	}
	opts_add(out, n == 1 && option->kind == OPTS_LIST ? "]..." : "]");
}

void opts_put_usage(const struct opts_command *command, const struct style *style,
		    struct opts_out *out)
{
	for (const struct opts_option *const *table = command->tables; *table; table++) {
		if (opts_is_common(command, table)) {
			opts_add(out, style->separator);
			opts_add_char(out, '[');
			opts_put("COMMON OPTION", style, out);
			opts_add(out, "]...");
			break;
		}
		for (const struct opts_option *o = *table; o->name; o++)
			if (!(o->flags & OPTS_HIDDEN))
				put_item(command, o, style, out);
	}
	if (command->operands[0]) {
		opts_add(out, style->separator);
		opts_put(command->operands, style, out);
	}
}

void opts_put_wrapped_usage(const struct opts_command *command, size_t first, size_t indent,
			    struct opts_out *out)
{
	struct opts_out line = { 0 };

	opts_add(&line, command->name);
	opts_put_usage(command, &opts_plain, &line);
	if (!line.failed)
		opts_put_wrapped(line.text.data, first, indent, BREAK_USAGE, &opts_plain, out);
	out->failed = out->failed || line.failed;
	buf_done(&line.text);
}

char *opts_usage(const struct opts_command *command)
{
	struct opts_out out = { 0 };
	char *usage;

	/* after a usage error bash prints more in front of it than in its help */
	opts_put_wrapped_usage(command, strlen(command->name) + strlen(": usage: "), 6, &out);
	usage = out.failed ? NULL : buf_detach(&out.text);
	if (usage)
		usage[strlen(usage) - 1] = '\0'; /* bash ends the last line */
	else
		buf_done(&out.text);
	return usage;
}

/* ------------------------------------------------------------------ formats */

int opts_print(const struct opts_command *command, const char *format, struct buf *ret)
{
	static const struct {
		const char *name;
		void (*print)(const struct opts_command *command, struct opts_out *out);
	} formats[] = {
#define FORMAT(name, print) { name, print },
		OPTS_FORMATS(FORMAT, )
#undef FORMAT
	};

	struct opts_out out = { 0 };
	size_t i = 0;

	while (i < sizeof(formats) / sizeof(*formats) && strcmp(format, formats[i].name) != 0)
		i++;
	if (i == sizeof(formats) / sizeof(*formats))
		return -1;
	formats[i].print(command, &out);
	if (out.failed) {
		buf_done(&out.text);
		return -1;
	}
	*ret = out.text;
	return 0;
}
