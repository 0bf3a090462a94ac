/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.h - splits a command line into words as the shell does, but without evaluating anything; quotes words. */
#ifndef COMPLETE_LINE_H
#define COMPLETE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "coder.h"

/* The command at the cursor, up to the next operator. */
struct line {
	struct coder_strings words; /* without quotes, redirections, and the word at the cursor */
	bool *expands; /* for each: it contains an expansion, so that its value is not known */
	size_t at; /* how many of them are before the cursor */
	char *word; /* the word at the cursor, up to the cursor */
	bool word_expands; /* it contains an expansion */
	bool redirection; /* it is the file of a redirection */
	size_t kept; /* bytes at the beginning of word that readline does not replace */
	char quote; /* ' or " if the cursor is inside quotes, else 0 */
};

void line_done(struct line *line);
/* breaks: readline's word breaks, $COMP_WORDBREAKS. Fails only if there is no memory. */
int line_read(struct line *line, const char *before, const char *after, const char *breaks,
	      struct coder_error *err);
/*
 * Returns the line before the cursor with its first word expanded if that is an alias. Each
 * alias is expanded once, as bash does, so that aliases which refer to each other end. The
 * caller frees it. NULL: no memory.
 */
char *line_expand_aliases(const char *before, struct coder_error *err);
/*
 * Appends text so that the shell reads it back unchanged inside quote (0: outside quotes);
 * first: at the beginning of a word. Returns false if there is no memory, or if text cannot be
 * written there (control characters inside quotes).
 */
bool line_quote(struct buf *out, const char *text, char quote, bool first);

#endif
