/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.h - how many columns a character takes on a terminal. */
#ifndef WIDTH_H
#define WIDTH_H

#include <stdint.h>

/* 0, 1 or 2 columns, as the reference CLI counts them. */
unsigned output_char_width(uint32_t c);

#endif
