/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - tokens as a table; see format.h. */
#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "format.h"
#include "result.h"
#include "width.h"

#include <stdlib.h>
#include <string.h>

struct table {
	const struct output_how *how;
	const struct coder_token **rows;
	size_t n;
	struct result *result; /* that this is for: the call may have to end meanwhile */
	size_t widths[OUTPUT_SHOWN_MAX];
	struct buf cell; /* the one at work */
};

/* Returns the text of the row's cell number i, or NULL if there is no memory. No row: the header. */
static const char *cell_text(struct table *table, const struct coder_token *row, size_t i)
{
	size_t column = table->how->columns->v[i];

	buf_reset(&table->cell);
	if (row) {
		if (!output_cell(&table->cell, column, row, CODER_TERMINAL))
			return NULL;
	} else {
		for (const char *p = output_column_name(column); *p; p++)
			if (!buf_add_char(&table->cell,
					  *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p))
				return NULL;
	}
	return table->cell.data ? table->cell.data : "";
}

static bool measure_row(struct table *table, const struct coder_token *row)
{
	if (!result_goes_on(table->result))
		return false;
	for (size_t i = 0; i < table->how->columns->n; i++) {
		const char *text = cell_text(table, row, i);
		size_t width = text ? output_width(text) : 0;

		if (!text)
			return false;
		if (width > table->widths[i])
			table->widths[i] = width;
	}
	return true;
}

static bool add_blanks(struct buf *out, size_t n)
{
	static const char blanks[] = "                                ";
	const size_t most = sizeof(blanks) - 1;

	for (; n > most; n -= most)
		if (!buf_add(out, blanks, most))
			return false;
	return buf_add(out, blanks, n);
}

static bool print_row(struct table *table, const struct coder_token *row, struct buf *out)
{
	if (!result_goes_on(table->result))
		return false;
	for (size_t i = 0; i < table->how->columns->n; i++) {
		const char *text = cell_text(table, row, i);

		if (!text || !buf_add_str(out, text) ||
		    !add_blanks(out, table->widths[i] + 2 - output_width(text)))
			return false;
	}
	return buf_add_char(out, '\n');
}

static int compare_ids(const void *a, const void *b)
{
	const struct coder_token *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

bool output_table(struct buf *out, const struct output_how *how, const struct coder_token *tokens,
		  size_t n, struct result *result)
{
	struct table table = { .how = how, .n = n, .result = result };
	bool header = !how->no_header, ok;

	if (!n)
		return true;
	table.rows = calloc(n, sizeof(*table.rows));
	if (!table.rows)
		return false;
	for (size_t i = 0; i < n; i++)
		table.rows[i] = &tokens[i];
	if (output_columns_have(how->columns, COLUMN_SORTS))
		qsort(table.rows, n, sizeof(*table.rows), compare_ids);
	ok = !header || measure_row(&table, NULL);
	for (size_t i = 0; i < n && ok; i++)
		ok = measure_row(&table, table.rows[i]);
	ok = ok && (!header || print_row(&table, NULL, out));
	for (size_t i = 0; i < n && ok; i++)
		ok = print_row(&table, table.rows[i], out);
	buf_done(&table.cell);
	free(table.rows);
	return ok;
}
