/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kept.h - what outlives a request: connections, TLS sessions, addresses; for transfer.c, start.c
 * and run.c.
 */
#ifndef CODER_KEPT_H
#define CODER_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strings.h"
#include "libcurl.h"

/*
 * To be called before libcurl is used for anything else. Makes sure that what is kept belongs to
 * this process and that its descriptors are still its own; otherwise it is forgotten. Returns a
 * number that changes when something was forgotten: a multi handle that was created under another
 * number must not be used or cleaned up any more.
 */
unsigned kept_claim(const struct libcurl *curl);

/* Where connections are kept, created if there is none; NULL: no memory. */
CURLSH *kept_share(const struct libcurl *curl);

/*
 * A multi handle without sockets, connections, CA certificates and buffers can be kept for later
 * calls, even by a child process. Making one costs as much as a tenth of a request.
 */
/* Keeps it. False: another one is kept. */
bool kept_put_multi(CURLM *multi);
/* Gives the one that is kept to the caller; NULL: there is none. */
CURLM *kept_take_multi(void);

/* Closes the connections. */
void kept_close(const struct libcurl *curl);
/*
 * Closes the connections that were made with other CA certificates: libcurl would distinguish them
 * only by the path of the file. cas is a number for the certificates that are used from now on.
 */
void kept_trust(const struct libcurl *curl, uint64_t cas);

/*
 * Addresses are remembered together with the connections to them. A request that may use a kept
 * connection needs no look-up, and libcurl can connect again if the server has closed it. peer is
 * a number for the server and its proxy, as in sockets_open().
 */
/* Remembers the addresses of peer, as CURLOPT_RESOLVE takes them. */
void kept_remember(uint64_t peer, const struct coder_strings *addresses);
/* The addresses of a peer to which a connection is kept, or NULL. */
const struct coder_strings *kept_addresses(uint64_t peer);
/* A request to peer has ended: from now on its connections count as kept, for a while. */
void kept_used(uint64_t peer);
/* Forgets the addresses of peer, because they cannot be reached. */
void kept_forget(uint64_t peer);

/* Deliberately leaks a handle that cannot be cleaned up. NULL is allowed. */
void kept_leak(void *handle);

#endif
