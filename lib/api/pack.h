/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack.h - long lists of tokens in little memory.
 *
 * A pack keeps of each token what it was told to, in some ten bytes a field: times as numbers, and once
 * only what many tokens have in common (owners, scopes, allow lists). Its tokens are read in their
 * order, or in that of their ids.
 */
#ifndef CODER_PACK_H
#define CODER_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "token.h"

#define CODER_PACK_FIELDS 16

struct coder_pack {
	unsigned wanted; /* fields, as bits */
	size_t n; /* tokens */
	size_t longest; /* bytes of all the texts of one token, at most */
	size_t longest_list; /* elements of all the lists of one token, at most */
	/* its own state: */
	struct arena records, shared;
	struct buf record, list; /* what is being added */
	const char **texts; /* what is shared, by number */
	size_t n_texts, texts_cap;
	uint32_t *slots; /* the numbers of shared texts by their hashes; not all are there */
	uint32_t last[CODER_PACK_FIELDS]; /* the number that a field had last */
};

/* Zeroed memory is an empty pack that keeps nothing but ids. */
void coder_pack_done(struct coder_pack *pack);
/* From now on the pack keeps the member of struct coder_token at that offset. The pack is empty. */
void coder_pack_want(struct coder_pack *pack, size_t offset);
/* It keeps everything. */
void coder_pack_want_all(struct coder_pack *pack);
/* Adds a token. */
int coder_pack_add(struct coder_pack *pack, const struct coder_token *token,
		   struct coder_error *err);
/* Drops the tokens. */
void coder_pack_clear(struct coder_pack *pack);

/* Reads a pack, which does not change meanwhile. */
struct coder_pack_reader {
	struct coder_token token; /* the one that was read last; what was not kept is "" or 0 */
	/* its own state: */
	const struct coder_pack *pack;
	const struct arena_block *block;
	const char *at;
	struct pack_order *order; /* NULL: as they were added */
	size_t n_read;
	char (*times)[28];
	char **lists;
};

/* Takes all the memory that reading needs; by_id: sorts the tokens by their ids, bytewise. */
int coder_pack_read(struct coder_pack_reader *reader, const struct coder_pack *pack, bool by_id,
		    struct coder_error *err);
/* Reads the next token. Returns false after the last one. */
bool coder_pack_next(struct coder_pack_reader *reader);
void coder_pack_reader_done(struct coder_pack_reader *reader);

#endif
