/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.h - what people see: what --human depends on, and a new token in words. */
#ifndef LOOK_H
#define LOOK_H

#include "output/columns.h"
#include "permissions/permissions.h"

/* color: the value of --color, or NULL. Elsewhere than on a terminal, 80 columns and no color. */
void look_init(struct output_human *ret, const char *color);

/*
 * Appends to the empty buffer a line about a new token: when it expires, and what it may do. Entries
 * are shown with the names that they were given with. False: no memory.
 */
bool look_describe(struct buf *out, const struct coder_token *token,
		   const struct permissions *permissions, int64_t now);

#endif
