/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - tokens as JSON; see format.h. */
#include "base/buf.h"
#include "coder.h"
#include "format.h"

#include <inttypes.h>

static bool add_text(struct buf *out, const void *member, bool sent)
{
	(void)sent;
	return coder_add_json_string(out, *(char *const *)member, CODER_JSON);
}

static bool add_number(struct buf *out, const void *member, bool sent)
{
	(void)sent;
	return buf_addf(out, "%" PRId64, *(const int64_t *)member);
}

static bool add_list(struct buf *out, const void *member, bool sent)
{
	const struct coder_strings *list = member;

	if (!list->n)
		return buf_add_str(out, sent ? "[]" : "null");
	for (size_t i = 0; i < list->n; i++)
		if (!buf_add_str(out, i ? ",\n      " : "[\n      ") ||
		    !coder_add_json_string(out, list->v[i], CODER_JSON))
			return false;
	return buf_add_str(out, "\n    ]");
}

#define KEY(name) "    \"" name "\": "
#define AT(member) offsetof(struct coder_token, member)

/* The members of a token's object, in the order of the reference CLI. */
static const struct member {
	const char *key; /* quoted, with its indentation and colon */
	bool (*add)(struct buf *out, const void *member, bool sent);
	size_t offset;
	size_t sent; /* offset of the bool that is false for a list that was not sent */
} members[] = {
	{ KEY("id"), add_text, AT(id), 0 },
	{ KEY("user_id"), add_text, AT(user_id), 0 },
	{ KEY("last_used"), add_text, AT(last_used), 0 },
	{ KEY("expires_at"), add_text, AT(expires_at), 0 },
	{ KEY("created_at"), add_text, AT(created_at), 0 },
	{ KEY("updated_at"), add_text, AT(updated_at), 0 },
	{ KEY("login_type"), add_text, AT(login_type), 0 },
	{ KEY("scope"), add_text, AT(scope), 0 },
	{ KEY("scopes"), add_list, AT(scopes), AT(has_scopes) },
	{ KEY("lifetime_seconds"), add_number, AT(lifetime_seconds), 0 },
	{ KEY("allow_list"), add_list, AT(allow_list), AT(has_allow_list) },
	{ KEY("token_name"), add_text, AT(name), 0 },
};

static bool add_token(struct buf *out, const struct coder_token *token, const char *secret)
{
	const char *base = (const char *)token;
	const char *open = "  {\n"; /* the text before the next key */

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct member *m = &members[i];
		bool sent = m->sent && *(const bool *)(base + m->sent);

		if (!buf_add_str(out, open) || !buf_add_str(out, m->key) ||
		    !m->add(out, base + m->offset, sent))
			return false;
		open = ",\n";
	}
	if (token->username && (!buf_add_str(out, ",\n    \"username\": ") ||
				!coder_add_json_string(out, token->username, CODER_JSON)))
		return false;
	if (secret && (!buf_add_str(out, ",\n    \"key\": ") ||
		       !coder_add_json_string(out, secret, CODER_JSON)))
		return false;
	return buf_add_str(out, "\n  }");
}

static bool begin(struct buf *out, struct output_sheet *sheet)
{
	(void)sheet;
	return buf_add_str(out, "[\n");
}

static bool add_row(struct buf *out, struct output_sheet *sheet, const struct coder_token *token)
{
	return buf_add_str(out, sheet->written ? ",\n" : "") &&
	       add_token(out, token, sheet->how->secret);
}

static bool end(struct buf *out)
{
	return buf_add_str(out, "\n]\n");
}

const struct output_writer output_json = {
	.begin = begin, .row = add_row, .end = end, .nothing = "[]\n"
};
