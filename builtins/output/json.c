/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - tokens as JSON; see format.h. */
#include "base/buf.h"
#include "coder.h"
#include "format.h"

#include <inttypes.h>

/* The text around and between the parts of a token's object. */
struct layout {
	const char *begin, *next_key, *colon; /* keys are in quotes */
	const char *list_begin, *list_next, *list_end;
	const char *end;
};

static const struct layout indented = { "  {\n    \"", ",\n    \"", "\": ", "[\n      ",
					",\n      ",   "\n    ]",   "\n  }" };
static const struct layout one_line = { "{\"", ",\"", "\":", "[", ",", "]", "}\n" };

static bool add_text(struct buf *out, const void *member, bool sent, const struct layout *layout)
{
	(void)sent;
	(void)layout;
	return coder_add_json_string(out, *(char *const *)member, CODER_JSON);
}

static bool add_number(struct buf *out, const void *member, bool sent, const struct layout *layout)
{
	(void)sent;
	(void)layout;
	return buf_addf(out, "%" PRId64, *(const int64_t *)member);
}

static bool add_list(struct buf *out, const void *member, bool sent, const struct layout *layout)
{
	const struct coder_strings *list = member;

	if (!list->n)
		return buf_add_str(out, sent ? "[]" : "null");
	for (size_t i = 0; i < list->n; i++)
		if (!buf_add_str(out, i ? layout->list_next : layout->list_begin) ||
		    !coder_add_json_string(out, list->v[i], CODER_JSON))
			return false;
	return buf_add_str(out, layout->list_end);
}

#define AT(member) offsetof(struct coder_token, member)

/*
 * The members of a token's object, in the order of the reference CLI, then username. A text that is
 * NULL is left out.
 */
static const struct member {
	const char *key;
	bool (*add)(struct buf *out, const void *member, bool sent, const struct layout *layout);
	size_t offset;
	size_t sent; /* offset of the bool that is false for a list that was not sent */
} members[] = {
	{ "id", add_text, AT(id), 0 },
	{ "user_id", add_text, AT(user_id), 0 },
	{ "last_used", add_text, AT(last_used), 0 },
	{ "expires_at", add_text, AT(expires_at), 0 },
	{ "created_at", add_text, AT(created_at), 0 },
	{ "updated_at", add_text, AT(updated_at), 0 },
	{ "login_type", add_text, AT(login_type), 0 },
	{ "scope", add_text, AT(scope), 0 },
	{ "scopes", add_list, AT(scopes), AT(has_scopes) },
	{ "lifetime_seconds", add_number, AT(lifetime_seconds), 0 },
	{ "allow_list", add_list, AT(allow_list), AT(has_allow_list) },
	{ "token_name", add_text, AT(name), 0 },
	{ "username", add_text, AT(username), 0 },
};

static bool add_key(struct buf *out, const char *key, const struct layout *layout, bool first)
{
	return buf_add_str(out, first ? layout->begin : layout->next_key) &&
	       buf_add_str(out, key) && buf_add_str(out, layout->colon);
}

static bool add_token(struct buf *out, const struct coder_token *token, const char *secret,
		      const struct layout *layout)
{
	const char *base = (const char *)token;

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct member *m = &members[i];
		bool sent = m->sent && *(const bool *)(base + m->sent);

		if (m->add == add_text && !*(char *const *)(base + m->offset))
			continue;
		if (!add_key(out, m->key, layout, i == 0) ||
		    !m->add(out, base + m->offset, sent, layout))
			return false;
	}
	if (secret && (!add_key(out, "key", layout, false) ||
		       !coder_add_json_string(out, secret, CODER_JSON)))
		return false;
	return buf_add_str(out, layout->end);
}

static bool begin(struct buf *out, struct output_sheet *sheet)
{
	(void)sheet;
	return buf_add_str(out, "[\n");
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	return buf_add_str(out, sheet->written ? ",\n" : "") &&
	       add_token(out, token, sheet->how->secret, &indented);
}

static bool add_line(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	return add_token(out, token, sheet->how->secret, &one_line);
}

static bool end(struct buf *out)
{
	return buf_add_str(out, "\n]\n");
}

const struct output_writer output_json = {
	.begin = begin, .row = add_row, .end = end, .nothing = "[]\n"
};

const struct output_writer output_jsonl = { .row = add_line };
