/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tokens.c - the endpoints that list and read tokens. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/grow.h"
#include "decode.h"
#include "json/broken.h"
#include "net/http.h"
#include "request.h"
#include "tokens.h"

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
	struct coder_token *v = coder_grow(tokens->v, tokens->n, &tokens->cap, sizeof(*v));

	if (!v)
		return coder_error_memory(err);
	tokens->v = v;
	v[tokens->n++] = *token;
	memset(token, 0, sizeof(*token));
	return 0;
}

#define TOKENS_MAX 500000 /* the most tokens of a list that can be kept */

/* A list while it arrives. */
struct token_stream {
	const struct coder_client *client;
	bool expired;
	coder_take_fn *take;
	void (*restart)(void *ctx);
	void *ctx;
	struct token_reader *reader;
	size_t taken;
	struct coder_listed listed;
};

static int take_element(void *ctx, const struct json_value *values, struct coder_error *err)
{
	struct token_stream *stream = ctx;
	struct coder_listed *listed = &stream->listed;
	struct coder_token token;
	int taken;

	if (!listed->now) /* one time for the whole list, from the headers of its response */
		listed->now = coder_client_now(stream->client);
	if (token_read(stream->reader, values, &token, err) < 0)
		return -1;
	listed->arrived++;
	if (!stream->expired && coder_token_left(&token, listed->now) <= 0)
		return 0;
	taken = stream->take(stream->ctx, &token, listed->now, err);
	if (taken > 0 && ++stream->taken > TOKENS_MAX) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "more than %d tokens", TOKENS_MAX);
		return coder_error_cause(err, CODER_CAUSE_TOO_MANY, NULL, NULL);
	}
	return taken < 0 ? -1 : 0;
}

static void restart(void *ctx)
{
	struct token_stream *stream = ctx;

	stream->listed = (struct coder_listed){ 0 };
	stream->taken = 0;
	stream->restart(stream->ctx);
}

int coder_tokens_each(struct coder_client *client, const char *user, bool all, bool expired,
		      coder_take_fn *take, void (*restart_fn)(void *ctx), void *ctx,
		      struct coder_listed *ret, struct coder_error *err)
{
	struct token_reader CLEANUP(token_reader_done) reader = { 0 };
	struct token_stream stream = {
		.client = client,
		.expired = expired,
		.take = take,
		.restart = restart_fn,
		.ctx = ctx,
		.reader = &reader,
	};
	struct buf CLEANUP(buf_done) path = { 0 };
	const char *const parts[] = { "users", user, "keys", "tokens", NULL };

	if (client_path(&path, err, parts) < 0)
		return -1;
	if (!buf_addf(&path, "?include_all=%s&include_expired=%s", all ? "true" : "false",
		      expired ? "true" : "false"))
		return coder_error_memory(err);
	if (client_list(client, path.data, NULL, 0, token_keys, TOKEN_KEYS, take_element, restart,
			&stream, err) < 0)
		return strcmp(user, "me") == 0 ?
			       coder_error_wrap(err, "listing tokens") :
			       coder_error_wrap(err, "listing the tokens of %s", user);
	if (!stream.listed.now)
		stream.listed.now = coder_client_now(client);
	*ret = stream.listed;
	return 0;
}

/* Keeps the tokens of a list for which keep(ctx) returns true. */
struct keeping {
	coder_keep_fn *keep;
	const void *ctx;
	struct coder_tokens *tokens;
};

static int keep_token(void *ctx, const struct coder_token *token, int64_t now,
		      struct coder_error *err)
{
	struct keeping *keeping = ctx;
	struct coder_token CLEANUP(coder_token_done) copy = { 0 };

	if (!keeping->keep(keeping->ctx, token, now))
		return 0;
	if (coder_token_copy(token, &copy, err) < 0 ||
	    coder_tokens_move(keeping->tokens, &copy, err) < 0)
		return -1;
	return 1;
}

static void drop_tokens(void *ctx)
{
	struct keeping *keeping = ctx;

	coder_tokens_done(keeping->tokens);
}

int coder_token_list(struct coder_client *client, const char *user, bool all, bool expired,
		     coder_keep_fn *keep, const void *ctx, struct coder_tokens *ret,
		     struct coder_error *err)
{
	struct coder_tokens CLEANUP(coder_tokens_done) tokens = { 0 };
	struct keeping keeping = { .keep = keep, .ctx = ctx, .tokens = &tokens };
	struct coder_listed listed;

	if (coder_tokens_each(client, user, all, expired, keep_token, drop_tokens, &keeping,
			      &listed, err) < 0)
		return -1;
	*ret = tokens;
	tokens = (struct coder_tokens){ 0 };
	return 0;
}

/* Requests one token, which must have that id or that name; one of the two is NULL. */
static int get_token(struct coder_client *client, const char *const *parts, const char *id,
		     const char *name, int64_t timeout_ns, struct coder_token *ret,
		     struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };

	if (client_get(client, parts, timeout_ns, &response, err) < 0)
		return -1;
	if (token_decode(response.body.data, response.body.len, &token, err) < 0) {
		http_hide_secrets(client->http, err);
		return -1;
	}
	if ((id && strcmp(token.id, id) != 0) || (name && strcmp(token.name, name) != 0))
		return coder_error_set(
			err, CODER_ERR_NO_RESPONSE,
			"broken response: another token (id %s) than the requested one", token.id);
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
		      int64_t timeout_ns, struct coder_token *ret, struct coder_error *err)
{
	const char *const parts[] = { "users", user, "keys", id, NULL };

	return get_token(client, parts, id, NULL, timeout_ns, ret, err);
}

bool client_is_hidden(const struct coder_error *err)
{
	return err->code == CODER_ERR_NOT_FOUND || (err->own && err->http_status == 403);
}

/* --------------------------------------------------------------- lifetime */

/* Reads the document with the longest lifetime. */
static int read_max_lifetime(const struct buf *document, int64_t *ret_ns, struct coder_error *err)
{
	static const struct json_key key = JSON_KEY("max_token_lifetime");
	struct json_value values[2];

	if (json_members(document->data, document->len, &key, 1, values, err) < 0)
		return -1;
	if (!json_value_is(&values[0], JSON_OBJECT))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: it is not an object");
	return json_value_int64(&values[1], key.name, 0, ret_ns, err);
}

int coder_token_max_lifetime(struct coder_client *client, const char *user, int64_t *ret_ns,
			     struct coder_error *err)
{
	struct http_response CLEANUP(http_response_done) response = { 0 };
	const char *const parts[] = { "users", user, "keys", "tokens", "tokenconfig", NULL };
	int64_t ns = 0;

	if (client_get(client, parts, 0, &response, err) < 0 ||
	    read_max_lifetime(&response.body, &ns, err) < 0)
		return strcmp(user, "me") == 0 ?
			       coder_error_wrap(err,
						"asking for the longest lifetime of your tokens") :
			       coder_error_wrap(err,
						"asking for the longest lifetime of tokens of '%s'",
						user);
	if (ns <= 0)
		return json_missing(err, "max_token_lifetime");
	*ret_ns = ns;
	return 0;
}
