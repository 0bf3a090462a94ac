/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c - one request: its tries, what counts as a response, and the waits between them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
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

struct limit {
	int64_t deadline, ns; /* when to give up, and how long that was from the start */
};

/* One request on its way: the try that is on, or the wait for the next one. */
struct http_job {
	struct http *http;
	struct http_job *next;
	void *ctx; /* of http_begin() */
	struct http_request request;
	struct http_response response;
	struct limit limit;
	enum { WAITS, IS_ON, HAS_ENDED } state;
	/* of the wait */
	int64_t wait_end; /* the coder_clock() at which it ends */
	int64_t waited; /* all waits between tries so far, in nanoseconds */
	bool may_have_acted; /* the server, on a try that was made */
	/* of the try */
	struct transfer_exchange x;
	struct response received;
	struct buf chunk; /* for the sink, not yet given to it */
	struct coder_error why; /* if one of our callbacks ended the exchange */
	/* the outcome */
	int rc;
	struct coder_error err;
};

void http_response_done(struct http_response *response)
{
	if (response)
		buf_done(&response->body);
}

/* --------------------------------------------------------------- callbacks */

static bool on_header(void *ctx, const char *line, size_t len)
{
	struct http_job *job = ctx;

	return response_header(&job->received, line, len, &job->why) == 0;
}

static bool on_data(void *ctx, const char *data, size_t len)
{
	struct http_job *job = ctx;
	bool to_sink = job->request.sink && response_is_success(&job->received);
	struct buf *to = to_sink ? &job->chunk : &job->response.body;

	if (response_body(&job->received, len, to_sink ? HTTP_LIST_MAX : HTTP_BODY_MAX, &job->why) <
	    0)
		return false;
	if (buf_add(to, data, len))
		return true;
	coder_error_memory(&job->why);
	return false;
}

/*
 * The deployment's clock is that of its own responses. What is in front of it
 * sits on a machine of its own, and dates its error pages by that machine's clock.
 */
static void note_clock(struct http_job *job)
{
	int64_t date = response_date(&job->received);

	if (!date)
		return;
	job->response.date = date;
	job->http->date = date;
	job->http->date_at = job->received.arrived;
}

static void note_version(struct http_job *job)
{
	if (job->received.version[0])
		memcpy(job->http->version, job->received.version, sizeof(job->http->version));
}

static bool on_between(void *ctx)
{
	struct http_job *job = ctx;
	int rc;

	if (!job->chunk.len)
		return true;
	note_clock(job); /* it is a list that came as it should: filters of time need it now */
	rc = job->request.sink(job->request.sink_ctx, job->chunk.data, job->chunk.len, &job->why);
	buf_reset(&job->chunk);
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
			       "a session token cannot be a name, a user or an allow-list entry: "
			       "others would see it");
}

/* --------------------------------------------------------------- requests */

static struct limit limit_of(const struct http *http, const struct http_request *request)
{
	struct limit limit = { http->interrupts->deadline, http->interrupts->budget_ns };
	int64_t own = coder_deadline(request->timeout_ns);

	if (request->timeout_ns > 0 && own < limit.deadline)
		limit = (struct limit){ own, request->timeout_ns };
	return limit;
}

/* A POST is repeated only if it was surely not acted on. */
static bool status_may_pass(const struct http_job *job)
{
	return job->received.status == 429 ||
	       (!job->request.once && response_is_unavailable(&job->received));
}

static int outcome_of(struct http_job *job, struct coder_error *err)
{
	const struct transfer_exchange *x = &job->x;

	switch (x->end) {
	case TRANSFER_COMPLETE:
		return response_judge(&job->received, &job->response.body, err);
	case TRANSFER_STOPPED:
		*err = job->why;
		return -1;
	case TRANSFER_SIGNAL:
		return coder_interrupted(x->signal, err);
	case TRANSFER_DEADLINE:
		return timed_out(job->limit.ns, err);
	default:
		*err = x->err;
		return -1;
	}
}

/* A proxy passes TLS on: only what is not encrypted can be its own response. */
static struct response new_response(const struct http *http)
{
	bool takes_requests = http->proxy.url && !http->proxy.socks && !http->url.tls;

	return (struct response){ .origin = http->url.origin,
				  .url_source = http->url_source,
				  .proxy = takes_requests ? &http->proxy : NULL };
}

/* Begins a try. Nothing is left of the response to an earlier one. */
static void begin_try(struct http_job *job)
{
	const struct http_request *request = &job->request;
	const struct coder_interrupts *interrupts = job->http->interrupts;

	job->response.earlier_unknown |= job->may_have_acted;
	job->received = new_response(job->http);
	buf_reset(&job->chunk);
	buf_reset(&job->response.body);
	if (job->response.tries++ && request->sink_restart)
		request->sink_restart(request->sink_ctx);
	job->x = (struct transfer_exchange){
		.method = request->method,
		.path = request->path,
		.body = request->body,
		.body_len = request->body_len,
		.own_connection = request->once || interrupts->acknowledged,
		.extra = request->extra,
		.deadline = job->limit.deadline,
		.grace_ns = interrupts->acknowledged ? 0 : request->grace_ns,
		.ctx = job,
		.header = on_header,
		.data = on_data,
		.between = on_between,
	};
	job->state = IS_ON;
	transfer_begin(job->http->transfer, &job->x);
}

static void end_job(struct http_job *job, int rc)
{
	job->state = HAS_ENDED;
	job->rc = rc;
	if (rc < 0)
		http_hide_secrets(job->http, &job->err);
}

/* ------------------------------------------------------------------- waits */

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

/* Has the request wait for another try. False: there is none, as job->err may explain. */
static bool wait_to_retry(struct http_job *job)
{
	struct http *http = job->http;
	struct coder_error *err = &job->err;
	int64_t ns = jitter(job->response.tries), now = coder_clock();

	if (err->retry_after > WAITS_MAX_NS / CODER_NS)
		ns = INT64_MAX;
	else if (err->retry_after * CODER_NS > ns)
		ns = err->retry_after * CODER_NS;
	if (ns > WAITS_MAX_NS - job->waited || ns >= job->limit.deadline - now) {
		char seconds[24];

		snprintf(seconds, sizeof(seconds), "%" PRId64, err->retry_after);
		if (err->retry_after > 0)
			coder_error_cause(err, CODER_CAUSE_BUSY, seconds, NULL);
		return false;
	}
	job->waited += ns;
	job->wait_end = now + ns;
	/* who limits the rate has not acted on it, nor has Coder if it reports that it is unavailable */
	job->may_have_acted |= err->sent && err->http_status != 429 && !err->own;
	job->state = WAITS;
	if (!job->request.many || err->http_status != 429 || pace_close(&http->pace, job->wait_end))
		announce(http, err, ns);
	return true;
}

static int64_t end_of_wait(const struct http_job *job)
{
	int64_t closed_until = job->request.many ? job->http->pace.closed_until : 0;

	return job->wait_end > closed_until ? job->wait_end : closed_until;
}

/* Goes on with a request that waits, if a signal or the time has come for it. */
static void end_wait(struct http_job *job)
{
	int signal = coder_interrupts_pending(job->http->interrupts);
	int64_t now = coder_clock();

	if (signal)
		coder_interrupted(signal, &job->err);
	else if (now >= job->limit.deadline)
		timed_out(job->limit.ns, &job->err);
	else if (now >= end_of_wait(job))
		begin_try(job);
	else
		return;
	if (job->state == IS_ON)
		return;
	job->err.sent = job->may_have_acted;
	end_job(job, -1);
}

/* ------------------------------------------------------------------- tries */

static void slow_down(struct http_job *job)
{
	struct http *http = job->http;
	struct rate rate = response_rate(&job->received);
	char text[128];

	if (!pace_note(&http->pace, &rate, job->request.more))
		return;
	snprintf(text, sizeof(text),
		 "the server permits %lld requests in %lld s, and counts all of them together: "
		 "slowing down to that",
		 (long long)rate.limit, (long long)http->pace.window);
	if (http->hooks.notice)
		http->hooks.notice(http->hooks.ctx, CODER_NOTICE_PLAIN, text);
}

/* A try has ended: the request has, too, or waits for another one. */
static void end_try(struct http_job *job)
{
	struct coder_error *err = &job->err;
	const struct transfer_exchange *x = &job->x;
	bool may_pass;
	int rc = outcome_of(job, err);

	job->response.status = job->received.status;
	if (rc == 0 || err->own) {
		note_clock(job);
		note_version(job);
	}
	if (job->request.many && x->end == TRANSFER_COMPLETE)
		slow_down(job);
	if (x->sent > 1) /* libcurl has repeated it, on a kept connection that was closed */
		job->response.earlier_unknown = true;
	may_pass = x->end == TRANSFER_COMPLETE ? status_may_pass(job) :
						 x->worth_retrying && !job->request.once;
	if (rc < 0) {
		err->sent = x->sent;
		err->http_status = job->received.status;
		err->retry_after = response_retry_after(&job->received);
	}
	explicit_bzero(&job->x.err, sizeof(job->x.err)); /* it may repeat what was sent */
	if (rc == 0 || !may_pass || job->http->no_retry || job->response.tries == TRIES ||
	    !wait_to_retry(job))
		end_job(job, rc);
}

/* ---------------------------------------------------------------- requests */

static void begin(struct http_job *job)
{
	struct http *http = job->http;
	struct http_job **p = &http->jobs;
	int signal = coder_interrupts_pending(http->interrupts);

	while (*p)
		p = &(*p)->next;
	*p = job;
	job->limit = limit_of(http, &job->request);
	job->response.body.max = HTTP_BODY_MAX;
	job->err.retry_after = -1;
	job->wait_end = coder_clock();
	if (job->request.many)
		job->wait_end = pace_begin(&http->pace, job->wait_end);
	if (signal)
		end_job(job, coder_interrupted(signal, &job->err));
	else if (check_no_token(http, &job->request, &job->err) < 0)
		end_job(job, -1);
	else if (coder_clock() >= end_of_wait(job))
		begin_try(job);
	else
		job->state = WAITS;
}

/*
 * Waits until a request has ended, the wanted one or (NULL) any, and takes it out of those that are
 * on. NULL: there is none, or none has ended by `until`.
 */
static struct http_job *wait_for(struct http *http, const struct http_job *wanted, int64_t until)
{
	for (;;) {
		int64_t wake = until;
		bool any_on = false;

		for (struct http_job **p = &http->jobs, *job; (job = *p); p = &job->next) {
			if (job->state == WAITS)
				end_wait(job);
			if (job->state == HAS_ENDED && (!wanted || job == wanted)) {
				*p = job->next;
				return job;
			}
			any_on |= job->state == IS_ON;
			if (job->state == WAITS && end_of_wait(job) < wake)
				wake = end_of_wait(job);
			if (job->state == WAITS && job->limit.deadline < wake)
				wake = job->limit.deadline;
		}
		if (!http->jobs || coder_clock() >= until)
			return NULL;
		if (any_on) {
			struct transfer_exchange *x = transfer_wait(http->transfer, wake);

			if (x)
				end_try(x->ctx);
		} else {
			(void)sleep_until(http, wake);
		}
	}
}

/* Hands the outcome over; nothing is left of the request. */
static int take_outcome(struct http_job *job, struct http_response *ret, struct coder_error *err)
{
	int rc = job->rc;

	*ret = job->response;
	if (rc < 0)
		*err = job->err;
	buf_done(&job->chunk);
	explicit_bzero(job, sizeof(*job)); /* headers and errors may repeat what was sent */
	return rc;
}

int http_request(struct http *http, const struct http_request *request, struct http_response *ret,
		 struct coder_error *err)
{
	struct http_job job = { .http = http, .request = *request };

	begin(&job);
	(void)wait_for(http, &job, INT64_MAX);
	return take_outcome(&job, ret, err);
}

int http_begin(struct http *http, const struct http_request *request, void *ctx,
	       struct coder_error *err)
{
	struct http_job *job = calloc(1, sizeof(*job));

	if (!job)
		return coder_error_memory(err);
	job->http = http;
	job->request = *request;
	job->ctx = ctx;
	begin(job);
	return 0;
}

void *http_wait(struct http *http, int64_t until, int *ret_rc, struct http_response *ret,
		struct coder_error *err)
{
	struct http_job *job = wait_for(http, NULL, until);
	void *ctx;

	if (!job)
		return NULL;
	ctx = job->ctx;
	*ret_rc = take_outcome(job, ret, err);
	free(job);
	return ctx;
}

size_t http_room(size_t n)
{
	return transfer_room(n);
}

void request_free_all(struct http *http)
{
	struct http_job *job;

	while ((job = http->jobs)) {
		struct http_response response;
		struct coder_error ignored;

		http->jobs = job->next;
		(void)take_outcome(job, &response, &ignored);
		http_response_done(&response);
		free(job);
	}
}
