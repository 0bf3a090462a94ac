/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shape.c - texts that look like a token or its id. */
#include <string.h>

#include "shape.h"

#define SECRET_LEN 22 /* characters behind a token's id and dash, as servers make them */
#define SECRET_LEN_MIN 11 /* of a truncated one that still counts as a token */

/* How many characters of s, from its start, an id or a secret can have. */
static size_t alnum_len(const char *s)
{
	return strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
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

/* The secret of the first token in text whose secret has so many characters or more; NULL: none. */
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

void coder_hide_tokens(char *text)
{
	static const char mark[] = "[secret]";
	const size_t mark_len = sizeof(mark) - 1;
	const char *found = text;

	while ((found = find_secret(found, SECRET_LEN_MIN))) {
		char *secret = text + (found - text);
		size_t len = alnum_len(secret);

		memcpy(secret, mark, mark_len);
		memmove(secret + mark_len, secret + len, strlen(secret + len) + 1);
		found = secret + mark_len;
	}
}

bool coder_id_shaped(const char *text)
{
	return alnum_len(text) == CODER_ID_LEN && !text[CODER_ID_LEN];
}

enum coder_meaning coder_meaning(const char *text, char ret_id[CODER_ID_LEN + 1])
{
	static const char blanks[] = " \t\r\n\v\f";
	const char *begin = text + strspn(text, blanks), *end = begin + alnum_len(begin);
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
	if (end[strspn(end, blanks)])
		return CODER_MEANS_NAME;
	memcpy(ret_id, begin, CODER_ID_LEN);
	ret_id[CODER_ID_LEN] = '\0';
	return meaning;
}
