/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.c - see buf.h. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ascii.h"
#include "buf.h"

#define BUF_FIRST 64 /* bytes of the first block */

static void wipe_block(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	free(b->data);
}

void buf_done(struct buf *b)
{
	if (!b)
		return;
	wipe_block(b);
	*b = (struct buf){ .max = b->max };
}

void buf_reset(struct buf *b)
{
	buf_truncate(b, 0);
}

void buf_truncate(struct buf *b, size_t len)
{
	if (!b->data)
		return;
	explicit_bzero(b->data + len, b->len - len);
	b->len = len;
}

/* Whether len more bytes, and the NUL, fit into the block. Most calls find that they do. */
static inline bool has_room(const struct buf *b, size_t len)
{
	return b->cap - b->len > len && (!b->max || len <= b->max - b->len);
}

/* Does not use realloc(), which would leave copies of the contents in memory. */
static bool grow(struct buf *b, size_t extra)
{
	size_t need, cap;
	char *data;

	if (__builtin_add_overflow(b->len, extra, &need) || (b->max && need > b->max))
		return false;
	if (__builtin_add_overflow(need, 1, &need))
		return false;
	cap = b->cap ? b->cap : BUF_FIRST;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	data = malloc(cap);
	if (!data)
		return false;
	if (b->data)
		memcpy(data, b->data, b->len);
	data[b->len] = '\0';
	wipe_block(b);
	b->data = data;
	b->cap = cap;
	return true;
}

bool buf_reserve(struct buf *b, size_t extra)
{
	return has_room(b, extra) || grow(b, extra);
}

bool buf_add(struct buf *b, const void *data, size_t len)
{
	if (!has_room(b, len) && !grow(b, len))
		return false;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return true;
}

bool buf_add_str(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool buf_add_char(struct buf *b, char c)
{
	if (!has_room(b, 1) && !grow(b, 1))
		return false;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
	return true;
}

bool buf_add_encoded(struct buf *b, const char *s)
{
	for (; *s; s++) {
		bool plain = ascii_is_alnum(*s) || strchr("-._~", *s);

		if (!(plain ? buf_add_char(b, *s) : buf_addf(b, "%%%02X", (unsigned char)*s)))
			return false;
	}
	return true;
}

bool buf_add_decoded(struct buf *b, const char *s)
{
	if (!buf_reserve(b, strlen(s)))
		return false;
	for (; *s; s++) {
		int high = *s == '%' ? ascii_hex(s[1]) : -1, low = high < 0 ? -1 : ascii_hex(s[2]);

		b->data[b->len++] = low < 0 ? *s : (char)(high * 16 + low);
		s += low < 0 ? 0 : 2;
	}
	b->data[b->len] = '\0';
	return true;
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
	size_t room;
	va_list ap;
	int n;

	if (!buf_reserve(b, 0))
		return false;
	room = b->cap - b->len;
	va_start(ap, fmt);
	n = vsnprintf(b->data + b->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_reserve(b, (size_t)n)) {
		b->data[b->len] = '\0';
		return false;
	}
	if ((size_t)n >= room) {
		va_start(ap, fmt);
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
	return true;
}

ssize_t buf_read(struct buf *b, int fd)
{
	char chunk[4096];
	ssize_t n;

	do
		n = read(fd, chunk, sizeof(chunk));
	while (n < 0 && errno == EINTR);
	if (n > 0 && !buf_add(b, chunk, (size_t)n)) {
		errno = b->max && b->len + (size_t)n > b->max ? EFBIG : ENOMEM;
		n = -1;
	}
	explicit_bzero(chunk, sizeof(chunk));
	return n;
}

char *buf_detach(struct buf *b)
{
	char *s;

	if (!buf_reserve(b, 0))
		return NULL;
	s = b->data;
	*b = (struct buf){ .max = b->max };
	return s;
}

void buf_free_string(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

/*
 * Calls use up to 22 KiB of stack, with libcurl 7.88 to 8.23 and OpenSSL. The function is not
 * inlined, so that the area is where the frames of the caller's other calls were.
 */
void __attribute__((noinline)) buf_wipe_stack(void)
{
	char area[48 << 10];

	explicit_bzero(area, sizeof(area));
}
