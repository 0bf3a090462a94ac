/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scope.c - the names of scopes. */
#include <string.h>

#include "base/cleanup.h"
#include "json/json.h"
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

static int take_scope(void *ctx, const struct json *element, struct coder_error *err)
{
	return json_string(element) ? coder_strings_add(ctx, json_string(element), err) : 0;
}

static void drop_scopes(void *ctx)
{
	coder_strings_done(ctx);
}

int coder_scopes_list(struct coder_client *client, struct coder_strings *ret,
		      struct coder_error *err)
{
	struct coder_strings CLEANUP(coder_strings_done) names = { 0 };

	if (client_list(client, "/api/v2/auth/scopes", "external", take_scope, drop_scopes, &names,
			err) < 0)
		return coder_error_wrap(err, "asking for the catalogue of scopes");
	if (!names.n)
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: a catalogue without scopes");
	*ret = names;
	names = (struct coder_strings){ 0 };
	return 0;
}
