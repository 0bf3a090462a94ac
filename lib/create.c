/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * create.c - creating a token exactly once, and never one that nobody knows of.
 *
 * The POST goes out once, on a connection of its own: libcurl would send it
 * again by itself where a kept connection turns out to be closed. From then on
 * there are three ways out: the secret is delivered; or it is known that no
 * token was made; or undo.c looks for the token by its name and deletes it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "create.h"

#define READ_BACK_NS (10 * CODER_NS)

/*
 * Whether a failed POST surely made no token. Who redirects it, limits its rate
 * or wants a password for a proxy has not passed it on. Whatever else something
 * in front of Coder responds may come after Coder has acted: a gateway that gave
 * up, a filter of responses.
 */
static bool surely_refused(const struct coder_error *err)
{
	long status = err->http_status;

	if (!err->sent || (status >= 300 && status < 400) || status == 407 || status == 429)
		return true;
	if (!err->own)
		return false;
	if (status == 500) /* from before the token was stored */
		return strstr(err->detail, "rbac: forbidden") ||
		       strstr(err->detail, "generate API key: ");
	return status < 500 && status != 408;
}

/* Takes the secret out of {"key":"<id>-<secret>"}. */
static int read_key(const struct http_response *response, struct coder_created *created,
		    struct coder_error *err)
{
	struct json CLEANUP(client_json_done) *doc = NULL;
	const struct json *key = NULL;
	const char *text;

	if (json_parse(response->body.data, response->body.len, &doc, err) < 0 ||
	    json_member(doc, "key", &key, err) < 0)
		return -1;
	text = json_string(key);
	if (!text || !coder_token_shaped(text) || strlen(text) >= sizeof(created->secret.text))
		return coder_error_set(err, CODER_ERR_NO_ANSWER,
				       "broken answer: no token in the server's answer");
	snprintf(created->secret.text, sizeof(created->secret.text), "%s", text);
	snprintf(created->id, sizeof(created->id), "%.*s", CODER_ID_LEN, text);
	return 0;
}

static int post(struct coder_client *client, const struct coder_create *create, int64_t began,
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
	http_hold(client->http);
	rc = client_call(client, &request, &response, err);
	if (rc == 0 && read_key(&response, created, err) == 0)
		return 0;
	if (rc == 0) {
		err->sent = true;
		err->http_status = response.status;
	}
	coder_error_wrap(err, "creating token %.120s", create->name);
	if (err->code == CODER_ERR_CONFLICT)
		coder_error_hint(err,
				 "the name was free a moment before: another call has taken it, "
				 "or this one's request was repeated on its way");
	if (surely_refused(err))
		return -1;
	return undo_lost(client, create, began, err);
}

static void format_time(int64_t seconds, char out[32])
{
	time_t t = (time_t)seconds;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/*
 * What is known of a token that could not be read back, in the server's own
 * form: as asked for, made by the server's clock at its last answer.
 */
static int assume(struct coder_client *client, const struct coder_create *create,
		  struct coder_created *created, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) text = { 0 };
	char CLEANUP(cleanup_free) *body = NULL;
	char now[32], then[32];
	int64_t seconds = create->lifetime_ns / CODER_NS;

	format_time(client->date, now);
	format_time(client->date + seconds, then);
	if (coder_create_body(create, &body, err) < 0)
		return -1;
	/* the body is an object: its members go on behind these */
	if (!buf_addf(&text, "{\"id\":\"%s\",\"login_type\":\"token\",\"lifetime_seconds\":%lld,",
		      created->id, (long long)seconds) ||
	    (client->date &&
	     !buf_addf(&text, "\"created_at\":\"%s\",\"updated_at\":\"%s\",", now, now)) ||
	    (client->date && seconds && !buf_addf(&text, "\"expires_at\":\"%s\",", then)) ||
	    (!create->scopes.n && !buf_add_str(&text, "\"scope\":\"all\",")) ||
	    !buf_add_str(&text, body + 1))
		return coder_error_memory(err);
	return token_decode(text.data, text.len, &created->token, err);
}

/* Reads the new token back; -1 only if it must not be delivered. */
static int read_back(struct coder_client *client, const struct coder_create *create,
		     struct coder_created *created, struct coder_error *err)
{
	const char *widened;
	int rc = client_token_by_id(client, create->user, created->id, READ_BACK_NS,
				    &created->token, err);

	if (rc < 0) {
		bool late = coder_clock() >= client->deadline;

		if (err->code == CODER_ERR_INTERRUPTED || late) {
			coder_error_wrap(err, "creating token %.120s", create->name);
			return coder_token_undo(client, create, created->id, err);
		}
		snprintf(created->why_not, sizeof(created->why_not), "%.500s", err->message);
		if (assume(client, create, created, err) < 0)
			return coder_token_undo(client, create, created->id, err);
		return 0;
	}
	widened = coder_create_widened(create, &created->token);
	if (!widened) {
		created->verified = true;
		return 0;
	}
	coder_error_set(err, CODER_ERR_REFUSED,
			"creating token %.120s: the server did not keep to the %s asked for",
			create->name, widened);
	coder_error_hint(err, "servers before v2.27 ignore scopes, before v2.28 the allow list");
	return undo_delete(client, create, created->id, CODER_ERR_REFUSED, err);
}

int coder_token_create(struct coder_client *client, const struct coder_create *create,
		       struct coder_created *ret, struct coder_error *err)
{
	struct coder_created CLEANUP(coder_created_done) created = { 0 };

	/* the server's clock at its last answer: the look-up of the name */
	if (post(client, create, client->date, &created, err) < 0 ||
	    read_back(client, create, &created, err) < 0)
		return -1;
	*ret = created;
	explicit_bzero(&created, sizeof(created));
	return 0;
}
