/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tsv.c - tokens as tab-separated values; see format.h. */
#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "format.h"

static bool add_header(struct buf *out, struct output_sheet *sheet)
{
	return output_column_words(out, sheet->how->columns, '\t') && buf_add_char(out, '\n');
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;

	for (size_t i = 0; i < columns->n; i++)
		if ((i && !buf_add_char(out, '\t')) ||
		    !output_cell(out, columns->v[i], token, CODER_TSV, &sheet->sorted, NULL))
			return false;
	return buf_add_char(out, '\n');
}

const struct output_writer output_tsv = { .header = add_header, .row = add_row };
