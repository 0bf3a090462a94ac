/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.h - what a command has found out, in the forms users want it: table,
 * JSON, TSV, records for shell variables; and messages.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "base/buf.h"
#include "coder.h"
#include "result.h"

/* --------------------------------------------------------------- columns */

#define OUTPUT_COLUMNS 8 /* how many columns there are */

/* Indices into the table of columns, in the order shown; repeats are allowed. */
struct output_columns {
	unsigned char v[64];
	size_t n;
};

/* "id,name,scopes,allow list,last used,expires at,created at,owner" for messages, help, completion. */
extern const char output_column_names[];

/*
 * Reads the values of -c: comma lists, any case, "allow list" or "allow_list",
 * blanks around trimmed; an empty value means all. A wrong one is
 * CODER_ERR_USAGE, naming the nearest and all known.
 */
int output_columns_parse(const char *const *values, size_t n, struct output_columns *ret,
			 struct coder_error *err);
/* The first seven, and owner too if asked. */
void output_columns_default(struct output_columns *ret, bool owner);
bool output_columns_have_owner(const struct output_columns *columns);

/* --------------------------------------------------------------- formats */

/*
 * All append to out; false: no memory, or the call has to end (result_goes_on(), of
 * a result that is not NULL). Tokens are not changed; rows come in the
 * order given but in a table that shows the id, which is sorted by it bytewise,
 * as the reference CLI does.
 *
 * Table: the reference CLI's, byte for byte: header in upper case, cells left
 * aligned and padded to the column's width plus two blanks, the last too;
 * widths as the CLI counts them, whatever the locale. Scopes and allow lists
 * sorted and joined with ", ". Text is escaped as by output_escape().
 */
bool output_table(struct buf *out, const struct output_columns *columns,
		  const struct coder_token *tokens, size_t n, bool header, struct result *result);
/*
 * JSON: an array with two blanks of indentation and the CLI's order of keys,
 * then username where the server sent one, then key if it is given (a new
 * token's secret). Control, bidirectional and HTML characters are \uXXXX.
 * Arrays a server did not send are null.
 */
bool output_json(struct buf *out, const struct coder_token *tokens, size_t n, const char *key,
		 struct result *result);
/*
 * TSV: a header line of column names with _ for blanks; cells as in the table,
 * with tab, newline, CR and backslash as \t \n \r \\. Like the table, it is
 * nothing at all, without header, if there are no tokens.
 */
bool output_tsv(struct buf *out, const struct output_columns *columns,
		const struct coder_token *tokens, size_t n, bool header, struct result *result);

/* How a command prints tokens. */
struct output_format {
	const char *name; /* "table", "json", "tsv" or "ids"; NULL: "table" */
	const struct output_columns *columns;
	bool no_header;
	bool silent; /* nothing is to be printed at all */
};

/* Whether the format shows who owns a token. */
bool output_needs_owner(const struct output_format *format);

/* Adds tokens to the result's text, or to its note if there are none to show in a table. */
int output_tokens(struct result *result, const struct output_format *format,
		  const struct coder_token *tokens, size_t n, struct coder_error *err);

/*
 * Appends text with what would act on a terminal escaped: C0 and C1 controls
 * and DEL as \xNN, bidirectional controls and line separators as \uXXXX, bytes
 * that are no UTF-8 as \xNN. A backslash stays as it is.
 */
bool output_escape(struct buf *out, const char *text);

/* Whether output_escape() would leave the text as it is. */
bool output_is_printable(const char *text);

/*
 * Messages on standard error, whatever their text and wherever it comes from:
 * whole tokens in it are hidden, the rest is escaped.
 */
void output_error(const char *text);
void output_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * The same, but once per shell, topic and subject (the deployment or file that
 * the warning is about). A shell and its subshells are one: what one of them has
 * warned of, the others do not repeat. Of many subjects the last 64 are remembered.
 */
void output_warn_once(const char *topic, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Makes what subshells warn of known to their parent; it is called before any is started. */
void output_share_warnings(void);

#define OUTPUT_RECORD_FIELDS 18
/* The record fields of -A, in their order, NULL-terminated. */
extern const char *const output_record_fields[];

/*
 * Adds a token's record to the associative array begun last, keys "FIELD", or
 * "ID,FIELD" if with_id. now: seconds since the epoch by the deployment's clock,
 * for ttl and expired.
 */
int output_record(struct result *result, const struct coder_token *token, bool with_id, int64_t now,
		  struct coder_error *err);

/* Columns a text takes on a terminal, as the reference CLI counts them. */
size_t output_width(const char *text);

#endif
