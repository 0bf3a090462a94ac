/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client.c - the endpoints that read and remove tokens, users and limits.
 * Creating is create.c, names to UUIDs is resolve.c.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/shape.h"
#include "base/strings.h"
#include "changes.h"
#include "client.h"
#include "json/json.h"
#include "net/http.h"
#include "request.h"
#include "scope.h"
#include "tokens.h"

int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err)
{
	struct coder_client *client = calloc(1, sizeof(*client));

	if (!client)
		return coder_error_memory(err);
	if (http_new(config, &client->http, err) < 0) {
		coder_client_free(client);
		return -1;
	}
	client->hooks = config->hooks;
	client->deadline = http_deadline(client->http);
	if (coder_token_shaped(config->token))
		memcpy(client->self_id, config->token, CODER_ID_LEN);
	*ret = client;
	return 0;
}

void coder_client_free(struct coder_client *client)
{
	if (!client)
		return;
	http_free(client->http);
	free(client);
}

void coder_disconnect(void)
{
	http_disconnect();
}

int64_t coder_client_deadline(const struct coder_client *client)
{
	return client->deadline;
}

bool coder_client_insecure(const struct coder_client *client)
{
	return http_insecure(client->http);
}

int64_t coder_client_now(const struct coder_client *client)
{
	return http_now(client->http);
}

int64_t coder_client_clock_ahead(const struct coder_client *client)
{
	return http_clock_ahead(client->http);
}

const char *coder_client_origin(const struct coder_client *client)
{
	return http_origin(client->http);
}

int coder_client_pending(struct coder_client *client)
{
	return http_pending(client->http);
}

void coder_client_hold(struct coder_client *client)
{
	http_hold(client->http);
}

const char *coder_self_id(const struct coder_client *client)
{
	return client->self_id;
}

/* ------------------------------------------------------------- requests */

/* A word that can be one segment of a path once it is percent-encoded. */
static bool is_segment(const char *s)
{
	return *s && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 && !strchr(s, '/');
}

bool coder_user_is_name(const char *user)
{
	return is_segment(user);
}

int client_path(struct buf *path, struct coder_error *err, const char *const *parts)
{
	bool ok = buf_add_str(path, "/api/v2");

	for (; *parts && ok; parts++) {
		if (!is_segment(*parts))
			return coder_error_set(err, CODER_ERR_USAGE,
					       "'%s' cannot be a user or a resource", *parts);
		ok = buf_add_char(path, '/') && http_add_encoded(path, *parts);
	}
	return ok ? 0 : coder_error_memory(err);
}

int client_call(struct coder_client *client, const struct http_request *request,
		struct http_response *ret, struct coder_error *err)
{
	int rc = http_request(client->http, request, ret, err);

	/* afterwards, whatever came of it: it may have been acted on */
	if (strcmp(request->method, "GET") != 0)
		changes_count();
	if (ret->date)
		client->date = ret->date;
	return rc;
}

int client_get(struct coder_client *client, const char *path, struct http_response *ret,
	       struct coder_error *err)
{
	const struct http_request request = { .method = "GET", .path = path };

	return client_call(client, &request, ret, err);
}

/* ---------------------------------------------------------------- tokens */

void coder_tokens_done(struct coder_tokens *tokens)
{
	if (!tokens)
		return;
	for (size_t i = 0; i < tokens->n; i++)
		coder_token_done(&tokens->v[i]);
	free(tokens->v);
	*tokens = (struct coder_tokens){ 0 };
}

int coder_tokens_move(struct coder_tokens *tokens, struct coder_token *token,
		      struct coder_error *err)
{
	if (tokens->n == tokens->cap) {
		size_t cap = tokens->cap ? tokens->cap * 2 : 16;
		struct coder_token *v = reallocarray(tokens->v, cap, sizeof(*v));

		if (!v)
			return coder_error_memory(err);
		tokens->v = v;
		tokens->cap = cap;
	}
	tokens->v[tokens->n++] = *token;
	memset(token, 0, sizeof(*token));
	return 0;
}

#define TOKENS_MAX 500000 /* that a call keeps: some 300 MiB */

/* A list that arrives. */
struct listing {
	struct json_list json;
	const struct coder_client *client;
	bool expired;
	coder_keep_fn *keep;
	const void *ctx;
	struct coder_tokens tokens;
};

static void listing_done(struct listing *listing)
{
	json_list_done(&listing->json);
	coder_tokens_done(&listing->tokens);
}

static int listing_element(void *ctx, const char *text, size_t len, struct coder_error *err)
{
	struct listing *listing = ctx;
	struct coder_token CLEANUP(coder_token_done) token = { 0 };

	if (token_decode(text, len, &token, err) < 0)
		return -1;
	listing->tokens.arrived++;
	if (!listing->expired && coder_token_left(&token, listing->tokens.now) <= 0)
		return 0;
	if (listing->keep && !listing->keep(listing->ctx, &token, listing->tokens.now))
		return 0;
	if (listing->tokens.n == TOKENS_MAX)
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "more than %d tokens: only filters can be of help",
				       TOKENS_MAX);
	return coder_tokens_move(&listing->tokens, &token, err);
}

static int listing_feed(void *ctx, const char *data, size_t len, struct coder_error *err)
{
	struct listing *listing = ctx;

	if (!listing->tokens.now) /* one moment for the whole list, by what its own head said */
		listing->tokens.now = coder_client_now(listing->client);
	return json_list_feed(&listing->json, data, len, err);
}

static void listing_restart(void *ctx)
{
	struct listing *listing = ctx;

	json_list_restart(&listing->json);
	coder_tokens_done(&listing->tokens);
}

int coder_token_list(struct coder_client *client, const char *user, bool all, bool expired,
		     coder_keep_fn *keep, const void *ctx, struct coder_tokens *ret,
		     struct coder_error *err)
{
	struct listing CLEANUP(listing_done) listing = {
		.json.fn = listing_element,
		.client = client,
		.expired = expired,
		.keep = keep,
		.ctx = ctx,
	};
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	const char *const parts[] = { "users", user, "keys", "tokens", NULL };
	struct http_request request = {
		.method = "GET",
		.sink = listing_feed,
		.sink_restart = listing_restart,
		.sink_ctx = &listing,
	};

	listing.json.ctx = &listing;
	if (client_path(&path, err, parts) < 0)
		return -1;
	if (!buf_addf(&path, "?include_all=%s&include_expired=%s", all ? "true" : "false",
		      expired ? "true" : "false"))
		return coder_error_memory(err);
	request.path = path.data;
	if (client_call(client, &request, &response, err) < 0 ||
	    json_list_end(&listing.json, err) < 0)
		return strcmp(user, "me") == 0 ?
			       coder_error_wrap(err, "listing tokens") :
			       coder_error_wrap(err, "listing the tokens of %s", user);
	*ret = listing.tokens;
	listing.tokens = (struct coder_tokens){ 0 };
	return 0;
}

/* Whether Coder says that there is no such object, or none that the caller may see. */
static bool is_hidden(const struct coder_error *err)
{
	return err->code == CODER_ERR_NOT_FOUND || (err->own && err->http_status == 403);
}

/* Whether user, as a path names one, is the caller. Whoever may not see its own user is another. */
static int is_caller(struct coder_client *client, const char *user, bool *ret,
		     struct coder_error *err)
{
	struct coder_user CLEANUP(coder_user_done) caller = { 0 };

	*ret = strcmp(user, "me") == 0;
	if (*ret)
		return 0;
	if (coder_user_get(client, "me", &caller, err) < 0)
		return is_hidden(err) ? 0 : -1;
	*ret = strcasecmp(user, caller.username) == 0 || strcasecmp(user, caller.id) == 0;
	return 0;
}

int coder_list_is_true(struct coder_client *client, const char *user, struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	bool caller;

	if (!client->self_id[0])
		return 0;
	if (is_caller(client, user, &caller, err) < 0)
		return coder_error_wrap(err, "listing tokens: looking whether there are none");
	if (!caller)
		return 0;
	if (coder_token_by_id(client, "me", client->self_id, &token, err) == 0) {
		if (strcmp(token.login_type, "token") != 0)
			return 0;
	} else if (err->code != CODER_ERR_NOT_FOUND &&
		   (err->code != CODER_ERR_AUTH || err->http_status == 401)) {
		return coder_error_wrap(err, "listing tokens: looking whether there are none");
	}
	coder_error_set(err, CODER_ERR_AUTH,
			"the token in use, %s, is not permitted to read tokens: the list that the "
			"server gave is empty, but would have this token in it",
			client->self_id);
	return coder_error_hint(err, "use a login session, or a token with the scope api_key:read "
				     "and with api_key:* in its allow list");
}

/* GETs one token, of that id or that name: one of them is NULL. */
static int get_token(struct coder_client *client, const char *const *parts, const char *id,
		     const char *name, int64_t timeout_ns, struct coder_token *ret,
		     struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct http_request request = { .method = "GET", .timeout_ns = timeout_ns };

	if (client_path(&path, err, parts) < 0)
		return -1;
	request.path = path.data;
	if (client_call(client, &request, &response, err) < 0)
		return -1;
	if (token_decode(response.body.data, response.body.len, &token, err) < 0) {
		http_hide_secrets(client->http, err);
		return -1;
	}
	if ((id && strcmp(token.id, id) != 0) || (name && strcmp(token.name, name) != 0))
		return coder_error_set(
			err, CODER_ERR_NO_RESPONSE,
			"broken answer: another token (id %s) than the one asked for", token.id);
	*ret = token;
	token = (struct coder_token){ 0 };
	return 0;
}

int coder_token_by_name(struct coder_client *client, const char *user, const char *name,
			struct coder_token *ret, struct coder_error *err)
{
	const char *const parts[] = { "users", user, "keys", "tokens", name, NULL };

	return get_token(client, parts, NULL, name, 0, ret, err);
}

int coder_token_by_id(struct coder_client *client, const char *user, const char *id,
		      struct coder_token *ret, struct coder_error *err)
{
	return client_token_by_id(client, user, id, 0, ret, err);
}

int client_token_by_id(struct coder_client *client, const char *user, const char *id,
		       int64_t timeout_ns, struct coder_token *ret, struct coder_error *err)
{
	const char *const parts[] = { "users", user, "keys", id, NULL };

	return get_token(client, parts, id, NULL, timeout_ns, ret, err);
}

static bool is_only(const struct coder_strings *list, const char *s)
{
	return list->n == 1 && strcmp(list->v[0], s) == 0;
}

bool coder_self_restricted(struct coder_client *client)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_strings CLEANUP(coder_strings_done) scopes = { 0 };
	struct coder_strings CLEANUP(coder_strings_done) allow_list = { 0 };
	struct coder_error err;

	if (!client->self_id[0])
		return false;
	if (coder_token_by_id(client, "me", client->self_id, &token, &err) < 0)
		return is_hidden(&err);
	return coder_token_scopes(&token, &scopes, &err) == 0 &&
	       coder_token_allow_list(&token, &allow_list, &err) == 0 &&
	       !(is_only(&scopes, "coder:all") && is_only(&allow_list, "*:*"));
}

int coder_token_fill_owner(struct coder_client *client, struct coder_token *token,
			   struct coder_error *err)
{
	struct coder_user CLEANUP(coder_user_done) user = { 0 };

	if (token->username || token->owner)
		return 0;
	if (!is_segment(token->user_id))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken answer: token %s has no user_id", token->id);
	if (coder_user_get(client, token->user_id, &user, err) < 0)
		return is_hidden(err) ? 0 : -1;
	token->owner = user.username;
	user.username = NULL;
	return 0;
}

bool client_may_read_tokens(struct coder_client *client, struct coder_error *failed)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };

	return client->self_id[0] &&
	       coder_token_by_id(client, "me", client->self_id, &token, failed) == 0;
}

/* ---------------------------------------------------------------- removal */

#define GRACE_NS (CODER_NS / 2) /* what a removal that has gone out gets after a signal */

/* *ret_lost: an earlier try of it, whose answer was lost, may have been acted on. */
static int change(struct coder_client *client, const char *method, const char *const *parts,
		  bool *ret_lost, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct http_request request = { .method = method, .grace_ns = GRACE_NS };
	int rc;

	if (client_path(&path, err, parts) < 0)
		return -1;
	request.path = path.data;
	rc = client_call(client, &request, &response, err);
	*ret_lost = response.earlier_unknown;
	if (rc == 0 && response.status != 204) {
		rc = coder_error_set(err, CODER_ERR_NO_RESPONSE, "unexpected answer %ld to a %s",
				     response.status, method);
		err->sent = true;
		err->http_status = response.status;
	}
	return rc;
}

/*
 * Whether a lost try has removed the token in use: Coder then knows who asks
 * no more. The words tell it from what else Coder may have against the caller.
 */
static bool removed_self(const struct coder_client *client, const char *id, bool lost,
			 const char *words, const struct coder_error *err)
{
	return lost && err->own && err->http_status == 401 && strcmp(id, client->self_id) == 0 &&
	       strstr(err->detail, words);
}

int coder_token_expire(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err)
{
	const char *const parts[] = { "users", user, "keys", id, "expire", NULL };
	bool lost = false;

	if (change(client, "PUT", parts, &lost, err) == 0 ||
	    removed_self(client, id, lost, "API key expired", err))
		return 0;
	if (err->no_route)
		coder_error_hint(err, "this server cannot expire tokens: delete it with --delete");
	return -1;
}

int coder_token_delete(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err)
{
	const char *const parts[] = { "users", user, "keys", id, NULL };
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_error look = { 0 };
	bool lost = false;

	if (change(client, "DELETE", parts, &lost, err) == 0 ||
	    removed_self(client, id, lost, "API key is invalid", err))
		return 0;
	if (err->code != CODER_ERR_NOT_FOUND || !lost)
		return -1;
	/* the lost try has done it, or neither was permitted: servers say the same */
	if (coder_token_by_id(client, user, id, &token, &look) == 0)
		return -1;
	if (look.code == CODER_ERR_NOT_FOUND && client_may_read_tokens(client, &look))
		return 0;
	if (look.code != CODER_ERR_NOT_FOUND) {
		*err = look;
		err->sent = true; /* the removal was */
	}
	return -1;
}

/* ----------------------------------------------------- limits, scopes, users */

int coder_token_max_lifetime(struct coder_client *client, const char *user, int64_t *ret_ns,
			     struct coder_error *err)
{
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	const char *const parts[] = { "users", user, "keys", "tokens", "tokenconfig", NULL };
	int64_t ns = 0;

	if (client_path(&path, err, parts) < 0)
		return -1;
	if (client_get(client, path.data, &response, err) < 0 ||
	    json_int64(response.body.data, response.body.len, "max_token_lifetime", 0, &ns, err) <
		    0)
		return strcmp(user, "me") == 0 ?
			       coder_error_wrap(err,
						"asking for the longest lifetime of your tokens") :
			       coder_error_wrap(err,
						"asking for the longest lifetime of tokens of '%s'",
						user);
	if (ns <= 0)
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken answer: it has no max_token_lifetime");
	*ret_ns = ns;
	return 0;
}

int coder_scopes_list(struct coder_client *client, struct coder_strings *ret,
		      struct coder_error *err)
{
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct json CLEANUP(client_json_done) *doc = NULL;
	struct coder_strings CLEANUP(coder_strings_done) names = { 0 };
	const struct json *external = NULL;

	if (client_get(client, "/api/v2/auth/scopes", &response, err) < 0 ||
	    json_parse(response.body.data, response.body.len, &doc, err) < 0 ||
	    json_member(doc, "external", &external, err) < 0)
		return coder_error_wrap(err, "asking for the catalogue of scopes");
	for (const struct json *e = json_first(external); e; e = json_next(e))
		if (json_string(e) && coder_strings_add(&names, json_string(e), err) < 0)
			return -1;
	if (!names.n)
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken answer: a catalogue without scopes");
	*ret = names;
	names = (struct coder_strings){ 0 };
	return 0;
}

void client_json_done(struct json **doc)
{
	json_free(*doc);
}

int client_string(const struct json *object, const char *key, char **ret, struct coder_error *err)
{
	const struct json *v = NULL;
	char *copy;

	if (json_member(object, key, &v, err) < 0)
		return -1;
	if (!json_string(v))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE, "broken answer: no '%s' in it",
				       key);
	copy = strdup(json_string(v));
	if (!copy)
		return coder_error_memory(err);
	*ret = copy;
	return 0;
}

void coder_user_done(struct coder_user *user)
{
	if (!user)
		return;
	free(user->id);
	free(user->username);
	*user = (struct coder_user){ 0 };
}

int coder_user_get(struct coder_client *client, const char *user, struct coder_user *ret,
		   struct coder_error *err)
{
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct json CLEANUP(client_json_done) *doc = NULL;
	struct coder_user CLEANUP(coder_user_done) found = { 0 };
	const char *const parts[] = { "users", user, NULL };

	if (client_path(&path, err, parts) < 0)
		return -1;
	if (client_get(client, path.data, &response, err) < 0 ||
	    json_parse(response.body.data, response.body.len, &doc, err) < 0 ||
	    client_string(doc, "id", &found.id, err) < 0 ||
	    client_string(doc, "username", &found.username, err) < 0)
		return coder_error_wrap(err, "user %s", user);
	*ret = found;
	found = (struct coder_user){ 0 };
	return 0;
}
