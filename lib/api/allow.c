/* SPDX-License-Identifier: GPL-3.0-or-later */
/* allow.c - allow lists and their entries. */
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "covers.h"
#include "types.h"

#define NAME_MAX_LEN 36 /* of any object that an entry can name; group names are the longest */

void coder_entry_done(struct coder_entry *entry)
{
	if (!entry)
		return;
	free(entry->owner);
	free(entry->name);
	*entry = (struct coder_entry){ 0 };
}

/* ----------------------------------------------------------------- parsing */

static int unknown_type(const char *text, const char *name, struct coder_error *err)
{
	const char *names[TYPES_MAX], *nearest;
	size_t n;
	const struct coder_type *types = coder_types(&n);

	for (size_t i = 0; i < n; i++)
		names[i] = types[i].name;
	nearest = coder_nearest(name, names + 1, n - 1); /* not "*" */
	coder_error_set(err, CODER_ERR_USAGE,
			"invalid allow_list entry '%s': unknown resource type '%s'", text, name);
	return nearest ? coder_error_cause(err, CODER_CAUSE_NEAREST, nearest, NULL) : -1;
}

static bool could_be_name(const char *s, size_t len)
{
	if (!len || len > NAME_MAX_LEN || !ascii_is_alnum(s[0]) || !ascii_is_alnum(s[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!ascii_is_alnum(s[i]) && s[i] != '-' && s[i] != '_' && s[i] != '.')
			return false;
	return true;
}

/*
 * Whether s was meant as a UUID. A mistyped UUID must not be requested as a name, and neither must
 * a UUID in a spelling that servers store but never match.
 */
static bool looks_like_uuid(const char *s)
{
	size_t len = 0;

	while (ascii_hex(s[len]) >= 0 || s[len] == '-')
		len++;
	if (!s[len] && len >= 32)
		return true;
	for (size_t i = 0; i < 19; i++)
		if (i == 8 || i == 13 || i == 18 ? s[i] != '-' : ascii_hex(s[i]) < 0)
			return false;
	return true;
}

static int set_id(const char *text, const char *id, struct coder_entry *entry,
		  struct coder_error *err)
{
	const char *slash = strchr(id, '/'), *name = slash ? slash + 1 : id;
	const struct coder_type *type = entry->type;

	if (strcmp(id, "*") == 0) {
		entry->any = true;
		return 0;
	}
	if (coder_uuid_canonical(id, entry->id))
		return 0;
	if (type->resolve && !looks_like_uuid(name) && could_be_name(name, strlen(name)) &&
	    (!slash ||
	     (type->flags & CODER_TYPE_OWNED && could_be_name(id, (size_t)(slash - id))))) {
		entry->name = strdup(name);
		if (slash)
			entry->owner = strndup(id, (size_t)(slash - id));
		return entry->name && (!slash || entry->owner) ? 0 : coder_error_memory(err);
	}
	return coder_error_set(err, CODER_ERR_USAGE,
			       "invalid allow_list entry '%s': invalid %s ID (must be UUID%s): "
			       "'%s'",
			       text, type->name, type->resolve ? " or name" : "", id);
}

int coder_entry_parse(const char *text, struct coder_entry *ret, struct coder_error *err)
{
	CLEANUP(coder_entry_done) struct coder_entry entry = { 0 };
	CLEANUP(cleanup_free) char *trimmed = NULL;
	CLEANUP(cleanup_free) char *type = NULL;
	const char *colon;
	size_t len;

	text += strspn(text, ASCII_BLANKS);
	for (len = strlen(text); len && ascii_is_blank(text[len - 1]);)
		len--;
	if (!len)
		return coder_error_set(err, CODER_ERR_USAGE, "allow list entry cannot be empty");
	trimmed = strndup(text, len);
	if (!trimmed)
		return coder_error_memory(err);
	colon = strchr(trimmed, ':');
	if (!colon || colon == trimmed || !colon[1])
		return coder_error_set(err, CODER_ERR_USAGE,
				       "invalid allow_list entry '%s': want <type>:<id>", trimmed);
	type = strndup(trimmed, (size_t)(colon - trimmed));
	if (!type)
		return coder_error_memory(err);
	entry.type = coder_type_find(type);
	if (!entry.type)
		return unknown_type(trimmed, type, err);
	if (set_id(trimmed, colon + 1, &entry, err) < 0)
		return -1;
	*ret = entry;
	entry = (struct coder_entry){ 0 };
	return 0;
}

char *coder_entry_text(const struct coder_entry *entry)
{
	struct buf b = { 0 };

	if (buf_addf(&b, "%s:%s", entry->type->name, entry->any ? "*" : entry->id))
		return buf_detach(&b);
	return NULL;
}

char *coder_entry_label(const struct coder_entry *entry)
{
	struct buf b = { 0 };

	if (!entry->name)
		return coder_entry_text(entry);
	if (buf_addf(&b, "%s:%s%s%s", entry->type->name, entry->owner ? entry->owner : "",
		     entry->owner ? "/" : "", entry->name))
		return buf_detach(&b);
	return NULL;
}

bool coder_is_uuid(const char *text)
{
	for (size_t i = 0; i < CODER_UUID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : ascii_hex(text[i]) < 0)
			return false;
	}
	return !text[CODER_UUID_SIZE - 1];
}

bool coder_uuid_canonical(const char *text, char ret[CODER_UUID_SIZE])
{
	if (!coder_is_uuid(text))
		return false;
	for (size_t i = 0; i < CODER_UUID_SIZE; i++)
		ret[i] = ascii_lower(text[i]);
	return true;
}

/* ------------------------------------------------------------- allow lists */

static bool is_entry(const char *entry, const char *type, const char *id)
{
	size_t len = strlen(type);

	return strncmp(entry, type, len) == 0 && entry[len] == ':' &&
	       strcmp(entry + len + 1, id) == 0;
}

bool coder_allow_permits(const struct coder_strings *allow_list, const struct coder_entry *entry)
{
	const char *id = entry->any ? "*" : entry->id;

	for (size_t i = 0; i < allow_list->n; i++) {
		const char *listed = allow_list->v[i];

		if (is_entry(listed, "*", "*") || is_entry(listed, entry->type->name, "*") ||
		    is_entry(listed, "*", id) || is_entry(listed, entry->type->name, id))
			return true;
	}
	return false;
}

bool allow_is_all(const char *entry)
{
	const char *colon = strchr(entry, ':');

	return colon && strcmp(colon, ":*") == 0;
}

bool allow_entry_covers(const char *listed, const char *entry)
{
	size_t type_len = strcspn(listed, ":");

	if (strcmp(listed, "*:*") == 0)
		return true;
	if (strncmp(listed, entry, type_len) != 0)
		return false;
	if (allow_is_all(listed) && entry[type_len] == ':')
		return true;
	/* the case of an id does not matter */
	return ascii_equal(listed + type_len, entry + type_len);
}

bool allow_covers(const struct coder_strings *list, const char *entry)
{
	for (size_t i = 0; i < list->n; i++)
		if (allow_entry_covers(list->v[i], entry))
			return true;
	return false;
}
