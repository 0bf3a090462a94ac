/* SPDX-License-Identifier: GPL-3.0-or-later */
/* candidates.h - the words that could stand at the cursor. */
#ifndef COMPLETE_CANDIDATES_H
#define COMPLETE_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "coder.h"

struct candidate {
	char *text; /* the whole value, without what stands before it in its word */
	char *description; /* for a person, or NULL */
	bool open; /* more belongs to the word: no blank after it */
};

/* A growing list. The first three members, which the owner sets, say what is added to it. */
struct candidates {
	const char *prefix; /* what every candidate begins with */
	const struct coder_strings *given; /* values that the line has already; they are left out */
	bool described; /* candidates keep their descriptions, which will be shown */
	struct candidate *v;
	size_t n, cap;
};

/* Frees the candidates. Zeroed memory is an empty list. */
void candidates_done(struct candidates *list);
/* Appends copies of the texts, unless the list does not want them. description may be NULL. */
int candidates_add(struct candidates *list, const char *text, const char *description,
		   struct coder_error *err);
/* Sorts the candidates from that index on and removes duplicates among them. */
void candidates_sort(struct candidates *list, size_t from);

#endif
