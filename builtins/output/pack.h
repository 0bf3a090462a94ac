/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack.h - long lists of tokens in little memory.
 *
 * A pack keeps those fields of each token that are wanted, in about ten bytes each: times become
 * numbers, and a text that many tokens share (an owner, scopes, an allow list) is kept once. The
 * tokens can be read in the order in which they were added, or sorted.
 */
#ifndef PACK_H
#define PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "base/buf.h"
#include "coder.h"
#include "pool.h"

#define PACK_FIELDS 16

struct pack {
	unsigned wanted; /* the fields that are kept, as bits */
	size_t n; /* tokens */
	size_t longest; /* the most bytes that all texts of one token have */
	size_t longest_list; /* the most elements that all lists of one token have */
	/* its own state: */
	struct arena records;
	struct pool shared; /* the texts that many tokens share */
	struct buf record, list; /* the token that is being added */
	uint32_t last[PACK_FIELDS]; /* the number that each field had last */
};

/*
 * Frees the tokens. The pack is then empty, and keeps the same members of those that are added later.
 * Zeroed memory is an empty pack that keeps nothing but ids.
 */
void pack_done(struct pack *pack);
/*
 * From now on the pack, which is still empty, keeps the member of struct coder_token at that
 * offset.
 */
void pack_want(struct pack *pack, size_t offset);
/* From now on the pack, which is still empty, keeps all that a server sends. */
static inline void pack_want_all(struct pack *pack)
{
	pack->wanted = ~0u;
}
/* Adds what the pack keeps of a token. */
int pack_add(struct pack *pack, const struct coder_token *token, struct coder_error *err);

/* Which tokens of a pack are read, and in which order. Zeroed: all, as they were added. */
struct pack_order {
	/*
	 * By the member of struct coder_token at that offset, which the pack keeps and which is no
	 * number: texts bytewise, lists by their sorted elements, times by the time. Times that are
	 * not there, such as the last use of a token that was never used, are the last ones in
	 * either direction. Equal tokens keep their order.
	 */
	bool sorted, descending;
	size_t member;
	size_t limit; /* the most tokens that are read; 0: all */
	/* Called for every few microseconds of sorting: false ends it. NULL: nothing does. */
	bool (*goes_on)(void *ctx);
	void *ctx;
};

/* Reads a pack, which must not change meanwhile. */
struct pack_reader {
	struct coder_token token; /* the one that was read last; what was not kept is "" or 0 */
	/* its own state: */
	const struct pack *pack;
	const struct arena_block *block;
	const char *at;
	struct pack_order order;
	struct pack_place *places; /* in their order; NULL: as they were added */
	size_t n_read;
	char (*times)[28]; /* by the number of the field */
	char **lists;
};

/*
 * Begins to read, and allocates all memory that reading needs. order NULL: all tokens, as they were
 * added. Fails if there is no memory (*err then reports it), or if order->goes_on() returned false.
 */
int pack_read(struct pack_reader *reader, const struct pack *pack, const struct pack_order *order,
	      struct coder_error *err);
/* Begins again with the first token. */
void pack_rewind(struct pack_reader *reader);
/* Reads the next token. Returns false after the last one. */
bool pack_next(struct pack_reader *reader);
void pack_reader_done(struct pack_reader *reader);

#endif
