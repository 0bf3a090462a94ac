/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undo.h - undoes a create whose response is lost; for create.c. See also coder_token_undo(). */
#ifndef CODER_UNDO_H
#define CODER_UNDO_H

#include "base/error.h"
#include "client.h"
#include "create.h"

/*
 * Looks for the token by its name and deletes it within 5 s, because the response to the POST is
 * lost. began: the time of the server's clock before the POST; 0: not known. *err holds the reason;
 * what happened to the token is added to it. Returns -1.
 */
int undo_lost(struct coder_client *client, const struct coder_create *create, int64_t began,
	      struct coder_error *err);

#endif
