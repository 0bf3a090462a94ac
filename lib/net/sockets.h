/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sockets.h - the sockets of this process; for the transfer layer.
 *
 * The descriptors of a shell belong to its user: `exec 5>file` may put a file where a socket was.
 * So sockets get high numbers and are close-on-exec. Before one is closed, its identity is checked.
 */
#ifndef CODER_SOCKETS_H
#define CODER_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * Opens a socket for a connection to that address, or takes one that was opened ahead. peer is a
 * number for the server and its proxy. -1: see errno.
 *
 * If a connection fails because descriptors have run out, libcurl closes its socket before anything
 * else. So *full is set when that happens: it becomes sockets_exhausted(1), unless it is already
 * set.
 */
int sockets_open(int type, int protocol, const struct sockaddr *address, socklen_t len,
		 uint64_t peer, int *full);
/*
 * Begins to open up to n connections to where one of that peer leads. sockets_open() takes them once
 * they are connected. Nothing is sent over them.
 */
void sockets_connect_ahead(uint64_t peer, size_t n);
/* Closes those that were not taken. */
void sockets_close_ahead(void);
/* From now on nothing is written to *full, because the connection has been made. */
void sockets_unwatch(const int *full);
/* Whether a socket for that peer is open that was not opened ahead. */
bool sockets_any(uint64_t peer);
/* Between these two calls no descriptor that is opened gets a number that scripts use. */
void sockets_keep_above(void);
void sockets_keep_above_end(void);
/*
 * Between these two calls no thread of the process can open a descriptor, or poll any. Bash has one
 * thread. False: it cannot be prevented.
 */
bool sockets_forbid(void);
void sockets_permit(void);
void sockets_close(int fd);
/* Whether all descriptors are still the sockets that were opened. */
bool sockets_intact(void);
/*
 * Between these two calls, each number of ours that the user has closed, or used for a file, leads
 * to a socket without a peer. libcurl can write to it and close it without any effect. Afterwards
 * the number leads to the user's file again, if there was one. All signals must be blocked. False:
 * it cannot be done.
 */
bool sockets_stand_in(void);
void sockets_stand_in_end(void);
/* Whether none of them has unread data. The end of a connection counts as unread, too. */
bool sockets_silent(void);
/*
 * Between these two calls a connection fails when the peer's system does not acknowledge within 4.5
 * s what was sent. Several callers may have called the first one at the same time.
 */
void sockets_expect_ack(void);
void sockets_expect_ack_end(void);
/* The errno of why n further descriptors (up to 32) cannot be opened; 0: they can. */
int sockets_exhausted(size_t n);
/*
 * How many of n (up to 32) further connections can be open, those that were opened ahead included.
 * Some descriptors are left to others.
 */
size_t sockets_room(size_t n);
/* Forgets the sockets that libcurl has closed itself, as it does while it connects. */
void sockets_prune(void);
/*
 * Whether a socket has a number that scripts use. This happens if the limit of open files is low.
 */
bool sockets_low(void);
/* Closes those that are still ours, without sending anything, and forgets all. */
void sockets_drop(void);

#endif
