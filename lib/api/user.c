/* SPDX-License-Identifier: GPL-3.0-or-later */
/* user.c - the names and ids of users. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "client.h"
#include "json/broken.h"
#include "json/json.h"
#include "request.h"
#include "token.h"

bool coder_user_is_name(const char *user)
{
	return client_is_segment(user);
}

void coder_user_done(struct coder_user *user)
{
	if (!user)
		return;
	free(user->id);
	free(user->username);
	*user = (struct coder_user){ 0 };
}

/* Copies a text that the response must hold. */
static int copy_text(const struct json *object, const char *key, char **ret,
		     struct coder_error *err)
{
	const char *text = NULL;

	if (json_text(object, key, &text, err) < 0)
		return -1;
	if (!text)
		return json_missing(err, key);
	*ret = strdup(text);
	return *ret ? 0 : coder_error_memory(err);
}

int coder_user_get(struct coder_client *client, const char *user, struct coder_user *ret,
		   struct coder_error *err)
{
	struct json CLEANUP(json_done) *doc = NULL;
	struct coder_user CLEANUP(coder_user_done) found = { 0 };
	const char *const parts[] = { "users", user, NULL };

	if (client_get(client, parts, 0, &doc, err) < 0 ||
	    copy_text(doc, "id", &found.id, err) < 0 ||
	    copy_text(doc, "username", &found.username, err) < 0)
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
	if (!client_is_segment(token->user_id))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: token %s has no user_id", token->id);
	if (coder_user_get(client, token->user_id, &user, err) < 0)
		return client_is_hidden(err) ? 0 : -1;
	token->owner = user.username;
	user.username = NULL;
	return 0;
}
