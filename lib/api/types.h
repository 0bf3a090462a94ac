/* SPDX-License-Identifier: GPL-3.0-or-later */
/* types.h - the contents of a row in the table of resource types; for the files in lib/api/. */
#ifndef CODER_TYPES_H
#define CODER_TYPES_H

#include "allow.h"
#include "base/error.h"
#include "client.h"

#define TYPES_MAX 128 /* the most rows that the table can have */

/* Where a type's objects are listed, and what the response looks like. */
struct listing {
	const char *path;
	const char *per_organization; /* instead of path: below each organization of the caller */
	const char *key; /* of the array in the response; NULL: the response is the array */
	const char
		*query; /* search terms that are always sent, or ""; NULL: it cannot be searched */
	const char *name_term, *owner_term; /* search terms for a part of the name, for an owner */
	const char *id, *name, *owner, *description; /* members of an element */
};

/*
 * The resolvers, one for each type whose objects have names: resolve_workspace() and so on. owner: a
 * workspace without an owner is looked for among those of this user.
 */
#define CODER_RESOLVER(type, owner_form) coder_resolver resolve_##type;
CODER_NAMED_TYPES(CODER_RESOLVER, )
#undef CODER_RESOLVER

#endif
