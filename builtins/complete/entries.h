/* SPDX-License-Identifier: GPL-3.0-or-later */
/* entries.h - the candidates for an entry of an allow list. */
#ifndef COMPLETE_ENTRIES_H
#define COMPLETE_ENTRIES_H

#include "candidates.h"
#include "coder.h"
#include "server.h"

/*
 * Adds resource types ("workspace:") or, behind the colon, names and UUIDs. user: the token's
 * user, whose workspaces need no owner; NULL: it is not known.
 */
int entries_add(struct candidates *list, struct server *server, const char *user,
		struct coder_error *err);

#endif
