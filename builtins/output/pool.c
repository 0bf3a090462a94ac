/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.c - texts that repeat are kept once; see pool.h. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "pool.h"

#define SLOTS (1u << 16)
#define SLOTS_TRIED 4 /* for one hash: servers that cause equal hashes then cannot slow this down */

void pool_done(struct pool *pool)
{
	arena_done(&pool->arena);
	free(pool->texts);
	free(pool->slots);
	*pool = (struct pool){ 0 };
}

/* In the arena, a text is its length and its bytes. */
const char *pool_text(const struct pool *pool, uint32_t number, uint32_t *ret_len)
{
	const char *text = pool->texts[number];

	memcpy(ret_len, text, sizeof(*ret_len));
	return text + sizeof(*ret_len);
}

bool pool_is(const struct pool *pool, uint32_t number, const char *text, size_t len)
{
	uint32_t found_len;
	const char *found;

	if (!number)
		return false;
	found = pool_text(pool, number, &found_len);
	return found_len == len && memcmp(found, text, len) == 0;
}

/* Returns the number of the new text, or 0 if there is no memory. */
static uint32_t add_new(struct pool *pool, const char *text, size_t len)
{
	const uint32_t head = (uint32_t)len; /* it fits: texts of servers are limited */
	const char **texts;
	char *at;

	texts = coder_grow(pool->texts, pool->n + 1, &pool->cap, sizeof(*texts));
	if (!texts)
		return 0;
	pool->texts = texts;
	pool->n += pool->n == 0; /* number 0 is none */
	at = arena_get(&pool->arena, sizeof(head) + len);
	if (!at)
		return 0;
	memcpy(at, &head, sizeof(head));
	memcpy(at + sizeof(head), text, len);
	pool->texts[pool->n] = at;
	return (uint32_t)pool->n++;
}

static uint32_t hash(const char *text, size_t len)
{
	uint64_t h = len;

	for (; len >= 8; text += 8, len -= 8) {
		uint64_t part;

		memcpy(&part, text, sizeof(part));
		h = (h ^ part) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	for (; len; text++, len--)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 40);
}

uint32_t pool_add(struct pool *pool, const char *text, size_t len)
{
	uint32_t number, *slot, *free_slot;

	if (!pool->slots)
		pool->slots = calloc(SLOTS + SLOTS_TRIED, sizeof(*pool->slots));
	if (!pool->slots)
		return 0;
	free_slot = slot = &pool->slots[hash(text, len) % SLOTS];
	for (int i = 0; i < SLOTS_TRIED; i++, slot++) {
		if (pool_is(pool, *slot, text, len))
			return *slot;
		if (!*slot) {
			free_slot = slot;
			break;
		}
	}
	number = add_new(pool, text, len);
	if (number)
		*free_slot = number;
	return number;
}
