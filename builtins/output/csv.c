/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.c - tokens as comma-separated values; see format.h. */
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "format.h"

/*
 * Whether a spreadsheet would take a cell with this beginning for a formula. Some also accept the
 * wide forms of these characters.
 */
static bool begins_formula(const char *text)
{
	static const char *const marks[] = { "=",      "+",	 "-",	   "@",
					     "\uff1d", "\uff0b", "\uff0d", "\uff20" };

	text += strspn(text, " ");
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (strncmp(text, marks[i], strlen(marks[i])) == 0)
			return true;
	return false;
}

/*
 * Appends a field, in quotes if it needs them. Anybody can give a token a name that is a formula; an
 * apostrophe turns it into text. In many countries spreadsheets also begin a cell after a semicolon.
 */
static bool add_field(struct buf *out, const char *text)
{
	const bool quoted = text[strcspn(text, ",\"\r\n;")];
	bool ok = !quoted || buf_add_char(out, '"');

	for (bool begins = true; *text && ok; text++) {
		if (begins && begins_formula(text))
			ok = buf_add_char(out, '\'');
		begins = *text == ';';
		ok = ok && (*text != '"' || buf_add_char(out, '"')) && buf_add_char(out, *text);
	}
	return ok && (!quoted || buf_add_char(out, '"'));
}

static bool add_header(struct buf *out, struct output_sheet *sheet)
{
	return output_column_words(out, sheet->how->columns, ',') && buf_add_str(out, "\r\n");
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;
	struct buf *cell = &sheet->cell;

	for (size_t i = 0; i < columns->n; i++) {
		buf_reset(cell);
		if ((i && !buf_add_char(out, ',')) ||
		    !output_cell(cell, columns->v[i], token, CODER_TERMINAL, &sheet->sorted,
				 NULL) ||
		    !add_field(out, cell->data ? cell->data : ""))
			return false;
	}
	return buf_add_str(out, "\r\n");
}

const struct output_writer output_csv = { .header = add_header, .row = add_row };
