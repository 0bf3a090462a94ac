/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - the columns that tables and TSV show of tokens; see columns.h. */
#include "columns.h"
#include "relative.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOON (7 * 86400) /* seconds in which a token expires that people should look at */

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
	const struct output_human *human;
};

static bool add_text(const struct cell *cell)
{
	return coder_escape(cell->out, *(char *const *)cell->member, cell->notation);
}

static bool add_owner(const struct cell *cell)
{
	return coder_escape(cell->out, output_owner(cell->token), cell->notation);
}

/* Seconds since the epoch; 0: it never happened, or never will. */
static int64_t seconds_of(const char *time)
{
	struct coder_error ignored;
	int64_t seconds = 0;

	if (!*time || coder_time_parse(time, &seconds, &ignored) < 0 || seconds < 0)
		return 0;
	return seconds;
}

enum output_expiry output_expiry(const struct coder_token *token, int64_t now)
{
	int64_t at = seconds_of(token->expires_at);

	if (!at || at - now > SOON)
		return OUTPUT_LASTS;
	return at > now ? OUTPUT_ENDS_SOON : OUTPUT_EXPIRED;
}

static bool add_time(const struct cell *cell)
{
	char time[40];

	if (cell->human) {
		int64_t at = seconds_of(*(char *const *)cell->member);

		output_relative(at - cell->human->now, time);
		return buf_add_str(cell->out, at ? time : "never");
	}
	coder_time_display(*(char *const *)cell->member, time);
	return coder_escape(cell->out, time, cell->notation);
}

/* People see what needs their attention. */
static bool add_expiry(const struct cell *cell)
{
	enum output_expiry expiry =
		cell->human ? output_expiry(cell->token, cell->human->now) : OUTPUT_LASTS;

	return buf_add_str(cell->out, expiry == OUTPUT_EXPIRED ? "expired " : "") &&
	       add_time(cell) && buf_add_str(cell->out, expiry == OUTPUT_ENDS_SOON ? "!" : "");
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

/* Appends a scope or an allow-list entry. People see the name of the object, if it is known. */
static bool add_element(const struct cell *cell, const char *text)
{
	const char *name = cell->human ? coder_names_find(&cell->human->names, text) : NULL;

	if (!name)
		return coder_escape(cell->out, text, cell->notation);
	/* the type is a known one, which needs no escapes */
	return buf_add(cell->out, text, (size_t)(strchr(text, ':') + 1 - text)) &&
	       coder_escape(cell->out, name, cell->notation);
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
		ok = buf_add_str(cell->out, i ? ", " : "") && add_element(cell, sorted[i]);
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

bool output_column_wraps(size_t column, bool late)
{
	return known[column].flags & (COLUMN_WRAPS | (late ? COLUMN_WRAPS_LATE : 0));
}

bool output_column_header(struct buf *out, size_t column)
{
	for (const char *p = known[column].name; *p; p++)
		if (!buf_add_char(out, ascii_upper(*p)))
			return false;
	return true;
}

bool output_column_words(struct buf *out, const struct output_columns *columns, char separator)
{
	for (size_t i = 0; i < columns->n; i++) {
		if (i && !buf_add_char(out, separator))
			return false;
		for (const char *p = known[columns->v[i]].name; *p; p++)
			if (!buf_add_char(out, *p == ' ' ? '_' : *p))
				return false;
	}
	return true;
}

size_t output_column_member(size_t column)
{
	return known[column].offset;
}

bool output_cell(struct buf *out, size_t column, const struct coder_token *token,
		 enum coder_notation notation, struct output_sorted *sorted,
		 const struct output_human *human)
{
	const struct cell cell = {
		.out = out,
		.token = token,
		.member = (const char *)token + known[column].offset,
		.notation = notation,
		.sorted = sorted,
		.human = human,
	};

	return known[column].add(&cell);
}

void output_columns_default(struct output_columns *ret, bool owner, bool human)
{
	const unsigned without = (owner ? 0 : COLUMN_NEEDS_OWNER) | (human ? COLUMN_DETAIL : 0);

	ret->n = 0;
	for (size_t i = 0; i < N_KNOWN; i++)
		if (!(known[i].flags & without))
			ret->v[ret->n++] = (unsigned char)i;
}

bool output_columns_show(const struct output_columns *columns, size_t member)
{
	for (size_t i = 0; i < columns->n; i++)
		if (known[columns->v[i]].offset == member)
			return true;
	return false;
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

/* want: "some" of the columns, or "one". */
static int bad_column(const char *text, size_t len, const char *want, struct coder_error *err)
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
			"%s: invalid column; did you mean '%s'? want %s of " OUTPUT_COLUMN_NAMES(
				","),
			word, nearest, want);
	return coder_error_set(err, CODER_ERR_USAGE,
			       "%s: invalid column; want %s of " OUTPUT_COLUMN_NAMES(","),
			       *word ? word : "''", want);
}

/* The index of the column of that name, or N_KNOWN. */
static size_t find_column(const char *text, size_t len)
{
	size_t i = 0;

	while (i < N_KNOWN && !is_name(known[i].name, text, len))
		i++;
	return i;
}

int output_column_parse(const char *text, size_t *ret, struct coder_error *err)
{
	const char *begin = text + strspn(text, ASCII_BLANKS);
	size_t len = strlen(begin), column;

	while (len && ascii_is_blank(begin[len - 1]))
		len--;
	column = find_column(begin, len);
	if (column == N_KNOWN)
		return bad_column(begin, len, "one", err);
	*ret = column;
	return 0;
}

static int add_column(struct output_columns *columns, const char *text, size_t len,
		      struct coder_error *err)
{
	size_t i = find_column(text, len);

	if (i == N_KNOWN)
		return bad_column(text, len, "some", err);
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
		size_t len, word = 0;

		if (!value[strspn(value, ASCII_BLANKS)])
			value = OUTPUT_COLUMN_NAMES(",");
		for (const char *rest = value; coder_list_next(&rest, &name, &len); word++)
			if (add_column(&columns, name, len, err) < 0)
				return coder_list_blame(value, word, err);
	}
	*ret = columns;
	return 0;
}
