/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - requests one API token, by its id or its name; see lookup.h. */
#include <string.h>

#include "base/cleanup.h"
#include "client.h"
#include "decode.h"
#include "lookup.h"
#include "request.h"
#include "tokens.h"

int lookup_by_id(struct coder_client *client, const char *user, const char *id, bool *ret_exists,
		 struct coder_token *ret, struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_user CLEANUP(coder_user_done) owner = { 0 };

	*ret_exists = false;
	if (coder_token_by_id(client, user ? user : "me", id, 0, &token, err) < 0)
		return -1;
	*ret_exists = true;
	if (!token_is_api(&token))
		return coder_error_set(err, CODER_ERR_NOT_FOUND,
				       "not found among API tokens: it is a login session (%s)",
				       token.login_type);
	if (user) {
		if (coder_user_get(client, user, &owner, err) < 0)
			return -1;
		if (strcmp(owner.id, token.user_id) != 0)
			return coder_error_set(err, CODER_ERR_NOT_FOUND,
					       "not found among the tokens of %s", user);
	}
	*ret = token;
	memset(&token, 0, sizeof(token));
	return 0;
}

int lookup_no_such_name(struct coder_error *err)
{
	return coder_error_set(err, CODER_ERR_NOT_FOUND, "no token of that name was found");
}

static bool has_name(const void *name, const struct coder_token *token, int64_t now)
{
	(void)now;
	return token_is_api(token) && strcmp(token->name, name) == 0;
}

int lookup_by_name(struct coder_client *client, const char *user, const char *name,
		   struct coder_token *ret, struct coder_error *err)
{
	struct coder_tokens CLEANUP(coder_tokens_done) found = { 0 };

	if (coder_name_routable(name)) {
		struct coder_token CLEANUP(coder_token_done) token = { 0 };

		if (coder_token_by_name(client, user, name, &token, err) < 0)
			return -1;
		if (token_is_api(&token)) {
			*ret = token;
			memset(&token, 0, sizeof(token));
			return 0;
		}
		/* the route also finds login sessions, which may hide a token of the same name */
	}
	if (coder_token_list(client, user, false, true, has_name, name, &found, err) < 0)
		return -1;
	if (!found.n)
		return lookup_no_such_name(err);
	*ret = found.v[0];
	memset(&found.v[0], 0, sizeof(found.v[0]));
	return 0;
}

int coder_token_name_taken(struct coder_client *client, const char *user, const char *name,
			   bool *ret_taken, struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };

	if (lookup_by_name(client, user, name, &token, err) == 0) {
		*ret_taken = true;
		return 0;
	}
	if (err->code != CODER_ERR_NOT_FOUND)
		return coder_error_wrap(err, "looking up the name %s", name);
	*ret_taken = false;
	return 0;
}
