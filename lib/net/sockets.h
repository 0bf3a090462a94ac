/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sockets.h - where the sockets of this process are; for transfer.c and kept.c.
 *
 * A shell's user owns the descriptors: `exec 5>file` may put a file where a
 * socket was. So sockets go to high numbers, close-on-exec, and none is closed
 * unless it is still the same.
 */
#ifndef CODER_SOCKETS_H
#define CODER_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Opens one. peer is a number for what it will be connected to. -1: see errno.
 * When it is closed, *full becomes what sockets_exhausted(1) is at that moment,
 * unless it is already set: libcurl closes a socket on which it could not get
 * to the request while all is still open that was open when that failed.
 */
int sockets_open(int family, int type, int protocol, uint64_t peer, int *full);
/* From now on nothing is written to *full. */
void sockets_unwatch(const int *full);
/* Whether one for that peer is open. */
bool sockets_any(uint64_t peer);
/* Between these two nothing that is opened gets a number that scripts use. */
void sockets_keep_above(void);
void sockets_keep_above_end(void);
void sockets_close(int fd);
/* Whether all are still what they were. */
bool sockets_intact(void);
/*
 * Between these two, which need all signals to be blocked, a number that is no
 * longer ours is a socket that nobody hears: what is written to it is lost, and
 * it may be closed. Then it is the user's again. False: it cannot be done.
 */
bool sockets_stand_in(void);
void sockets_stand_in_end(void);
/* Whether on none of them anything has come that is still unread, its end included. */
bool sockets_silent(void);
/*
 * Between these two each connection fails once the peer's system has not
 * acknowledged for 4.5 s what was sent. Such pairs may overlap.
 */
void sockets_hurry(void);
void sockets_hurry_end(void);
/* errno of why n further descriptors (up to 32) cannot be opened at once, 0: they can. */
int sockets_exhausted(size_t n);
/* How many of n (up to 32) further connections can be open at once; some descriptors stay free. */
size_t sockets_room(size_t n);
/* Forgets those that libcurl has closed by itself, as it does within a connect. */
void sockets_prune(void);
/* Whether one is among the numbers that scripts use, as small limits have it. */
bool sockets_low(void);
/* Closes all that are still ours, without a word to the peer, and forgets the rest. */
void sockets_drop(void);

#endif
