/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf.h - a growing byte buffer that is capped and wiped.
 *
 * data is NUL-terminated unless it is NULL; len does not count the NUL. A buffer
 * wipes every block before it frees it, when it grows and when it ends, so that
 * no caller needs to know whether a secret went through it. Zeroed memory is an
 * empty buffer without a cap.
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
	size_t max; /* the most len may become; 0: no cap */
};

/* Wipes and frees the contents; the buffer is empty again, its cap kept. */
void buf_done(struct buf *b);
/* Wipes the contents and keeps the memory. */
void buf_reset(struct buf *b);

/* Wipes all but the first len bytes. The buffer holds at least as many. */
void buf_truncate(struct buf *b, size_t len);

/* Makes room for extra bytes, which can then be added for sure. False: no memory, or the cap. */
bool buf_reserve(struct buf *b, size_t extra);

/* These append. They return false and change nothing if there is no memory or the cap is reached. */
bool buf_add(struct buf *b, const void *data, size_t len);
bool buf_add_str(struct buf *b, const char *s);
bool buf_add_char(struct buf *b, char c);
/* Appends s percent-encoded, but for unreserved characters (RFC 3986, 2.3). */
bool buf_add_encoded(struct buf *b, const char *s);
/* Appends s with its percent-encoding undone. */
bool buf_add_decoded(struct buf *b, const char *s);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Appends what one read(2) returns, at most 4 KiB. Returns the number of bytes, 0 at the end of the
 * file, or -1 with errno set (EFBIG: the cap is reached, and the buffer has not changed).
 */
ssize_t buf_read(struct buf *b, int fd);

/* Returns the contents as a heap string ("" for an empty buffer) that is the caller's; NULL: no memory. */
char *buf_detach(struct buf *b);

/* Wipes and frees a heap string. s may be NULL. */
void buf_free_string(char *s);

/*
 * Wipes what functions of ours and of libraries have left on the stack. To be called at the end of
 * the work, by a function near the bottom of the stack.
 */
void buf_wipe_stack(void);

#endif
