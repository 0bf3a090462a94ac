/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.h - requests to the deployment.
 *
 * Whatever is decided about requests and responses is decided here: redirects
 * (never followed), protocols (http, https), connections, timeouts, retries,
 * content types and sizes. http.c makes the client, request.c its requests;
 * response.c decides what responses mean, url.c and proxy.c who is talked to. transfer.c has the exchanges inside a
 * shell process: run.c a libcurl handle for each, kept.c and sockets.c their
 * connections, lookup.c the names, failure.c what went wrong. libcurl.h is the one
 * file that includes curl.h; the library is loaded by the first request of the
 * process, not before.
 */
#ifndef CODER_HTTP_H
#define CODER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "config.h"

#define HTTP_BODY_MAX (4u << 20) /* the most a single object's response may have */
#define HTTP_LIST_MAX (256u << 20) /* the most a streamed list may have in all */
#define HTTP_HEADERS_MAX (256u << 10) /* all header lines of one response together */
#define HTTP_HEADER_LINES_MAX 4096 /* libcurl has limits of its own: above both */

/* Gets the body of a 2xx JSON response as it arrives. -1 with *err ends the transfer. */
typedef int http_sink_fn(void *ctx, const char *data, size_t len, struct coder_error *err);

struct http_request {
	const char *method; /* GET, POST, PUT, DELETE */
	const char *path; /* absolute, percent-encoded, with its query */
	const char *body; /* NULL: none; sent as application/json */
	size_t body_len;
	bool once; /* a POST: connection of its own, repeated after a 429 only */
	http_sink_fn *sink; /* NULL: the body goes to the response */
	void (*sink_restart)(void *ctx); /* a retry begins the body anew */
	void *sink_ctx;
	int64_t timeout_ns; /* for this request with its retries; 0: only the call's deadline counts */
	int64_t grace_ns; /* after a signal: how long its response is waited for, once it has gone out */
	bool many; /* one of many of its kind: it waits for all of them if a rate limit was met */
	size_t more; /* with many: how many others are still to be begun */
	bool extra; /* with many: not over the connection that is kept, see transfer.h */
};

struct http_response {
	long status;
	struct buf body; /* of at most HTTP_BODY_MAX; for a sink, of errors only */
	int64_t date; /* the deployment's clock as it was sent, seconds; 0 if it did not say */
	int tries; /* how many there were, connections refused included */
	bool earlier_unknown; /* an earlier try may have been acted on */
};
void http_response_done(struct http_response *response);

struct http;
int http_new(const struct coder_config *config, struct http **ret, struct coder_error *err);
void http_free(struct http *http);
void http_disconnect(void); /* coder_disconnect() */
bool http_insecure(const struct http *http);
const char *http_origin(const struct http *http); /* of the deployment */
const char *http_version(const struct http *http); /* see coder_client_version() */
/* See coder_client_now() and coder_client_clock_ahead(). */
int64_t http_now(const struct http *http);
int64_t http_clock_ahead(const struct http *http);

/*
 * Makes a request and waits for its response. Returns 0 for any 2xx whose content
 * type is JSON (or 204 without a body). Everything else is an error: its code
 * comes from the status, its message from the server's error object, which
 * error_object_read() reads, or says what was wrong with the response. *ret is filled as
 * far as known in either case, and the caller releases it.
 *
 * A request is not made if the token in use, or anything of a token's shape, is
 * in its path or body (USAGE), nor while a signal is pending. Once an interrupt was
 * acknowledged each request has a connection of its own: no late response to an
 * earlier one can be taken for its own.
 */
int http_request(struct http *http, const struct http_request *request, struct http_response *ret,
		 struct coder_error *err);

/*
 * Several requests at once, each as http_request() makes it, with its own tries:
 *
 *	http_begin(http, &request, ctx, &err) ...;
 *	while ((ctx = http_wait(http, until, &rc, &response, &err)))
 *		... its request has ended; another one may begin here
 *
 * If one of many meets a rate limit, all of them wait once, those that begin meanwhile too. If
 * the server counts them together, and they are more than it permits for now, they are slowed
 * down to the rate that it permits. See pace.h.
 */
/* Begins a request. What it points to must outlive it. ctx is not NULL. Fails without memory only. */
int http_begin(struct http *http, const struct http_request *request, void *ctx,
	       struct coder_error *err);
/*
 * Waits until one of the requests that were begun has ended, and returns its ctx, the outcome in
 * *ret_rc, *ret and *err. NULL: there is none, or none has ended at the coder_clock() until.
 */
void *http_wait(struct http *http, int64_t until, int *ret_rc, struct http_response *ret,
		struct coder_error *err);
/* How many of n requests can have a connection each, for all that the limit of open files says. */
size_t http_room(size_t n);

/*
 * Gives the client the secret of a token that the server has just created. From
 * now on it is hidden in the texts of errors, as the token in use is.
 */
int http_keep_secret(struct http *http, const char *secret, struct coder_error *err);

/*
 * Writes "[secret]" over all secrets that were sent, and over whatever has a token's
 * shape: servers, and error pages of proxies, may repeat them. http_request() does
 * it for its own errors; call this for an error made from a response later.
 */
void http_hide_secrets(const struct http *http, struct coder_error *err);

/* Sleeps, ended early by a pending signal or the deadline (both errors). */
int http_sleep(struct http *http, int64_t ns, struct coder_error *err);

#endif
