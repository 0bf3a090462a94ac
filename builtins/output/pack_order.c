/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pack_order.c - sorts the tokens of a pack; see pack.h and pack_order.h. */
#include <stdlib.h>
#include <string.h>

#include "pack_order.h"

#define NO_TIME UINT64_MAX /* after all times, in either direction */

struct sorting {
	struct pack_reader *reader;
	enum pack_kind kind;
	const void *member; /* of the token that was read last */
	bool descending, stopped;
	char **list; /* room for a second list beside that of the reader */
};

/* What to sort by, of the token that was read last. */
static const char *text(const struct sorting *s)
{
	const char *value = *(char *const *)s->member;

	return value ? value : "";
}

/* The list with its entries sorted, in that memory. */
static struct coder_strings sorted_list(const struct sorting *s, char **into)
{
	struct coder_strings list = *(const struct coder_strings *)s->member;

	if (list.n)
		memcpy(into, list.v, list.n * sizeof(*into));
	list.v = into;
	coder_strings_sort(&list);
	return list;
}

/*
 * The key of the token that was read last: the first bytes of its text, or of the first entry of its
 * list, or its time in microseconds. For "never", servers send the year 1 or 1970.
 */
static uint64_t key(const struct sorting *s)
{
	struct coder_error ignored;
	const char *value = "";
	uint64_t begin = 0;
	int64_t seconds;

	if (s->kind == PACK_LIST) {
		struct coder_strings list = sorted_list(s, s->list);

		if (list.n)
			value = list.v[0];
	} else {
		value = text(s);
	}
	if (s->kind == PACK_TIME) {
		if (!*value || coder_time_parse(value, &seconds, &ignored) < 0 || seconds <= 0)
			return NO_TIME;
		return (uint64_t)seconds * 1000000 + (uint64_t)coder_time_fraction(value) / 1000;
	}
	for (size_t i = 0; i < sizeof(begin); i++)
		begin = begin << 8 | (unsigned char)(*value ? *value++ : 0);
	return begin;
}

/* ---------------------------------------------------------------- sorting */

static int compare_lists(const struct sorting *s, const char *a, const char *b)
{
	struct coder_strings x, y;
	int rc = 0;

	pack_record(s->reader, a);
	x = sorted_list(s, s->list);
	pack_record(s->reader, b);
	y = sorted_list(s, s->list + s->reader->pack->longest_list);
	for (size_t i = 0; i < x.n && i < y.n && rc == 0; i++)
		rc = strcmp(x.v[i], y.v[i]);
	return rc ? rc : (x.n > y.n) - (x.n < y.n);
}

/* Compares records whose keys are equal. */
static int compare_ties(const struct sorting *s, const char *a, const char *b)
{
	const char *first;
	int64_t fraction;

	if (s->kind == PACK_LIST)
		return compare_lists(s, a, b);
	pack_record(s->reader, a);
	first = text(s);
	fraction = s->kind == PACK_TIME ? coder_time_fraction(first) : 0;
	pack_record(s->reader, b); /* it overwrites the text of a time */
	if (s->kind != PACK_TIME)
		return strcmp(first, text(s));
	fraction -= coder_time_fraction(text(s));
	return (fraction > 0) - (fraction < 0);
}

/* Whether the sorting has been ended. */
static bool is_stopped(struct sorting *s)
{
	const struct pack_order *order = &s->reader->order;

	s->stopped = s->stopped || (order->goes_on && !order->goes_on(order->ctx));
	return s->stopped;
}

static int compare(struct sorting *s, const struct pack_place *a, const struct pack_place *b)
{
	int rc;

	if (is_stopped(s)) /* the rest takes a moment if nothing is compared */
		return 0;
	if (s->kind == PACK_TIME && (a->begin == NO_TIME || b->begin == NO_TIME))
		return (a->begin == NO_TIME) - (b->begin == NO_TIME);
	if (a->begin != b->begin)
		rc = a->begin < b->begin ? -1 : 1;
	else
		rc = compare_ties(s, a->record, b->record);
	return s->descending ? -rc : rc;
}

/* A stable sort, which qsort() is not. spare has room for half of the places. */
static void merge_sort(struct sorting *s, struct pack_place *v, size_t n, struct pack_place *spare)
{
	const size_t half = n / 2;
	size_t i = 0, j = half, k = 0;

	if (n < 2)
		return;
	merge_sort(s, v, half, spare);
	merge_sort(s, v + half, n - half, spare);
	if (compare(s, &v[half - 1], &v[half]) <= 0)
		return;
	memcpy(spare, v, half * sizeof(*v));
	while (i < half && j < n)
		v[k++] = compare(s, &spare[i], &v[j]) <= 0 ? spare[i++] : v[j++];
	memcpy(v + k, spare + i, (half - i) * sizeof(*v));
}

bool pack_sort(struct pack_reader *reader)
{
	const size_t n = reader->pack->n;
	struct sorting s = {
		.reader = reader,
		.kind = pack_kind(reader->order.member),
		.member = (const char *)&reader->token + reader->order.member,
		.descending = reader->order.descending,
		.list = calloc(2 * reader->pack->longest_list + 1, sizeof(*s.list)),
	};
	struct pack_place *spare = calloc(n / 2 + 1, sizeof(*spare));
	bool sorted = false;

	reader->places = calloc(n + 1, sizeof(*reader->places));
	if (s.list && spare && reader->places) {
		for (size_t i = 0; i < n && !is_stopped(&s); i++) {
			const char *record = pack_next_added(reader);

			reader->at = pack_record(reader, record);
			reader->places[i] = (struct pack_place){ key(&s), record };
		}
		merge_sort(&s, reader->places, n, spare);
		sorted = !s.stopped;
	}
	free(s.list);
	free(spare);
	return sorted;
}
