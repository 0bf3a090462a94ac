/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kept.h - what outlives a request: connections and TLS sessions; for transfer.c. */
#ifndef CODER_KEPT_H
#define CODER_KEPT_H

#include "libcurl.h"

/*
 * To be called before anything else of libcurl's is: makes sure that what is
 * kept is this process's own, and that its descriptors are still its own. What
 * is not is forgotten. Returns a number that changes then: a multi handle that
 * was made under another one must not be used or cleaned up any more.
 */
unsigned kept_claim(const struct libcurl *curl);

/* Where connections are kept, made if there is none; NULL: no memory. */
CURLSH *kept_share(const struct libcurl *curl);

/* Closes the connections. */
void kept_close(const struct libcurl *curl);

/* Deliberately leaks a handle that cannot be cleaned up. NULL is allowed. */
void kept_leak(void *handle);

#endif
