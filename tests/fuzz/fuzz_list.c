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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_element(void *ctx, const char *text, size_t len, struct coder_error *err)
{
	struct coder_token token = { 0 };
	struct coder_error ignored;
	struct buf *seen = ctx;

	if (token_decode(text, len, &token, &ignored) == 0 && !coder_id_shaped(token.id))
		abort();
	coder_token_done(&token);
	return buf_add(seen, text, len) && buf_add_char(seen, '\n') ? 0 : coder_error_memory(err);
}

static int split(const char *text, size_t len, unsigned seed, struct buf *seen)
{
	struct json_list list = { .fn = take_element, .ctx = seen };
	struct coder_error err;
	int r = 0;

	for (size_t i = 0; i < len && r == 0;) {
		size_t piece = seed ? 1 + (seed = seed * 5 + 1) % 7 : len;

		if (piece > len - i)
			piece = len - i;
		r = json_list_feed(&list, text + i, piece, &err);
		i += piece;
	}
	if (r == 0)
		r = json_list_end(&list, &err);
	json_list_done(&list);
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
