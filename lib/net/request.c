/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c - one request: its tries, what counts as a response, and the waits between them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/interrupts.h"
#include "base/shape.h"
#include "base/text.h"
#include "config.h"
#include "http.h"
#include "http_client.h"
#include "redact.h"
#include "response.h"
#include "transfer.h"

#define TRIES 3
#define BACKOFF_NS (CODER_NS / 2) /* the first pause is anything up to this, then twice as much */
#define WAITS_MAX_NS (120 * CODER_NS) /* all waits of a request together */
#define NOTICE_NS (2 * CODER_NS) /* longer waits are announced */

/* One try of a request. */
struct attempt {
	struct http *http;
	const struct http_request *request;
	struct http_response *response;
	struct response received;
	struct buf chunk; /* for the sink, not yet given to it */
	bool may_pass; /* why it failed: another try may work */
	struct coder_error why; /* if one of our callbacks ended the exchange */
};

void http_response_done(struct http_response *response)
{
	if (response)
		buf_done(&response->body);
}

/* --------------------------------------------------------------- callbacks */

static bool on_header(void *ctx, const char *line, size_t len)
{
	struct attempt *attempt = ctx;

	return response_header(&attempt->received, line, len, &attempt->why) == 0;
}

static bool on_data(void *ctx, const char *data, size_t len)
{
	struct attempt *attempt = ctx;
	bool to_sink = attempt->request->sink && response_is_success(&attempt->received);
	struct buf *to = to_sink ? &attempt->chunk : &attempt->response->body;

	if (response_body(&attempt->received, len, to_sink ? HTTP_LIST_MAX : HTTP_BODY_MAX,
			  &attempt->why) < 0)
		return false;
	if (buf_add(to, data, len))
		return true;
	coder_error_memory(&attempt->why);
	return false;
}

/*
 * The deployment's clock is that of its own responses. What is in front of it
 * sits on a machine of its own, and dates its error pages by that machine's clock.
 */
static void note_clock(struct attempt *attempt)
{
	int64_t date = response_date(&attempt->received);

	if (!date)
		return;
	attempt->response->date = date;
	attempt->http->date = date;
	attempt->http->date_at = attempt->received.arrived;
}

static void note_version(struct attempt *attempt)
{
	if (attempt->received.version[0])
		memcpy(attempt->http->version, attempt->received.version,
		       sizeof(attempt->http->version));
}

static bool on_between(void *ctx)
{
	struct attempt *attempt = ctx;
	int rc;

	if (!attempt->chunk.len)
		return true;
	note_clock(attempt); /* it is a list that came as it should: filters of time need it now */
	rc = attempt->request->sink(attempt->request->sink_ctx, attempt->chunk.data,
				    attempt->chunk.len, &attempt->why);
	buf_reset(&attempt->chunk);
	return rc == 0;
}

static int timed_out(int64_t limit_ns, struct coder_error *err)
{
	char limit[32];

	text_wait(limit_ns, limit);
	coder_error_set(err, CODER_ERR_NO_RESPONSE, "no response within %s", limit);
	err->timeout = true;
	return -1;
}

/*
 * A token is sent in its header only: servers and proxies log URLs, and others
 * see names. So a name, user or target that has one in it is not asked for.
 */
static int check_no_token(const struct http *http, const struct http_request *request,
			  struct coder_error *err)
{
	struct buf CLEANUP(buf_done) text = { 0 };
	const char *in_use = http->token && strlen(http->token) >= REDACT_MIN ? http->token : NULL;

	if (!buf_add_decoded(&text, request->path) || !buf_add_char(&text, '\n') ||
	    !buf_add_str(&text, request->body ? request->body : ""))
		return coder_error_memory(err);
	if (in_use && coder_token_shaped(in_use))
		in_use += CODER_ID_LEN + 1;
	if ((!in_use || !strcasestr(text.data, in_use)) && !coder_token_in_text(text.data))
		return 0;
	return coder_error_set(err, CODER_ERR_USAGE,
			       "a session token cannot be a name, a user or a target: "
			       "it would be seen");
}

/* --------------------------------------------------------------- requests */

struct limit {
	int64_t deadline, ns; /* when to give up, and how long that was from the start */
};

static struct limit limit_of(const struct http *http, const struct http_request *request)
{
	struct limit limit = { http->interrupts->deadline, http->interrupts->budget_ns };
	int64_t own = coder_deadline(request->timeout_ns);

	if (request->timeout_ns > 0 && own < limit.deadline)
		limit = (struct limit){ own, request->timeout_ns };
	return limit;
}

/* A POST is repeated only if it was surely not acted on. */
static bool status_may_pass(const struct attempt *attempt)
{
	return attempt->received.status == 429 ||
	       (!attempt->request->once && response_is_unavailable(&attempt->received));
}

static int fill_error(struct attempt *attempt, const struct transfer_exchange *x,
		      const struct limit *limit, struct coder_error *err)
{
	switch (x->end) {
	case TRANSFER_COMPLETE:
		return response_judge(&attempt->received, &attempt->response->body, err);
	case TRANSFER_STOPPED:
		*err = attempt->why;
		return -1;
	case TRANSFER_SIGNAL:
		return coder_interrupted(x->signal, err);
	case TRANSFER_DEADLINE:
		return timed_out(limit->ns, err);
	default:
		*err = x->err;
		return -1;
	}
}

/* One try. */
static int send_once(struct attempt *attempt, const struct limit *limit, struct coder_error *err)
{
	const struct http_request *request = attempt->request;
	struct transfer_exchange x = {
		.method = request->method,
		.path = request->path,
		.body = request->body,
		.body_len = request->body_len,
		.own_connection = request->once || attempt->http->interrupts->acknowledged,
		.deadline = limit->deadline,
		.grace_ns = attempt->http->interrupts->acknowledged ? 0 : request->grace_ns,
		.ctx = attempt,
		.header = on_header,
		.data = on_data,
		.between = on_between,
	};
	int rc;

	transfer_begin(attempt->http->transfer, &x);
	(void)transfer_wait(attempt->http->transfer);
	rc = fill_error(attempt, &x, limit, err);
	explicit_bzero(&x.err, sizeof(x.err)); /* it may repeat what was sent */
	attempt->response->status = attempt->received.status;
	if (rc == 0 || err->own) {
		note_clock(attempt);
		note_version(attempt);
	}
	if (x.sent > 1) /* libcurl has repeated it, on a kept connection that was closed */
		attempt->response->earlier_unknown = true;
	if (rc == 0)
		return 0;
	attempt->may_pass = x.end == TRANSFER_COMPLETE ? status_may_pass(attempt) :
							 x.worth_retrying && !request->once;
	err->sent = x.sent;
	err->http_status = attempt->received.status;
	err->retry_after = response_retry_after(&attempt->received);
	return -1;
}

/* Sleeps to its end (0), or until a signal: its number. */
static int sleep_until(struct http *http, int64_t end)
{
	int64_t left;

	while ((left = end - coder_clock()) > 0) {
		int signal = coder_interrupts_pending(http->interrupts);

		if (signal)
			return signal;
		coder_sleep(left < CODER_SLICE_NS ? left : CODER_SLICE_NS);
	}
	return coder_interrupts_pending(http->interrupts);
}

int http_sleep(struct http *http, int64_t ns, struct coder_error *err)
{
	int64_t end = coder_clock() + ns;
	const struct coder_interrupts *interrupts = http->interrupts;
	bool late = end > interrupts->deadline;
	int signal = sleep_until(http, late ? interrupts->deadline : end);

	if (signal)
		return coder_interrupted(signal, err);
	return late ? timed_out(interrupts->budget_ns, err) : 0;
}

/* Anything up to the backoff of that try: callers that failed together come back apart. */
static int64_t jitter(int tries)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint64_t)coder_clock();
	return (int64_t)(random % (uint64_t)(BACKOFF_NS << (tries - 1)));
}

static void announce(const struct http *http, const struct coder_error *err, int64_t ns)
{
	long long seconds = (ns + CODER_NS - 1) / CODER_NS;
	char text[128];

	if (ns <= NOTICE_NS || !http->hooks.notice)
		return;
	if (err->http_status == 429)
		snprintf(text, sizeof(text), "rate limited by the server, trying again in %lld s",
			 seconds);
	else
		snprintf(text, sizeof(text),
			 "the server is unavailable (%ld), trying again in %lld s",
			 err->http_status, seconds);
	http->hooks.notice(http->hooks.ctx, CODER_NOTICE_PLAIN, text);
}

/* Waits for another try. -1: there is none, for the reason in *err. */
static int wait_to_retry(struct attempt *attempt, const struct limit *limit, int64_t *waited,
			 struct coder_error *err)
{
	struct http *http = attempt->http;
	int64_t ns = jitter(attempt->response->tries), now = coder_clock();
	bool sent = err->sent && err->http_status != 429; /* 429: surely not acted on */
	int signal;

	if (err->retry_after > WAITS_MAX_NS / CODER_NS)
		ns = INT64_MAX;
	else if (err->retry_after * CODER_NS > ns)
		ns = err->retry_after * CODER_NS;
	if (ns > WAITS_MAX_NS - *waited || ns >= limit->deadline - now) {
		char seconds[24];

		snprintf(seconds, sizeof(seconds), "%" PRId64, err->retry_after);
		if (err->retry_after > 0)
			coder_error_cause(err, CODER_CAUSE_BUSY, seconds, NULL);
		return -1;
	}
	announce(http, err, ns);
	*waited += ns;
	signal = sleep_until(http, now + ns);
	if (!signal)
		return 0;
	coder_interrupted(signal, err);
	err->sent = sent;
	return -1;
}

/* A proxy passes TLS on: only what is not encrypted can be its own response. */
static struct response new_response(const struct http *http)
{
	bool takes_requests = http->proxy.url && !http->proxy.socks && !http->url.tls;

	return (struct response){ .origin = http->url.origin,
				  .url_source = http->url_source,
				  .proxy = takes_requests ? &http->proxy : NULL };
}

/* Forgets the last try's response. */
static void restart(struct attempt *attempt)
{
	const struct http_request *request = attempt->request;

	if (attempt->received.status != 429 && attempt->received.status)
		attempt->response->earlier_unknown = true;
	attempt->received = new_response(attempt->http);
	buf_reset(&attempt->chunk);
	buf_reset(&attempt->response->body);
	if (request->sink_restart)
		request->sink_restart(request->sink_ctx);
}

int http_request(struct http *http, const struct http_request *request, struct http_response *ret,
		 struct coder_error *err)
{
	struct attempt attempt = {
		.http = http,
		.request = request,
		.response = ret,
		.received = new_response(http),
	};
	const struct limit limit = limit_of(http, request);
	struct coder_error why = { 0 };
	int64_t waited = 0;
	int signal = coder_interrupts_pending(http->interrupts);
	int rc;

	*ret = (struct http_response){ .body.max = HTTP_BODY_MAX };
	if (signal)
		return coder_interrupted(signal, err);
	if (check_no_token(http, request, err) < 0)
		return -1;
	for (;;) {
		ret->tries++;
		rc = send_once(&attempt, &limit, &why);
		if (rc == 0 || !attempt.may_pass || http->no_retry || ret->tries == TRIES)
			break;
		if (wait_to_retry(&attempt, &limit, &waited, &why) < 0)
			break;
		restart(&attempt);
	}
	buf_done(&attempt.chunk);
	if (rc < 0) {
		http_hide_secrets(http, &why);
		*err = why;
	}
	explicit_bzero(&attempt, sizeof(attempt)); /* heads and errors may repeat what was sent */
	explicit_bzero(&why, sizeof(why));
	return rc;
}
