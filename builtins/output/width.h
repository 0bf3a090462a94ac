/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.h - how many columns text takes on a terminal, as the reference CLI counts them. */
#ifndef WIDTH_H
#define WIDTH_H

#include <stddef.h>
#include <stdint.h>

/* 0, 1 or 2 columns. */
unsigned output_char_width(uint32_t c);

/* The columns of a whole text. A byte that is not UTF-8 takes one. */
size_t output_width(const char *text);

#endif
