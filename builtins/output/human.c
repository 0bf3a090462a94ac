/* SPDX-License-Identifier: GPL-3.0-or-later */
/* human.c - tokens as a table or as cards for people; see format.h. */
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "columns.h"
#include "format.h"
#include "width.h"

#define GAP 2 /* blanks between columns */
#define COMFORTABLE 16 /* columns are made narrower only if times wrap, too */
#define LEAST 8 /* a table with narrower columns could not be read */

/* Appends the cells of a token to sheet->cells, each with its NUL. */
static bool make_cells(struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;

	buf_reset(&sheet->cells);
	for (size_t i = 0; i < columns->n; i++)
		if (!output_cell(&sheet->cells, columns->v[i], token, CODER_TERMINAL,
				 &sheet->sorted, sheet->how->human) ||
		    !buf_add_char(&sheet->cells, '\0'))
			return false;
	return true;
}

static bool measure(struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;
	const char *cell;

	if (!make_cells(sheet, token))
		return false;
	cell = sheet->cells.data;
	for (size_t i = 0; i < columns->n; i++, cell += strlen(cell) + 1) {
		size_t width = output_width(cell);

		if (width > sheet->widths[i])
			sheet->widths[i] = width;
	}
	return true;
}

/*
 * The width of the table if no column that wraps is wider than `most`. wraps: the flags of columns
 * that do.
 */
static size_t total(const struct output_sheet *sheet, size_t most, unsigned wraps)
{
	const struct output_columns *columns = sheet->how->columns;
	size_t sum = columns->n ? GAP * (columns->n - 1) : 0;

	for (size_t i = 0; i < columns->n; i++) {
		const bool wrapped = columns->v[i]->flags & wraps && sheet->widths[i] > most;

		sum += wrapped ? most : sheet->widths[i];
	}
	return sum;
}

/* Makes the widest columns narrower until the table fits. */
static void narrow(struct output_sheet *sheet, size_t least, unsigned wraps)
{
	const struct output_columns *columns = sheet->how->columns;
	const size_t width = sheet->how->human->width;
	size_t most = least, spare;

	while (total(sheet, most + 1, wraps) <= width)
		most++;
	spare = width - total(sheet, most, wraps);
	for (size_t i = 0; i < columns->n; i++) {
		if (!(columns->v[i]->flags & wraps) || sheet->widths[i] <= most)
			continue;
		sheet->widths[i] = most + (spare > 0);
		spare -= spare > 0;
	}
}

static void fit(struct output_sheet *sheet)
{
	const struct output_columns *columns = sheet->how->columns;
	const size_t width = sheet->how->human->width;

	if (!sheet->how->no_header)
		for (size_t i = 0; i < columns->n; i++) {
			size_t header = output_width(columns->v[i]->name);

			if (header > sheet->widths[i])
				sheet->widths[i] = header;
		}
	if (total(sheet, SIZE_MAX, 0) <= width)
		return;
	if (total(sheet, COMFORTABLE, COLUMN_WRAPS) <= width)
		narrow(sheet, COMFORTABLE, COLUMN_WRAPS);
	else if (total(sheet, LEAST, COLUMN_WRAPS | COLUMN_WRAPS_LATE) <= width)
		narrow(sheet, LEAST, COLUMN_WRAPS | COLUMN_WRAPS_LATE);
	else
		sheet->cards = true;
}

/* Writes the cells in as many lines as the longest takes. color: begins each line, or NULL. */
static bool add_lines(struct buf *out, const struct output_sheet *sheet, const char *color)
{
	const char *rest[OUTPUT_SHOWN_MAX], *cell = sheet->cells.data;
	const size_t n = sheet->how->columns->n;
	bool more = true;

	for (size_t i = 0; i < n; i++, cell += strlen(cell) + 1)
		rest[i] = cell;
	while (more) {
		size_t blanks = 0;

		more = false;
		if (color && !buf_add_str(out, color))
			return false;
		for (size_t i = 0; i < n; i++) {
			size_t width = 0, len = output_wrap(rest[i], sheet->widths[i], &width);

			if (len && (!output_blanks(out, blanks) || !buf_add(out, rest[i], len)))
				return false;
			blanks = (len ? 0 : blanks) + sheet->widths[i] + GAP -
				 (width < sheet->widths[i] ? width : sheet->widths[i]);
			rest[i] += len;
			rest[i] += strspn(rest[i], " ");
			more |= *rest[i] != '\0';
		}
		if ((color && !buf_add_str(out, "\033[0m")) || !buf_add_char(out, '\n'))
			return false;
	}
	return true;
}

static bool add_header(struct buf *out, struct output_sheet *sheet)
{
	const struct output_columns *columns = sheet->how->columns;

	if (sheet->cards)
		return true;
	buf_reset(&sheet->cells);
	for (size_t i = 0; i < columns->n; i++)
		if (!output_column_header(&sheet->cells, columns->v[i]) ||
		    !buf_add_char(&sheet->cells, '\0'))
			return false;
	return add_lines(out, sheet, sheet->how->human->color ? "\033[1m" : NULL);
}

/* What a line about the token's expiry begins with; NULL: no color. */
static const char *color_of(const struct output_human *human, const struct coder_token *token)
{
	static const char *const colors[] = {
		[OUTPUT_LASTS] = NULL,
		[OUTPUT_ENDS_SOON] = "\033[33m", /* yellow */
		[OUTPUT_EXPIRED] = "\033[31m", /* red */
	};

	return human->color ? colors[output_expiry(token, human->now)] : NULL;
}

/* Appends a line for each column, which begins with its name: "Expires at: ". */
static bool add_card(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	const struct output_columns *columns = sheet->how->columns;
	const struct output_human *human = sheet->how->human;
	size_t label = 0, room;
	const char *cell;

	if (!make_cells(sheet, token))
		return false;
	for (size_t i = 0; i < columns->n; i++)
		if (strlen(columns->v[i]->name) + 1 + GAP > label)
			label = strlen(columns->v[i]->name) + 1 + GAP;
	room = human->width > label + LEAST ? human->width - label : LEAST;
	cell = sheet->cells.data;
	for (size_t i = 0; i < columns->n; i++, cell++) {
		const char *name = columns->v[i]->name;
		const char *color =
			columns->v[i]->kind == COLUMN_EXPIRY ? color_of(human, token) : NULL;

		if (!buf_add_char(out, ascii_upper(*name)) || !buf_add_str(out, name + 1) ||
		    !buf_add_char(out, ':') ||
		    !output_blanks(out, *cell ? label - strlen(name) - 1 : 0))
			return false;
		for (bool more = *cell; more;) {
			size_t width = 0, len = output_wrap(cell, room, &width);

			if ((color && !buf_add_str(out, color)) || !buf_add(out, cell, len) ||
			    (color && !buf_add_str(out, "\033[0m")))
				return false;
			cell += len;
			cell += strspn(cell, " ");
			more = *cell;
			if (more && (!buf_add_char(out, '\n') || !output_blanks(out, label)))
				return false;
		}
		if (!buf_add_char(out, '\n'))
			return false;
	}
	return true;
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	if (sheet->cards)
		return (!sheet->written || buf_add_char(out, '\n')) && add_card(out, sheet, token);
	return make_cells(sheet, token) &&
	       add_lines(out, sheet, color_of(sheet->how->human, token));
}

const struct output_writer output_human = {
	.measure = measure, .fit = fit, .header = add_header, .row = add_row, .sorts = true
};

const struct output_writer output_card = { .row = add_card };
