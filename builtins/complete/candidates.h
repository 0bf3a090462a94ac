/* SPDX-License-Identifier: GPL-3.0-or-later */
/* candidates.h - the words that can be completed at the cursor. */
#ifndef COMPLETE_CANDIDATES_H
#define COMPLETE_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "coder.h"

struct candidate {
	char *text; /* the whole value, without the part of the word before it ("--scope=") */
	char *description; /* or NULL */
	bool open; /* the word is not complete with it, so no blank follows */
};

/* A growing list. The owner sets the first three members, which decide what is added. */
struct candidates {
	const char *prefix; /* candidates that do not begin with it are left out */
	const struct coder_strings *given; /* and so are those that the line has already */
	bool described; /* whether descriptions are kept, because they will be shown */
	struct candidate *v;
	size_t n, cap;
};

/* Frees the candidates. Zeroed memory is an empty list. */
void candidates_done(struct candidates *list);
/* Appends a candidate with copies of the texts, or leaves it out. description may be NULL. */
int candidates_add(struct candidates *list, const char *text, const char *description,
		   struct coder_error *err);
/* Sorts the candidates from that index on and removes duplicates among them. */
void candidates_sort(struct candidates *list, size_t from);

#endif
