/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.h - takes a command line apart as the shell would, evaluating nothing, and quotes words for it. */
#ifndef COMPLETE_LINE_H
#define COMPLETE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "coder.h"

/* The command at the cursor, up to the next operator. */
struct line {
	struct coder_strings words; /* without quotes and redirections; not the one at the cursor */
	bool *expands; /* of words: contains an expansion, so that its value is not known */
	size_t at; /* how many of words stand before the cursor */
	char *word; /* the word at the cursor, up to the cursor */
	bool word_expands; /* it contains an expansion */
	bool redirection; /* it is the file of a redirection */
	size_t kept; /* bytes at the beginning of word that readline leaves alone */
	char quote; /* ' or " if the cursor stands inside of quotes, else 0 */
};

void line_done(struct line *line);
/* breaks: readline's word breaks, $COMP_WORDBREAKS. Returns 0 or -1 (no memory). */
int line_read(struct line *line, const char *before, const char *after, const char *breaks,
	      struct coder_error *err);
/*
 * The line before the cursor, its first word expanded if that is an alias. Each
 * alias is expanded once, as bash does it, so that aliases that refer to each
 * other end. Heap; NULL: no memory.
 */
char *line_expand_aliases(const char *before, struct coder_error *err);
/*
 * Appends text so that the shell reads it back unchanged inside of quote (0:
 * outside of quotes), at the beginning of a word if first. false: no memory, or
 * text cannot stand there (control characters inside of quotes).
 */
bool line_quote(struct buf *out, const char *text, char quote, bool first);

#endif
