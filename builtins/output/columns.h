/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.h - the columns that tables and TSV show of tokens. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "base/buf.h"
#include "coder.h"

/*
 * The table of columns, in the order in which they are shown. A new column is one row here:
 *
 *   COLUMN(NAME, KIND, MEMBER, FLAGS)
 *
 * NAME is what headers, help, messages and completion show. The function add_KIND() of columns.c
 * writes a cell from the MEMBER of struct coder_token. Long lists keep only the members of the
 * columns that are shown. AND is put between two rows.
 */
/* clang-format off */
#define OUTPUT_COLUMNS(COLUMN, AND) \
	COLUMN("id", text, id, COLUMN_SORTS) \
	AND COLUMN("name", text, name, 0) \
	AND COLUMN("scopes", list, scopes, 0) \
	AND COLUMN("allow list", list, allow_list, 0) \
	AND COLUMN("last used", time, last_used, 0) \
	AND COLUMN("expires at", time, expires_at, 0) \
	AND COLUMN("created at", time, created_at, 0) \
	AND COLUMN("owner", owner, username, COLUMN_NEEDS_OWNER)
/* clang-format on */

enum column_flags {
	COLUMN_SORTS = 1 << 0, /* a table that shows this column is sorted by it, bytewise */
	COLUMN_NEEDS_OWNER = 1 << 1, /* needs the owner's name; by default shown with -a only */
};

/* All names as one string literal, with a separator: "id, name, scopes, ...". */
#define OUTPUT_COLUMN_NAMES(separator) OUTPUT_COLUMNS(OUTPUT_COLUMN_NAME, separator)
#define OUTPUT_COLUMN_NAME(name, ...) name

#define OUTPUT_SHOWN_MAX 64 /* columns that one table can show */

/* The columns to show, as indices into the table, in their order. Repeats are allowed. */
struct output_columns {
	unsigned char v[OUTPUT_SHOWN_MAX];
	size_t n;
};

/*
 * Reads the values of -c: comma lists of names, in any case, as "allow list" or "allow_list", with
 * or without blanks around them. An empty value means all columns. An unknown name is
 * CODER_ERR_USAGE; the message names the nearest column and all columns.
 */
int output_columns_parse(const char *const *values, size_t n, struct output_columns *ret,
			 struct coder_error *err);

/* Selects all columns; those that need the owner only if `owner` is true. */
void output_columns_default(struct output_columns *ret, bool owner);

/* Whether one of the columns has a flag of enum column_flags. */
bool output_columns_have(const struct output_columns *columns, unsigned flag);

/* The name of the column at an index of the table. */
const char *output_column_name(size_t column);

/* The offset of the member of struct coder_token that the column shows. */
size_t output_column_member(size_t column);

/* Memory in which lists are sorted. Zeroed memory is empty; the owner frees v. */
struct output_sorted {
	const char **v;
	size_t cap;
};
/* Makes room for n pointers. False: no memory. */
bool output_sorted_reserve(struct output_sorted *sorted, size_t n);

/* Appends the cell of a token in that column, escaped for the notation. False: no memory. */
bool output_cell(struct buf *out, size_t column, const struct coder_token *token,
		 enum coder_notation notation, struct output_sorted *sorted);

/* The name of a token's owner as far as it is known, or "". */
const char *output_owner(const struct coder_token *token);

#endif
