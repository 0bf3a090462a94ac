/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h - the words that a command gets from an option that takes comma lists and from one that
 * names an array, and which of them an error is about.
 */
#ifndef WORDS_H
#define WORDS_H

#include "coder.h"
#include "options/opts.h"

struct words {
	const char *option;
	const struct opts_list *given; /* the values of that option */
	const char *array_option, *array; /* the option and the array that it names; or NULL */
	struct coder_strings v; /* the words, trimmed, those of the array last */
	struct coder_strings elements; /* of the array, each a comma list, too */
};
void words_done(struct words *words);

/*
 * Sets the words; the options are set before. An empty word, and an array that is absent or empty,
 * are usage errors. empty: the message about an empty word.
 */
int words_read(struct words *words, const char *empty, struct coder_error *err);

/*
 * Adds to an error about the word number i where it comes from: "--scope: word 2 of 'a,b'". Returns
 * -1.
 */
int words_blame(const struct words *words, size_t i, struct coder_error *err);

#endif
