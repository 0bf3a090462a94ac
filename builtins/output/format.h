/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.h - how commands print tokens: the output formats. */
#ifndef FORMAT_H
#define FORMAT_H

#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "pack.h"
#include "result.h"

#define OUTPUT_JSON "json" /* the format that token_create can print, too */

/*
 * The table of output formats; the first one is the default. A new format is one row here and its
 * writer:
 *
 *   FORMAT(NAME, WRITER, COLUMNS, EMPTY)
 *
 * COLUMNS: what it does with -c and --no-header, of enum output_use. EMPTY: a line for standard
 * error if there are no tokens, or NULL. OR is put between two rows.
 */
/* clang-format off */
#define OUTPUT_FORMATS(FORMAT, OR) \
	FORMAT("table", output_table, OUTPUT_USES_COLUMNS, "No tokens found.") \
	OR FORMAT(OUTPUT_JSON, output_json, OUTPUT_IGNORES_COLUMNS, NULL) \
	OR FORMAT("jsonl", output_jsonl, OUTPUT_REFUSES_COLUMNS, NULL) \
	OR FORMAT("tsv", output_tsv, OUTPUT_USES_COLUMNS, NULL) \
	OR FORMAT("csv", output_csv, OUTPUT_USES_COLUMNS, NULL)
/* clang-format on */

enum output_use {
	OUTPUT_USES_COLUMNS,
	OUTPUT_IGNORES_COLUMNS, /* as the reference CLI does */
	OUTPUT_REFUSES_COLUMNS, /* -c or --no-header with it is wrong usage */
};

/* "table|json|...", for the option that chooses one. */
#define OUTPUT_FORMAT_CHOICES OUTPUT_FORMATS(OUTPUT_FORMAT_NAME, "|")
#define OUTPUT_FORMAT_NAME(name, ...) name

/* How a command prints tokens. */
struct output_how {
	const char *format; /* a name of the table; NULL: the default */
	const struct output_columns *columns; /* not needed for formats without columns */
	bool no_header;
	bool ids_only; /* prints only ids, one on each line, whatever the format */
	const struct output_human *human; /* a table for people instead of the format; or NULL */
	bool silent; /* prints nothing */
	struct pack_order order; /* of a list; if it is not sorted, a format may sort it */
	const char *secret; /* of a new token, which JSON shows as "key"; or NULL */
};

/* A text of rows while it is written. A new one is zeroed memory in which only `how` is set. */
struct output_sheet {
	const struct output_how *how;
	size_t widths[OUTPUT_SHOWN_MAX]; /* of a table's columns */
	bool cards; /* the table would be too wide: a card for each token */
	size_t written; /* rows */
	struct buf cell; /* memory for the cell that is measured */
	struct buf cells; /* memory for the cells of a row */
	struct output_sorted sorted;
};

/*
 * A writer appends the header, unless the user wants none, then each row, and the text after them.
 * header, end: NULL if there is no such text. Without tokens the whole text is `nothing`. All
 * functions return false if there is no memory.
 */
struct output_writer {
	/* Called for each token before the first one is written; NULL: not needed. */
	bool (*measure)(struct output_sheet *sheet, const struct coder_token *token);
	/* Chooses the widths when all that is shown has been measured; NULL: not needed. */
	void (*fit)(struct output_sheet *sheet);
	bool (*header)(struct buf *out, struct output_sheet *sheet);
	bool (*row)(struct buf *out, struct output_sheet *sheet, const struct coder_token *token);
	const char *end;
	const char *nothing; /* NULL: "" */
	bool sorts; /* the rows are sorted if a column with COLUMN_SORTS is shown */
};

/*
 * The reference CLI's table, byte for byte: the header in upper case, cells left-aligned and
 * padded to the column's width plus two blanks, the last cell too. Widths are counted as the CLI
 * counts them, whatever the locale. Scopes and allow lists are sorted and joined with ", ".
 * Rows are sorted by a column with COLUMN_SORTS. Without tokens it is empty, without a header.
 */
extern const struct output_writer output_table;

/*
 * A table for people, no wider than their terminal: cells wrap, and where columns would be narrower
 * than 8, each token is a card. Times are relative to now. A token that has expired is marked by a
 * word, one that expires within a week by "!", and both by the color of their lines.
 */
extern const struct output_writer output_human;
/* One token for people: the name of each column and its cell, wrapped, on lines of their own. */
extern const struct output_writer output_card;

/*
 * An array, indented by two blanks and with the CLI's order of keys, then username where the
 * server sent one, then key if there is a secret. Lists that the server did not send are null.
 */
extern const struct output_writer output_json;

/* JSON Lines: the same objects, each on one line, without blanks. Without tokens it is empty. */
extern const struct output_writer output_jsonl;

/*
 * A header line of column names with _ for blanks, then a line per token. Cells are as in the
 * table. Without tokens it is empty, without a header.
 */
extern const struct output_writer output_tsv;

/*
 * The same lines in the form of RFC 4180: with commas, with quotes around a field that needs them,
 * and with CR LF at their ends. Characters are escaped as in the table, backslashes are not: a name
 * that can be printed does not change, except that it gets an apostrophe in front of what a
 * spreadsheet would take for a formula.
 */
extern const struct output_writer output_csv;

/* Whether -c and --no-header are wrong usage with the format of that name, which may be NULL. */
bool output_refuses_columns(const char *format);

/* Whether the owners' names are shown. */
bool output_needs_owner(const struct output_how *how);

/* Adds one token to the result's text. */
int output_token(struct result *result, const struct output_how *how,
		 const struct coder_token *token, struct coder_error *err);

/*
 * A list that may be long. As its tokens arrive, it keeps only what will be shown of them. Their
 * rows are formatted while the list is written.
 */
struct output_list {
	const struct output_format *format; /* its row of the table in format.c */
	bool measured_late; /* what is shown, or what time it is, is known after the last token only */
	struct pack pack; /* what it keeps; pack_want() adds to that */
	struct output_sheet sheet;
	struct pack_reader reader;
};
/* `how` must outlive the list. */
void output_list_init(struct output_list *list, const struct output_how *how);
void output_list_done(struct output_list *list);
int output_list_add(struct output_list *list, const struct coder_token *token,
		    struct coder_error *err);
/* Drops the tokens. */
void output_list_clear(struct output_list *list);
/* The order in which they are printed. */
struct pack_order output_list_order(const struct output_list *list);
/*
 * Makes the list the text of the result, or adds a note if it is empty. The list must outlive the
 * result. Allocates all memory that writing needs, so that after the first row only a write can
 * fail.
 */
int output_list_print(struct output_list *list, struct result *result, struct coder_error *err);

#endif
