/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena.h - memory for many small things that are kept until all of them go.
 *
 * It grows by blocks, which never move: nothing is copied when it grows, and what was added stays where
 * it is. Not for secrets: nothing is wiped. Zeroed memory is an empty arena.
 */
#ifndef CODER_ARENA_H
#define CODER_ARENA_H

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
/* Returns len bytes more, in one block; NULL: no memory. */
char *arena_get(struct arena *arena, size_t len);

#endif
