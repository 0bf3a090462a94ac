/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undo.h - what create.c, read_back.c and undo.c share. */
#ifndef CODER_UNDO_H
#define CODER_UNDO_H

#include "base/error.h"
#include "client.h"
#include "create.h"

/*
 * Reads the new token back and compares it with the request, whose clock is
 * began: see undo_lost(). 0: it may be delivered; created->token, why_not and
 * shortfall are filled. -1: it must not be; it is deleted, or *err says why not.
 */
int read_back(struct coder_client *client, const struct coder_create *create, int64_t began,
	      struct coder_created *created, struct coder_error *err);

/*
 * These two undo a create within 5 s, and return -1 with *err, which says why, completed
 * with what became of the token.
 */

/*
 * The POST may have been acted on and its response is lost: looks for the token by
 * its name. began: the server's clock before the POST, 0 if it is not known.
 */
int undo_lost(struct coder_client *client, const struct coder_create *create, int64_t began,
	      struct coder_error *err);
/* Deletes the new token of that id; *err gets code if nothing is left of it. */
int undo_delete(struct coder_client *client, const struct coder_create *create, const char *id,
		enum coder_code code, struct coder_error *err);
/*
 * The token of that id may be somebody else's, as it "has another name" or the
 * like: *err says that it is left as it is. Returns -1.
 */
int leave_foreign(const struct coder_create *create, const char *id, const char *why,
		  struct coder_error *err);

#endif
