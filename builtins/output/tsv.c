/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tsv.c - tokens as tab-separated values; see format.h. */
#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "format.h"
#include "result.h"

static bool add_header(struct buf *out, size_t column)
{
	for (const char *p = output_column_name(column); *p; p++)
		if (!buf_add_char(out, *p == ' ' ? '_' : *p))
			return false;
	return true;
}

/* No token: the header. */
static bool add_line(struct buf *out, const struct output_columns *columns,
		     const struct coder_token *token)
{
	for (size_t i = 0; i < columns->n; i++) {
		if (i && !buf_add_char(out, '\t'))
			return false;
		if (!(token ? output_cell(out, columns->v[i], token, CODER_TSV) :
			      add_header(out, columns->v[i])))
			return false;
	}
	return buf_add_char(out, '\n');
}

bool output_tsv(struct buf *out, const struct output_how *how, const struct coder_token *tokens,
		size_t n, struct result *result)
{
	if (n && !how->no_header && !add_line(out, how->columns, NULL))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!result_goes_on(result) || !add_line(out, how->columns, &tokens[i]))
			return false;
	return true;
}
