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

#define AT(member) offsetof(struct coder_token, member)

/*
 * The members of a token's object, in the order of the reference CLI, then username. A text that is
 * NULL is left out.
 */
static const struct member {
	const char *key;
	enum { TEXT, NUMBER, LIST } kind;
	size_t offset;
	size_t sent; /* offset of the bool that is false for a list that was not sent */
} members[] = {
	{ "id", TEXT, AT(id), 0 },
	{ "user_id", TEXT, AT(user_id), 0 },
	{ "last_used", TEXT, AT(last_used), 0 },
	{ "expires_at", TEXT, AT(expires_at), 0 },
	{ "created_at", TEXT, AT(created_at), 0 },
	{ "updated_at", TEXT, AT(updated_at), 0 },
	{ "login_type", TEXT, AT(login_type), 0 },
	{ "scope", TEXT, AT(scope), 0 },
	{ "scopes", LIST, AT(scopes), AT(has_scopes) },
	{ "lifetime_seconds", NUMBER, AT(lifetime_seconds), 0 },
	{ "allow_list", LIST, AT(allow_list), AT(has_allow_list) },
	{ "token_name", TEXT, AT(name), 0 },
	{ "username", TEXT, AT(username), 0 },
};

static bool add_key(struct buf *out, const char *key, const struct layout *layout, bool first)
{
	return buf_add_str(out, first ? layout->begin : layout->next_key) &&
	       buf_add_str(out, key) && buf_add_str(out, layout->colon);
}

static bool add_value(struct buf *out, const struct member *m, const struct coder_token *token,
		      const struct layout *layout)
{
	const void *value = (const char *)token + m->offset;
	const struct coder_strings *list = value;

	if (m->kind == TEXT)
		return coder_add_json_string(out, *(char *const *)value, CODER_JSON);
	if (m->kind == NUMBER)
		return buf_addf(out, "%" PRId64, *(const int64_t *)value);
	if (!list->n) {
		const bool *sent = (const bool *)((const char *)token + m->sent);

		return buf_add_str(out, *sent ? "[]" : "null");
	}
	for (size_t i = 0; i < list->n; i++)
		if (!buf_add_str(out, i ? layout->list_next : layout->list_begin) ||
		    !coder_add_json_string(out, list->v[i], CODER_JSON))
			return false;
	return buf_add_str(out, layout->list_end);
}

static bool add_token(struct buf *out, const struct coder_token *token, const char *secret,
		      const struct layout *layout)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct member *m = &members[i];

		if (m->kind == TEXT && !*(char *const *)((const char *)token + m->offset))
			continue;
		if (!add_key(out, m->key, layout, i == 0) || !add_value(out, m, token, layout))
			return false;
	}
	if (secret && (!add_key(out, "key", layout, false) ||
		       !coder_add_json_string(out, secret, CODER_JSON)))
		return false;
	return buf_add_str(out, layout->end);
}

static bool add_element(struct buf *out, struct output_sheet *sheet,
			const struct coder_token *token)
{
	return buf_add_str(out, sheet->written ? ",\n" : "[\n") &&
	       add_token(out, token, sheet->how->secret, &indented);
}

static bool add_line(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	return add_token(out, token, sheet->how->secret, &one_line);
}

const struct output_writer output_json = { .row = add_element, .end = "\n]\n", .nothing = "[]\n" };

const struct output_writer output_jsonl = { .row = add_line };
