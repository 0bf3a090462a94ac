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

/* Appends a time. People see it relative to now, and an expiry with what needs their attention. */
static bool add_time(struct buf *out, const char *text, enum output_expiry expiry,
		     enum coder_notation notation, const struct output_human *human)
{
	char time[40];
	int64_t at;

	if (!human) {
		coder_time_display(text, time);
		return coder_escape(out, time, notation);
	}
	at = seconds_of(text);
	output_relative(at - human->now, time);
	return buf_add_str(out, expiry == OUTPUT_EXPIRED ? "expired " : "") &&
	       buf_add_str(out, at ? time : "never") &&
	       buf_add_str(out, expiry == OUTPUT_ENDS_SOON ? "!" : "");
}

bool output_sorted_reserve(struct output_sorted *sorted, size_t n)
{
	char **v;

	if (n <= sorted->cap)
		return true;
	v = reallocarray(sorted->v, n, sizeof(*v));
	if (!v)
		return false;
	sorted->v = v;
	sorted->cap = n;
	return true;
}

/*
 * Appends scopes or allow-list entries. People see the names of objects that are known. A list that
 * an old server did not send is an empty cell, as in the reference CLI.
 */
static bool add_list(struct buf *out, const struct coder_strings *list,
		     enum coder_notation notation, struct output_sorted *memory,
		     const struct output_human *human)
{
	struct coder_strings sorted = { .n = list->n };

	if (!output_sorted_reserve(memory, list->n))
		return false;
	sorted.v = memory->v;
	for (size_t i = 0; i < list->n; i++)
		sorted.v[i] = list->v[i];
	coder_strings_sort(&sorted);
	for (size_t i = 0; i < sorted.n; i++) {
		const char *text = sorted.v[i];
		const char *name = human ? coder_names_find(&human->names, text) : NULL;
		/* the type is a known one, which needs no escapes */
		size_t type = name ? (size_t)(strchr(text, ':') + 1 - text) : 0;

		if (!buf_add_str(out, i ? ", " : "") || !buf_add(out, text, type) ||
		    !coder_escape(out, name ? name : text, notation))
			return false;
	}
	return true;
}

bool output_cell(struct buf *out, const struct output_column *column,
		 const struct coder_token *token, enum coder_notation notation,
		 struct output_sorted *sorted, const struct output_human *human)
{
	const void *member = (const char *)token + column->member;
	enum output_expiry expiry = OUTPUT_LASTS;

	switch (column->kind) {
	case COLUMN_TEXT:
		return coder_escape(out, *(char *const *)member, notation);
	case COLUMN_OWNER:
		return coder_escape(out, output_owner(token), notation);
	case COLUMN_LIST:
		return add_list(out, member, notation, sorted, human);
	case COLUMN_EXPIRY:
		if (human)
			expiry = output_expiry(token, human->now);
		break;
	case COLUMN_TIME:
		break;
	}
	return add_time(out, *(char *const *)member, expiry, notation, human);
}

/* -------------------------------------------------------------- the table */

static const struct output_column known[] = {
#define COLUMN(name, kind, member, flags) \
	{ name, kind, offsetof(struct coder_token, member), flags },
	OUTPUT_COLUMNS(COLUMN, )
#undef COLUMN
};
#define N_KNOWN (sizeof(known) / sizeof(*known))
_Static_assert(N_KNOWN <= OUTPUT_SHOWN_MAX, "a table can show all columns");

bool output_column_header(struct buf *out, const struct output_column *column)
{
	for (const char *p = column->name; *p; p++)
		if (!buf_add_char(out, ascii_upper(*p)))
			return false;
	return true;
}

bool output_column_words(struct buf *out, const struct output_columns *columns, char separator)
{
	for (size_t i = 0; i < columns->n; i++) {
		if (i && !buf_add_char(out, separator))
			return false;
		for (const char *p = columns->v[i]->name; *p; p++)
			if (!buf_add_char(out, *p == ' ' ? '_' : *p))
				return false;
	}
	return true;
}

void output_columns_default(struct output_columns *ret, bool owner, bool human)
{
	const unsigned without = (owner ? 0 : COLUMN_NEEDS_OWNER) | (human ? COLUMN_DETAIL : 0);

	ret->n = 0;
	for (size_t i = 0; i < N_KNOWN; i++)
		if (!(known[i].flags & without))
			ret->v[ret->n++] = &known[i];
}

bool output_columns_show(const struct output_columns *columns, size_t member)
{
	for (size_t i = 0; i < columns->n; i++)
		if (columns->v[i]->member == member)
			return true;
	return false;
}

bool output_columns_have(const struct output_columns *columns, unsigned flag)
{
	for (size_t i = 0; i < columns->n; i++)
		if (columns->v[i]->flags & flag)
			return true;
	return false;
}

/* ---------------------------------------------------------------- parsing */

/* The column of that name, in any case and with _ for a blank; NULL: there is none. */
static const struct output_column *find_column(const char *text, size_t len)
{
	for (size_t i = 0; i < N_KNOWN; i++) {
		const char *name = known[i].name;
		size_t at = 0;

		while (at < len && name[at] == (text[at] == '_' ? ' ' : ascii_lower(text[at])))
			at++;
		if (at == len && !name[at])
			return &known[i];
	}
	return NULL;
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

int output_column_parse(const char *text, const struct output_column **ret, struct coder_error *err)
{
	const char *begin = text + strspn(text, ASCII_BLANKS);
	const struct output_column *column;
	size_t len = strlen(begin);

	while (len && ascii_is_blank(begin[len - 1]))
		len--;
	column = find_column(begin, len);
	if (!column)
		return bad_column(begin, len, "one", err);
	*ret = column;
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
		for (const char *rest = value; coder_list_next(&rest, &name, &len); word++) {
			const struct output_column *column = find_column(name, len);

			if (column && columns.n < OUTPUT_SHOWN_MAX) {
				columns.v[columns.n++] = column;
				continue;
			}
			if (column)
				coder_error_set(err, CODER_ERR_USAGE, "more than %d columns",
						OUTPUT_SHOWN_MAX);
			else
				bad_column(name, len, "some", err);
			return coder_list_blame(value, word, err);
		}
	}
	*ret = columns;
	return 0;
}
