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
 * NAME is what headers, help, messages and completion show. output_cell() writes a cell of that
 * KIND, of enum column_kind, from the MEMBER of struct coder_token. Of the members in its table, pack.c keeps
 * those that are shown. AND is put between two rows.
 */
/* clang-format off */
#define OUTPUT_COLUMNS(COLUMN, AND) \
	COLUMN("id", COLUMN_TEXT, id, COLUMN_SORTS) \
	AND COLUMN("name", COLUMN_TEXT, name, COLUMN_WRAPS) \
	AND COLUMN("scopes", COLUMN_LIST, scopes, COLUMN_WRAPS) \
	AND COLUMN("allow list", COLUMN_LIST, allow_list, COLUMN_WRAPS) \
	AND COLUMN("last used", COLUMN_TIME, last_used, COLUMN_WRAPS_LATE) \
	AND COLUMN("expires at", COLUMN_EXPIRY, expires_at, COLUMN_WRAPS_LATE) \
	AND COLUMN("created at", COLUMN_TIME, created_at, COLUMN_DETAIL | COLUMN_WRAPS_LATE) \
	AND COLUMN("owner", COLUMN_OWNER, username, COLUMN_NEEDS_OWNER | COLUMN_WRAPS)
/* clang-format on */

enum column_kind {
	COLUMN_TEXT,
	COLUMN_OWNER, /* the username, or else what is known of the owner */
	COLUMN_LIST, /* sorted and joined with ", " */
	COLUMN_TIME,
	COLUMN_EXPIRY, /* a time that people must not miss */
};

enum column_flags {
	COLUMN_SORTS = 1 << 0, /* a table that shows this column is sorted by it, bytewise */
	COLUMN_NEEDS_OWNER = 1 << 1, /* needs the owner's name; by default shown with -a only */
	COLUMN_WRAPS = 1 << 2, /* its cells may wrap for people */
	COLUMN_WRAPS_LATE = 1 << 4, /* they do so only if the others would be too narrow */
	COLUMN_DETAIL = 1 << 3, /* people see it only if they ask for it */
};

/* All names as one string literal, with a separator: "id, name, scopes, ...". */
#define OUTPUT_COLUMN_NAMES(separator) OUTPUT_COLUMNS(OUTPUT_COLUMN_NAME, separator)
#define OUTPUT_COLUMN_NAME(name, ...) name

#define OUTPUT_SHOWN_MAX 64 /* columns that one table can show */

/* A row of the table. */
struct output_column {
	const char *name;
	enum column_kind kind;
	size_t member; /* its offset in struct coder_token */
	unsigned flags; /* of enum column_flags */
};

/* The columns to show, in their order. Repeats are allowed. */
struct output_columns {
	const struct output_column *v[OUTPUT_SHOWN_MAX];
	size_t n;
};

/*
 * Reads the values of -c: comma lists of names, in any case, as "allow list" or "allow_list", with
 * or without blanks around them. An empty value means all columns. An unknown name is
 * CODER_ERR_USAGE; the message names the nearest column and all columns.
 */
int output_columns_parse(const char *const *values, size_t n, struct output_columns *ret,
			 struct coder_error *err);

/* Reads the name of one column in the same way. */
int output_column_parse(const char *text, const struct output_column **ret,
			struct coder_error *err);

/*
 * Selects all columns: those that need the owner only if `owner` is true, and the details only if
 * `human` is false.
 */
void output_columns_default(struct output_columns *ret, bool owner, bool human);

/* Whether one of the columns has a flag of enum column_flags. */
bool output_columns_have(const struct output_columns *columns, unsigned flag);

/* Appends the name in upper case. False: no memory. */
bool output_column_header(struct buf *out, const struct output_column *column);
/*
 * Appends each column as one word, with _ for blanks, and a separator between two. False: no
 * memory.
 */
bool output_column_words(struct buf *out, const struct output_columns *columns, char separator);

/* Whether one of the columns shows that member of struct coder_token. */
bool output_columns_show(const struct output_columns *columns, size_t member);

/* Memory in which lists are sorted. Zeroed memory is empty; the owner frees v. */
struct output_sorted {
	char **v;
	size_t cap;
};
/* Makes room for n pointers. False: no memory. */
bool output_sorted_reserve(struct output_sorted *sorted, size_t n);

/* How people see tokens. */
struct output_human {
	bool card; /* of one token: a field a line instead of the table */
	size_t width; /* of the terminal */
	bool color;
	int64_t now; /* by the deployment's clock */
	struct coder_names names; /* of allow-list entries */
};

/*
 * Appends the cell of a token in that column, escaped for the notation. human, or NULL: times are
 * relative to now, and allow-list entries have names. False: no memory.
 */
bool output_cell(struct buf *out, const struct output_column *column,
		 const struct coder_token *token, enum coder_notation notation,
		 struct output_sorted *sorted, const struct output_human *human);

/* What people have to know of a token's expiry. */
enum output_expiry { OUTPUT_LASTS, OUTPUT_ENDS_SOON, OUTPUT_EXPIRED };
/* now: by the deployment's clock. Reads expires_at. */
enum output_expiry output_expiry(const struct coder_token *token, int64_t now);

/* The name of a token's owner as far as it is known, or "". */
const char *output_owner(const struct coder_token *token);

#endif
