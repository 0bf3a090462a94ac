/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - UTF-8, and texts in buffers of a fixed size. */
#ifndef CODER_TEXT_H
#define CODER_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the UTF-8 character at text. Returns the number of its bytes; 0: it is not valid. */
size_t coder_utf8_decode(const char *text, uint32_t *ret);

/* Whether text is UTF-8. Servers would replace other bytes. */
bool coder_is_utf8(const char *text);

/* The most bytes, up to n, after which s can be cut without breaking a UTF-8 sequence. */
size_t coder_utf8_whole(const char *s, size_t n);
/*
 * Appends as much of s as fits to the string at out, whose memory is size bytes. It does not break
 * a UTF-8 sequence.
 */
void text_append(char *out, size_t size, const char *s);
/* vsnprintf() that does not break a UTF-8 sequence. */
void text_format(char *out, size_t size, const char *fmt, va_list ap);
/* Whether s contains a C0 control character or DEL. */
bool text_has_control(const char *s);
/* Reads the len bytes at text as a number in decimal. -1: it is none, or exceeds max. */
int64_t coder_decimal(const char *text, size_t len, int64_t max);
/* Writes a wait as "10 s" or "500 ms", rounded up to a hundredth of a second. */
void text_wait(int64_t ns, char out[32]);

#endif
