/* SPDX-License-Identifier: GPL-3.0-or-later */
/* redact.c - removes secrets from the texts of errors; see redact.h. */
#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/shape.h"
#include "redact.h"
#include "response.h"

#define BEGIN_MIN 4 /* characters; where a text was cut, shorter beginnings are kept */

/* The texts of an error. */
static const struct text {
	size_t offset, size;
} texts[] = {
#define TEXT(member, size) { offsetof(struct coder_error, member), size },
	CODER_ERROR_TEXTS(TEXT)
#undef TEXT
};
#define N_TEXTS (sizeof(texts) / sizeof(*texts))

/*
 * Removes the beginning of secret that stands before end, if it has at least BEGIN_MIN characters.
 * Returns the new end.
 */
static char *drop_begin(const char *text, char *end, const char *secret)
{
	for (size_t n = strlen(secret) - 1; n >= BEGIN_MIN; n--)
		if ((size_t)(end - text) >= n && ascii_same(end - n, secret, n)) {
			memmove(end - n, end, strlen(end) + 1);
			return end - n;
		}
	return end;
}

void redact_secret(struct coder_error *err, const char *secret)
{
	if (!secret || strlen(secret) < REDACT_MIN)
		return;
	for (size_t i = 0; i < N_TEXTS; i++) {
		char *const text = (char *)err + texts[i].offset, *at = text;

		/* in any case of letters, because hosts are written in lower case */
		while ((at = ascii_find(at, secret)))
			at = coder_redact(text, texts[i].size, at, strlen(secret));
		/* the text, or a part of the response in it, may have been cut within the secret */
		for (at = text; (at = strstr(at, RESPONSE_CUT)); at++)
			at = drop_begin(text, at, secret);
		if (strlen(text) + 5 >= texts[i].size)
			drop_begin(text, text + strlen(text), secret);
	}
}

/* Removes the secret of a token that was cut before end, which is too short to be recognised. */
static void drop_cut_secret(char *text, char *end)
{
	char *secret = end, *id;

	while (secret > text && ascii_is_alnum(secret[-1]))
		secret--;
	if (secret == text || secret[-1] != '-')
		return;
	for (id = secret - 1; id > text && ascii_is_alnum(id[-1]); id--)
		;
	if (secret - 1 - id == CODER_ID_LEN)
		memmove(secret, end, strlen(end) + 1);
}

void redact_shapes(struct coder_error *err)
{
	for (size_t i = 0; i < N_TEXTS; i++) {
		char *const text = (char *)err + texts[i].offset;
		const size_t size = texts[i].size;

		coder_hide_tokens(text);
		for (char *at = text; (at = strstr(at, RESPONSE_CUT)); at++)
			drop_cut_secret(text, at);
		if (strlen(text) + 5 >= size)
			drop_cut_secret(text, text + strlen(text));
		/* a longer text may have been there before */
		explicit_bzero(text + strlen(text), size - strlen(text));
	}
}
