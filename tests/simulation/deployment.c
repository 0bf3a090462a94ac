/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deployment.c - see deployment.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "deployment.h"
#include "response.h"
#include "world.h"

#define NOT_FOUND "Resource not found or you do not have access to this resource"
#define SIGNED_OUT \
	"You are signed out or your session has expired. Please sign in again to continue."
#define KEYS "/api/v2/users/"
#define NEW_SECRET "Secret0" /* all new secrets begin with this */
#define AGE_NS (3600 * CODER_NS) /* of the tokens that have been there before */

struct deployment deployment;

/* ---------------------------------------------------------------- tokens */

static int64_t now_us(void)
{
	return (WORLD_EPOCH + deployment.clock_ahead) * SECOND_US + world_time() / 1000;
}

/* Whether the server that acts knows of the token and not of its removal. */
static bool is_there(const struct token *token)
{
	int64_t seen = world_time() - deployment.lag_ns;

	return token->made_at <= seen && (token->removed_by == NOBODY || token->removed_at > seen);
}

void deployment_age(struct token *token, int64_t ns)
{
	token->made_at -= ns;
	token->created_us -= ns / 1000;
	token->expires_us -= ns / 1000;
}

void deployment_remove(struct token *token, enum who by)
{
	if (token->removed_by != NOBODY)
		return;
	token->removed_by = by;
	token->removed_at = world_time();
}

void deployment_expire(struct token *token, enum who by)
{
	if (token->expired_by != NOBODY)
		return;
	token->expired_by = by;
	token->expires_us = now_us();
}

struct token *deployment_named(int user, const char *name)
{
	for (int i = 0; i < deployment.n_tokens; i++) {
		struct token *token = &deployment.tokens[i];

		if (is_there(token) && token->user == user && strcmp(token->name, name) == 0)
			return token;
	}
	return NULL;
}

struct token *deployment_with_id(const char *id)
{
	for (int i = 0; i < deployment.n_tokens; i++)
		if (is_there(&deployment.tokens[i]) && strcmp(deployment.tokens[i].id, id) == 0)
			return &deployment.tokens[i];
	return NULL;
}

struct token *deployment_add(const char *name, const char *scopes, const char *allow_list,
			     int64_t lifetime_s, enum who made_by)
{
	int n = deployment.n_tokens;
	struct token *token = &deployment.tokens[n < TOKENS ? n : TOKENS - 1];

	deployment.n_tokens = n < TOKENS ? n + 1 : n;
	*token = (struct token){
		.created_us = now_us(),
		.lifetime_s = lifetime_s,
		.scope = strstr(scopes, "\"coder:application_connect\"") ? "application_connect" :
			 strstr(scopes, "\"coder:all\"")		 ? "all" :
									   "",
		.login_type = "token",
		.made_by = made_by,
		.made_at = world_time(),
	};
	/* the database stores an expiry that is some microseconds early */
	token->expires_us = token->created_us + lifetime_s * SECOND_US - 11;
	snprintf(token->id, sizeof(token->id), "tok%07d", n);
	snprintf(token->secret, sizeof(token->secret), NEW_SECRET "%015d", n);
	snprintf(token->name, sizeof(token->name), "%s", name);
	snprintf(token->scopes, sizeof(token->scopes), "%s", scopes);
	snprintf(token->allow_list, sizeof(token->allow_list), "%s", allow_list);
	if (made_by == BEFORE)
		deployment_age(token, AGE_NS);
	return token;
}

bool deployment_is_secret(const char *text)
{
	return strstr(text, SELF_SECRET) || strstr(text, NEW_SECRET);
}

void deployment_begin(void)
{
	struct token *self;

	memset(&deployment, 0, offsetof(struct deployment, tokens));
	deployment.clock_ahead = deployment.date_ahead = deployment.lag_ns = 0;
	deployment.has_date = deployment.may_read = deployment.may_remove = true;
	deployment.grant = GRANT_AS_ASKED;
	deployment.creates = 0;
	self = deployment_add("self", "[\"coder:all\"]", "[\"*:*\"]", DEPLOYMENT_LIFE_S, BEFORE);
	snprintf(self->id, sizeof(self->id), "%s", SELF_ID);
	snprintf(self->secret, sizeof(self->secret), "%s", SELF_SECRET);
}

/* -------------------------------------------------------- other requests */

static void list(const char *query, int user, int caller, struct response *ret)
{
	bool all = query && strstr(query, "include_all=true");
	bool expired = query && strstr(query, "include_expired=true");
	int n = 0;

	response_begin(ret, 200);
	for (int i = deployment.n_tokens - 1; i >= 0; i--) {
		const struct token *token = &deployment.tokens[i];
		bool mine = token->user == user || (all && (caller == 0 || token->user == caller));

		if (!is_there(token) || !mine || strcmp(token->login_type, "token") != 0 ||
		    (!expired && token->expires_us <= now_us()))
			continue;
		response_add(ret, n++ ? "," : "[");
		response_add_token(ret, token, true);
	}
	response_add(ret, n ? "]\n" : "null\n");
}

static void one(const struct token *token, int caller, struct response *ret)
{
	if (!token || (caller != 0 && token->user != caller)) {
		response_refuse(ret, 404, NOT_FOUND, NULL);
		return;
	}
	response_begin(ret, 200);
	response_add_token(ret, token, false);
	response_add(ret, "\n");
}

static void take_away(const struct request *request, struct token *token, int caller, bool expire,
		      struct response *ret)
{
	if (!token || (caller != 0 && token->user != caller) ||
	    (request->as == CALL && !deployment.may_remove)) {
		response_refuse(ret, 404, NOT_FOUND, NULL);
		return;
	}
	response_begin(ret, 204);
	if (expire)
		deployment_expire(token, request->as);
	else
		deployment_remove(token, request->as);
}

/* Copies a segment of a path without its percent-encoding. Returns the rest of the path. */
static const char *take_segment(const char *path, char *out, size_t size)
{
	size_t n = 0;

	for (; *path && *path != '/' && *path != '?'; path++) {
		char hex[3] = { 0 };

		if (*path == '%' && path[1] && path[2]) {
			memcpy(hex, path + 1, 2);
			out[n] = (char)strtol(hex, NULL, 16);
			path += 2;
		} else {
			out[n] = *path;
		}
		if (n < size - 1)
			n++;
	}
	out[n] = '\0';
	return path;
}

/*
 * The user of a credential; -1: it is not valid, and *ret has the error response. *ret_narrow: it
 * is a token whose scopes allow nothing of what is simulated here.
 */
static int authenticate(const struct request *request, bool *ret_narrow, struct response *ret)
{
	const char *credential = request->credential;
	const struct token *token;
	char id[ID_SIZE];

	if (!credential)
		credential = SELF_ID "-" SELF_SECRET;
	if (!*credential) {
		response_refuse(
			ret, 401, SIGNED_OUT,
			"Cookie \"coder_session_token\" or query parameter must be provided.");
		return -1;
	}
	if (strlen(credential) != ID_SIZE + SECRET_SIZE - 1) {
		response_refuse(ret, 401, SIGNED_OUT,
				"Invalid API key format: incorrect amount of API key parts, "
				"expected 2 got 1");
		return -1;
	}
	snprintf(id, sizeof(id), "%.10s", credential);
	token = deployment_with_id(id);
	*ret_narrow = token && !strstr(token->scopes, "\"coder:all\"");
	if (!token || strcmp(token->secret, credential + ID_SIZE) != 0) {
		response_refuse(ret, 401, SIGNED_OUT, "API key is invalid.");
		return -1;
	}
	if (token->expires_us <= now_us()) {
		response_refuse(ret, 401, SIGNED_OUT,
				"API key expired at \"2026-11-23 20:25:20.123849 +0000 UTC\".");
		return -1;
	}
	return token->user;
}

/* The user that a path names; -1: there is none, or the caller may not see it. */
static int user_of(const char *name, int caller)
{
	if (strcmp(name, "me") == 0)
		return caller;
	for (int i = 0; i < RESPONSE_USERS; i++)
		if ((strcasecmp(name, response_users[i].username) == 0 ||
		     strcasecmp(name, response_users[i].id) == 0) &&
		    (caller == 0 || caller == i))
			return i;
	return -1;
}

static void act_on_keys(const struct request *request, const char *rest, int user, int caller,
			struct response *ret)
{
	char first[16], name[256] = "";
	const char *method = request->method;
	bool blind = request->as == CALL && !deployment.may_read;

	rest = take_segment(rest, first, sizeof(first));
	if (strcmp(first, "tokens") == 0 && *rest != '/') {
		if (strcmp(method, "POST") == 0)
			deployment_create(request, user, ret);
		else if (blind)
			response_refuse(ret, 404, NOT_FOUND, NULL);
		else
			list(*rest ? rest : NULL, user, caller, ret);
		return;
	}
	if (strcmp(first, "tokens") == 0) {
		(void)take_segment(rest + 1, name, sizeof(name));
		if (strchr(name, '/')) {
			response_refuse(ret, 404, "Route not found.", NULL);
		} else if (strcmp(name, "tokenconfig") == 0) {
			response_begin(ret, 200);
			response_add(ret, "{\"max_token_lifetime\":%" PRId64 "}\n",
				     DEPLOYMENT_LONGEST_S * INT64_C(1000000000));
		} else {
			one(blind ? NULL : deployment_named(user, name), caller, ret);
		}
		return;
	}
	if (strcmp(method, "GET") == 0)
		one(blind ? NULL : deployment_with_id(first), caller, ret);
	else
		take_away(request, deployment_with_id(first), caller, *rest == '/', ret);
}

void deployment_act(const struct request *request, struct response *ret)
{
	bool narrow = false;
	int caller = authenticate(request, &narrow, ret), user;
	const char *rest = request->path;
	char name[64];

	if (caller < 0)
		return;
	if (strncmp(rest, KEYS, strlen(KEYS)) != 0) {
		response_refuse(ret, 404, "Route not found.", NULL);
		return;
	}
	rest = take_segment(rest + strlen(KEYS), name, sizeof(name));
	user = user_of(name, caller);
	if (user < 0 || narrow) {
		response_refuse(ret, 404, NOT_FOUND, NULL);
	} else if (strncmp(rest, "/keys/", 6) == 0) {
		act_on_keys(request, rest + 6, user, caller, ret);
	} else {
		response_begin(ret, 200);
		response_add_text(ret, response_users[user].record,
				  strlen(response_users[user].record));
	}
}
