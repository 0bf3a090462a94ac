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

#define CODER_UUID_SIZE 37 /* 36 characters and a NUL */
/* Copies the UUID in lower case, in which servers compare it. Returns false if text is none. */
bool coder_uuid_canonical(const char *text, char ret[CODER_UUID_SIZE]);

#define CODER_ALLOW_MAX 128 /* entries that a server accepts in one list */

enum coder_type_flags {
	CODER_TYPE_OWNED = 1 << 0, /* a name may be OWNER/NAME */
	CODER_TYPE_WILDCARD_ONLY =
		1 << 1, /* servers never match an id of this type; only TYPE:* works */
	CODER_TYPE_OF_USER =
		1 << 2, /* requests name the owner of the object, and need the owner's entry */
};

/* What responses about an object contain, and goals need. */
enum coder_relations {
	CODER_RELATION_OWNER = 1 << 0, /* the id of its owner */
	CODER_RELATION_ORGANIZATION = 1 << 1, /* the id of its organization */
};

struct listing;
struct coder_entry;
typedef int coder_resolver(struct coder_client *client, const char *owner,
			   struct coder_entry *entry, struct coder_error *err);

struct coder_type {
	const char *name; /* as in requests, "workspace"; "*" is the first */
	unsigned flags; /* enum coder_type_flags */
	const char *kind; /* the type of the objects that its ids belong to; NULL: this one */
	const char *route; /* to request an object by its id, "workspaces"; NULL: none is known */
	unsigned relations; /* enum coder_relations */
	coder_resolver *resolve; /* turns a name into an id; NULL: objects have only ids */
	const struct listing *listing; /* for coder_search(); NULL: servers do not list them */
};

/*
 * The types whose objects have names, and what may stand before a name: TYPE(TYPE_NAME, OWNER). OR is
 * put between two rows.
 */
/* clang-format off */
#define CODER_NAMED_TYPES(TYPE, OR) \
	TYPE(workspace, "[OWNER/]") \
	OR TYPE(template, "[ORG/]") \
	OR TYPE(user, "") \
	OR TYPE(organization, "") \
	OR TYPE(group, "[ORG/]")
/* clang-format on */

/* The table of resource types: "*" first, the others sorted. */
const struct coder_type *coder_types(size_t *ret_n);
/* The type of that name, or NULL. */
const struct coder_type *coder_type_find(const char *name);

/*
 * An entry of an allow list: what a token may act on. Exactly one of any, id and name is set.
 */
struct coder_entry {
	const struct coder_type *type;
	bool any; /* TYPE:* */
	char id[CODER_UUID_SIZE]; /* canonical lower case, or "" */
	char *owner; /* OWNER or ORG of OWNER/NAME or ORG/NAME; NULL: not given */
	char *name; /* coder_entry_resolve() turns it into an id; or NULL */
	/*
	 * Set when coder_entry_resolve() or coder_entry_describe() has requested the object, else
	 * "": the ids of its owner and its organization, and a title such as "alice/dev".
	 */
	char owner_id[CODER_UUID_SIZE], organization_id[CODER_UUID_SIZE];
	char title[256];
	bool dormant; /* a workspace that entries of its type do not match for now */
};

void coder_entry_done(struct coder_entry *entry);

/*
 * Reads "type:id", "type:*", "*:id" or "*:*". For types whose objects have names it also reads
 * "type:name" and, with CODER_TYPE_OWNED, "type:owner/name". Ignores blanks around the text. Checks
 * the form, the type and the id, in the server's order. An id is a UUID of 36 characters; other
 * spellings are refused, because servers store them but never match them. Fails with
 * CODER_ERR_USAGE: "allow list entry cannot be empty", or a message that contains "invalid
 * allow_list entry".
 */
int coder_entry_parse(const char *text, struct coder_entry *ret, struct coder_error *err);

/* Returns "type:id" for a resolved entry, as it is sent. The caller frees it. NULL: no memory. */
char *coder_entry_text(const struct coder_entry *entry);

/*
 * Returns the entry as it was given, "type:owner/name" with its name. The caller frees it. NULL: no
 * memory.
 */
char *coder_entry_label(const struct coder_entry *entry);

/* Whether an allow list, with its wildcards, permits what entry names. */
bool coder_allow_permits(const struct coder_strings *allow_list, const struct coder_entry *entry);

/*
 * Turns an entry's name into its id, with requests. An entry without a name does not change. A
 * workspace without OWNER/ is looked for among those of owner.
 */
int coder_entry_resolve(struct coder_client *client, const char *owner, struct coder_entry *entry,
			struct coder_error *err);

/*
 * Does the same. For workspaces and templates, also finds out the owner and the organization. This
 * takes one more request if the entry has an id, and none if it has a name.
 */
int coder_entry_describe(struct coder_client *client, const char *owner, struct coder_entry *entry,
			 struct coder_error *err);

#endif
