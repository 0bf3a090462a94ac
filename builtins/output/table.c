/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - tokens as a table; see format.h. */
#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "format.h"
#include "width.h"

static void widen(struct output_sheet *sheet, size_t i, size_t width)
{
	if (width > sheet->widths[i])
		sheet->widths[i] = width;
}

static bool measure(struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;

	for (size_t i = 0; i < columns->n; i++) {
		buf_reset(&sheet->cell);
		if (!output_cell(&sheet->cell, columns->v[i], token, CODER_TERMINAL, &sheet->sorted,
				 NULL))
			return false;
		widen(sheet, i, sheet->cell.data ? output_width(sheet->cell.data) : 0);
	}
	return true;
}

/* Pads cell number i, which begins at offset `begin` of out. */
static bool pad(struct buf *out, const struct output_sheet *sheet, size_t i, size_t begin)
{
	size_t width = out->len > begin ? output_width(out->data + begin) : 0;

	return output_blanks(out, sheet->widths[i] + 2 - width);
}

static bool begin(struct buf *out, struct output_sheet *sheet)
{
	const struct output_columns *columns = sheet->how->columns;

	if (sheet->how->no_header)
		return true;
	for (size_t i = 0; i < columns->n; i++)
		widen(sheet, i, output_width(output_column_name(columns->v[i])));
	for (size_t i = 0; i < columns->n; i++) {
		size_t at = out->len;

		if (!output_column_header(out, columns->v[i]) || !pad(out, sheet, i, at))
			return false;
	}
	return buf_add_char(out, '\n');
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;

	for (size_t i = 0; i < columns->n; i++) {
		size_t at = out->len;

		if (!output_cell(out, columns->v[i], token, CODER_TERMINAL, &sheet->sorted, NULL) ||
		    !pad(out, sheet, i, at))
			return false;
	}
	return buf_add_char(out, '\n');
}

const struct output_writer output_table = {
	.measure = measure, .begin = begin, .row = add_row, .sorts = true
};
