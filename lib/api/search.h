/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.h - lists the objects that allow-list entries can name. */
#ifndef CODER_SEARCH_H
#define CODER_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allow.h"
#include "base/error.h"
#include "client.h"

/*
 * An object that an allow-list entry can name. The strings are in one block of memory, which
 * belongs to the object.
 */
struct coder_object {
	char *id; /* a UUID, by which servers match entries */
	char *name; /* "" if it has none */
	char *owner; /* the name of the user or organization that it belongs to, or "" */
	char *description; /* such as its template or display name, or "" */
};

/* A growing list of objects. Zeroed memory is the empty list. */
struct coder_objects {
	struct coder_object *v;
	size_t n, cap;
	size_t size; /* bytes of all strings */
};
/* Wipes every string, too. */
void coder_objects_done(struct coder_objects *objects);

/* What a search is for; NULL or "" means anything. */
struct coder_query {
	const char *name; /* a part of the name; the result may have other objects, too */
	const char *owner; /* a username or "me"; for templates, an organization */
	const char *id; /* a UUID: only this object, if the type has a route to it */
	int64_t until; /* the coder_clock() at which to give up; 0: never */
};

#define CODER_SEARCH_MAX 5000 /* the most objects that one search asks for */

/*
 * Lists the objects of a resource type that has a listing. If the server can search, it is asked
 * only for objects that match the query. The id of a member of an organization is that of the user.
 * ret is empty before the call.
 */
int coder_search(struct coder_client *client, const struct coder_type *type,
		 const struct coder_query *query, struct coder_objects *ret,
		 struct coder_error *err);

#endif
