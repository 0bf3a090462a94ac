/* SPDX-License-Identifier: GPL-3.0-or-later */
/* covers.h - what entries of allow lists, as texts, cover; for the files in lib/api/. */
#ifndef CODER_COVERS_H
#define CODER_COVERS_H

#include <stdbool.h>

#include "base/strings.h"

/*
 * Whether adding entry to list would change nothing, because it is in the list or a wildcard in the
 * list permits the same. Servers leave out such entries when they store a list.
 */
bool allow_covers(const struct coder_strings *list, const char *entry);
/* The same for a list with one entry, `listed`. */
bool allow_entry_covers(const char *listed, const char *entry);
/* Whether an entry is TYPE:* or *:*. */
bool allow_is_all(const char *entry);

#endif
