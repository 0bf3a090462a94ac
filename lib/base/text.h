/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - UTF-8, and texts in buffers of a fixed size. */
#ifndef CODER_TEXT_H
#define CODER_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns the bytes of the UTF-8 character at text and sets *ret to its code point. 0: there is none. */
size_t coder_utf8_decode(const char *text, uint32_t *ret);

/* Whether all of text is UTF-8. Servers replace other bytes, so that a name would change. */
bool coder_is_utf8(const char *text);

/* How many of the n bytes at s to keep so that no UTF-8 sequence is cut. */
size_t coder_utf8_whole(const char *s, size_t n);
/*
 * Appends as much of s as fits to the string in the size bytes at out. It never cuts a
 * UTF-8 sequence. For the fields of coder_error.
 */
void text_append(char *out, size_t size, const char *s);
/* vsnprintf() that never cuts a UTF-8 sequence. */
void text_format(char *out, size_t size, const char *fmt, va_list ap);
/* Whether s contains a C0 control character or DEL. */
bool text_has_control(const char *s);
/* Writes a wait as "10 s" or "500 ms", rounded up to a hundredth of a second. */
void text_wait(int64_t ns, char out[32]);

#endif
