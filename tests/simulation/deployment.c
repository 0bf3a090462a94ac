/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deployment.c - see deployment.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "deployment.h"
#include "world.h"

#define NOT_FOUND "Resource not found or you do not have access to this resource"
#define SIGNED_OUT \
	"You are signed out or your session has expired. Please sign in again to continue."
#define KEYS "/api/v2/users/"
#define LONGEST_S INT64_C(3155760000) /* the longest lifetime, 876600h */
#define DEFAULT_LIFE_S INT64_C(604800)
#define NEW_SECRET "Secret0" /* all new secrets begin with this */
#define SECOND_US INT64_C(1000000)
#define AGE_NS (3600 * CODER_NS) /* of the tokens that have been there before */

struct deployment deployment;

#define USER_TIMES                                                                                     \
	"\"created_at\":\"2026-11-23T20:16:02Z\",\"updated_at\":\"2026-11-23T20:19:10Z\","             \
	"\"last_seen_at\":\"2026-11-23T20:19:10Z\",\"status\":\"active\",\"login_type\":\"password\"," \
	"\"organization_ids\":[\"a7aba5a7-fdb8-4e2b-b244-342190c5193f\"],"

static const struct user {
	const char *id, *username, *record;
} users[] = {
	{ ADMIN_ID, "admin",
	  "{\"id\":\"" ADMIN_ID "\",\"username\":\"admin\",\"name\":\"Admin\","
	  "\"email\":\"admin@example.com\"," USER_TIMES
	  "\"roles\":[{\"name\":\"owner\",\"display_name\":\"Owner\"}],\"has_ai_seat\":false}\n" },
	{ MEMBER_ID, "alice",
	  "{\"id\":\"" MEMBER_ID
	  "\",\"username\":\"alice\",\"email\":\"alice@example.com\"," USER_TIMES
	  "\"roles\":[],\"has_ai_seat\":false}\n" },
};
#define N_USERS ((int)(sizeof(users) / sizeof(*users)))

/* ------------------------------------------------------------- responses */

static void append(struct response *ret, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void append(struct response *ret, const char *fmt, ...)
{
	size_t room = sizeof(ret->body) - ret->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(ret->body + ret->len, room, fmt, args);
	va_end(args);
	ret->len += (size_t)n < room ? (size_t)n : room - 1;
}

static void append_text(struct response *ret, const char *s, size_t len)
{
	size_t room = sizeof(ret->body) - 1 - ret->len;

	len = len < room ? len : room;
	memcpy(ret->body + ret->len, s, len);
	ret->len += len;
	ret->body[ret->len] = '\0';
}

/* Appends a string as Go's encoder writes it. */
static void append_string(struct response *ret, const char *s)
{
	append_text(ret, "\"", 1);
	for (const char *from = s;; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && !strchr("\"\\<>&", c))
			continue;
		append_text(ret, from, (size_t)(s - from));
		from = s + 1;
		if (!c)
			break;
		if (c == '"' || c == '\\')
			append(ret, "\\%c", c);
		else
			append(ret, "\\u%04x", c);
	}
	append_text(ret, "\"", 1);
}

static void respond(struct response *ret, int status)
{
	ret->status = status;
	ret->len = 0;
	ret->body[0] = '\0';
}

void deployment_refuse(struct response *ret, int status, const char *message, const char *detail)
{
	respond(ret, status);
	append(ret, "{\"message\":");
	append_string(ret, message);
	if (detail) {
		append(ret, ",\"detail\":");
		append_string(ret, detail);
	}
	append(ret, "}\n");
}

/* Appends a time with up to six digits of the fraction, without zeros at their end. */
static void append_time(struct response *ret, const char *key, int64_t us)
{
	time_t seconds = (time_t)(us / SECOND_US);
	int fraction = (int)(us % SECOND_US), digits = 6;
	struct tm tm;
	char text[32];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	append(ret, ",\"%s\":\"%s", key, text);
	for (; fraction && fraction % 10 == 0; digits--)
		fraction /= 10;
	if (fraction)
		append(ret, ".%0*d", digits, fraction);
	append(ret, "Z\"");
}

static void append_token(struct response *ret, const struct token *token, bool with_username)
{
	append(ret, "{\"id\":\"%s\",\"user_id\":\"%s\",\"last_used\":\"1970-01-01T00:00:00Z\"",
	       token->id, users[token->user].id);
	append_time(ret, "expires_at", token->expires_us);
	append_time(ret, "created_at", token->created_us);
	append_time(ret, "updated_at", token->created_us);
	append(ret, ",\"login_type\":\"%s\",\"scope\":\"%s\",\"scopes\":%s,\"token_name\":",
	       token->login_type, token->scope, token->scopes);
	append_string(ret, token->name);
	append(ret, ",\"lifetime_seconds\":%" PRId64 ",\"allow_list\":%s", token->lifetime_s,
	       token->allow_list);
	if (with_username)
		append(ret, ",\"username\":\"%s\"", users[token->user].username);
	append(ret, "}");
}

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
	const int64_t age_ns = made_by == BEFORE ? AGE_NS : 0;
	int n = deployment.n_tokens;
	struct token *token = &deployment.tokens[n < TOKENS ? n : TOKENS - 1];

	deployment.n_tokens = n < TOKENS ? n + 1 : n;
	*token = (struct token){
		.created_us = now_us() - age_ns / 1000,
		.lifetime_s = lifetime_s,
		.scope = strstr(scopes, "\"coder:application_connect\"") ? "application_connect" :
			 strstr(scopes, "\"coder:all\"")		 ? "all" :
									   "",
		.login_type = "token",
		.made_by = made_by,
		.made_at = world_time() - age_ns,
	};
	/* the database stores an expiry that is some microseconds early */
	token->expires_us = token->created_us + lifetime_s * SECOND_US - 11;
	snprintf(token->id, sizeof(token->id), "tok%07d", n);
	snprintf(token->secret, sizeof(token->secret), NEW_SECRET "%015d", n);
	snprintf(token->name, sizeof(token->name), "%s", name);
	snprintf(token->scopes, sizeof(token->scopes), "%s", scopes);
	snprintf(token->allow_list, sizeof(token->allow_list), "%s", allow_list);
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
	self = deployment_add("self", "[\"coder:all\"]", "[\"*:*\"]", DEFAULT_LIFE_S, BEFORE);
	snprintf(self->id, sizeof(self->id), "%s", SELF_ID);
	snprintf(self->secret, sizeof(self->secret), "%s", SELF_SECRET);
}

/* ---------------------------------------------------------------- create */

/* Writes the texts of an array, sorted if wanted, as a JSON array; `nothing` if there are none. */
static void print_list(const cJSON *list, bool sorted, const char *nothing, char *out, size_t size)
{
	const char *texts[64];
	size_t n = 0, len = 0;
	const cJSON *item;

	cJSON_ArrayForEach(item, list) if (n < sizeof(texts) / sizeof(*texts)) texts[n++] =
		item->valuestring;
	for (size_t i = 0; sorted && i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (strcmp(texts[j], texts[i]) < 0) {
				const char *first = texts[j];

				texts[j] = texts[i];
				texts[i] = first;
			}
	if (!n) {
		snprintf(out, size, "%s", nothing);
		return;
	}
	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s\"%s\"", i ? "," : "[", texts[i]);
	if (len < size)
		snprintf(out + len, size - len, "]");
}

/*
 * Whether another entry of the list makes this one unnecessary: "*:*", "TYPE:*", or the same entry
 * before it.
 */
static bool is_covered(const cJSON *list, const cJSON *entry)
{
	const char *text = entry->valuestring;
	size_t type = strcspn(text, ":");
	const cJSON *other;
	bool before = true;

	cJSON_ArrayForEach(other, list)
	{
		if (other == entry) {
			before = false;
			continue;
		}
		if (strcmp(other->valuestring, "*:*") == 0 && strcmp(text, "*:*") != 0)
			return true;
		if (strncmp(other->valuestring, text, type + 1) == 0 &&
		    strcmp(other->valuestring + type, ":*") == 0 && strcmp(text + type, ":*") != 0)
			return true;
		if (before && strcmp(other->valuestring, text) == 0)
			return true;
	}
	return false;
}

/* Changes the entries to lower case, and removes those that others cover. */
static void normalise(cJSON *list)
{
	cJSON *entry, *next;

	cJSON_ArrayForEach(entry, list) for (char *p = entry->valuestring; *p;
					     p++) if (*p >= 'A' && *p <= 'Z') *p =
		(char)(*p + ('a' - 'A'));
	for (entry = list ? list->child : NULL; entry; entry = next) {
		next = entry->next;
		if (is_covered(list, entry))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, entry));
	}
}

/* Changes the new token to what this deployment grants instead of what was requested. */
static void grant_otherwise(struct token *token)
{
	token->granted = deployment.grant;
	switch (deployment.grant) {
	case GRANT_MORE_SCOPES:
		snprintf(token->scopes, sizeof(token->scopes), "[\"coder:all\"]");
		token->scope = "all";
		break;
	case GRANT_MORE_ENTRIES:
		snprintf(token->allow_list, sizeof(token->allow_list), "[\"*:*\"]");
		break;
	case GRANT_FEWER_SCOPES:
		snprintf(token->scopes, sizeof(token->scopes), "[\"workspace:read\"]");
		break;
	case GRANT_LONGER:
		token->expires_us += 3600 * SECOND_US;
		break;
	case GRANT_SHORTER:
		token->expires_us -= 3600 * SECOND_US;
		break;
	case GRANT_OTHER_NAME:
		snprintf(token->name, sizeof(token->name), "other");
		break;
	case GRANT_OTHER_USER:
		token->user = 1;
		break;
	case GRANT_OLDER:
		token->created_us -= 3600 * SECOND_US;
		token->expires_us -= 3600 * SECOND_US;
		break;
	case GRANT_SESSION:
		token->login_type = "password";
		break;
	default:
		break;
	}
}

static bool is_lifetime_allowed(double ns, struct response *ret)
{
	if (ns < 0) {
		deployment_refuse(ret, 400, "Failed to validate create API key request.",
				  "lifetime must be positive number greater than 0");
		return false;
	}
	if (ns > (double)LONGEST_S * 1e9) {
		deployment_refuse(ret, 400, "Failed to validate create API key request.",
				  "lifetime must be less than 876600h0m0s");
		return false;
	}
	return true;
}

static void name_is_taken(const char *name, struct response *ret)
{
	char message[512];

	snprintf(message, sizeof(message), "A token with name \"%s\" already exists.", name);
	respond(ret, 409);
	append(ret, "{\"message\":");
	append_string(ret, message);
	append(ret, ",\"validations\":[{\"field\":\"name\",\"detail\":\"This value is already in "
		    "use and should be unique.\"}]}\n");
}

static void create(const struct request *request, int user, struct response *ret)
{
	cJSON *asked = cJSON_Parse(request->body ? request->body : "");
	const cJSON *name = cJSON_GetObjectItem(asked, "token_name");
	const cJSON *lifetime = cJSON_GetObjectItem(asked, "lifetime");
	const cJSON *legacy = cJSON_GetObjectItem(asked, "scope");
	cJSON *allow_list = cJSON_GetObjectItem(asked, "allow_list");
	double ns = lifetime ? lifetime->valuedouble : 0;
	char scopes[512], entries[512], generated[32];
	struct token *token;

	deployment.creates++;
	snprintf(generated, sizeof(generated), "brisk_otter%02d", deployment.n_tokens % 100);
	print_list(cJSON_GetObjectItem(asked, "scopes"), false,
		   legacy && strcmp(legacy->valuestring, "application_connect") == 0 ?
			   "[\"coder:application_connect\"]" :
			   "[\"coder:all\"]",
		   scopes, sizeof(scopes));
	normalise(allow_list);
	print_list(allow_list, true, "[\"*:*\"]", entries, sizeof(entries));
	if (!is_lifetime_allowed(ns, ret)) {
		cJSON_Delete(asked);
		return;
	}
	if (name && deployment_named(user, name->valuestring)) {
		name_is_taken(name->valuestring, ret);
		cJSON_Delete(asked);
		return;
	}
	token = deployment_add(name ? name->valuestring : generated, scopes, entries,
			       ns > 0 ? (int64_t)(ns / 1e9) : DEFAULT_LIFE_S, request->as);
	token->user = user;
	if (ns > 0 && ns < 1e9) { /* it expires at once, but its record has a lifetime of a day */
		token->expires_us = token->created_us;
		token->lifetime_s = 86400;
	}
	grant_otherwise(token);
	respond(ret, 201);
	append(ret, "{\"key\":\"%s-%s\"}\n", token->id, token->secret);
	cJSON_Delete(asked);
}

/* -------------------------------------------------------- other requests */

static void list(const char *query, int user, int caller, struct response *ret)
{
	bool all = query && strstr(query, "include_all=true");
	bool expired = query && strstr(query, "include_expired=true");
	int n = 0;

	respond(ret, 200);
	for (int i = deployment.n_tokens - 1; i >= 0; i--) {
		const struct token *token = &deployment.tokens[i];
		bool mine = token->user == user || (all && (caller == 0 || token->user == caller));

		if (!is_there(token) || !mine || strcmp(token->login_type, "token") != 0 ||
		    (!expired && token->expires_us <= now_us()))
			continue;
		append(ret, n++ ? "," : "[");
		append_token(ret, token, true);
	}
	append(ret, n ? "]\n" : "null\n");
}

static void one(const struct token *token, int caller, struct response *ret)
{
	if (!token || (caller != 0 && token->user != caller)) {
		deployment_refuse(ret, 404, NOT_FOUND, NULL);
		return;
	}
	respond(ret, 200);
	append_token(ret, token, false);
	append(ret, "\n");
}

static void take_away(const struct request *request, struct token *token, int caller, bool expire,
		      struct response *ret)
{
	if (!token || (caller != 0 && token->user != caller) ||
	    (request->as == CALL && !deployment.may_remove)) {
		deployment_refuse(ret, 404, NOT_FOUND, NULL);
		return;
	}
	respond(ret, 204);
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
		deployment_refuse(
			ret, 401, SIGNED_OUT,
			"Cookie \"coder_session_token\" or query parameter must be provided.");
		return -1;
	}
	if (strlen(credential) != ID_SIZE + SECRET_SIZE - 1) {
		deployment_refuse(ret, 401, SIGNED_OUT,
				  "Invalid API key format: incorrect amount of API key parts, "
				  "expected 2 got 1");
		return -1;
	}
	snprintf(id, sizeof(id), "%.10s", credential);
	token = deployment_with_id(id);
	*ret_narrow = token && !strstr(token->scopes, "\"coder:all\"");
	if (!token || strcmp(token->secret, credential + ID_SIZE) != 0) {
		deployment_refuse(ret, 401, SIGNED_OUT, "API key is invalid.");
		return -1;
	}
	if (token->expires_us <= now_us()) {
		deployment_refuse(ret, 401, SIGNED_OUT,
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
	for (int i = 0; i < N_USERS; i++)
		if ((strcasecmp(name, users[i].username) == 0 ||
		     strcasecmp(name, users[i].id) == 0) &&
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
			create(request, user, ret);
		else if (blind)
			deployment_refuse(ret, 404, NOT_FOUND, NULL);
		else
			list(*rest ? rest : NULL, user, caller, ret);
		return;
	}
	if (strcmp(first, "tokens") == 0) {
		(void)take_segment(rest + 1, name, sizeof(name));
		if (strchr(name, '/')) {
			deployment_refuse(ret, 404, "Route not found.", NULL);
		} else if (strcmp(name, "tokenconfig") == 0) {
			respond(ret, 200);
			append(ret, "{\"max_token_lifetime\":%" PRId64 "}\n",
			       LONGEST_S * INT64_C(1000000000));
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
		deployment_refuse(ret, 404, "Route not found.", NULL);
		return;
	}
	rest = take_segment(rest + strlen(KEYS), name, sizeof(name));
	user = user_of(name, caller);
	if (user < 0 || narrow) {
		deployment_refuse(ret, 404, NOT_FOUND, NULL);
	} else if (strncmp(rest, "/keys/", 6) == 0) {
		act_on_keys(request, rest + 6, user, caller, ret);
	} else {
		respond(ret, 200);
		append_text(ret, users[user].record, strlen(users[user].record));
	}
}
