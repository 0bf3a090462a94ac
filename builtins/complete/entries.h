/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entries.h - the candidates for an entry of an allow list. */
#ifndef COMPLETE_ENTRIES_H
#define COMPLETE_ENTRIES_H

#include "candidates.h"
#include "coder.h"
#include "server.h"

/*
 * Adds resource types ("workspace:"), or names and UUIDs if the prefix has a colon. user: the user
 * whose workspaces are offered without an owner; NULL: not known.
 */
int entries_add(struct candidates *list, struct server *server, const char *user,
		struct coder_error *err);

#endif
