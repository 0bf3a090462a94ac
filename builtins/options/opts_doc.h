/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_doc.h - what the writers of documentation share; only for files of this room. */
#ifndef OPTS_DOC_H
#define OPTS_DOC_H

#include <string.h>

#include "opts.h"

/* A text that grows, and whether it has lost a part because there was no memory. */
struct opts_out {
	struct buf text;
	bool failed;
};

void opts_add_bytes(struct opts_out *out, const char *data, size_t len);
static inline void opts_add(struct opts_out *out, const char *text)
{
	opts_add_bytes(out, text, strlen(text));
}
static inline void opts_add_char(struct opts_out *out, char c)
{
	out->failed = out->failed || !buf_add_char(&out->text, c);
}
void opts_add_blanks(struct opts_out *out, size_t n);
#define opts_addf(out, ...) ((out)->failed = (out)->failed || !buf_addf(&(out)->text, __VA_ARGS__))

/* How the parts of an option look in a format. */
struct style {
	const char *bold, *italic, *roman; /* what switches to these fonts */
	const char *separator; /* between the items of the usage */
	/* writes text, escaped */
	void (*put)(const char *text, size_t len, const struct style *style, struct opts_out *out);
	const char *blank; /* man pages: what a blank becomes */
	const char *special; /* Markdown: the characters that get a backslash */
};

/* Without any markup. */
extern const struct style opts_plain;

/* Writes a whole text, escaped. */
static inline void opts_put(const char *text, const struct style *style, struct opts_out *out)
{
	style->put(text, strlen(text), style, out);
}
/* "-n" or "--name" */
void opts_put_name(const struct opts_option *o, bool letter, const struct style *style,
		   struct opts_out *out);
/* "-n, --name NAME". In the usage (brief) only "-n NAME", or "--name NAME" if there is no letter. */
void opts_put_head(const struct opts_option *o, bool brief, const struct style *style,
		   struct opts_out *out);
/* All items of the usage, each after a separator: "[-n NAME] [COMMON OPTION]... [NAME]". */
void opts_put_usage(const struct opts_command *command, const struct style *style,
		    struct opts_out *out);
/* The name and the usage, wrapped as by opts_put_wrapped(). */
void opts_put_wrapped_usage(const struct opts_command *command, size_t first, size_t indent,
			    struct opts_out *out);

/* Whether this table of the command has the options that all commands have. */
static inline bool opts_is_common(const struct opts_command *command,
				  const struct opts_option *const *table)
{
	return table != command->tables && !table[1];
}

/* Where a text may be broken. */
enum breaks {
	BREAK_PROSE, /* at any blank */
	BREAK_USAGE, /* not within brackets */
	BREAK_COMMAND, /* not within quotes, best before an option or operator; adds a backslash */
};

/* The width of a text in terminal columns: one for each character. */
size_t opts_columns(const char *text);

/*
 * Writes a text in lines of at most 75 columns. The first line begins at the cursor, which is in
 * column `first`; the others begin with `indent` blanks.
 */
void opts_put_wrapped(const char *text, size_t first, size_t indent, enum breaks breaks,
		      const struct style *style, struct opts_out *out);

/* The formats of opts_print(). */
void opts_print_text(const struct opts_command *command, struct opts_out *out);
void opts_print_man(const struct opts_command *command, struct opts_out *out);
void opts_print_markdown(const struct opts_command *command, struct opts_out *out);
void opts_print_markdown_common(const struct opts_command *command, struct opts_out *out);
void opts_print_markdown_terms(const struct opts_command *command, struct opts_out *out);
void opts_print_markdown_statuses(const struct opts_command *command, struct opts_out *out);

#endif
