/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strings.h - lists of owned strings, comma lists, hashes, and finding the word that was probably
 * meant.
 */
#ifndef CODER_STRINGS_H
#define CODER_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"

#define CODER_HASH_BEGIN UINT64_C(0xcbf29ce484222325)
/*
 * The FNV-1a hash of text and its NUL. To hash several texts, pass the hash of one as `begin` of
 * the next.
 */
uint64_t coder_hash(uint64_t begin, const char *text);
/*
 * A hash of two texts, never 0. A session token can be one of them: it is too random to be guessed from
 * 64 bits.
 */
uint64_t coder_hash_pair(const char *first, const char *second);

/* A growing list of owned strings. Zeroed memory is the empty list. */
struct coder_strings {
	char **v; /* n strings; not NULL-terminated */
	size_t n;
	size_t cap;
};

void coder_strings_done(struct coder_strings *list);
/* Appends a copy of s. */
int coder_strings_add(struct coder_strings *list, const char *s, struct coder_error *err);
/* Appends a copy of the len bytes at s. */
int coder_strings_add_len(struct coder_strings *list, const char *s, size_t len,
			  struct coder_error *err);
/* Appends copies of all strings of from. */
int coder_strings_add_all(struct coder_strings *list, const struct coder_strings *from,
			  struct coder_error *err);
/*
 * Reads the next element of a comma list, without the blanks around it, and moves *list behind it;
 * after the last one *list is NULL, and the next call returns false. An empty text is a list of one
 * empty element.
 */
bool coder_list_next(const char **list, const char **ret_item, size_t *ret_len);
/* How many items it has. */
size_t coder_list_count(const char *list);
/*
 * Adds to an error which item of the comma list it is about, counted from 0, unless there is only
 * one: "word 2 of 'a,,b'". Returns -1.
 */
int coder_list_blame(const char *list, size_t i, struct coder_error *err);
/*
 * Appends the elements of a comma list, without the blanks around them. Fails at an empty element
 * with CODER_ERR_USAGE and the message `empty`; the elements before it stay.
 */
int coder_strings_split(struct coder_strings *list, const char *value, const char *empty,
			struct coder_error *err);
bool coder_strings_has(const struct coder_strings *list, const char *s);
/* Appends all strings to the text, with the separator between two of them. */
bool coder_strings_join(const struct coder_strings *list, const char *separator, struct buf *out);
/* Sorts by bytes, as the reference CLI sorts scopes and allow lists. */
void coder_strings_sort(struct coder_strings *list);

/*
 * The candidate that is nearest to word by edit distance. NULL if more than a third of the word,
 * rounded up, would have to change: then none of them was meant.
 */
const char *coder_nearest(const char *word, const char *const *candidates, size_t n);

#endif
