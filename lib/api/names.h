/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.h - the names of the objects in the allow lists of many tokens, with few requests. */
#ifndef CODER_NAMES_H
#define CODER_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "allow.h"
#include "base/error.h"
#include "base/strings.h"
#include "client.h"

#define CODER_NAMES_TYPES 8

struct coder_name {
	const struct coder_type *type;
	char id[CODER_UUID_SIZE];
	char *name; /* "alice/dev" */
};

/* Zeroed memory has no names. */
struct coder_names {
	struct coder_name *v; /* sorted by type and id */
	size_t n, cap;
	struct coder_wanted_names {
		const struct coder_type *type;
		char id[CODER_UUID_SIZE]; /* of the first object of that type */
		bool several; /* there are others */
	} wanted[CODER_NAMES_TYPES];
	size_t n_wanted;
};
void coder_names_done(struct coder_names *names);

/* Records the entries whose names will be requested. An entry without a UUID needs no name. */
void coder_names_want(struct coder_names *names, const struct coder_strings *entries);

/*
 * Requests the names that the caller may see, with one request for each type: for the object, or if
 * there are several, for a list. It gives up after some seconds, or after half of the time that the
 * call has left. A name that cannot be found out is no reason to fail. Fails if there is no memory or
 * a signal ends the call.
 */
int coder_names_request(struct coder_client *client, struct coder_names *names,
			struct coder_error *err);

/* The name of the object whose UUID is in the entry: "alice/dev", or NULL if it is not known. */
const char *coder_names_find(const struct coder_names *names, const char *entry);

#endif
