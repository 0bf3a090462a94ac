/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - tokens as records in an associative array; see record.h. */
#include "record.h"
#include "base/buf.h"
#include "columns.h"

#include <inttypes.h>
#include <stdio.h>

enum field_kind {
	FIELD_TEXT,
	FIELD_NUMBER,
	FIELD_OWNER, /* the username, or else what is known of the owner */
	FIELD_SCOPES, /* separated by blanks */
	FIELD_ALLOW_LIST,
	FIELD_TTL, /* seconds that the token is still valid */
	FIELD_EXPIRED, /* 0 or 1 */
	FIELD_NEVER_USED,
};

static const struct field {
	const char *name;
	enum field_kind kind;
	size_t offset; /* of the member */
} fields[] = {
#define FIELD(name, kind, member) { name, kind, offsetof(struct coder_token, member) },
	OUTPUT_FIELDS(FIELD, )
#undef FIELD
};
#define N_FIELDS (sizeof(fields) / sizeof(*fields))

int output_records_begin(struct result *result, const char *array, size_t n,
			 struct coder_error *err)
{
	return result_assoc(result, array, n * N_FIELDS, err);
}

/* Memory in which values are made. */
struct memory {
	char number[24];
	struct buf list;
};

/* Returns the value, which stays until the next one is made. NULL: no memory. */
static const char *make_value(const struct field *field, const struct coder_token *token,
			      int64_t now, struct memory *memory)
{
	const void *member = (const char *)token + field->offset;
	const int64_t left = coder_token_left(token, now);
	struct coder_strings list = { 0 };
	struct coder_error err;
	int64_t number;
	bool ok = false;

	switch (field->kind) {
	case FIELD_TEXT:
		return *(char *const *)member;
	case FIELD_OWNER:
		return output_owner(token);
	case FIELD_EXPIRED:
		return left > 0 ? "0" : "1";
	case FIELD_NEVER_USED:
		return token->last_used_epoch ? "0" : "1";
	case FIELD_NUMBER:
	case FIELD_TTL:
		number = field->kind == FIELD_TTL ? left : *(const int64_t *)member;
		if (field->kind == FIELD_TTL && left < 0)
			number = 0;
		snprintf(memory->number, sizeof(memory->number), "%" PRId64, number);
		return memory->number;
	case FIELD_SCOPES:
		ok = coder_token_scopes(token, &list, &err) == 0;
		break;
	case FIELD_ALLOW_LIST:
		ok = coder_token_allow_list(token, &list, &err) == 0;
		break;
	}
	buf_reset(&memory->list);
	ok = ok && buf_add_str(&memory->list, "") && coder_strings_join(&list, " ", &memory->list);
	coder_strings_done(&list);
	return ok ? memory->list.data : NULL;
}

int output_records_add(struct result *result, const struct coder_token *token, bool by_id,
		       int64_t now, struct coder_error *err)
{
	struct memory memory = { 0 };
	int rc = 0;

	for (size_t i = 0; i < N_FIELDS && rc == 0; i++) {
		const char *value = make_value(&fields[i], token, now, &memory);

		rc = value ? result_pair(result, by_id ? token->id : NULL, fields[i].name, value,
					 err) :
			     coder_error_memory(err);
	}
	buf_done(&memory.list);
	return rc;
}
