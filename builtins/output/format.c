/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.c - chooses the output format; see format.h. */
#include "format.h"

#include <stdlib.h>
#include <string.h>

struct output_format {
	const char *name;
	const struct output_writer *writer;
	enum output_use columns;
	const char *empty;
};

static const struct output_format formats[] = {
#define FORMAT(name, writer, columns, empty) { name, &(writer), columns, empty },
	OUTPUT_FORMATS(FORMAT, )
#undef FORMAT
};

static bool add_id(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	(void)sheet;
	return buf_add_str(out, token->id) && buf_add_char(out, '\n');
}

static const struct output_format *find_format(const struct output_how *how)
{
	static const struct output_writer id_lines = { .row = add_id };
	static const struct output_format ids = { NULL, &id_lines, OUTPUT_IGNORES_COLUMNS, NULL };
	static const struct output_format human = { NULL, &output_human, OUTPUT_USES_COLUMNS,
						    "No tokens found." };
	static const struct output_format card = { NULL, &output_card, OUTPUT_USES_COLUMNS, NULL };
	const struct output_format *format = formats;

	if (how->ids_only)
		return &ids;
	if (how->human)
		return how->human->card ? &card : &human;
	/* the option's choices come from this table: a name is always found */
	while (how->format && strcmp(how->format, format->name) != 0)
		format++;
	return format;
}

bool output_refuses_columns(const char *format)
{
	return find_format(&(struct output_how){ .format = format })->columns ==
	       OUTPUT_REFUSES_COLUMNS;
}

bool output_needs_owner(const struct output_how *how)
{
	return !how->silent && find_format(how)->columns == OUTPUT_USES_COLUMNS &&
	       output_columns_have(how->columns, COLUMN_NEEDS_OWNER);
}

static void sheet_done(struct output_sheet *sheet)
{
	buf_done(&sheet->cell);
	buf_done(&sheet->cells);
	free(sheet->sorted.v);
	*sheet = (struct output_sheet){ .how = sheet->how };
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct output_writer *writer,
		    const struct coder_token *token)
{
	if (!sheet->written && !sheet->how->no_header && writer->header &&
	    !writer->header(out, sheet))
		return false;
	if (!writer->row(out, sheet, token))
		return false;
	sheet->written++;
	return true;
}

int output_token(struct result *result, const struct output_how *how,
		 const struct coder_token *token, struct coder_error *err)
{
	const struct output_writer *writer = find_format(how)->writer;
	struct output_sheet sheet = { .how = how };
	bool ok;

	if (how->silent)
		return 0;
	ok = (!writer->measure || writer->measure(&sheet, token)) &&
	     add_row(&result->text, &sheet, writer, token) &&
	     buf_add_str(&result->text, writer->end ? writer->end : "");
	sheet_done(&sheet);
	return ok ? 0 : coder_error_memory(err);
}

/* ----------------------------------------------------------------- a list */

#define PART (64u << 10) /* bytes of text that are written at once */

void output_list_init(struct output_list *list, const struct output_how *how)
{
	*list = (struct output_list){
		.format = find_format(how),
		.measured_late = how->order.limit || how->human,
		.sheet.how = how,
	};
	if (how->order.sorted)
		pack_want(&list->pack, how->order.member);
	if (how->silent || how->ids_only)
		return;
	if (how->human)
		pack_want(&list->pack, offsetof(struct coder_token, expires_at));
	if (list->format->columns != OUTPUT_USES_COLUMNS)
		pack_want_all(&list->pack);
	for (size_t i = 0; i < how->columns->n; i++)
		pack_want(&list->pack, how->columns->v[i]->member);
}

void output_list_done(struct output_list *list)
{
	pack_reader_done(&list->reader);
	output_list_clear(list);
}

void output_list_clear(struct output_list *list)
{
	pack_done(&list->pack);
	sheet_done(&list->sheet);
}

int output_list_add(struct output_list *list, const struct coder_token *token,
		    struct coder_error *err)
{
	struct output_sheet *sheet = &list->sheet;
	const struct output_writer *writer = list->format->writer;

	if (!sheet->how->silent && !list->measured_late && writer->measure &&
	    !writer->measure(sheet, token))
		return coder_error_memory(err);
	return pack_add(&list->pack, token, err);
}

/* The most bytes of a row: six for each escaped byte, and ten around each element of a list. */
static size_t row_most(const struct output_list *list)
{
	const struct output_columns *columns = list->sheet.how->columns;
	size_t row = 6 * list->pack.longest + 10 * list->pack.longest_list, repeats = 1, sum = 1024;

	for (size_t i = 0; i < columns->n; i++) {
		size_t same = 0;

		for (size_t j = 0; j < columns->n; j++)
			same += columns->v[i] == columns->v[j];
		if (same > repeats)
			repeats = same;
		sum += list->sheet.widths[i] + 3;
	}
	return repeats * row + sum;
}

/* Appends rows until there are enough for a write. */
static int add_part(void *ctx, struct buf *text)
{
	struct output_list *list = ctx;
	const struct output_writer *writer = list->format->writer;

	while (text->len < PART) {
		if (!pack_next(&list->reader))
			return buf_add_str(text, writer->end ? writer->end : "") ? 0 : -1;
		if (!add_row(text, &list->sheet, writer, &list->reader.token))
			return -1;
	}
	return 1;
}

struct pack_order output_list_order(const struct output_list *list)
{
	const struct output_how *how = list->sheet.how;
	struct pack_order order = how->order;

	if (!order.sorted && !how->silent && list->format->writer->sorts &&
	    output_columns_have(how->columns, COLUMN_SORTS)) {
		order.sorted = true;
		order.member = offsetof(struct coder_token, id);
	}
	return order;
}

/* Measures the tokens that are shown, if that could not be done before. */
static bool measure_shown(struct output_list *list, struct result *result)
{
	struct output_sheet *sheet = &list->sheet;
	const struct output_writer *writer = list->format->writer;

	if (!list->measured_late || !writer->measure)
		return true;
	while (pack_next(&list->reader))
		if (!result_goes_on(result) || !writer->measure(sheet, &list->reader.token))
			return false;
	pack_rewind(&list->reader);
	if (!writer->fit)
		return true;
	/* rows with several lines: how long the longest is, the capacity of sheet->cell then shows */
	writer->fit(sheet);
	while (pack_next(&list->reader)) {
		buf_reset(&sheet->cell);
		if (!result_goes_on(result) ||
		    !writer->row(&sheet->cell, sheet, &list->reader.token))
			return false;
	}
	pack_rewind(&list->reader);
	return true;
}

int output_list_print(struct output_list *list, struct result *result, struct coder_error *err)
{
	const struct output_how *how = list->sheet.how;
	const struct pack_order order = output_list_order(list);

	if (how->silent)
		return 0;
	if (!list->pack.n) {
		result->note = list->format->empty;
		return list->format->writer->nothing &&
				       !buf_add_str(&result->text, list->format->writer->nothing) ?
			       coder_error_memory(err) :
			       0;
	}
	if (pack_read(&list->reader, &list->pack, &order, err) < 0 ||
	    !output_sorted_reserve(&list->sheet.sorted, list->pack.longest_list) ||
	    !measure_shown(list, result) || !buf_reserve(&list->sheet.cell, row_most(list)) ||
	    !buf_reserve(&result->text, PART + 2 * (row_most(list) + list->sheet.cell.cap)))
		return result_stopped(result, err);
	result->more = add_part;
	result->more_ctx = list;
	return 0;
}
