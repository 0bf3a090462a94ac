/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.h - how commands print tokens: the output formats. */
#ifndef FORMAT_H
#define FORMAT_H

#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "result.h"

/*
 * The table of output formats; the first one is the default. A new format is one row here and its
 * writer:
 *
 *   FORMAT(NAME, WRITER, COLUMNS, EMPTY)
 *
 * COLUMNS: whether it shows the columns of -c. EMPTY: a line for standard error if there are no
 * tokens, or NULL. OR stands between two rows.
 */
/* clang-format off */
#define OUTPUT_FORMATS(FORMAT, OR) \
	FORMAT("table", output_table, true, "No tokens found.") \
	OR FORMAT("json", output_json, false, NULL) \
	OR FORMAT("tsv", output_tsv, true, NULL)
/* clang-format on */

/* "table|json|tsv", for the option that chooses one. */
#define OUTPUT_FORMAT_CHOICES OUTPUT_FORMATS(OUTPUT_FORMAT_NAME, "|")
#define OUTPUT_FORMAT_NAME(name, ...) name

/* How a command prints tokens. */
struct output_how {
	const char *format; /* a name of the table; NULL: the default */
	const struct output_columns *columns; /* not needed for formats without columns */
	bool no_header;
	bool ids_only; /* an id a line instead of the format */
	bool silent; /* prints nothing */
	const char *secret; /* of a new token, which JSON shows as "key"; or NULL */
};

/*
 * A writer appends tokens to out. It changes no token. It returns false if there is no memory, or
 * if the call has to end (result_goes_on() of a result that is not NULL).
 */
typedef bool output_writer(struct buf *out, const struct output_how *how,
			   const struct coder_token *tokens, size_t n, struct result *result);

/*
 * The reference CLI's table, byte for byte: the header in upper case, cells left-aligned and
 * padded to the column's width plus two blanks, the last cell too. Widths are counted as the CLI
 * counts them, whatever the locale. Scopes and allow lists are sorted and joined with ", ".
 * Rows are sorted by a column with COLUMN_SORTS. Without tokens it is empty, without a header.
 */
output_writer output_table;

/*
 * An array, indented by two blanks and with the CLI's order of keys, then username where the
 * server sent one, then key if there is a secret. Lists that the server did not send are null.
 */
output_writer output_json;

/*
 * A header line of column names with _ for blanks, then a line per token. Cells are as in the
 * table. Without tokens it is empty, without a header.
 */
output_writer output_tsv;

/* Whether the owners' names are shown. */
bool output_needs_owner(const struct output_how *how);

/* Adds tokens to the result's text, or a note to the result if there are none to show. */
int output_tokens(struct result *result, const struct output_how *how,
		  const struct coder_token *tokens, size_t n, struct coder_error *err);

#endif
