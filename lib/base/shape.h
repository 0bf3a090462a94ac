/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shape.h - texts that look like a token or its public id. */
#ifndef CODER_SHAPE_H
#define CODER_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#define CODER_ID_LEN 10 /* characters of a token's public id */

/*
 * Whether text has the shape of a token, whole or truncated: ^[0-9A-Za-z]{10}-[0-9A-Za-z]{11,}$.
 * The first CODER_ID_LEN characters are its public id. The rest is secret and must never be in a
 * URL.
 */
bool coder_token_shaped(const char *text);

/*
 * Replaces the len bytes at `at`, within text, by "[secret]". text has size bytes of memory; if
 * that is too little, text is cut at `at`. Returns the end of the replacement.
 */
char *coder_redact(char *text, size_t size, char *at, size_t len);

/*
 * Replaces the secret of each token in text by "[secret]". A token is what has its shape and is
 * between characters that are neither letters nor digits.
 */
void coder_hide_tokens(char *text);

/* Whether text has the shape of a public id: ^[0-9A-Za-z]{10}$. */
bool coder_id_shaped(const char *text);

/* What a text that names a token can mean, by its shape. */
enum coder_meaning {
	CODER_MEANS_NAME, /* only a name */
	CODER_MEANS_ID, /* an id, or a name */
	CODER_MEANS_TOKEN, /* a token, whole or truncated, or a name; it may contain a secret */
};
/*
 * Tests the text without the blanks around it. Writes the public id to ret_id, unless the text means
 * only a name.
 */
enum coder_meaning coder_meaning(const char *text, char ret_id[CODER_ID_LEN + 1]);

/* Whether text contains a whole token: one as long as servers create them, or longer. */
bool coder_token_in_text(const char *text);

#endif
