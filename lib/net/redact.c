/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact.c - removes secrets from the texts of errors: a server, or an error page of a proxy, may
 * repeat what it was sent. A text that was cut may end with the first part of a secret. This part
 * is removed, too.
 */
#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/shape.h"
#include "http.h"
#include "http_client.h"
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

/* Writes "[secret]" over each occurrence of secret, in any case of letters. NULL is allowed. */
static void redact_secret(struct coder_error *err, const char *secret)
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

/*
 * Does the same to whatever has the shape of a token, and wipes the memory behind the end of each
 * text. To be called last.
 */
static void redact_shapes(struct coder_error *err)
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

void http_hide_secrets(const struct http *http, struct coder_error *err)
{
	const char *dash = http->token ? strchr(http->token, '-') : NULL;
	const char *user = http->proxy.user, *colon = user ? strchr(user, ':') : NULL;

	redact_secret(err, http->token);
	redact_secret(err, dash ? dash + 1 : NULL);
	redact_secret(err, http->new_secret);
	for (size_t i = http->configured; i < http->headers.n; i++) {
		const char *value = strstr(http->headers.v[i], ": ");

		/* a part of the deployment's name, such as "staging", is no secret */
		if (value && !strstr(http->url.origin, value + 2))
			redact_secret(err, value + 2);
	}
	redact_secret(err, user);
	redact_secret(err, colon ? colon + 1 : NULL);
	redact_shapes(err);
}
