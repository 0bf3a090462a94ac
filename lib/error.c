/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.c - filling in struct coder_error without needing memory. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* Bytes of the UTF-8 sequence that lead begins; 1 for what begins none. */
static size_t sequence_len(unsigned char lead)
{
	if (lead >= 0xf0)
		return 4;
	if (lead >= 0xe0)
		return 3;
	return lead >= 0xc0 ? 2 : 1;
}

/* The most of n bytes at s that does not end inside a UTF-8 sequence. */
static size_t whole_characters(const char *s, size_t n)
{
	size_t i = n;

	while (i > 0 && n - i < 3 && ((unsigned char)s[i - 1] & 0xc0) == 0x80)
		i--;
	if (i > 0 && i - 1 + sequence_len((unsigned char)s[i - 1]) > n)
		return i - 1;
	return n;
}

bool text_has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return true;
	return false;
}

void text_append(char *out, size_t size, const char *s)
{
	size_t len = strlen(out), n = strlen(s);

	if (n > size - len - 1)
		n = whole_characters(s, size - len - 1);
	memcpy(out + len, s, n);
	out[len + n] = '\0';
}

void text_wait(int64_t ns, char out[32])
{
	/* rounded up: a caller had used up a moment of what it was given */
	long long ms = (long long)(ns + CODER_NS / 100 - 1) / (CODER_NS / 100) * 10;

	if (ms % 1000)
		snprintf(out, 32, "%lld ms", ms);
	else
		snprintf(out, 32, "%lld s", ms / 1000);
}

static void text_format(char *out, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(out, size, fmt, ap);

	if (n < 0)
		out[0] = '\0';
	else if ((size_t)n >= size)
		out[whole_characters(out, size - 1)] = '\0';
}

int coder_error_set(struct coder_error *err, enum coder_code code, const char *fmt, ...)
{
	char message[sizeof(err->message)]; /* the arguments may point into *err */
	va_list ap;

	va_start(ap, fmt);
	text_format(message, sizeof(message), fmt, ap);
	va_end(ap);
	*err = (struct coder_error){ .code = code, .retry_after = -1 };
	text_append(err->message, sizeof(err->message), message);
	explicit_bzero(message, sizeof(message)); /* a server may have repeated a secret */
	return -1;
}

int coder_error_wrap(struct coder_error *err, const char *fmt, ...)
{
	char message[sizeof(err->message)];
	va_list ap;

	va_start(ap, fmt);
	text_format(message, sizeof(message), fmt, ap);
	va_end(ap);
	text_append(message, sizeof(message), ": ");
	text_append(message, sizeof(message), err->message);
	memcpy(err->message, message, sizeof(message));
	explicit_bzero(message, sizeof(message));
	return -1;
}

int coder_error_hint(struct coder_error *err, const char *fmt, ...)
{
	va_list ap;

	if (err->hint[0])
		return -1;
	va_start(ap, fmt);
	text_format(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
	return -1;
}

int coder_error_memory(struct coder_error *err)
{
	return coder_error_set(err, CODER_ERR_MEMORY, "out of memory");
}
