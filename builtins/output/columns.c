/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - the columns that tables and TSV show of tokens; see columns.h. */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ cells */

const char *output_owner(const struct coder_token *token)
{
	if (token->username)
		return token->username;
	return token->owner ? token->owner : "";
}

/* What a cell is written from, and where to. */
struct cell {
	struct buf *out;
	const struct coder_token *token;
	const void *member;
	enum coder_notation notation;
	struct output_sorted *sorted;
};

static bool add_text(const struct cell *cell)
{
	return coder_escape(cell->out, *(char *const *)cell->member, cell->notation);
}

static bool add_owner(const struct cell *cell)
{
	return coder_escape(cell->out, output_owner(cell->token), cell->notation);
}

static bool add_time(const struct cell *cell)
{
	char time[40];

	coder_time_display(*(char *const *)cell->member, time);
	return coder_escape(cell->out, time, cell->notation);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool output_sorted_reserve(struct output_sorted *sorted, size_t n)
{
	const char **v;

	if (n <= sorted->cap)
		return true;
	v = reallocarray(sorted->v, n, sizeof(*v));
	if (!v)
		return false;
	sorted->v = v;
	sorted->cap = n;
	return true;
}

/* A list that an old server did not send is an empty cell, as in the reference CLI. */
static bool add_list(const struct cell *cell)
{
	const struct coder_strings *list = cell->member;
	const char **sorted;
	bool ok = true;

	if (!output_sorted_reserve(cell->sorted, list->n))
		return false;
	sorted = cell->sorted->v;
	for (size_t i = 0; i < list->n; i++)
		sorted[i] = list->v[i];
	if (list->n > 1)
		qsort(sorted, list->n, sizeof(*sorted), compare_strings);
	for (size_t i = 0; i < list->n && ok; i++)
		ok = buf_add_str(cell->out, i ? ", " : "") &&
		     coder_escape(cell->out, sorted[i], cell->notation);
	return ok;
}

/* -------------------------------------------------------------- the table */

static const struct column {
	const char *name;
	bool (*add)(const struct cell *cell);
	size_t offset; /* of the member */
	unsigned flags;
} known[] = {
#define COLUMN(name, kind, member, flags) \
	{ name, add_##kind, offsetof(struct coder_token, member), flags },
	OUTPUT_COLUMNS(COLUMN, )
#undef COLUMN
};
#define N_KNOWN (sizeof(known) / sizeof(*known))
_Static_assert(N_KNOWN <= OUTPUT_SHOWN_MAX, "a table can show all columns");

const char *output_column_name(size_t column)
{
	return known[column].name;
}

size_t output_column_member(size_t column)
{
	return known[column].offset;
}

bool output_cell(struct buf *out, size_t column, const struct coder_token *token,
		 enum coder_notation notation, struct output_sorted *sorted)
{
	const struct cell cell = {
		.out = out,
		.token = token,
		.member = (const char *)token + known[column].offset,
		.notation = notation,
		.sorted = sorted,
	};

	return known[column].add(&cell);
}

void output_columns_default(struct output_columns *ret, bool owner)
{
	ret->n = 0;
	for (size_t i = 0; i < N_KNOWN; i++)
		if (owner || !(known[i].flags & COLUMN_NEEDS_OWNER))
			ret->v[ret->n++] = (unsigned char)i;
}

bool output_columns_have(const struct output_columns *columns, unsigned flag)
{
	for (size_t i = 0; i < columns->n; i++)
		if (known[columns->v[i]].flags & flag)
			return true;
	return false;
}

/* ---------------------------------------------------------------- parsing */

/* Whether the text is that name, in any case and with _ for a blank. */
static bool is_name(const char *name, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i] == '_' ? ' ' : ascii_lower(text[i]);

		if (!name[i] || name[i] != c)
			return false;
	}
	return !name[len];
}

static int bad_column(const char *text, size_t len, struct coder_error *err)
{
	const char *names[N_KNOWN], *nearest;
	char word[256];

	snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word)), text);
	for (size_t i = 0; i < N_KNOWN; i++)
		names[i] = known[i].name;
	nearest = coder_nearest(word, names, N_KNOWN);
	if (nearest)
		return coder_error_set(
			err, CODER_ERR_USAGE,
			"%s: invalid column; did you mean '%s'? want some of " OUTPUT_COLUMN_NAMES(
				","),
			word, nearest);
	return coder_error_set(err, CODER_ERR_USAGE,
			       "%s: invalid column; want some of " OUTPUT_COLUMN_NAMES(","),
			       *word ? word : "''");
}

static int add_column(struct output_columns *columns, const char *text, size_t len,
		      struct coder_error *err)
{
	size_t i = 0;

	while (i < N_KNOWN && !is_name(known[i].name, text, len))
		i++;
	if (i == N_KNOWN)
		return bad_column(text, len, err);
	if (columns->n == OUTPUT_SHOWN_MAX)
		return coder_error_set(err, CODER_ERR_USAGE, "more than %d columns",
				       OUTPUT_SHOWN_MAX);
	columns->v[columns->n++] = (unsigned char)i;
	return 0;
}

int output_columns_parse(const char *const *values, size_t n, struct output_columns *ret,
			 struct coder_error *err)
{
	struct output_columns columns = { .n = 0 };

	for (size_t i = 0; i < n; i++) {
		const char *value = values[i], *name;
		size_t len;

		if (!value[strspn(value, ASCII_BLANKS)])
			value = OUTPUT_COLUMN_NAMES(",");
		while (coder_list_next(&value, &name, &len))
			if (add_column(&columns, name, len, err) < 0)
				return -1;
	}
	*ret = columns;
	return 0;
}
