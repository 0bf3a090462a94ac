/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - tokens as records in an associative array; see record.h. */
#include "record.h"
#include "base/buf.h"
#include "columns.h"

#include <inttypes.h>
#include <stdio.h>

/* What a value is made from, and memory to make it in. */
struct source {
	const struct coder_token *token;
	const void *member;
	int64_t now;
	char number[24];
	struct buf text; /* empty */
};

/* Each get_KIND() returns the value, which stays until the source changes; NULL: no memory. */

static const char *get_text(struct source *from)
{
	return *(char *const *)from->member;
}

static const char *get_owner(struct source *from)
{
	return output_owner(from->token);
}

static const char *write_number(struct source *from, int64_t value)
{
	snprintf(from->number, sizeof(from->number), "%" PRId64, value);
	return from->number;
}

static const char *get_number(struct source *from)
{
	return write_number(from, *(const int64_t *)from->member);
}

/* Joins what `get` returns, the token's scopes or its allow list, with blanks. */
static const char *join(struct source *from,
			int (*get)(const struct coder_token *token, struct coder_strings *ret,
				   struct coder_error *err))
{
	struct coder_strings list = { 0 };
	struct coder_error err;
	bool ok = get(from->token, &list, &err) == 0 && buf_add_str(&from->text, "") &&
		  coder_strings_join(&list, " ", &from->text);

	coder_strings_done(&list);
	return ok ? from->text.data : NULL;
}

static const char *get_scopes(struct source *from)
{
	return join(from, coder_token_scopes);
}

static const char *get_allow_list(struct source *from)
{
	return join(from, coder_token_allow_list);
}

static const char *get_ttl(struct source *from)
{
	int64_t left = coder_token_left(from->token, from->now);

	return write_number(from, left > 0 ? left : 0);
}

static const char *get_expired(struct source *from)
{
	return coder_token_left(from->token, from->now) > 0 ? "0" : "1";
}

static const char *get_never_used(struct source *from)
{
	return from->token->last_used_epoch ? "0" : "1";
}

static const struct field {
	const char *name;
	const char *(*get)(struct source *from);
	size_t offset; /* of the member */
} fields[] = {
#define FIELD(name, kind, member) { name, get_##kind, offsetof(struct coder_token, member) },
	OUTPUT_FIELDS(FIELD, )
#undef FIELD
};
#define N_FIELDS (sizeof(fields) / sizeof(*fields))

int output_records_begin(struct result *result, const char *array, size_t n,
			 struct coder_error *err)
{
	return result_assoc(result, array, n * N_FIELDS, err);
}

int output_records_add(struct result *result, const struct coder_token *token, bool by_id,
		       int64_t now, struct coder_error *err)
{
	struct source from = { .token = token, .now = now };
	int rc = 0;

	for (size_t i = 0; i < N_FIELDS && rc == 0; i++) {
		const char *value;

		from.member = (const char *)token + fields[i].offset;
		buf_reset(&from.text);
		value = fields[i].get(&from);
		rc = value ? result_pair(result, by_id ? token->id : NULL, fields[i].name, value,
					 err) :
			     coder_error_memory(err);
	}
	buf_done(&from.text);
	return rc;
}
