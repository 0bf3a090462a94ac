/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user.c - the names and ids of users. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "client.h"
#include "json/broken.h"
#include "request.h"
#include "token.h"

void coder_user_done(struct coder_user *user)
{
	if (!user)
		return;
	free(user->id);
	free(user->username);
	*user = (struct coder_user){ 0 };
}

/* Copies a text that the response must hold. */
static int copy_text(const struct json_value *v, const char *key, char **ret,
		     struct coder_error *err)
{
	struct json_value inner = { 0 };

	if (json_value_text(v, key, &inner, err) < 0)
		return -1;
	if (!inner.text)
		return json_missing(err, key);
	*ret = json_value_copy(v);
	return *ret ? 0 : coder_error_memory(err);
}

int coder_user_get(struct coder_client *client, const char *user, struct coder_user *ret,
		   struct coder_error *err)
{
	static const struct json_key keys[] = { JSON_KEY("id"), JSON_KEY("username") };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct coder_user CLEANUP(coder_user_done) found = { 0 };
	const char *const parts[] = { "users", user, NULL };
	struct json_value values[3];

	if (client_get(client, parts, 0, &response, err) < 0 ||
	    json_members(response.body.data, response.body.len, keys, 2, values, err) < 0 ||
	    copy_text(&values[1], "id", &found.id, err) < 0 ||
	    copy_text(&values[2], "username", &found.username, err) < 0)
		return coder_error_wrap(err, "user %s", user);
	*ret = found;
	found = (struct coder_user){ 0 };
	return 0;
}

int coder_token_fill_owner(struct coder_client *client, struct coder_token *token,
			   struct coder_error *err)
{
	struct coder_user CLEANUP(coder_user_done) user = { 0 };

	if (token->username || token->owner)
		return 0;
	if (!coder_is_segment(token->user_id))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: token %s has no user_id", token->id);
	if (coder_user_get(client, token->user_id, &user, err) < 0)
		return client_is_hidden(err) ? 0 : -1;
	token->owner = user.username;
	user.username = NULL;
	return 0;
}
