/* SPDX-License-Identifier: GPL-3.0-or-later */
/* candidates.c - see candidates.h. */
#include "candidates.h"
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

void candidates_done(struct candidates *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].text);
		free(list->v[i].description);
	}
	free(list->v);
	*list = (struct candidates){ 0 };
}

int candidates_add(struct candidates *list, const char *text, const char *description,
		   struct coder_error *err)
{
	struct candidate *v, candidate = { 0 };

	if (strncmp(text, list->prefix, strlen(list->prefix)) != 0 ||
	    coder_strings_has(list->given, text))
		return 0;
	if (!list->described)
		description = NULL;
	v = coder_grow(list->v, list->n, &list->cap, sizeof(*v));
	if (!v)
		return coder_error_memory(err);
	list->v = v;
	candidate.text = strdup(text);
	candidate.description = description ? strdup(description) : NULL;
	if (!candidate.text || (description && !candidate.description)) {
		free(candidate.text);
		free(candidate.description);
		return coder_error_memory(err);
	}
	v[list->n++] = candidate;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct candidate *)a)->text, ((const struct candidate *)b)->text);
}

void candidates_sort(struct candidates *list, size_t from)
{
	size_t kept = from;

	if (list->n - from > 1)
		qsort(list->v + from, list->n - from, sizeof(*list->v), compare);
	for (size_t i = from; i < list->n; i++) {
		if (kept > from && strcmp(list->v[kept - 1].text, list->v[i].text) == 0) {
			free(list->v[i].text);
			free(list->v[i].description);
		} else {
			list->v[kept++] = list->v[i];
		}
	}
	list->n = kept;
}
