/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.c - memory for many small things; see arena.h. */
#include <stdlib.h>

#include "arena.h"

/*
 * A block is twice as large as the one before it, up to BLOCK_MOST. Both sizes leave room for the
 * data of the allocator, because some allocators round up to a power of two.
 */
#define BLOCK_FIRST (4096 - 64)
#define BLOCK_MOST ((256u << 10) - 64)

void arena_done(struct arena *arena)
{
	for (struct arena_block *block = arena->first, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	*arena = (struct arena){ 0 };
}

char *arena_get(struct arena *arena, size_t len)
{
	struct arena_block *block = arena->last;

	if (!block || block->cap - block->len < len) {
		size_t cap = block ? 2 * block->cap : BLOCK_FIRST;

		if (cap > BLOCK_MOST)
			cap = BLOCK_MOST;
		if (cap < len)
			cap = len;
		block = malloc(sizeof(*block) + cap);
		if (!block)
			return NULL;
		*block = (struct arena_block){ .cap = cap };
		if (arena->last)
			arena->last->next = block;
		else
			arena->first = block;
		arena->last = block;
	}
	block->len += len;
	return block->data + block->len - len;
}
