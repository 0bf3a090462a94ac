/* SPDX-License-Identifier: GPL-3.0-or-later */
/* permissions_warn.c - unexpected effects of the permissions of a new token; see permissions.h. */
#include "base/buf.h"
#include "output/message.h"
#include "permissions.h"

#include <string.h>

/* Warns of workspaces without templates: the token cannot use them. */
static void warn_of_templates(const struct coder_strings *allow_list)
{
	bool workspace = false, template = false;

	for (size_t i = 0; i < allow_list->n; i++) {
		const char *entry = allow_list->v[i];

		workspace |= strncmp(entry, "workspace:", 10) == 0;
		template |= strncmp(entry, "template:", 9) == 0 || strcmp(entry, "*:*") == 0;
	}
	if (workspace && !template)
		output_warn(
			"the allow list has a workspace but no template: servers respond with 403 "
			"for that workspace unless template:* is allowed, too");
}

/* Warns of scopes with which one can get an unrestricted token. */
static void warn_of_escapes(const struct coder_strings *scopes)
{
	static const char *const push[] = { "file:create", "template:create", "template:update" };
	bool pushes = scopes->n && !coder_strings_has(scopes, "coder:all");

	if (coder_strings_has(scopes, "api_key:create") || coder_strings_has(scopes, "api_key:*") ||
	    coder_strings_has(scopes, "coder:apikeys.manage_self"))
		output_warn("a token that may create tokens can create unrestricted ones");
	for (size_t i = 0; i < sizeof(push) / sizeof(push[0]) && pushes; i++)
		pushes = coder_scopes_permit(scopes, push[i]);
	if (pushes)
		output_warn("a token that may change templates can run code that gets an "
			    "unrestricted token of everybody who builds a workspace from them");
}

/*
 * Whether the allow list has an entry of a type that the scope is for. A composite scope that is not
 * known here may be for any type.
 */
static bool has_entry(const char *scope, const struct coder_strings *allow_list)
{
	struct coder_strings parts = { 0 };
	struct coder_error err;
	bool found = coder_scope_parts(scope, &parts, &err) < 0;

	for (size_t p = 0; p < parts.n && !found; p++) {
		size_t len = strcspn(parts.v[p], ":") + 1;

		found = strncmp(parts.v[p], "coder:", len) == 0;
		for (size_t i = 0; i < allow_list->n && !found; i++)
			found = strncmp(allow_list->v[i], parts.v[p], len) == 0 ||
				strncmp(allow_list->v[i], "*:", 2) == 0;
	}
	coder_strings_done(&parts);
	return found;
}

/* Whether the entry was given before. */
static bool is_repeated(const struct permissions *permissions, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(permissions->labels[k], permissions->labels[i]) == 0)
			return true;
	return false;
}

/* Warns of entries that have no effect, because a wildcard permits what they name. */
static void warn_of_wildcard(const struct permissions *permissions, char *wildcard)
{
	const struct coder_strings list = { .v = &wildcard, .n = 1 };
	struct buf names = { 0 };
	bool ok = true;

	for (size_t i = 0; i < permissions->n_entries && ok; i++) {
		const char *label = permissions->labels[i];

		if (strcmp(label, wildcard) != 0 &&
		    coder_allow_permits(&list, &permissions->entries[i]) &&
		    !is_repeated(permissions, i))
			ok = buf_addf(&names, "%s%s", names.len ? ", " : "", label);
	}
	if (ok && names.len)
		output_warn("the token is not limited to %s: %s is given, too", names.data,
			    wildcard);
	buf_done(&names);
}

void permissions_warn(const struct permissions *permissions, const struct coder_strings *scopes,
		      const struct coder_strings *allow_list)
{
	/* coder:all applies to every entry, and includes the other scopes */
	const bool everything = coder_strings_has(scopes, "coder:all");

	warn_of_templates(allow_list);
	warn_of_escapes(scopes);
	for (size_t i = 0; i < scopes->n && allow_list->n && !everything; i++)
		if (!has_entry(scopes->v[i], allow_list))
			output_warn("%s: has no effect, because the allow list has no entry of its "
				    "type",
				    scopes->v[i]);
	for (size_t i = 0; i < permissions->n_entries; i++)
		if (permissions->entries[i].any && !is_repeated(permissions, i))
			warn_of_wildcard(permissions, permissions->labels[i]);
}

void permissions_warn_of_ids(const struct permissions *permissions)
{
	for (size_t i = 0; i < permissions->n_entries; i++) {
		const struct coder_type *type = permissions->entries[i].type;

		if (permissions->entries[i].id[0] && (type->flags & CODER_TYPE_WILDCARD_ONLY))
			output_warn("%s: servers never match an id of this type: only %s:* works",
				    type->name, type->name);
	}
}
