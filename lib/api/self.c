/* SPDX-License-Identifier: GPL-3.0-or-later */
/* self.c - the token in use: what it is, and what it may do. */
#include <string.h>

#include "base/ascii.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/strings.h"
#include "client.h"
#include "decode.h"
#include "lookup.h"
#include "request.h"
#include "token.h"
#include "tokens.h"

int coder_token_self(struct coder_client *client, struct coder_token *ret, struct coder_error *err)
{
	bool exists;

	if (!client->self_id[0])
		return coder_error_set(
			err, CODER_ERR_AUTH,
			"the token in use does not have the form of a session token");
	if (lookup_by_id(client, NULL, client->self_id, &exists, ret, err) < 0)
		return coder_error_wrap(err, "the token in use, %s", client->self_id);
	return 0;
}

int coder_list_verify_empty(struct coder_client *client, const char *user, struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_user CLEANUP(coder_user_done) caller = { 0 };

	if (!client->self_id[0])
		return 0;
	if (strcmp(user, "me") != 0) {
		if (coder_user_get(client, "me", &caller, err) < 0) {
			if (client_is_hidden(err)) /* then it is not known who the caller is */
				return 0;
			return coder_error_wrap(err,
						"listing tokens: checking whether there are none");
		}
		if (!ascii_equal(user, caller.username) && !ascii_equal(user, caller.id))
			return 0;
	}
	if (coder_token_by_id(client, "me", client->self_id, 0, &token, err) == 0) {
		if (!token_is_api(&token))
			return 0;
	} else if (err->code != CODER_ERR_NOT_FOUND &&
		   (err->code != CODER_ERR_AUTH || err->http_status == 401)) {
		return coder_error_wrap(err, "listing tokens: checking whether there are none");
	}
	coder_error_set(err, CODER_ERR_AUTH,
			"the token in use, %s, is not permitted to read tokens: the list that the "
			"server sent is empty, but this token should be in it",
			client->self_id);
	return coder_error_cause(err, CODER_CAUSE_CANNOT_READ_TOKENS, NULL, NULL);
}

bool coder_self_restricted(struct coder_client *client)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_strings CLEANUP(coder_strings_done) scopes = { 0 };
	struct coder_strings CLEANUP(coder_strings_done) allow_list = { 0 };
	struct coder_error err;

	if (!client->self_id[0])
		return false;
	if (coder_token_by_id(client, "me", client->self_id, 0, &token, &err) < 0)
		return client_is_hidden(&err);
	if (coder_token_scopes(&token, &scopes, &err) < 0 ||
	    coder_token_allow_list(&token, &allow_list, &err) < 0)
		return false;
	return scopes.n != 1 || strcmp(scopes.v[0], "coder:all") != 0 || allow_list.n != 1 ||
	       strcmp(allow_list.v[0], "*:*") != 0;
}

bool client_may_read_tokens(struct coder_client *client, struct coder_error *failed)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };

	return client->self_id[0] &&
	       coder_token_by_id(client, "me", client->self_id, 0, &token, failed) == 0;
}
