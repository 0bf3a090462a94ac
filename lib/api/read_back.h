/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_back.h - reads a new token back; for create.c. */
#ifndef CODER_READ_BACK_H
#define CODER_READ_BACK_H

#include <stdint.h>

#include "base/error.h"
#include "client.h"
#include "create.h"

/*
 * Reads the new token back and compares it with the request. began: see undo_lost(). Returns 0 if
 * its secret may be delivered; created->token, why_not and shortfall are then filled in. Otherwise
 * the token has been deleted, or *err has the reason why not.
 */
int read_back(struct coder_client *client, const struct coder_create *create, int64_t began,
	      struct coder_created *created, struct coder_error *err);

#endif
