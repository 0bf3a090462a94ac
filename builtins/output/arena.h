/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena.h - memory for many small objects that are all freed at the same time.
 *
 * It grows by blocks, which never move: nothing is copied when it grows, and pointers into it
 * remain valid. It must not hold secrets, because nothing is wiped. Zeroed memory is an empty
 * arena.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena_block {
	struct arena_block *next;
	size_t len, cap;
	char data[];
};

struct arena {
	struct arena_block *first, *last;
};

void arena_done(struct arena *arena);
/* Returns len more bytes, which are contiguous and not aligned; NULL: no memory. */
char *arena_get(struct arena *arena, size_t len);

#endif
