/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_list.c - lists of tokens that arrive in pieces.
 *
 * The first byte seeds the sizes of the pieces. In pieces or whole, a list must
 * give the same elements, and be taken just when it is an array (or null) as a
 * document, within the splitter's own limits.
 */
#include <stdlib.h>
#include <string.h>

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

static int take_element(void *ctx, const struct json *element, struct coder_error *err)
{
	struct coder_token token = { 0 };
	struct coder_error ignored;
	struct seen *seen = ctx;
	const struct buf *text = &seen->list.element;

	if (token_decode(element, &token, &ignored) == 0 && !coder_id_shaped(token.id))
		abort();
	coder_token_done(&token);
	return buf_add(seen->texts, text->data, text->len) && buf_add_char(seen->texts, '\n') ?
		       0 :
		       coder_error_memory(err);
}

static int split(const char *text, size_t len, unsigned seed, struct buf *texts)
{
	struct seen seen = { .list = { .fn = take_element, .ctx = &seen }, .texts = texts };
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
	struct json *doc = NULL;
	bool list;

	if (json_parse(text, len, &doc, &err) < 0)
		return false;
	list = json_is_array(doc) || json_is_null(doc);
	json_free(doc);
	return list;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, pieces = { 0 };
	const char *text = (const char *)data + 1;
	bool taken;

	if (size < 2)
		return 0;
	taken = split(text, size - 1, 0, &whole) == 0;
	if (taken != (split(text, size - 1, data[0] | 1u, &pieces) == 0) ||
	    whole.len != pieces.len || (whole.len && memcmp(whole.data, pieces.data, whole.len)))
		abort();
	/* an element may nest as deep as a document: in a list that is one level more */
	if (is_list(text, size - 1) && !taken)
		abort();
	buf_done(&whole);
	buf_done(&pieces);
	return 0;
}
