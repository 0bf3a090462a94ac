/* SPDX-License-Identifier: GPL-3.0-or-later */
/* allow.h - resource types and the entries of allow lists. */
#ifndef CODER_ALLOW_H
#define CODER_ALLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "client.h"

/* Whether text is a UUID in the form that servers write: 36 characters. */
bool coder_is_uuid(const char *text);

#define CODER_ALLOW_MAX 128 /* entries that a server takes in one list */
#define CODER_UUID_SIZE 37 /* 36 characters and a NUL */

enum coder_type_flags {
	CODER_TYPE_OWNED = 1 << 0, /* a name may be OWNER/NAME */
	CODER_TYPE_WILDCARD_ONLY = 1 << 1, /* servers never match an id of it: only TYPE:* works */
};

struct listing;
struct coder_target;
typedef int coder_resolver(struct coder_client *client, const char *owner,
			   struct coder_target *target, struct coder_error *err);

struct coder_type {
	const char *name; /* as in requests, "workspace"; "*" is the first */
	unsigned flags; /* enum coder_type_flags */
	coder_resolver *resolve; /* turns a name into an id; NULL: it has no names, only ids */
	const struct listing
		*listing; /* how coder_search() lists its objects; NULL: servers do not */
};

/* Every resource type known when this was built, "*" first, then sorted. */
const struct coder_type *coder_types(size_t *ret_n);
/* The type of that name, or NULL. */
const struct coder_type *coder_type_find(const char *name);

/*
 * One entry of an allow list: what is allowed to be touched.
 * Exactly one of these holds: any, id set, or name set.
 */
struct coder_target {
	const struct coder_type *type;
	bool any; /* TYPE:* */
	char id[CODER_UUID_SIZE]; /* canonical lower case, or "" */
	char *owner; /* of OWNER/NAME or ORG/NAME, NULL if not given */
	char *name; /* to be resolved by coder_target_resolve(), else NULL */
};

void coder_target_done(struct coder_target *target);

/*
 * Reads "type:id", "type:*", "*:id", "*:*", or for types that have names
 * "type:name" and, with CODER_TYPE_OWNED, "type:owner/name".
 * Blanks around the whole are trimmed. The tests come in the server's order:
 * shape, type, id. Ids are UUIDs of 36 characters; other spellings of a UUID,
 * which servers store and never match, are refused. All errors are
 * CODER_ERR_USAGE and hold "invalid allow_list entry"; an empty entry is
 * "allow list entry cannot be empty".
 */
int coder_target_parse(const char *text, struct coder_target *ret, struct coder_error *err);

/* The wire form "type:id" of a resolved target, to be freed by the caller; NULL: no memory. */
char *coder_target_text(const struct coder_target *target);

/* Whether an allow list permits what target names: wildcards counted on the list's side. */
bool coder_allow_permits(const struct coder_strings *allow_list, const struct coder_target *target);

/*
 * Whether entry would change nothing if it were added to list: it is there, or
 * servers, which bring lists into a normal form, would let a wildcard of list
 * swallow it. Lists that cover each other's entries are the same in that form.
 */
bool allow_covers(const struct coder_strings *list, const char *entry);

/*
 * Turns a target's name into its id with requests to the server; one that has
 * none to turn is left alone. owner is whose workspaces a bare name means.
 */
int coder_target_resolve(struct coder_client *client, const char *owner,
			 struct coder_target *target, struct coder_error *err);

#endif
