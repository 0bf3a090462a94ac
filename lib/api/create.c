/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * create.c - creates a token exactly once, and leaves no token that the user does not know of.
 *
 * The POST is sent once, on a connection of its own: if a kept connection turned out to be closed,
 * libcurl would send it again by itself. Then there are three outcomes. Either read_back.c accepts
 * the token, and the secret is delivered; or it is certain that no token was created; or undo.c
 * looks for the token and deletes it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/interrupts.h"
#include "create.h"
#include "json/json.h"
#include "net/http.h"
#include "read_back.h"
#include "request.h"
#include "undo.h"

/*
 * Whether a failed POST certainly created no token. A server that redirects the request, limits its
 * rate or requires a password for a proxy has not passed it on. Any other response of something in
 * front of Coder may come after Coder has acted: from a gateway that gave up, or a filter of
 * responses.
 */
static bool surely_refused(const struct coder_error *err)
{
	long status = err->http_status;

	if (!err->sent || (status >= 300 && status < 400) || status == 407 || status == 429)
		return true;
	if (!err->own)
		return false;
	if (status == 500) /* these errors happen before the token is stored */
		return strstr(err->detail, "rbac: forbidden") ||
		       strstr(err->detail, "generate API key: ");
	return status < 500 && status != 408;
}

/* Takes the secret out of {"key":"<id>-<secret>"}. */
static int read_key(struct coder_client *client, const struct http_response *response,
		    struct coder_created *created, struct coder_error *err)
{
	struct json CLEANUP(json_done) *doc = NULL;
	const struct json *key = NULL;
	const char *text;

	if (json_parse(response->body.data, response->body.len, &doc, err) < 0 ||
	    json_member(doc, "key", &key, err) < 0)
		return -1;
	text = json_string(key);
	if (!text || !coder_token_shaped(text) || strlen(text) >= sizeof(created->secret.text))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: it contains no token");
	snprintf(created->secret.text, sizeof(created->secret.text), "%s", text);
	snprintf(created->id, sizeof(created->id), "%.*s", CODER_ID_LEN, text);
	return http_keep_secret(client->http, text + CODER_ID_LEN + 1, err);
}

/* *began moves on to the last try: those before it, which were refused by 429, created nothing. */
static int post(struct coder_client *client, const struct coder_create *create, int64_t *began,
		struct coder_created *created, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	char CLEANUP(cleanup_free) *body = NULL;
	const char *const parts[] = { "users", create->user, "keys", "tokens", NULL };
	struct http_request request = { .method = "POST", .once = true };
	int rc;

	if (coder_create_body(create, &body, err) < 0 || client_path(&path, err, parts) < 0)
		return -1;
	request.path = path.data;
	request.body = body;
	request.body_len = strlen(body);
	coder_interrupts_hold(client->interrupts);
	rc = client_call(client, &request, &response, err);
	if (response.date_before > *began)
		*began = response.date_before;
	if (rc == 0 && read_key(client, &response, created, err) == 0)
		return 0;
	if (rc == 0) {
		err->sent = true;
		err->http_status = response.status;
	}
	coder_error_wrap(err, "creating token %.120s", create->name);
	if (err->code == CODER_ERR_CONFLICT)
		coder_error_cause(err, CODER_CAUSE_NAME_TAKEN, NULL, NULL);
	if (surely_refused(err))
		return -1;
	return undo_lost(client, create, *began, err);
}

int coder_token_create(struct coder_client *client, const struct coder_create *create,
		       struct coder_created *ret, struct coder_error *err)
{
	struct coder_created CLEANUP(coder_created_done) created = { 0 };
	int64_t began = http_date(client->http); /* at the last response before the POST */

	if (post(client, create, &began, &created, err) < 0 ||
	    read_back(client, create, began, &created, err) < 0)
		return -1;
	*ret = created;
	explicit_bzero(&created, sizeof(created));
	return 0;
}
