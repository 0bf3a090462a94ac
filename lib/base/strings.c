/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strings.c - see strings.h. */
#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "grow.h"
#include "strings.h"

uint64_t coder_hash(uint64_t begin, const char *text)
{
	uint64_t hash = begin;

	do
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	while (*text++);
	return hash;
}

uint64_t coder_hash_pair(const char *first, const char *second)
{
	return coder_hash(coder_hash(CODER_HASH_BEGIN, first), second) | 1;
}

void coder_strings_done(struct coder_strings *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	free(list->v);
	*list = (struct coder_strings){ 0 };
}

int coder_strings_add_len(struct coder_strings *list, const char *s, size_t len,
			  struct coder_error *err)
{
	char **v = coder_grow(list->v, list->n, &list->cap, sizeof(*v));

	if (!v)
		return coder_error_memory(err);
	list->v = v;
	v[list->n] = strndup(s, len);
	if (!v[list->n])
		return coder_error_memory(err);
	list->n++;
	return 0;
}

int coder_strings_add(struct coder_strings *list, const char *s, struct coder_error *err)
{
	return coder_strings_add_len(list, s, strlen(s), err);
}

int coder_strings_add_all(struct coder_strings *list, const struct coder_strings *from,
			  struct coder_error *err)
{
	for (size_t i = 0; i < from->n; i++)
		if (coder_strings_add(list, from->v[i], err) < 0)
			return -1;
	return 0;
}

bool coder_list_next(const char **list, const char **ret_item, size_t *ret_len)
{
	const char *begin = *list, *end;

	if (!begin)
		return false;
	end = strchrnul(begin, ',');
	*list = *end ? end + 1 : NULL;
	while (begin < end && ascii_is_blank(*begin))
		begin++;
	while (end > begin && ascii_is_blank(end[-1]))
		end--;
	*ret_item = begin;
	*ret_len = (size_t)(end - begin);
	return true;
}

#define LIST_SHOWN 80 /* bytes of a list that a message quotes */

int coder_list_blame(const char *list, size_t i, struct coder_error *err)
{
	const size_t n = coder_list_count(list);

	if (n == 1)
		return -1;
	if (strlen(list) <= LIST_SHOWN)
		return coder_error_wrap(err, "word %zu of '%s'", i + 1, list);
	return coder_error_wrap(err, "word %zu of %zu", i + 1, n);
}

size_t coder_list_count(const char *list)
{
	size_t n = 1;

	for (; *list; list++)
		n += *list == ',';
	return n;
}

int coder_strings_split(struct coder_strings *list, const char *value, const char *empty,
			struct coder_error *err)
{
	const char *rest = value, *item;
	size_t len;

	for (size_t i = 0; coder_list_next(&rest, &item, &len); i++) {
		if (!len) {
			coder_error_set(err, CODER_ERR_USAGE, "%s", empty);
			return coder_list_blame(value, i, err);
		}
		if (coder_strings_add_len(list, item, len, err) < 0)
			return -1;
	}
	return 0;
}

bool coder_strings_has(const struct coder_strings *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i], s) == 0)
			return true;
	return false;
}

bool coder_strings_join(const struct coder_strings *list, const char *separator, struct buf *out)
{
	for (size_t i = 0; i < list->n; i++)
		if (!buf_add_str(out, i ? separator : "") || !buf_add_str(out, list->v[i]))
			return false;
	return true;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void coder_strings_sort(struct coder_strings *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof(*list->v), compare);
}

#define WORD_MAX 64 /* for longer words no nearest one is looked for */

/*
 * The edit distance: how many letters have to be inserted, removed, replaced or swapped with their
 * neighbour to turn a into b, ignoring case. Keeps only three rows of the usual matrix.
 */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			char ca = ascii_lower(a[i - 1]), cb = ascii_lower(b[j - 1]);

			row[j] = above[j - 1] + (ca != cb);
			if (above[j] + 1 < row[j])
				row[j] = above[j] + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			if (i > 1 && j > 1 && ca == ascii_lower(b[j - 2]) &&
			    cb == ascii_lower(a[i - 2]) && above2[j - 2] + 1 < row[j])
				row[j] = above2[j - 2] + 1;
		}
	}
	return rows[a_len % 3][b_len];
}

const char *coder_nearest(const char *word, const char *const *candidates, size_t n)
{
	size_t len = strlen(word), best = (len + 5) / 3;
	const char *found = NULL;

	if (len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t candidate_len = strlen(candidates[i]), d;

		if (candidate_len > WORD_MAX)
			continue;
		d = distance(word, len, candidates[i], candidate_len);
		if (d < best) {
			best = d;
			found = candidates[i];
		}
	}
	return found;
}
