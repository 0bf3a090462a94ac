/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf.h - a growing byte buffer that is capped and wiped.
 *
 * data is NUL-terminated whenever it is not NULL (the NUL is not counted in
 * len). Every block that a buffer gives up, on growth and at its end, is wiped
 * first: no caller needs to know whether a secret went through it. The empty
 * buffer is zeroed memory, with no cap.
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

/* Wipes what stands behind the first len bytes, of which there are as many or more. */
void buf_truncate(struct buf *b, size_t len);

/* These append; false (and the buffer as it was): no memory, or past the cap. */
bool buf_add(struct buf *b, const void *data, size_t len);
bool buf_add_str(struct buf *b, const char *s);
bool buf_add_char(struct buf *b, char c);
/* Appends s percent-encoded, but for unreserved characters (RFC 3986, 2.3). */
bool buf_add_encoded(struct buf *b, const char *s);
/* Appends s with its percent-encoding undone. */
bool buf_add_decoded(struct buf *b, const char *s);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Appends what one read(2) gives, at most 4 KiB. Returns its bytes, 0 at the
 * end, -1 with errno (EFBIG: past the cap, the buffer as it was).
 */
ssize_t buf_read(struct buf *b, int fd);

/* Gives the contents away as a heap string ("" for an empty buffer); NULL: no memory. */
char *buf_detach(struct buf *b);

/* Wipes and frees a heap string. NULL is allowed. */
void buf_free_string(char *s);

/*
 * Wipes what functions that have returned left on the stack, ours and those of
 * libraries. To be called from high up, when the work is done.
 */
void buf_wipe_stack(void);

#endif
