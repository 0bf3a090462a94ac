/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.h - objects that allow-list entries can name, for completion. */
#ifndef CODER_SEARCH_H
#define CODER_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "allow.h"
#include "base/error.h"
#include "client.h"

/*
 * An object that an allow-list entry can name, as a list of the server shows
 * it. The strings live in one block that belongs to the object.
 */
struct coder_object {
	char *id; /* a UUID, by which servers match entries */
	char *name; /* "" if it has none */
	char *owner; /* the name of the user or organization that it belongs to, or "" */
	char *description; /* a short description for people: a template, an e-mail, or "" */
};

/* A growing list of objects. Zeroed memory is the empty list. */
struct coder_objects {
	struct coder_object *v;
	size_t n, cap;
	size_t size; /* bytes of all strings */
};
/* Wipes every string, too. */
void coder_objects_done(struct coder_objects *objects);
/* Appends copies; NULL counts as "". */
int coder_objects_add(struct coder_objects *objects, const struct coder_object *object,
		      struct coder_error *err);

/* What a search is for; NULL or "" means anything. */
struct coder_query {
	const char *name; /* a part of the name; the server may find more, never less */
	const char *owner; /* exactly: a username or "me"; of templates, an organization */
};

#define CODER_SEARCH_MAX 5000 /* the most objects that one search asks for */

/*
 * Lists the objects of a resource type that has a listing. It asks the server only for objects that
 * the query is about, where the server can tell, and never holds more of a response than one
 * element. ret is empty before the call. The members of an organization stand for users: the id is
 * the user's.
 */
int coder_search(struct coder_client *client, const struct coder_type *type,
		 const struct coder_query *query, struct coder_objects *ret,
		 struct coder_error *err);

#endif
