/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ascii.h - tests of characters, and comparisons in any case of letters. Unlike those of the C
 * library they do not depend on the locale: in a Turkish one, I is not the upper case of i there.
 */
#ifndef CODER_ASCII_H
#define CODER_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ASCII_BLANKS " \t\n\v\f\r" /* trimmed from both ends of what users give */
#define ASCII_DIGITS "0123456789"
#define ASCII_ALNUM ASCII_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static inline bool ascii_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether there is a text, and anything but blanks in it. */
static inline bool ascii_is_given(const char *text)
{
	return text && text[strspn(text, ASCII_BLANKS)];
}

static inline bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_alnum(char c)
{
	return ascii_is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* The value of a hexadecimal digit, or -1. */
static inline int ascii_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	return (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static inline char ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c & ~32) : c;
}

/* Whether n bytes are the same, in any case of letters. */
static inline bool ascii_same(const char *a, const char *b, size_t n)
{
	while (n && ascii_lower(*a) == ascii_lower(*b))
		a++, b++, n--;
	return !n;
}

/* Whether the len bytes of text are the word, in any case of letters. */
static inline bool ascii_is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && ascii_same(text, word, len);
}

/* Whether two texts are the same, in any case of letters. */
static inline bool ascii_equal(const char *a, const char *b)
{
	return ascii_is(a, strlen(a), b);
}

/* The first place at which the text has the word, in any case of letters; NULL: it does not. */
static inline char *ascii_find(const char *text, const char *word)
{
	const size_t len = strlen(word);

	for (const char *end = text + strlen(text); (size_t)(end - text) >= len; text++)
		if (ascii_same(text, word, len))
			return (char *)text;
	return NULL;
}

/* Whether all bytes are ASCII. */
static inline bool ascii_only(const char *text, size_t len)
{
	uint64_t all = 0, some;

	for (; len >= sizeof(some); text += sizeof(some), len -= sizeof(some)) {
		memcpy(&some, text, sizeof(some));
		all |= some;
	}
	while (len)
		all |= (unsigned char)text[--len];
	return !(all & 0x8080808080808080);
}

/* Whether it is a C0 control character or DEL. */
static inline bool ascii_is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

#endif
