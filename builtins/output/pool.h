/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.h - many texts that repeat: each is kept once, and has a number.
 *
 * It must not hold secrets, because nothing is wiped. Zeroed memory is an empty pool.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct pool {
	struct arena arena;
	const char **texts; /* by number; 0 is the number of no text */
	size_t n, cap;
	uint32_t *slots; /* a hash table of the numbers; may lack some */
};

void pool_done(struct pool *pool);
/*
 * Returns the number of the text, which may contain NULs. A text that is not found gets a new
 * number. 0: no memory.
 */
uint32_t pool_add(struct pool *pool, const char *text, size_t len);
/* Whether the text has that number. 0 is the number of none. */
bool pool_is(const struct pool *pool, uint32_t number, const char *text, size_t len);
/* The text with that number, which is not 0. It remains valid until the pool is freed. */
const char *pool_text(const struct pool *pool, uint32_t number, uint32_t *ret_len);

#endif
