/* SPDX-License-Identifier: GPL-3.0-or-later */
/* undo.h - undoes a create; for create.c and read_back.c. */
#ifndef CODER_UNDO_H
#define CODER_UNDO_H

#include "base/error.h"
#include "client.h"
#include "create.h"

/*
 * The next two functions undo a create within 5 s. *err holds the reason for the undo; they add
 * what happened to the token, and return -1.
 */

/*
 * Looks for the token by its name and deletes it, because the response to the POST is lost.
 * began: the time of the server's clock before the POST; 0: not known.
 */
int undo_lost(struct coder_client *client, const struct coder_create *create, int64_t began,
	      struct coder_error *err);
/*
 * Deletes the new token of that id. *err gets that code if the token is gone and no signal has
 * come.
 */
int undo_delete(struct coder_client *client, const struct coder_create *create, const char *id,
		enum coder_code code, struct coder_error *err);
/*
 * Sets an error: the token of that id may be somebody else's, so it is not touched. why: "has
 * another name" or the like. Returns -1.
 */
int leave_foreign(const struct coder_create *create, const char *id, const char *why,
		  struct coder_error *err);

#endif
