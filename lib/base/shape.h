/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shape.h - texts that look like a token or its public id. */
#ifndef CODER_SHAPE_H
#define CODER_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#define CODER_ID_LEN 10 /* characters of a token's public id */

/*
 * Whether text has the shape of a token, whole or truncated:
 * ^[0-9A-Za-z]{10}-[0-9A-Za-z]{11,}$. Its first CODER_ID_LEN characters are the
 * public id; the rest is secret and must never enter a URL.
 */
bool coder_token_shaped(const char *text);

/*
 * Writes "[secret]" over the len bytes at `at`, which are in the text in the size bytes at text. If
 * there is no room, the text ends there. Returns the end of what was written.
 */
char *coder_black_out(char *text, size_t size, char *at, size_t len);

/*
 * Writes "[secret]" over the secret of whatever in a text that is to be shown is
 * coder_token_shaped() between characters that are no letters or digits.
 */
void coder_hide_tokens(char *text);

/* Whether text could be a public id: ^[0-9A-Za-z]{10}$. */
bool coder_id_shaped(const char *text);

/* What a text that names a token may mean, by its shape. */
enum coder_meaning {
	CODER_MEANS_NAME, /* a name and nothing else */
	CODER_MEANS_ID, /* an id, or else a name */
	CODER_MEANS_TOKEN, /* a token, whole or truncated, or else a name; it may hold a secret */
};
/* Blanks around the text do not count. The public id goes to ret_id, but for a mere name. */
enum coder_meaning coder_meaning(const char *text, char ret_id[CODER_ID_LEN + 1]);

/* Whether a whole token, as servers make them or longer, is anywhere in text. */
bool coder_token_in_text(const char *text);

#endif
