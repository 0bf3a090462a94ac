/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack.c - long lists of tokens in little memory; see pack.h.
 *
 * A record is the id with its NUL, then the fields that are wanted, in their order.
 */
#include <stdlib.h>
#include <string.h>

#include "pack.h"
#include "pack_order.h"
#include "packed_time.h"

/* What lists can show of a token besides its id. */
static const struct packed_field {
	enum pack_kind kind;
	size_t offset;
	size_t sent; /* of a list: offset of the bool that is true if it was sent */
} fields[] = {
#define AT(member) offsetof(struct coder_token, member)
	{ PACK_TEXT, AT(name), 0 },
	{ PACK_SHARED, AT(user_id), 0 },
	{ PACK_SHARED, AT(username), 0 },
	{ PACK_SHARED, AT(login_type), 0 },
	{ PACK_SHARED, AT(scope), 0 },
	{ PACK_TIME, AT(created_at), 0 },
	{ PACK_TIME, AT(updated_at), 0 },
	{ PACK_TIME, AT(last_used), 0 },
	{ PACK_TIME, AT(expires_at), 0 },
	{ PACK_NUMBER, AT(created_epoch), 0 },
	{ PACK_NUMBER, AT(last_used_epoch), 0 },
	{ PACK_NUMBER, AT(expires_epoch), 0 },
	{ PACK_NUMBER, AT(lifetime_seconds), 0 },
	{ PACK_LIST, AT(scopes), AT(has_scopes) },
	{ PACK_LIST, AT(allow_list), AT(has_allow_list) },
#undef AT
};
#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))
_Static_assert(N_FIELDS <= PACK_FIELDS, "each field has a bit and a last number");

static bool is_text(const struct packed_field *field)
{
	return field->kind == PACK_TEXT || field->kind == PACK_SHARED || field->kind == PACK_TIME;
}

/* -------------------------------------------------------------- life cycle */

void pack_done(struct pack *pack)
{
	if (!pack)
		return;
	arena_done(&pack->records);
	pool_done(&pack->shared);
	buf_done(&pack->record);
	buf_done(&pack->list);
	*pack = (struct pack){ .wanted = pack->wanted };
}

enum pack_kind pack_kind(size_t offset)
{
	size_t i = 0;

	while (i < N_FIELDS && fields[i].offset != offset)
		i++;
	return i < N_FIELDS ? fields[i].kind : PACK_TEXT;
}

void pack_want(struct pack *pack, size_t offset)
{
	for (size_t i = 0; i < N_FIELDS; i++)
		if (fields[i].offset == offset)
			pack->wanted |= 1u << i;
}

/* ------------------------------------------------------------------ adding */

/* Seven bits in each byte, the highest bits first; the eighth bit is set if more bytes follow. */
static bool add_number(struct buf *record, uint32_t number)
{
	unsigned char bytes[5];
	size_t at = sizeof(bytes);

	bytes[--at] = number & 0x7f;
	while (number >>= 7)
		bytes[--at] = 0x80 | (number & 0x7f);
	return buf_add(record, bytes + at, sizeof(bytes) - at);
}

static bool add_shared(struct pack *pack, size_t field, const char *text, size_t len)
{
	uint32_t *last = &pack->last[field];

	if (!pool_is(&pack->shared, *last, text, len))
		*last = pool_add(&pack->shared, text, len);
	return *last && add_number(&pack->record, *last);
}

static bool add_text(struct buf *record, const char *text, size_t *bytes)
{
	size_t len = strlen(text);

	*bytes += len;
	return buf_add(record, text, len + 1);
}

static bool add_field(struct pack *pack, size_t i, const struct coder_token *token, size_t *bytes)
{
	const struct packed_field *field = &fields[i];
	const void *member = (const char *)token + field->offset;
	const char *text = is_text(field) ? *(char *const *)member : NULL;
	const struct coder_strings *list = member;
	uint64_t packed;

	switch (field->kind) {
	case PACK_TEXT:
		return add_text(&pack->record, text, bytes);
	case PACK_SHARED:
		*bytes += text ? strlen(text) : 0;
		return text ? add_shared(pack, i, text, strlen(text) + 1) :
			      add_number(&pack->record, 0);
	case PACK_TIME:
		packed = time_pack(text);
		*bytes += packed ? sizeof("2026-11-23T20:29:40.831000Z") : 0;
		return buf_add(&pack->record, &packed, sizeof(packed)) &&
		       (packed || add_text(&pack->record, text, bytes));
	case PACK_NUMBER:
		return buf_add(&pack->record, member, sizeof(int64_t));
	case PACK_LIST:
		break;
	}
	if (!*(const bool *)((const char *)token + field->sent))
		return add_number(&pack->record, 0);
	buf_reset(&pack->list);
	for (size_t j = 0; j < list->n; j++)
		if (!buf_add(&pack->list, list->v[j], strlen(list->v[j]) + 1))
			return false;
	*bytes += pack->list.len;
	return add_shared(pack, i, pack->list.data ? pack->list.data : "", pack->list.len);
}

int pack_add(struct pack *pack, const struct coder_token *token, struct coder_error *err)
{
	size_t bytes = CODER_ID_LEN, elements = token->scopes.n + token->allow_list.n;
	bool ok;
	char *at;

	buf_reset(&pack->record);
	ok = buf_add(&pack->record, token->id, CODER_ID_LEN + 1);
	for (size_t i = 0; i < N_FIELDS && ok; i++)
		if (pack->wanted & 1u << i)
			ok = add_field(pack, i, token, &bytes);
	at = ok ? arena_get(&pack->records, pack->record.len) : NULL;
	if (!at)
		return coder_error_memory(err);
	memcpy(at, pack->record.data, pack->record.len);
	pack->n++;
	if (bytes > pack->longest)
		pack->longest = bytes;
	if (elements > pack->longest_list)
		pack->longest_list = elements;
	return 0;
}

/* ----------------------------------------------------------------- reading */

static const char *take_number(const char *p, uint32_t *ret)
{
	*ret = 0;
	do
		*ret = *ret << 7 | (*p & 0x7f);
	while (*p++ & 0x80);
	return p;
}

static const char *read_list(struct pack_reader *reader, const struct packed_field *field,
			     const char *p, char **into)
{
	struct coder_token *token = &reader->token;
	struct coder_strings *list = (struct coder_strings *)((char *)token + field->offset);
	uint32_t number, len = 0;
	const char *text = NULL;

	p = take_number(p, &number);
	*(bool *)((char *)token + field->sent) = number > 0;
	*list = (struct coder_strings){ .v = into };
	if (number)
		text = pool_text(&reader->pack->shared, number, &len);
	for (const char *end = text + len; text < end; text += strlen(text) + 1)
		list->v[list->n++] = (char *)text;
	return p;
}

static const char *read_time(const char *p, char *out, char **ret)
{
	uint64_t packed;

	memcpy(&packed, p, sizeof(packed));
	p += sizeof(packed);
	if (packed) {
		time_unpack(packed, out);
		*ret = out;
		return p;
	}
	*ret = (char *)p;
	return p + strlen(p) + 1;
}

const char *pack_record(struct pack_reader *reader, const char *p)
{
	struct coder_token *token = &reader->token;
	uint32_t number, len;

	token->id = (char *)p;
	token->scopes.n = 0;
	p += CODER_ID_LEN + 1;
	for (size_t i = 0; i < N_FIELDS; i++) {
		void *member = (char *)token + fields[i].offset;

		if (!(reader->pack->wanted & 1u << i))
			continue;
		switch (fields[i].kind) {
		case PACK_TEXT:
			*(char **)member = (char *)p;
			p += strlen(p) + 1;
			break;
		case PACK_SHARED:
			p = take_number(p, &number);
			*(char **)member =
				number ? (char *)pool_text(&reader->pack->shared, number, &len) :
					 NULL;
			break;
		case PACK_TIME:
			p = read_time(p, reader->times[i], member);
			break;
		case PACK_NUMBER:
			memcpy(member, p, sizeof(int64_t));
			p += sizeof(int64_t);
			break;
		case PACK_LIST:
			p = read_list(reader, &fields[i], p, reader->lists + token->scopes.n);
			break;
		}
	}
	return p;
}

const char *pack_next_added(struct pack_reader *reader)
{
	const struct arena_block *block = reader->block;

	while (block && reader->at == block->data + block->len) {
		block = reader->block = block->next;
		reader->at = block ? block->data : NULL;
	}
	return block ? reader->at : NULL;
}

void pack_rewind(struct pack_reader *reader)
{
	reader->block = reader->pack->records.first;
	reader->at = reader->block ? reader->block->data : NULL;
	reader->n_read = 0;
}

int pack_read(struct pack_reader *reader, const struct pack *pack, const struct pack_order *order,
	      struct coder_error *err)
{
	static char none[] = "";

	*reader = (struct pack_reader){ .pack = pack };
	for (size_t i = 0; i < N_FIELDS; i++)
		if (is_text(&fields[i]))
			*(char **)((char *)&reader->token + fields[i].offset) = none;
	if (order)
		reader->order = *order;
	pack_rewind(reader);
	reader->times = calloc(N_FIELDS, sizeof(*reader->times));
	reader->lists = calloc(pack->longest_list + 1, sizeof(*reader->lists));
	if (reader->times && reader->lists && (!reader->order.sorted || pack_sort(reader)))
		return 0;
	pack_reader_done(reader);
	return coder_error_memory(err);
}

bool pack_next(struct pack_reader *reader)
{
	const char *record;

	if (reader->n_read == reader->pack->n ||
	    (reader->order.limit && reader->n_read == reader->order.limit))
		return false;
	record = reader->places ? reader->places[reader->n_read].record : pack_next_added(reader);
	reader->at = pack_record(reader, record);
	reader->n_read++;
	return true;
}

void pack_reader_done(struct pack_reader *reader)
{
	if (!reader)
		return;
	free(reader->places);
	free(reader->times);
	free(reader->lists);
	*reader = (struct pack_reader){ 0 };
}
