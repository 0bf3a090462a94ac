/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.c - reads the headers of a response, and decides what the response means. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "http.h"
#include "json/json.h"
#include "proxy.h"
#include "response.h"
#include "url.h"

#define RESET_MAX 86400 /* seconds: an X-Ratelimit-Reset further away is nonsense */

/* --------------------------------------------------------------- arriving */

static int broken(const struct response *response, const char *what, struct coder_error *err)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "the response from %s %s",
			       response->origin, what);
}

/* Copies len bytes; what does not fit is cut and ends with RESPONSE_CUT. */
static void copy_text(char *out, size_t size, const char *text, size_t len)
{
	size_t room = size - sizeof(RESPONSE_CUT);

	if (len < size)
		snprintf(out, size, "%.*s", (int)len, text);
	else
		snprintf(out, size, "%.*s" RESPONSE_CUT, (int)room, text);
}

/* A response that is not Coder's own may be that of the proxy which took the request. */
static int blame_proxy(const struct response *response, struct coder_error *err)
{
	if (!response->proxy)
		return -1;
	return coder_error_cause(err, CODER_CAUSE_PROXY_RESPONDED, response->proxy->source,
				 response->proxy->name);
}

/*
 * The length of the name and its colon if the line is that field, or 0. Blanks
 * in front of the colon are wrong, but what reads past them believes the field.
 */
static size_t field_begins(const char *line, size_t len, const char *name)
{
	size_t at = strlen(name);

	if (len <= at || strncasecmp(line, name, at) != 0)
		return 0;
	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return at < len && line[at] == ':' ? at + 1 : 0;
}

static bool is_field(const char *line, size_t len, const char *name)
{
	return field_begins(line, len, name) > 0;
}

/* Copies the value if the line is that field, without the blanks around it. */
static void take_field(const char *line, size_t len, const char *name, char *out, size_t size)
{
	size_t begin = field_begins(line, len, name);

	if (!begin)
		return;
	line += begin;
	len -= begin;
	for (; len && (*line == ' ' || *line == '\t'); len--)
		line++;
	while (len && strchr(" \t\r\n", line[len - 1]))
		len--;
	copy_text(out, size, line, len);
}

/* "HTTP/1.1 200 OK" begins a response, of which interim ones (1xx) may come first. */
static void begin_response(struct response *response, const char *line, size_t len)
{
	const char *end = line + len, *p = memchr(line, ' ', len);

	*response = (struct response){ .origin = response->origin,
				       .url_source = response->url_source,
				       .proxy = response->proxy,
				       .head_len = response->head_len,
				       .head_lines = response->head_lines };
	while (end > line && strchr("\r\n", end[-1]))
		end--;
	p = p ? p + 1 : end;
	for (int i = 0; i < 3 && p < end && *p >= '0' && *p <= '9'; i++)
		response->status = response->status * 10 + (*p++ - '0');
	if (p < end)
		copy_text(response->reason, sizeof(response->reason), p + 1, (size_t)(end - p - 1));
}

/* A coding could hide any amount of data, and libcurl undoes those of a transfer unasked. */
static bool names_coding(const char *line, size_t len)
{
	char coding[32] = "";

	take_field(line, len, "Content-Encoding", coding, sizeof(coding));
	take_field(line, len, "Transfer-Encoding", coding, sizeof(coding));
	return coding[0] && strcasecmp(coding, "identity") != 0 &&
	       strcasecmp(coding, "chunked") != 0;
}

/* The one coding that says where a body ends: beside it a length does not count. */
static bool names_chunks(const char *line, size_t len)
{
	char coding[32] = "";

	take_field(line, len, "Transfer-Encoding", coding, sizeof(coding));
	return strcasecmp(coding, "chunked") == 0;
}

/* Seconds in decimal; -1: something else. */
static int64_t read_seconds(const char *text)
{
	int64_t n = 0;

	if (!*text || strlen(text) > 12)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		n = n * 10 + (*text - '0');
	}
	return n;
}

/* Each Retry-After is a date, or seconds (several, if a proxy has joined them): the longest counts. */
static void take_wait(struct response *response, const char *line, size_t len)
{
	char value[128] = "", *part, *rest = value;
	int64_t until, seconds;

	if (!is_field(line, len, "Retry-After"))
		return;
	take_field(line, len, "Retry-After", value, sizeof(value));
	until = coder_http_date(value);
	response->asks_to_wait |= until >= 0;
	if (until > response->wait_until)
		response->wait_until = until;
	if (value[strspn(value, "0123456789, \t")])
		return;
	while ((part = strsep(&rest, ", \t"))) {
		seconds = read_seconds(part);
		response->asks_to_wait |= seconds >= 0;
		if (seconds > response->wait_seconds)
			response->wait_seconds = seconds;
	}
}

/*
 * Reads a Content-Length, which a proxy may have joined to a list of one number;
 * false: it is none, or says another one than before. libcurl takes what it
 * cannot read for no length, and the body for whole wherever it ends.
 */
static bool take_length(struct response *response, const char *line, size_t len)
{
	char value[128] = "", *part, *rest = value;

	if (!is_field(line, len, "Content-Length"))
		return true;
	take_field(line, len, "Content-Length", value, sizeof(value));
	while ((part = strsep(&rest, ","))) {
		int64_t length = 0;
		size_t digits;

		part += strspn(part, " \t");
		digits = strspn(part, "0123456789");
		if (!digits || part[digits + strspn(part + digits, " \t")])
			return false;
		for (size_t i = 0; i < digits; i++)
			if (__builtin_mul_overflow(length, 10, &length) ||
			    __builtin_add_overflow(length, part[i] - '0', &length))
				return false;
		if (response->has_length && length != response->length)
			return false;
		response->has_length = true;
		response->length = length;
	}
	return true;
}

int response_header(struct response *response, const char *line, size_t len,
		    struct coder_error *err)
{
	bool begins = len > 5 && memcmp(line, "HTTP/", 5) == 0;
	bool interim = response->status >= 100 && response->status < 200;

	response->head_len += len;
	response->head_lines++;
	if (response->head_len > HTTP_HEADERS_MAX || response->head_lines > HTTP_HEADER_LINES_MAX)
		return broken(response, "has too large headers", err);
	if (response->head_ended && !(begins && interim)) /* trailers */
		return 0;
	if (begins && (response->head_ended || !response->status))
		begin_response(response, line, len);
	/* libcurl 8.23 passes on what it has of a line when the connection is closed */
	response->head_ended = (line[0] == '\r' || line[0] == '\n') && line[len - 1] == '\n';
	response->arrived = coder_clock();
	response->coded |= names_coding(line, len);
	response->chunked |= names_chunks(line, len);
	response->coder |= is_field(line, len, "X-Coder-Build-Version") ||
			   is_field(line, len, "X-Coder-Request-Id");
#define TAKE(name, field) take_field(line, len, name, response->field, sizeof(response->field))
	TAKE("Content-Type", type);
	TAKE("Location", location);
	TAKE("X-Ratelimit-Reset", reset);
	TAKE("Date", date);
	TAKE("Age", age);
	TAKE("X-Coder-Build-Version", version);
#undef TAKE
	take_wait(response, line, len);
	return take_length(response, line, len) ? 0 : broken(response, "has broken headers", err);
}

bool response_is_success(const struct response *response)
{
	return response->status >= 200 && response->status < 300;
}

static bool is_json(const char *type)
{
	size_t len = strcspn(type, "; \t");

	return len == strlen("application/json") && strncasecmp(type, "application/json", len) == 0;
}

/* Before the first byte of a body: whether a 2xx is what was asked for. */
static int check_type(const struct response *response, struct coder_error *err)
{
	if (!response_is_success(response))
		return 0;
	if (!is_json(response->type)) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"unexpected response of type %s: %s may be no Coder deployment",
				response->type[0] ? response->type : "unknown", response->origin);
		blame_proxy(response, err);
		return coder_error_cause(err, CODER_CAUSE_SOURCE, response->url_source, NULL);
	}
	if (response->coded)
		return broken(response, "is compressed", err);
	return 0;
}

int response_body(struct response *response, size_t len, size_t max, struct coder_error *err)
{
	if (!response->in_body && check_type(response, err) < 0)
		return -1;
	response->in_body = true;
	response->received += len;
	return response->received > max ? broken(response, "is too large", err) : 0;
}

/* ---------------------------------------------------------------- meaning */

/* 520-526 and 530 are an edge's own: the server behind it is down, or does not respond. */
static bool is_unavailable(long status)
{
	return status == 429 || (status >= 502 && status <= 504) ||
	       (status >= 520 && status <= 526) || status == 530;
}

static enum coder_code code_of(long status)
{
	if (is_unavailable(status))
		return CODER_ERR_UNAVAILABLE;
	switch (status) {
	case 401:
	case 403:
		return CODER_ERR_AUTH;
	case 404:
	case 410:
		return CODER_ERR_NOT_FOUND;
	case 409:
		return CODER_ERR_CONFLICT;
	default:
		return status >= 400 ? CODER_ERR_REFUSED : CODER_ERR_NO_RESPONSE;
	}
}

int64_t response_date(const struct response *response)
{
	int64_t date = coder_http_date(response->date), age = read_seconds(response->age);

	if (date <= 0)
		return 0;
	return age > 0 ? date + age : date;
}

int64_t response_retry_after(const struct response *response)
{
	int64_t now = response_date(response), wait = response->wait_seconds, reset;

	if (!now)
		now = coder_time();
	if (response->wait_until - now > wait)
		wait = response->wait_until - now;
	if (!response->asks_to_wait)
		wait = -1;
	reset = read_seconds(response->reset) - now;
	if (response->status == 429 && reset >= 0 && reset <= RESET_MAX &&
	    (wait < 0 || reset < wait))
		wait = reset;
	return wait;
}

static void redirect_error(const struct response *response, struct coder_error *err)
{
	struct coder_error ignored;
	struct url url = { 0 };

	coder_error_set(err, CODER_ERR_NO_RESPONSE, "%s redirects to %s", response->origin,
			response->location);
	if (url_parse(response->location, &url, &ignored) == 0 &&
	    strcmp(url.origin, response->origin) != 0)
		coder_error_cause(err, CODER_CAUSE_MOVED, response->url_source, url.origin);
	else
		coder_error_cause(err, CODER_CAUSE_REDIRECT, response->url_source, NULL);
	url_done(&url);
}

/*
 * What Coder itself says where it refuses; "*" is anything. A response without
 * Coder's headers, which something on the way may have taken away, is known by it.
 */
#define ROUTE_NOT_FOUND "Route not found."
#define USER_NOT_ACTIVE \
	"User is not active (status = \"*\"). Contact an admin to reactivate your account."
static const char *const coder_messages[] = {
	"Request body must be valid JSON.",
	"Failed to create API key.",
	"Failed to validate create API key request.",
	"Cannot use \"me\" without a valid session.",
	"You are signed out or your session has expired. Please sign in again to continue.",
	USER_NOT_ACTIVE,
	"Forbidden.",
	"Resource not found or you do not have access to this resource",
	ROUTE_NOT_FOUND,
	"A token with name \"*\" already exists.",
	"Workspace \"*\" was deleted, *",
	"You've been rate limited for sending more than * requests in *.",
};

/* Whether text is the pattern, in which "*" stands for anything. */
static bool matches(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			from = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++from;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

static bool is_coder_message(const char *text)
{
	for (size_t i = 0; i < sizeof(coder_messages) / sizeof(coder_messages[0]); i++)
		if (matches(coder_messages[i], text))
			return true;
	return false;
}

static void free_json(struct json **doc)
{
	json_free(*doc);
}

/* What an error response is known to be; see struct coder_error. */
struct source {
	bool own, no_route, inactive;
};

/*
 * Finds out whether an error response is Coder's own: an object with a message,
 * and with a header or a message that is Coder's. -1: no memory to read it.
 */
static int find_source(const struct response *response, const struct buf *body, struct source *ret,
		       struct coder_error *err)
{
	struct json CLEANUP(free_json) *doc = NULL;
	const struct json *message = NULL;
	struct coder_error why;
	const char *text;

	if (body->len && json_parse(body->data, body->len, &doc, &why) < 0) {
		if (why.code == CODER_ERR_MEMORY)
			return coder_error_memory(err);
		return 0;
	}
	if (json_member(doc, "message", &message, &why) < 0)
		return 0;
	text = json_string(message);
	ret->own = text && *text && (response->coder || is_coder_message(text));
	ret->no_route = ret->own && response->status == 404 && strcmp(text, ROUTE_NOT_FOUND) == 0;
	ret->inactive = ret->own && response->status == 401 && matches(USER_NOT_ACTIVE, text);
	return 0;
}

/* Whether a code says something about Coder's objects or rights, as Coder alone can know. */
static bool is_about_objects(enum coder_code code)
{
	return code == CODER_ERR_AUTH || code == CODER_ERR_NOT_FOUND || code == CODER_ERR_CONFLICT;
}

/* An ingress, gateway, firewall or sign-in page has responded: what it says proves nothing. */
static void front_error(const struct response *response, const struct buf *body,
			struct coder_error *err)
{
	int type_len = response->in_body ? (int)strcspn(response->type, "; \t") : 0;
	struct coder_error said = { 0 };

	if (body->len && json_error(body->data, body->len, &said))
		type_len = 0;
	coder_error_set(err, CODER_ERR_NO_RESPONSE,
			"something in front of %s responded with %ld%s%s%s%.*s%s", response->origin,
			response->status, response->reason[0] ? " " : "", response->reason,
			type_len ? " (" : "", type_len, response->type, type_len ? ")" : "");
	text_append(err->detail, sizeof(err->detail), said.message);
	if (said.detail[0])
		text_append(err->detail, sizeof(err->detail), ": ");
	text_append(err->detail, sizeof(err->detail), said.detail);
	text_append(err->field, sizeof(err->field), said.field);
	blame_proxy(response, err);
	coder_error_cause(err, CODER_CAUSE_FRONT, NULL, NULL);
	explicit_bzero(&said, sizeof(said)); /* a server may have repeated a secret */
}

/* The server refuses, in JSON or without a word. */
static void refusal(const struct response *response, const struct buf *body, enum coder_code code,
		    struct coder_error *err)
{
	if (response->in_body && response->type[0])
		coder_error_set(err, code, "unexpected response %ld of type %s", response->status,
				response->type);
	else
		coder_error_set(err, code, "unexpected response %ld%s%s", response->status,
				response->reason[0] ? " " : "", response->reason);
	if (body->len)
		(void)json_error(body->data, body->len, err);
}

/* 407: only proxies ask for a user name and password in this way. */
static void proxy_error(const struct response *response, struct coder_error *err)
{
	if (response->proxy) {
		proxy_wants_user(response->proxy, err);
		return;
	}
	coder_error_set(err, CODER_ERR_NO_RESPONSE,
			"a proxy in front of %s asks for a user name and password (407)",
			response->origin);
	coder_error_cause(err, CODER_CAUSE_NETWORK, response->url_source, NULL);
}

static void status_error(const struct response *response, const struct buf *body,
			 struct coder_error *err)
{
	enum coder_code code = code_of(response->status);
	struct source source = { 0 };

	if (response->status == 407) {
		proxy_error(response, err);
		return;
	}
	if (response->status < 400 && response->location[0]) {
		redirect_error(response, err);
		return;
	}
	if (find_source(response, body, &source, err) < 0)
		return;
	if (!source.own && is_about_objects(code)) {
		front_error(response, body, err);
		return;
	}
	refusal(response, body, source.no_route ? CODER_ERR_REFUSED : code, err);
	if (!source.own && response_retry_after(response) <= 0)
		blame_proxy(response, err);
	err->own = source.own;
	err->no_route = source.no_route;
	err->inactive = source.inactive;
	if (source.own && response->status == 500 && strstr(err->detail, "rbac: forbidden"))
		err->code = CODER_ERR_AUTH;
}

/* Whether the body is as long as the headers say. */
static bool is_whole(const struct response *response)
{
	if (!response->has_length || response->chunked || response->status == 204 ||
	    response->status == 304)
		return true;
	return response->received == (uint64_t)response->length;
}

int response_judge(const struct response *response, const struct buf *body, struct coder_error *err)
{
	/* if the connection is closed within the headers, libcurl takes that for their end */
	if (!response->head_ended || !is_whole(response))
		return broken(response, "ended early", err);
	if (!response_is_success(response))
		status_error(response, body, err);
	else if (response->status == 204 || response->received)
		return 0;
	else
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "empty response %ld from %s",
				response->status, response->origin);
	return -1;
}

bool response_is_unavailable(const struct response *response)
{
	return is_unavailable(response->status);
}
