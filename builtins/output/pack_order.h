/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pack_order.h - what pack.c and pack_order.c know of each other; see pack.h. */
#ifndef PACK_ORDER_H
#define PACK_ORDER_H

#include "pack.h"

/* How a record keeps a field. */
enum pack_kind {
	PACK_TEXT, /* the text itself, with its NUL */
	PACK_SHARED, /* the number of a text; 0: NULL */
	PACK_TIME, /* time_pack(), and if that is 0 the text with its NUL */
	PACK_NUMBER, /* int64_t */
	PACK_LIST, /* the number of its elements as one text, each with its NUL; 0: not sent */
};
/* Of the field that keeps the member at that offset. The id is a text. */
enum pack_kind pack_kind(size_t offset);

/* Where a record is, and the first part of its sort key, which is usually enough to compare it. */
struct pack_place {
	uint64_t begin;
	const char *record;
};

/* The next record in the order in which they were added; NULL after the last one. */
const char *pack_next_added(struct pack_reader *reader);
/* Reads the record at p into reader->token. Returns where it ends. */
const char *pack_record(struct pack_reader *reader, const char *p);

/* Fills reader->places. Returns false if there is no memory, or if goes_on() ended the sorting. */
bool pack_sort(struct pack_reader *reader);

#endif
