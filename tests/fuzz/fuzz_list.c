/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_list.c - lists of tokens that arrive in pieces.
 *
 * The first byte seeds the sizes of the pieces. In pieces or whole, a list must give the same
 * elements, and be taken just when it is an array (or null) as a document, within the splitter's
 * own limits. What is read of an element is what the document has.
 */
#include <stdlib.h>
#include <string.h>

#include "api/decode.h"
#include "base/buf.h"
#include "coder.h"
#include "json/json.h"
#include "json/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A list, and the texts of its elements. */
struct seen {
	struct json_list list;
	struct buf *texts;
};

/* A member's text must be that of the document. */
static void compare_text(const struct json *element, const struct json_key *key,
			 const struct json_value *value)
{
	struct coder_error ignored;
	struct json_value inner = { 0 };
	const struct json *v = NULL;
	int duplicate = json_member(element, key->name, &v, &ignored);
	const char *text = json_string(v);
	char *plain;

	if (value->duplicate != (duplicate < 0) ||
	    (!duplicate && json_value_is(value, JSON_STRING) != (text != NULL)))
		abort();
	if (json_value_text(value, key->name, &inner, &ignored) < 0 || !inner.text)
		return;
	plain = json_value_copy(value);
	if (!plain || strcmp(plain, text) != 0)
		abort();
	free(plain);
}

static int take_element(void *ctx, const struct json_value *values, struct coder_error *err)
{
	struct coder_token token = { 0 };
	struct coder_error ignored;
	struct seen *seen = ctx;
	const char *text = values[0].text;
	const size_t len = values[0].len;
	struct json *element = NULL;

	if (token_decode(text, len, &token, &ignored) == 0 && !coder_id_shaped(token.id))
		abort();
	coder_token_done(&token);
	if (json_parse(text, len, &element, &ignored) < 0)
		abort();
	for (size_t i = 0; i < TOKEN_KEYS; i++)
		compare_text(element, &token_keys[i], &values[i + 1]);
	json_free(element);
	return buf_add(seen->texts, text, len) && buf_add_char(seen->texts, '\n') ?
		       0 :
		       coder_error_memory(err);
}

static int split(const char *text, size_t len, unsigned seed, struct buf *texts)
{
	struct seen seen = {
		.list = { .fn = take_element,
			  .keys = token_keys,
			  .n_keys = TOKEN_KEYS,
			  .ctx = &seen },
		.texts = texts,
	};
	struct coder_error err;
	int r = 0;

	for (size_t i = 0; i < len && r == 0;) {
		size_t piece = seed ? 1 + (seed = seed * 5 + 1) % 7 : len;

		if (piece > len - i)
			piece = len - i;
		r = json_list_feed(&seen.list, text + i, piece, &err);
		i += piece;
	}
	if (r == 0)
		r = json_list_end(&seen.list, &err);
	json_list_done(&seen.list);
	return r;
}

/* Whether text as a document is an array, or null. */
static bool is_list(const char *text, size_t len)
{
	struct coder_error err;
	struct json_value whole;

	return json_members(text, len, NULL, 0, &whole, &err) == 0 &&
	       (json_value_is(&whole, JSON_ARRAY) || json_value_is_none(&whole));
}

static bool same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (!a->len || memcmp(a->data, b->data, a->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, pieces = { 0 };
	const char *text = (const char *)data + 1;
	bool taken;

	if (size < 2)
		return 0;
	taken = split(text, size - 1, 0, &whole) == 0;
	if (taken != (split(text, size - 1, data[0] | 1u, &pieces) == 0) || !same(&whole, &pieces))
		abort();
	/* an element may nest as deep as a document: in a list that is one level more */
	if (is_list(text, size - 1) && !taken)
		abort();
	buf_done(&whole);
	buf_done(&pieces);
	return 0;
}
