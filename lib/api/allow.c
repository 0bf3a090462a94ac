/* SPDX-License-Identifier: GPL-3.0-or-later */
/* allow.c - allow lists and their targets; the one file that includes uuid.h. */
#include <stdlib.h>
#include <string.h>

#include <uuid/uuid.h>

#include "allow.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "types.h"

#define NAME_MAX_LEN 36 /* of any object a target can name; group names are the longest */

void coder_target_done(struct coder_target *target)
{
	if (!target)
		return;
	free(target->owner);
	free(target->name);
	*target = (struct coder_target){ 0 };
}

/* ----------------------------------------------------------------- parsing */

static int unknown_type(const char *entry, const char *name, struct coder_error *err)
{
	const char *names[TYPES_MAX], *nearest;
	size_t n;
	const struct coder_type *types = coder_types(&n);

	for (size_t i = 0; i < n; i++)
		names[i] = types[i].name;
	nearest = coder_nearest(name, names + 1, n - 1); /* not "*" */
	if (!nearest)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "invalid allow_list entry '%s': unknown resource type "
				       "'%s'",
				       entry, name);
	return coder_error_set(err, CODER_ERR_USAGE,
			       "invalid allow_list entry '%s': unknown resource type '%s'; "
			       "did you mean '%s'?",
			       entry, name, nearest);
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
 * Whether s was meant as a UUID: a mistyped one must not be asked for as a
 * name, nor one in a spelling that servers store and never match.
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

/* Whether text is a [OWNER/]NAME that can be resolved for this type. */
static bool is_name(const char *text, const struct coder_type *type)
{
	const char *slash = strchr(text, '/');
	const char *name = slash ? slash + 1 : text;

	if (!type->resolve || looks_like_uuid(name))
		return false;
	if (slash &&
	    (!(type->flags & CODER_TYPE_OWNED) || !could_be_name(text, (size_t)(slash - text))))
		return false;
	return could_be_name(name, strlen(name));
}

static int set_name(const char *text, struct coder_target *target, struct coder_error *err)
{
	const char *slash = strchr(text, '/');

	target->name = strdup(slash ? slash + 1 : text);
	if (slash)
		target->owner = strndup(text, (size_t)(slash - text));
	return target->name && (!slash || target->owner) ? 0 : coder_error_memory(err);
}

static int set_id(const char *entry, const char *id, struct coder_target *target,
		  struct coder_error *err)
{
	uuid_t uuid;

	if (strcmp(id, "*") == 0) {
		target->any = true;
		return 0;
	}
	if (uuid_parse(id, uuid) == 0) {
		uuid_unparse_lower(uuid, target->id);
		return 0;
	}
	if (is_name(id, target->type))
		return set_name(id, target, err);
	return coder_error_set(err, CODER_ERR_USAGE,
			       "invalid allow_list entry '%s': invalid %s ID (must be UUID%s): "
			       "'%s'",
			       entry, target->type->name, target->type->resolve ? " or name" : "",
			       id);
}

static int parse_entry(const char *entry, struct coder_target *target, struct coder_error *err)
{
	const char *colon = strchr(entry, ':');
	CLEANUP(cleanup_free) char *type = NULL;

	if (!*entry)
		return coder_error_set(err, CODER_ERR_USAGE, "allow list entry cannot be empty");
	if (!colon || colon == entry || !colon[1])
		return coder_error_set(err, CODER_ERR_USAGE,
				       "invalid allow_list entry '%s': want <type>:<id>", entry);
	type = strndup(entry, (size_t)(colon - entry));
	if (!type)
		return coder_error_memory(err);
	target->type = coder_type_find(type);
	if (!target->type)
		return unknown_type(entry, type, err);
	return set_id(entry, colon + 1, target, err);
}

int coder_target_parse(const char *text, struct coder_target *ret, struct coder_error *err)
{
	CLEANUP(coder_target_done) struct coder_target target = { 0 };
	CLEANUP(cleanup_free) char *entry = NULL;
	size_t len;

	while (ascii_is_blank(*text))
		text++;
	for (len = strlen(text); len && ascii_is_blank(text[len - 1]);)
		len--;
	entry = strndup(text, len);
	if (!entry)
		return coder_error_memory(err);
	if (parse_entry(entry, &target, err) < 0)
		return -1;
	*ret = target;
	target = (struct coder_target){ 0 };
	return 0;
}

char *coder_target_text(const struct coder_target *target)
{
	struct buf b = { 0 };

	if (buf_addf(&b, "%s:%s", target->type->name, target->any ? "*" : target->id))
		return buf_detach(&b);
	return NULL;
}

bool coder_is_uuid(const char *text)
{
	uuid_t uuid;

	return uuid_parse(text, uuid) == 0;
}

/* ------------------------------------------------------------- allow lists */

static bool is_entry(const char *entry, const char *type, const char *id)
{
	size_t len = strlen(type);

	return strncmp(entry, type, len) == 0 && entry[len] == ':' &&
	       strcmp(entry + len + 1, id) == 0;
}

bool coder_allow_permits(const struct coder_strings *allow_list, const struct coder_target *target)
{
	const char *id = target->any ? "*" : target->id;

	for (size_t i = 0; i < allow_list->n; i++) {
		const char *entry = allow_list->v[i];

		if (is_entry(entry, "*", "*") || is_entry(entry, target->type->name, "*") ||
		    is_entry(entry, "*", id) || is_entry(entry, target->type->name, id))
			return true;
	}
	return false;
}

/* Whether wildcard, "TYPE:*" or "*:*", makes entry superfluous. */
static bool swallows(const char *wildcard, const char *entry)
{
	size_t len = strlen(wildcard);

	if (len < 2 || strcmp(wildcard + len - 2, ":*") != 0)
		return false;
	return strcmp(wildcard, "*:*") == 0 || strncmp(wildcard, entry, len - 1) == 0;
}

/* Whether two entries are the same but for the case of their ids. */
static bool same_entry(const char *a, const char *b)
{
	size_t type_len = strcspn(a, ":");

	if (strncmp(a, b, type_len) != 0)
		return false;
	for (a += type_len, b += type_len; *a && ascii_lower(*a) == ascii_lower(*b); a++, b++)
		;
	return *a == *b;
}

bool allow_covers(const struct coder_strings *list, const char *entry)
{
	for (size_t i = 0; i < list->n; i++)
		if (same_entry(list->v[i], entry) || swallows(list->v[i], entry))
			return true;
	return false;
}
