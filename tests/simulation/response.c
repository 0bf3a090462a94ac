/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.c - see response.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "response.h"

#define USER_TIMES                                                                                     \
	"\"created_at\":\"2026-11-23T20:16:02Z\",\"updated_at\":\"2026-11-23T20:19:10Z\","             \
	"\"last_seen_at\":\"2026-11-23T20:19:10Z\",\"status\":\"active\",\"login_type\":\"password\"," \
	"\"organization_ids\":[\"a7aba5a7-fdb8-4e2b-b244-342190c5193f\"],"

const struct response_user response_users[RESPONSE_USERS] = {
	{ ADMIN_ID, "admin",
	  "{\"id\":\"" ADMIN_ID "\",\"username\":\"admin\",\"name\":\"Admin\","
	  "\"email\":\"admin@example.com\"," USER_TIMES
	  "\"roles\":[{\"name\":\"owner\",\"display_name\":\"Owner\"}],\"has_ai_seat\":false}\n" },
	{ MEMBER_ID, "alice",
	  "{\"id\":\"" MEMBER_ID
	  "\",\"username\":\"alice\",\"email\":\"alice@example.com\"," USER_TIMES
	  "\"roles\":[],\"has_ai_seat\":false}\n" },
};

void response_add(struct response *ret, const char *fmt, ...)
{
	size_t room = sizeof(ret->body) - ret->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(ret->body + ret->len, room, fmt, args);
	va_end(args);
	ret->len += (size_t)n < room ? (size_t)n : room - 1;
}

void response_add_text(struct response *ret, const char *s, size_t len)
{
	size_t room = sizeof(ret->body) - 1 - ret->len;

	len = len < room ? len : room;
	memcpy(ret->body + ret->len, s, len);
	ret->len += len;
	ret->body[ret->len] = '\0';
}

/* Appends a string as Go's encoder writes it. */
void response_add_string(struct response *ret, const char *s)
{
	response_add_text(ret, "\"", 1);
	for (const char *from = s;; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && !strchr("\"\\<>&", c))
			continue;
		response_add_text(ret, from, (size_t)(s - from));
		from = s + 1;
		if (!c)
			break;
		if (c == '"' || c == '\\')
			response_add(ret, "\\%c", c);
		else
			response_add(ret, "\\u%04x", c);
	}
	response_add_text(ret, "\"", 1);
}

void response_begin(struct response *ret, int status)
{
	ret->status = status;
	ret->len = 0;
	ret->body[0] = '\0';
}

void response_refuse(struct response *ret, int status, const char *message, const char *detail)
{
	response_begin(ret, status);
	response_add(ret, "{\"message\":");
	response_add_string(ret, message);
	if (detail) {
		response_add(ret, ",\"detail\":");
		response_add_string(ret, detail);
	}
	response_add(ret, "}\n");
}

/* Appends a time with up to six digits of the fraction, without zeros at their end. */
static void add_time(struct response *ret, const char *key, int64_t us)
{
	time_t seconds = (time_t)(us / SECOND_US);
	int fraction = (int)(us % SECOND_US), digits = 6;
	struct tm tm;
	char text[32];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	response_add(ret, ",\"%s\":\"%s", key, text);
	for (; fraction && fraction % 10 == 0; digits--)
		fraction /= 10;
	if (fraction)
		response_add(ret, ".%0*d", digits, fraction);
	response_add(ret, "Z\"");
}

void response_add_token(struct response *ret, const struct token *token, bool with_username)
{
	response_add(ret,
		     "{\"id\":\"%s\",\"user_id\":\"%s\",\"last_used\":\"1970-01-01T00:00:00Z\"",
		     token->id, response_users[token->user].id);
	add_time(ret, "expires_at", token->expires_us);
	add_time(ret, "created_at", token->created_us);
	add_time(ret, "updated_at", token->created_us);
	response_add(ret, ",\"login_type\":\"%s\",\"scope\":\"%s\",\"scopes\":%s,\"token_name\":",
		     token->login_type, token->scope, token->scopes);
	response_add_string(ret, token->name);
	response_add(ret, ",\"lifetime_seconds\":%" PRId64 ",\"allow_list\":%s", token->lifetime_s,
		     token->allow_list);
	if (with_username)
		response_add(ret, ",\"username\":\"%s\"", response_users[token->user].username);
	response_add(ret, "}");
}
