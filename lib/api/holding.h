/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * holding.h - what a token holds: its scopes, its allow-list entries, and the objects that these
 * name.
 */
#ifndef CODER_HOLDING_H
#define CODER_HOLDING_H

#include <stdbool.h>
#include <stddef.h>

#include "allow.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/strings.h"
#include "client.h"

enum coder_held_state {
	CODER_HELD_USABLE, /* it is TYPE:*, or nothing shows that it cannot be used */
	CODER_HELD_NEVER, /* servers never match it: an id of a type without ids, or no UUID */
	CODER_HELD_DORMANT, /* it is of no use while its workspace is dormant */
	CODER_HELD_GONE, /* its object was deleted */
	CODER_HELD_HIDDEN, /* there is no such object, or the caller may not see it */
	CODER_HELD_UNKNOWN, /* it could not be looked up */
};

/* An entry of the allow list. */
struct coder_held {
	char type[64]; /* of the object; for "*:<id>" that of the object found, or "*" */
	bool any_type; /* the entry is "*:<id>" or "*:*" */
	char id[CODER_UUID_SIZE]; /* "": all */
	char owner_id[CODER_UUID_SIZE], organization_id[CODER_UUID_SIZE]; /* or "" */
	enum coder_held_state state;
	char *text; /* as the server sent it */
};

/* The known name of an object. */
struct coder_known {
	const char *type; /* static: "user", "organization", "workspace" or "template" */
	char id[CODER_UUID_SIZE];
	char *name;
};

/* Zeroed memory is a holding without scopes and entries. */
struct coder_holding {
	char user_id[CODER_UUID_SIZE]; /* whose token it is */
	struct coder_strings scopes; /* as coder_token_scopes() returns them */
	struct coder_held *v;
	size_t n, cap;
	struct coder_known *known;
	size_t n_known, cap_known;
};
void coder_holding_done(struct coder_holding *holding);

/* Appends an entry, "type:id". */
int coder_holding_add(struct coder_holding *holding, const char *entry, struct coder_error *err);
/*
 * Remembers the name of an object of one of the types of struct coder_known. Ignores the name "".
 */
int coder_holding_know(struct coder_holding *holding, const char *type, const char *id,
		       const char *name, struct coder_error *err);
/* Remembers what coder_entry_describe() found out. */
int coder_holding_describe(struct coder_holding *holding, const struct coder_entry *entry,
			   struct coder_error *err);
/*
 * The name of an object of that type, or NULL. The id of a member of an organization or group is
 * that of a user.
 */
const char *coder_holding_name(const struct coder_holding *holding, const char *type,
			       const char *id);
/*
 * Appends "type:name" of the object with that id, "type:id" if the name is not known, or "type:*"
 * if id is "". Returns false if there is no memory.
 */
bool coder_holding_add_label(const struct coder_holding *holding, const char *type, const char *id,
			     struct buf *out);

/*
 * Finds out which objects the entries with ids name, and the owners and organizations of these.
 * This takes one request for each workspace, template, user or organization that no earlier
 * response has described. If Coder itself fails at a request (status 500), no further one is sent:
 * the entries that were still to be requested become CODER_HELD_UNKNOWN (users and organizations
 * only remain without a name), and *ret_trouble, which is zeroed before the call, gets the error.
 * Fails on any other error but "not found", "forbidden" and "gone".
 */
int coder_holding_look_up(struct coder_client *client, struct coder_holding *holding,
			  struct coder_error *ret_trouble, struct coder_error *err);

/* Whether the entries cover the object with that type and id; id NULL: all objects of the type. */
bool coder_holding_covers(const struct coder_holding *holding, const char *type, const char *id);
/* Whether an entry names objects of that type, or is "*:*". */
bool coder_held_is_about(const struct coder_held *held, const char *type);

#endif
