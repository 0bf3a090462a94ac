/* SPDX-License-Identifier: GPL-3.0-or-later */
/* redact.c - taking secrets out of the texts of errors. */
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/shape.h"
#include "redact.h"
#include "response.h"

#define BEGIN_MIN 4 /* characters of a secret's begin that are removed where a text was cut */

/*
 * Takes the begin of secret away that stands before end, if it is BEGIN_MIN
 * characters or more. Returns where end is then.
 */
static char *drop_begin(const char *text, char *end, const char *secret)
{
	for (size_t n = strlen(secret) - 1; n >= BEGIN_MIN; n--)
		if ((size_t)(end - text) >= n && strncasecmp(end - n, secret, n) == 0) {
			memmove(end - n, end, strlen(end) + 1);
			return end - n;
		}
	return end;
}

/* Blacks each occurrence out, in whatever case: hosts are in lower. */
static void black_out(char *text, size_t size, const char *secret)
{
	char *at = text;

	while ((at = strcasestr(at, secret)))
		at = coder_black_out(text, size, at, strlen(secret));
	/* a text that was cut may end within the secret: one of the response's, or this whole one */
	for (at = text; (at = strstr(at, RESPONSE_CUT)); at++)
		at = drop_begin(text, at, secret);
	if (strlen(text) + 5 >= size)
		drop_begin(text, text + strlen(text), secret);
}

void redact_secret(struct coder_error *err, const char *secret)
{
	if (!secret || strlen(secret) < REDACT_MIN)
		return;
	black_out(err->message, sizeof(err->message), secret);
	black_out(err->detail, sizeof(err->detail), secret);
	black_out(err->field, sizeof(err->field), secret);
	black_out(err->about, sizeof(err->about), secret);
	black_out(err->also, sizeof(err->also), secret);
}

/* Of a token that was cut, the secret is too short to be known by its shape. */
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

static void hide_shape(char *text, size_t size)
{
	coder_hide_tokens(text);
	for (char *at = text; (at = strstr(at, RESPONSE_CUT)); at++)
		drop_cut_secret(text, at);
	if (strlen(text) + 5 >= size)
		drop_cut_secret(text, text + strlen(text));
}

/* Leaves nothing behind the end of a text: a longer one may have been there before. */
static void clear_rest(char *text, size_t size)
{
	size_t len = strlen(text);

	explicit_bzero(text + len, size - len);
}

void redact_shapes(struct coder_error *err)
{
	hide_shape(err->message, sizeof(err->message));
	hide_shape(err->detail, sizeof(err->detail));
	hide_shape(err->field, sizeof(err->field));
	hide_shape(err->about, sizeof(err->about));
	hide_shape(err->also, sizeof(err->also));
	clear_rest(err->message, sizeof(err->message));
	clear_rest(err->detail, sizeof(err->detail));
	clear_rest(err->field, sizeof(err->field));
	clear_rest(err->about, sizeof(err->about));
	clear_rest(err->also, sizeof(err->also));
}
