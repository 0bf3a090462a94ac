/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kept.h - what outlives a request: connections, TLS sessions, addresses; for transfer.c and run.c. */
#ifndef CODER_KEPT_H
#define CODER_KEPT_H

#include <stdint.h>

#include "base/strings.h"
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
/*
 * Closes them if they were made with other CA certificates. cas is a number for the certificates
 * that count from now on. libcurl would tell them apart by the path of their file only.
 */
void kept_trust(const struct libcurl *curl, uint64_t cas);

/*
 * Addresses go with the connections that were made to them: a request that may
 * use one needs no look-up, and libcurl can connect anew where it finds it closed.
 * peer is a number for whom is connected to, as in sockets_open().
 */
/* Remembers the addresses of peer, as CURLOPT_RESOLVE takes them. */
void kept_remember(uint64_t peer, const struct coder_strings *addresses);
/* Those of a peer that a kept connection leads to, or NULL. */
const struct coder_strings *kept_addresses(uint64_t peer);
/* A request to peer has ended: its connections count as kept for a while. */
void kept_used(uint64_t peer);
/* Nothing could be connected to at these addresses. */
void kept_forget(uint64_t peer);

/* Deliberately leaks a handle that cannot be cleaned up. NULL is allowed. */
void kept_leak(void *handle);

#endif
