/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - UTF-8, and texts of a fixed size. */
#ifndef CODER_TEXT_H
#define CODER_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at text, its code point in *ret; 0: none begins there. */
size_t coder_utf8_decode(const char *text, uint32_t *ret);

/* Whether text is UTF-8 throughout: servers replace what is not, and names would differ. */
bool coder_is_utf8(const char *text);

/* The most of the n bytes at s that does not end inside a UTF-8 sequence. */
size_t coder_utf8_whole(const char *s, size_t n);
/*
 * Appends as much of s as fits to the text in the size bytes at out (which begin
 * as a string), never cutting a UTF-8 sequence: for the fields of coder_error.
 */
void text_append(char *out, size_t size, const char *s);
/* vsnprintf() that never cuts a UTF-8 sequence. */
void text_format(char *out, size_t size, const char *fmt, va_list ap);
/* Whether it has a C0 control character or DEL in it. */
bool text_has_control(const char *s);
/* "10 s", "500 ms": to a hundredth of a second, rounded up. */
void text_wait(int64_t ns, char out[32]);

#endif
