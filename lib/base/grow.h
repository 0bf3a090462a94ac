/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grow.h - arrays that grow by one element at a time. */
#ifndef CODER_GROW_H
#define CODER_GROW_H

#include <stddef.h>
#include <stdlib.h>

/*
 * Makes room for one more element in a heap array that has n elements of that size and room for
 * *cap. v may be NULL if both are 0. Returns the array, which may have moved, and sets *cap. NULL:
 * no memory; the array is as it was.
 */
static inline void *coder_grow(void *v, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 4;
	void *grown;

	if (n < *cap)
		return v;
	grown = reallocarray(v, more, size);
	if (grown)
		*cap = more;
	return grown;
}

#endif
