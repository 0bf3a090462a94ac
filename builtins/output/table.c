/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - tokens as a table; see format.h. */
#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "format.h"
#include "width.h"

static bool measure(struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;

	for (size_t i = 0; i < columns->n; i++) {
		size_t width;

		buf_reset(&sheet->cell);
		if (!output_cell(&sheet->cell, columns->v[i], token, CODER_TERMINAL, &sheet->sorted,
				 NULL))
			return false;
		width = sheet->cell.data ? output_width(sheet->cell.data) : 0;
		if (width > sheet->widths[i])
			sheet->widths[i] = width;
	}
	return true;
}

static bool add_header(struct buf *out, struct output_sheet *sheet)
{
	const struct output_columns *columns = sheet->how->columns;

	for (size_t i = 0; i < columns->n; i++) {
		size_t width = output_width(columns->v[i]->name);

		if (width > sheet->widths[i])
			sheet->widths[i] = width;
		if (!output_column_header(out, columns->v[i]) ||
		    !output_blanks(out, sheet->widths[i] + 2 - width))
			return false;
	}
	return buf_add_char(out, '\n');
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;

	for (size_t i = 0; i < columns->n; i++) {
		size_t at = out->len, width;

		if (!output_cell(out, columns->v[i], token, CODER_TERMINAL, &sheet->sorted, NULL))
			return false;
		width = out->len > at ? output_width(out->data + at) : 0;
		if (!output_blanks(out, sheet->widths[i] + 2 - width))
			return false;
	}
	return buf_add_char(out, '\n');
}

const struct output_writer output_table = {
	.measure = measure, .header = add_header, .row = add_row, .sorts = true
};
