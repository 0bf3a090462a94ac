/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.c - what a response means: whether its body may be read, and who responded with what. */
#include <string.h>

#include "base/ascii.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "base/url.h"
#include "error_object.h"
#include "json/json.h"
#include "proxy.h"
#include "response.h"

/*
 * Names the proxy that took the request as a possible cause: a response that is not Coder's own may
 * be the proxy's.
 */
static int blame_proxy(const struct response *response, struct coder_error *err)
{
	if (!response->proxy)
		return -1;
	return coder_error_cause(err, CODER_CAUSE_PROXY_RESPONDED, response->proxy->source,
				 response->proxy->name);
}

bool response_is_success(const struct response *response)
{
	return response->status >= 200 && response->status < 300;
}

int response_body(struct response *response, size_t len, size_t max, struct coder_error *err)
{
	const char *type = response->type;
	const size_t type_len = strcspn(type, "; \t");
	const bool is_json = ascii_is(type, type_len, "application/json");

	if (!response->in_body && response_is_success(response)) {
		if (!is_json) {
			coder_error_set(err, CODER_ERR_NO_RESPONSE,
					"unexpected response of type %s: %s is perhaps not a Coder "
					"deployment",
					type[0] ? type : "unknown", response->origin);
			blame_proxy(response, err);
			return coder_error_cause(err, CODER_CAUSE_SOURCE, response->url_source,
						 NULL);
		}
		if (response->encoded)
			return response_broken(response, "is compressed", err);
	}
	response->in_body = true;
	response->received += len;
	return response->received > max ? response_broken(response, "is too large", err) : 0;
}

bool response_is_unavailable(const struct response *response)
{
	const long status = response->status;

	/*
	 * 520 to 526 and 530 come from an edge server: the server behind it is down or does not
	 * respond
	 */
	return status == 429 || (status >= 502 && status <= 504) ||
	       (status >= 520 && status <= 526) || status == 530;
}

static enum coder_code code_of(const struct response *response)
{
	if (response_is_unavailable(response))
		return CODER_ERR_UNAVAILABLE;
	switch (response->status) {
	case 401:
	case 403:
		return CODER_ERR_AUTH;
	case 404:
	case 410:
		return CODER_ERR_NOT_FOUND;
	case 409:
		return CODER_ERR_CONFLICT;
	default:
		return response->status >= 400 ? CODER_ERR_REFUSED : CODER_ERR_NO_RESPONSE;
	}
}

/* ------------------------------------------------------- who has responded */

/*
 * The messages with which Coder refuses; "*" stands for anything. They identify a response
 * whose headers something on the way has removed.
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

/*
 * Fills *err for a response of an ingress, gateway, firewall or sign-in page, which proves nothing.
 */
static void front_error(const struct response *response, const struct json *doc,
			struct coder_error *err)
{
	int type_len = response->in_body ? (int)strcspn(response->type, "; \t") : 0;
	struct coder_error said = { 0 };

	if (error_object_read(doc, &said))
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

/*
 * Fills *err for an error response. Decides whether the response is Coder's own: it has a message,
 * and it has a header or a message that only Coder sends.
 */
static void refusal(const struct response *response, const struct buf *body,
		    struct coder_error *err)
{
	const enum coder_code code = code_of(response);
	/* these are about Coder's objects or permissions, which only Coder knows */
	const bool is_about_objects =
		code == CODER_ERR_AUTH || code == CODER_ERR_NOT_FOUND || code == CODER_ERR_CONFLICT;
	struct json CLEANUP(json_done) *doc = NULL;
	struct coder_error why;
	const char *message;
	bool own = response->coder;

	if (body->len && json_parse(body->data, body->len, &doc, &why) < 0 &&
	    why.code == CODER_ERR_MEMORY) {
		coder_error_memory(err);
		return;
	}
	if (response->in_body && response->type[0])
		coder_error_set(err, code, "unexpected response %ld of type %s", response->status,
				response->type);
	else
		coder_error_set(err, code, "unexpected response %ld%s%s", response->status,
				response->reason[0] ? " " : "", response->reason);
	message = error_object_read(doc, err);
	for (size_t i = 0; message && i < sizeof(coder_messages) / sizeof(coder_messages[0]); i++)
		own |= matches(coder_messages[i], message);
	own &= message != NULL;
	if (!own && is_about_objects) {
		front_error(response, doc, err);
		return;
	}
	if (!own && response_retry_after(response) <= 0)
		blame_proxy(response, err);
	err->own = own;
	err->no_route = own && response->status == 404 && strcmp(message, ROUTE_NOT_FOUND) == 0;
	err->inactive = own && response->status == 401 && matches(USER_NOT_ACTIVE, message);
	if (err->no_route)
		err->code = CODER_ERR_REFUSED;
	if (own && response->status == 500 && strstr(err->detail, "rbac: forbidden"))
		err->code = CODER_ERR_AUTH;
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

int response_judge(const struct response *response, const struct buf *body, struct coder_error *err)
{
	const bool has_length = response->has_length && !response->chunked &&
				response->status != 204 && response->status != 304;

	/* libcurl also takes the end of the connection for the end of the headers */
	if (!response->headers_ended ||
	    (has_length && response->received != (uint64_t)response->length))
		return response_broken(response, "ended early", err);
	if (response->status == 407 && response->proxy) {
		proxy_wants_user(response->proxy, err);
	} else if (response->status == 407) { /* only proxies respond with it */
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"a proxy in front of %s asks for a user name and password (407)",
				response->origin);
		coder_error_cause(err, CODER_CAUSE_NETWORK, response->url_source, NULL);
	} else if (response->status < 400 && response->location[0] &&
		   !response_is_success(response)) {
		redirect_error(response, err);
	} else if (!response_is_success(response)) {
		refusal(response, body, err);
	} else if (response->status == 204 || response->received) {
		return 0;
	} else {
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "empty response %ld from %s",
				response->status, response->origin);
	}
	return -1;
}
