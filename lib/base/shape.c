/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shape.c - texts that look like a token or its id. */
#include <stdint.h>
#include <string.h>

#include "ascii.h"
#include "shape.h"

#define SECRET_LEN 22 /* characters of a secret, as servers create it */
#define SECRET_LEN_MIN 11 /* a truncated token has at least so many characters of it */

/* How many letters and digits s begins with. Ids and secrets consist of them. */
static size_t alnum_len(const char *s)
{
	const char *end = s;

	while (ascii_is_alnum(*end))
		end++;
	return (size_t)(end - s);
}

bool coder_token_shaped(const char *text)
{
	size_t secret_len;

	if (alnum_len(text) != CODER_ID_LEN || text[CODER_ID_LEN] != '-')
		return false;
	text += CODER_ID_LEN + 1;
	secret_len = alnum_len(text);
	return secret_len >= SECRET_LEN_MIN && !text[secret_len];
}

/*
 * Finds the first token in text whose secret has at least so many characters. Returns the secret,
 * or NULL.
 */
static const char *find_secret(const char *text, size_t least)
{
	for (size_t run; *text; text += run ? run : 1) {
		const char *secret = text + CODER_ID_LEN + 1;

		run = alnum_len(text);
		if (run == CODER_ID_LEN && secret[-1] == '-' && alnum_len(secret) >= least)
			return secret;
	}
	return NULL;
}

bool coder_token_in_text(const char *text)
{
	return find_secret(text, SECRET_LEN) != NULL;
}

char *coder_redact(char *text, size_t size, char *at, size_t len)
{
	static const char mark[] = "[secret]";
	const size_t mark_len = sizeof(mark) - 1, rest = strlen(at + len) + 1;

	if ((size_t)(at - text) + mark_len + rest > size) {
		*at = '\0';
		return at;
	}
	memmove(at + mark_len, at + len, rest);
	memcpy(at, mark, mark_len);
	return at + mark_len;
}

void coder_hide_tokens(char *text)
{
	const char *found = text;

	while ((found = find_secret(found, SECRET_LEN_MIN))) /* which is longer than "[secret]" */
		found = coder_redact(text, SIZE_MAX, text + (found - text), alnum_len(found));
}

bool coder_id_shaped(const char *text)
{
	return alnum_len(text) == CODER_ID_LEN && !text[CODER_ID_LEN];
}

enum coder_meaning coder_meaning(const char *text, char ret_id[CODER_ID_LEN + 1])
{
	const char *begin = text + strspn(text, ASCII_BLANKS), *end = begin + alnum_len(begin);
	enum coder_meaning meaning = CODER_MEANS_ID;

	if (end - begin != CODER_ID_LEN)
		return CODER_MEANS_NAME;
	if (*end == '-') {
		size_t secret_len = alnum_len(++end);

		if (secret_len < SECRET_LEN_MIN)
			return CODER_MEANS_NAME;
		meaning = CODER_MEANS_TOKEN;
		end += secret_len;
	}
	if (end[strspn(end, ASCII_BLANKS)])
		return CODER_MEANS_NAME;
	memcpy(ret_id, begin, CODER_ID_LEN);
	ret_id[CODER_ID_LEN] = '\0';
	return meaning;
}
