/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readline.h - candidates in the form in which readline inserts or lists them. */
#ifndef COMPLETE_READLINE_H
#define COMPLETE_READLINE_H

#include <stddef.h>

#include "candidates.h"
#include "coder.h"
#include "line.h"

/*
 * Appends each candidate as readline inserts it in place of the word at the cursor.
 * value_at: where in the word the completed value begins.
 */
int readline_words(const struct line *line, size_t value_at, const struct candidates *candidates,
		   struct coder_strings *ret, struct coder_error *err);
/* Appends each candidate with its description, padded so that readline prints one on each line. */
int readline_list(const struct candidates *candidates, struct coder_strings *ret,
		  struct coder_error *err);

#endif
