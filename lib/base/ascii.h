/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ascii.h - tests of single characters. Unlike those of ctype.h, they do not depend on the locale.
 */
#ifndef CODER_ASCII_H
#define CODER_ASCII_H

#include <stdbool.h>
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

/* Whether it is a C0 control character or DEL. */
static inline bool ascii_is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

#endif
