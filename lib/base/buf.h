/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf.h - a growing byte buffer that can have a maximum length and wipes its memory.
 *
 * data is NUL-terminated unless it is NULL; len does not count the NUL. Every block is wiped before
 * it is freed, also when the buffer grows, so callers need not know whether it held a secret.
 * Zeroed memory is an empty buffer without a maximum.
 */
#ifndef CODER_BUF_H
#define CODER_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max; /* the maximum of len; 0: none */
};

/* Wipes and frees the contents. The buffer is then empty; its maximum stays. */
void buf_done(struct buf *b);
/* Wipes the contents and keeps the memory. */
void buf_reset(struct buf *b);

/* Wipes all but the first len bytes. The buffer holds at least as many. */
void buf_truncate(struct buf *b, size_t len);

/*
 * Makes room for extra bytes, which can then be added without failing. Returns false if there is no
 * memory or the maximum would be exceeded.
 */
bool buf_reserve(struct buf *b, size_t extra);

/* These append. If there is no memory or no room, they return false and change nothing. */
bool buf_add(struct buf *b, const void *data, size_t len);
bool buf_add_str(struct buf *b, const char *s);
bool buf_add_char(struct buf *b, char c);
/* Appends s percent-encoded, except unreserved characters (RFC 3986, 2.3). */
bool buf_add_encoded(struct buf *b, const char *s);
/* Appends s percent-decoded. Fails if the limit leaves no room for s as it is. */
bool buf_add_decoded(struct buf *b, const char *s);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Appends what one read(2) returns, at most 4 KiB. Returns the number of bytes, 0 at the end of the
 * file, or -1 with errno set. EFBIG: there is no room, and the buffer has not changed.
 */
ssize_t buf_read(struct buf *b, int fd);

/* Returns the contents ("" if it is empty) as a string that the caller frees. NULL: no memory. */
char *buf_detach(struct buf *b);

/* Wipes and frees a heap string. s may be NULL. */
void buf_free_string(char *s);

/*
 * Wipes what functions of this library and of others have left on the stack. Call it when the work
 * is done, from a function that was called early.
 */
void buf_wipe_stack(void);

#endif
