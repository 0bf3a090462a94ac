/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.h - how many columns text takes on a terminal, as the reference CLI counts them. */
#ifndef WIDTH_H
#define WIDTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The columns of a whole text. A byte that is not UTF-8 takes one. */
size_t output_width(const char *text);

/*
 * Returns how many bytes of a text fit into the first line of so many columns: up to a blank; if the
 * first word is longer, up to and with one of :/-_. in it; else as many characters as fit, and at
 * least one. Adds their width to *ret_width. The blanks after them belong to no line.
 */
size_t output_wrap(const char *text, size_t columns, size_t *ret_width);

/* Appends so many blanks. False: no memory. */
bool output_blanks(struct buf *out, size_t n);

#endif
