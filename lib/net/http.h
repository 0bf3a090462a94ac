/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.h - requests to the deployment.
 *
 * This directory decides everything about requests and responses: redirects (never followed),
 * protocols (http, https), connections, timeouts, retries, content types and sizes. The way of a
 * request through it:
 *
 *   http.c      the client of one deployment: headers and secrets of all requests; redact.c
 *               removes the secrets from errors
 *   request.c   when the tries of a request are made, and the waits between them
 *   try.c       one try: what is sent, and what the outcome is
 *   transfer.c  the exchanges in progress; start.c starts one, run.c has its libcurl handle,
 *               ending.c and failure.c decide how it ended
 *   response.c  the headers of the response; judge.c decides what the response means
 *
 * url.c and proxy.c find out where a request goes, lookup.c finds addresses, kept.c and sockets.c
 * keep the connections. Only libcurl.h includes curl.h. The first request of a process loads
 * libcurl.
 */
#ifndef CODER_HTTP_H
#define CODER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "config.h"

#define HTTP_BODY_MAX (4u << 20) /* the body of a response with a single object */
#define HTTP_LIST_MAX (256u << 20) /* the body of a list that goes to a sink */
#define HTTP_HEADERS_MAX (256u << 10) /* all header lines of one response together */
#define HTTP_HEADER_LINES_MAX 4096 /* (the limits of libcurl are higher than these two) */

/* Gets the body of a successful JSON response as it arrives. -1 with *err ends the request. */
typedef int http_sink_fn(void *ctx, const char *data, size_t len, struct coder_error *err);

struct http_request {
	const char *method; /* GET, POST, PUT, DELETE */
	const char *path; /* absolute, percent-encoded, with its query */
	const char *body; /* NULL: none; sent as application/json */
	size_t body_len;
	bool once; /* a POST: has a connection of its own, and is repeated only after a 429 */
	http_sink_fn *sink; /* NULL: the body goes to the response */
	void (*sink_restart)(
		void *ctx); /* a retry begins: the body starts again; NULL: nothing to do */
	void *sink_ctx;
	int64_t timeout_ns; /* for this request with its retries; 0: only the call's deadline */
	int64_t grace_ns; /* after a signal: how long to wait for the response to what was sent */
	bool many; /* it is one of many: if one of them meets a rate limit, all of them wait */
	size_t more; /* with many: how many others have not begun yet */
	bool extra; /* with many: it does not use the kept connection, see transfer.h */
};

struct http_response {
	long status;
	struct buf body; /* of at most HTTP_BODY_MAX; with a sink only that of an error */
	int64_t date; /* by the deployment's clock, in seconds since the epoch; 0: not known */
	int64_t date_before; /* the same of the try before; 0: not known, or no such try */
	int tries; /* how many were made, with or without a connection */
	bool earlier_unknown; /* the server may have acted on an earlier try */
};
void http_response_done(struct http_response *response);

struct http;
int http_new(const struct coder_config *config, struct http **ret, struct coder_error *err);
/*
 * Gives up the requests that are in progress, and closes all connections that are not kept. Nothing
 * may begin afterwards.
 */
void http_close(struct http *http);
/* It has been closed, if a request has begun. */
void http_free(struct http *http);
bool http_insecure(const struct http *http);
const char *http_origin(const struct http *http); /* of the deployment */
const char *http_version(const struct http *http); /* see coder_client_version() */
/* The time by the deployment's clock in its last own response; 0: not known. */
int64_t http_date(const struct http *http);
/* See coder_client_now(). */
int64_t http_now(const struct http *http);

/*
 * Sends a request and waits for its response. Returns 0 for any 2xx whose content type is JSON (or
 * 204 without a body). Everything else is an error: its code comes from the status; its message is
 * the one in the server's error object, or describes what is wrong with the response. *ret is
 * filled in both cases, as far as possible, and the caller releases it.
 *
 * No request is sent while a signal is pending. A request fails with CODER_ERR_USAGE if the token
 * in use, or anything of the shape of a token, is in its path or body. After an interrupt was
 * acknowledged each request has a connection of its own, so that a late response to an earlier
 * request cannot be taken for its response.
 */
int http_request(struct http *http, const struct http_request *request, struct http_response *ret,
		 struct coder_error *err);

/*
 * Several requests at the same time. Each has its own tries, as in http_request():
 *
 *	http_begin(http, &request, ctx, &err) ...;
 *	while ((ctx = http_wait(http, until, &rc, &response, &err)))
 *		... its request has ended; another one may begin here
 *
 * If one of many meets a rate limit, all of them wait once; so do those that begin meanwhile. If
 * the server counts all of them together and permits fewer for now, they are slowed down to the
 * rate that it permits. See pace.h.
 */
/*
 * Begins a request. What `request` points to must remain until the request has ended. ctx is not
 * NULL. Fails only without memory.
 */
int http_begin(struct http *http, const struct http_request *request, void *ctx,
	       struct coder_error *err);
/*
 * Waits until one of the requests has ended. Returns its ctx, and its outcome in *ret_rc, *ret and
 * *err. NULL: no request is in progress, or none has ended when coder_clock() reaches `until`.
 */
void *http_wait(struct http *http, int64_t until, int *ret_rc, struct http_response *ret,
		struct coder_error *err);
/*
 * n requests with `many` and `extra` are going to follow the next one: connections for them may be
 * opened meanwhile.
 */
void http_expect(struct http *http, size_t n);

/*
 * Gives the client the secret of a token that the server has just created. From now on it is hidden
 * in the texts of errors, like the token in use.
 */
int http_keep_secret(struct http *http, const char *secret, struct coder_error *err);

/*
 * Writes "[secret]" over all secrets that were sent, and over whatever has the shape of a token:
 * servers, and error pages of proxies, may repeat them. http_request() does this for its errors.
 * Call it for an error that is made from a response later.
 */
void http_hide_secrets(const struct http *http, struct coder_error *err);

/* Sleeps for ns. Fails early if a signal is pending or the deadline passes. */
int http_sleep(struct http *http, int64_t ns, struct coder_error *err);

#endif
