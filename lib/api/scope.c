/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scope.c - the names of scopes. */
#include <string.h>

#include "base/cleanup.h"
#include "request.h"
#include "scope.h"

/* What GET /api/v2/auth/scopes lists, sorted bytewise. */
static const char *const builtin[] = {
	"api_key:*",
	"api_key:create",
	"api_key:delete",
	"api_key:read",
	"api_key:update",
	"coder:all",
	"coder:apikeys.manage_self",
	"coder:application_connect",
	"coder:templates.author",
	"coder:templates.build",
	"coder:workspaces.access",
	"coder:workspaces.create",
	"coder:workspaces.delete",
	"coder:workspaces.operate",
	"file:*",
	"file:create",
	"file:read",
	"organization:*",
	"organization:delete",
	"organization:read",
	"organization:update",
	"task:*",
	"task:create",
	"task:delete",
	"task:read",
	"task:update",
	"template:*",
	"template:create",
	"template:delete",
	"template:read",
	"template:update",
	"template:use",
	"user:*",
	"user:read",
	"user:read_personal",
	"user:update_personal",
	"user_secret:*",
	"user_secret:create",
	"user_secret:delete",
	"user_secret:read",
	"user_secret:update",
	"user_skill:*",
	"user_skill:create",
	"user_skill:delete",
	"user_skill:read",
	"user_skill:update",
	"workspace:*",
	"workspace:application_connect",
	"workspace:create",
	"workspace:delete",
	"workspace:read",
	"workspace:ssh",
	"workspace:start",
	"workspace:stop",
	"workspace:update",
};

const char *coder_scope_canonical(const char *scope)
{
	if (strcmp(scope, "all") == 0)
		return "coder:all";
	if (strcmp(scope, "application_connect") == 0)
		return "coder:application_connect";
	return scope;
}

const char *const *coder_scopes_builtin(size_t *ret_n)
{
	*ret_n = sizeof(builtin) / sizeof(builtin[0]);
	return builtin;
}

static int take_scope(void *ctx, const struct json_value *values, struct coder_error *err)
{
	char CLEANUP(cleanup_free) *name = NULL;

	if (!json_value_is(&values[0], JSON_STRING))
		return 0;
	name = json_value_copy(&values[0]);
	return name ? coder_strings_add(ctx, name, err) : coder_error_memory(err);
}

static void drop_scopes(void *ctx)
{
	coder_strings_done(ctx);
}

int coder_scopes_list(struct coder_client *client, struct coder_strings *ret,
		      struct coder_error *err)
{
	struct coder_strings CLEANUP(coder_strings_done) names = { 0 };

	if (client_list(client, "/api/v2/auth/scopes", "external", 0, NULL, 0, take_scope,
			drop_scopes, &names, err) < 0)
		return coder_error_wrap(err, "asking for the catalogue of scopes");
	if (!names.n)
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: a catalogue without scopes");
	*ret = names;
	names = (struct coder_strings){ 0 };
	return 0;
}

/* ------------------------------------------------------ what scopes permit */

/* The scopes that composite scopes stand for. coder:all is not here: it permits everything. */
static const struct composite {
	const char *name;
	const char *parts[9]; /* NULL-terminated */
} composites[] = {
	{ "coder:apikeys.manage_self",
	  { "api_key:read", "api_key:create", "api_key:update", "api_key:delete" } },
	{ "coder:application_connect", { "workspace:application_connect" } },
	{ "coder:templates.author",
	  { "template:read", "template:create", "template:update", "template:delete",
	    "template:view_insights", "file:create", "file:read" } },
	{ "coder:templates.build",
	  { "template:read", "file:create", "file:read", "provisioner_jobs:read" } },
	{ "coder:workspaces.access",
	  { "template:read", "workspace:read", "workspace:ssh", "workspace:application_connect",
	    "organization_member:read" } },
	{ "coder:workspaces.create",
	  { "template:read", "template:use", "workspace:start", "workspace:stop",
	    "workspace:create", "workspace:update", "workspace:read",
	    "organization_member:read" } },
	{ "coder:workspaces.delete",
	  { "template:read", "template:use", "workspace:read", "workspace:delete",
	    "organization_member:read" } },
	{ "coder:workspaces.operate",
	  { "template:read", "workspace:start", "workspace:stop", "workspace:read",
	    "workspace:update", "organization_member:read" } },
};

static const struct composite *find_composite(const char *scope)
{
	for (size_t i = 0; i < sizeof(composites) / sizeof(composites[0]); i++)
		if (strcmp(composites[i].name, scope) == 0)
			return &composites[i];
	return NULL;
}

/* coder_scope_acts() for one TYPE:ACTION. */
static bool part_acts(const char *part, const char *type)
{
	size_t len = strcspn(part, ":");
	const char *action = part[len] ? part + len + 1 : "*";

	if (strcmp(type, "*") != 0 && (strlen(type) != len || strncmp(part, type, len) != 0))
		return false;
	return strcmp(action, "read") != 0 && strcmp(action, "read_personal") != 0 &&
	       strcmp(action, "view_insights") != 0;
}

bool coder_scope_acts(const char *scope, const char *type)
{
	const struct composite *composite = find_composite(scope);

	if (!composite)
		return strncmp(scope, "coder:", 6) == 0 || part_acts(scope, type);
	for (size_t i = 0; composite->parts[i]; i++)
		if (part_acts(composite->parts[i], type))
			return true;
	return false;
}

bool coder_scope_holds(const char *part, const char *wanted)
{
	size_t len = strcspn(wanted, ":");

	return strcmp(part, wanted) == 0 ||
	       (strncmp(part, wanted, len) == 0 && strcmp(part + len, ":*") == 0);
}

int coder_scope_parts(const char *scope, struct coder_strings *ret, struct coder_error *err)
{
	const struct composite *composite = find_composite(scope);

	if (!composite)
		return coder_strings_add(ret, scope, err);
	for (size_t i = 0; composite->parts[i]; i++)
		if (coder_strings_add(ret, composite->parts[i], err) < 0)
			return -1;
	return 0;
}

/* Whether scopes hold each public TYPE:ACTION of "TYPE:*". */
static bool permit_each(const struct coder_strings *scopes, const char *wanted)
{
	size_t len = strlen(wanted), n = 0;

	if (len < 2 || strcmp(wanted + len - 2, ":*") != 0)
		return false;
	for (size_t i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++) {
		if (strncmp(builtin[i], wanted, len - 1) != 0 || strcmp(builtin[i], wanted) == 0)
			continue;
		if (!coder_scopes_permit(scopes, builtin[i]))
			return false;
		n++;
	}
	return n > 0;
}

bool coder_scopes_permit(const struct coder_strings *scopes, const char *wanted)
{
	for (size_t i = 0; i < scopes->n; i++) {
		const struct composite *composite = find_composite(scopes->v[i]);

		if (strcmp(scopes->v[i], "coder:all") == 0 ||
		    coder_scope_holds(scopes->v[i], wanted))
			return true;
		for (size_t k = 0; composite && composite->parts[k]; k++)
			if (coder_scope_holds(composite->parts[k], wanted))
				return true;
	}
	return permit_each(scopes, wanted);
}

bool coder_scope_is_within(const char *scope, const char *type, const char *const *scopes)
{
	const struct composite *composite = find_composite(scope);
	const char *const single[] = { scope, NULL };
	const char *const *parts = composite ? composite->parts : single;
	struct coder_strings list = { .v = (char **)scopes }; /* they are only read */

	while (scopes[list.n])
		list.n++;
	for (size_t i = 0; parts[i]; i++)
		if ((!type || part_acts(parts[i], type)) && !coder_scopes_permit(&list, parts[i]))
			return false;
	return true;
}
