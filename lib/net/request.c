/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c - requests: when their tries are made, and the waits between them; see http.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/interrupts.h"
#include "base/shape.h"
#include "http_client.h"
#include "job.h"
#include "pace.h"

#define TRIES 3
#define BACKOFF_NS (CODER_NS / 2) /* the first wait is at most this long, the next at most twice */
#define WAITS_MAX_NS (120 * CODER_NS) /* all waits of a request together */
#define NOTICE_NS (2 * CODER_NS) /* longer waits are announced */

void http_response_done(struct http_response *response)
{
	if (response)
		buf_done(&response->body);
}

/*
 * Refuses a path or body that contains a token. Tokens are sent only in a header: servers and
 * proxies log URLs, and other people see names.
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
	if ((!in_use || !ascii_find(text.data, in_use)) && !coder_token_in_text(text.data))
		return 0;
	return coder_error_set(err, CODER_ERR_USAGE,
			       "a session token cannot be a name, a user or an allow-list entry: "
			       "others would see it");
}

static void end_job(struct http_job *job, int rc)
{
	job->state = JOB_HAS_ENDED;
	job->rc = rc;
	if (rc < 0)
		http_hide_secrets(job->http, &job->err);
}

/* ------------------------------------------------------------------- waits */

/* Sleeps until `end` and returns 0, or until a signal is pending and returns its number. */
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
	return late ? try_timed_out(interrupts->budget_ns, err) : 0;
}

/* Announces a wait of ns if it is long. */
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

/* Lets the job wait for its next try. False: there is no time for one. */
static bool wait_to_retry(struct http_job *job)
{
	struct http *http = job->http;
	struct coder_error *err = &job->err;
	int64_t ns, now = coder_clock();
	uint64_t random = 0;

	/* callers that failed at the same time must not all come back at the same time */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint64_t)now;
	ns = (int64_t)(random % (uint64_t)(BACKOFF_NS << (job->response.tries - 1)));
	if (err->retry_after > WAITS_MAX_NS / CODER_NS)
		ns = INT64_MAX;
	else if (err->retry_after * CODER_NS > ns)
		ns = err->retry_after * CODER_NS;
	if (ns > WAITS_MAX_NS - job->waited || ns >= job->deadline - now) {
		char seconds[24];

		snprintf(seconds, sizeof(seconds), "%" PRId64, err->retry_after);
		if (err->retry_after > 0)
			coder_error_cause(err, CODER_CAUSE_BUSY, seconds, NULL);
		return false;
	}
	job->waited += ns;
	job->wait_end = now + ns;
	/* a 429 was not acted on, nor was a request for which Coder itself is unavailable */
	job->may_have_acted |= err->sent && err->http_status != 429 && !err->own;
	job->state = JOB_WAITS;
	if (!job->request.many || err->http_status != 429 || pace_close(&http->pace, job->wait_end))
		announce(http, err, ns);
	return true;
}

static int64_t end_of_wait(const struct http_job *job)
{
	int64_t closed_until = job->request.many ? job->http->pace.closed_until : 0;

	return job->wait_end > closed_until ? job->wait_end : closed_until;
}

/* Begins the next try if the wait is over. Ends the job after a signal, or at its deadline. */
static void check_wait(struct http_job *job)
{
	int signal = coder_interrupts_pending(job->http->interrupts);
	int64_t now = coder_clock();

	if (!signal && now < job->deadline) {
		if (now >= end_of_wait(job))
			try_begin(job);
		return;
	}
	if (signal)
		coder_interrupted(signal, &job->err);
	else
		try_timed_out(job->limit_ns, &job->err);
	job->err.sent = job->may_have_acted;
	end_job(job, -1);
}

/* ---------------------------------------------------------------- requests */

/*
 * Passes the rate limit of a response to the pace of many requests. Informs users if they are
 * slowed down.
 */
static void slow_down(struct http_job *job)
{
	struct http *http = job->http;
	struct rate rate = response_rate(&job->received);
	size_t on = 0, waiting = 0, more = 0;
	char text[128];

	for (const struct http_job *other = http->jobs; other; other = other->next) {
		if (!other->request.many)
			continue;
		on += other != job && other->state == JOB_IN_FLIGHT;
		waiting += other->state == JOB_WAITS;
		more = other->request.more; /* that of the latest one counts */
	}
	if (!pace_note(&http->pace, &rate, on, waiting + more) || !http->hooks.notice)
		return;
	snprintf(text, sizeof(text),
		 "the server permits %lld requests in %lld s, and counts all of them together: "
		 "slowing down to that",
		 (long long)rate.limit, (long long)http->pace.window);
	http->hooks.notice(http->hooks.ctx, CODER_NOTICE_PLAIN, text);
}

/*
 * Begins a request. NULL: no memory. The job is not on the stack: it has 10 kB, and each call wipes
 * the stack that it may have used.
 */
static struct http_job *begin(struct http *http, const struct http_request *request, void *ctx,
			      struct coder_error *err)
{
	struct http_job *job = calloc(1, sizeof(*job)), **p = &http->jobs;
	int64_t now = coder_clock(), own = coder_deadline(request->timeout_ns);
	int signal = coder_interrupts_pending(http->interrupts);

	if (!job) {
		coder_error_memory(err);
		return NULL;
	}
	job->http = http;
	job->request = *request;
	job->ctx = ctx;
	while (*p)
		p = &(*p)->next;
	*p = job;
	job->deadline = http->interrupts->deadline;
	job->limit_ns = http->interrupts->budget_ns;
	if (job->request.timeout_ns > 0 && own < job->deadline) {
		job->deadline = own;
		job->limit_ns = job->request.timeout_ns;
	}
	job->response.body.max = HTTP_BODY_MAX;
	job->err.retry_after = -1;
	job->wait_end = job->request.many ? pace_begin(&http->pace, now) : now;
	if (signal)
		end_job(job, coder_interrupted(signal, &job->err));
	else if (check_no_token(http, &job->request, &job->err) < 0)
		end_job(job, -1);
	else if (now >= end_of_wait(job))
		try_begin(job);
	else
		job->state = JOB_WAITS;
	return job;
}

/*
 * Waits until a job has ended, the wanted one or, if that is NULL, any, and removes it from
 * http->jobs. NULL: there is none, or none has ended by `until`.
 */
static struct http_job *wait_for(struct http *http, const struct http_job *wanted, int64_t until)
{
	for (;;) {
		int64_t wake = until;
		bool any_in_flight = false, worth_retrying;
		struct transfer_exchange *x;
		struct http_job *job;
		int rc;

		for (struct http_job **p = &http->jobs; (job = *p); p = &job->next) {
			if (job->state == JOB_WAITS)
				check_wait(job);
			if (job->state == JOB_HAS_ENDED && (!wanted || job == wanted)) {
				*p = job->next;
				return job;
			}
			any_in_flight |= job->state == JOB_IN_FLIGHT;
			if (job->state == JOB_WAITS && end_of_wait(job) < wake)
				wake = end_of_wait(job);
			if (job->state == JOB_WAITS && job->deadline < wake)
				wake = job->deadline;
		}
		if (!http->jobs || coder_clock() >= until)
			return NULL;
		if (!any_in_flight) {
			(void)sleep_until(http, wake);
			continue;
		}
		x = transfer_wait(http->transfer, wake);
		if (!x)
			continue;
		job = x->ctx;
		rc = try_end(job, &worth_retrying);
		if (job->request.many && x->end == TRANSFER_COMPLETE)
			slow_down(job);
		if (rc == 0 || !worth_retrying || http->no_retry || job->response.tries == TRIES ||
		    !wait_to_retry(job))
			end_job(job, rc);
	}
}

/* Gives the outcome to the caller, and wipes and frees the job. */
static int take_outcome(struct http_job *job, struct http_response *ret, struct coder_error *err)
{
	int rc = job->rc;

	*ret = job->response;
	if (rc < 0)
		*err = job->err;
	buf_done(&job->chunk);
	explicit_bzero(job, sizeof(*job)); /* headers and errors may repeat what was sent */
	free(job);
	return rc;
}

int http_request(struct http *http, const struct http_request *request, struct http_response *ret,
		 struct coder_error *err)
{
	struct http_job *job = begin(http, request, NULL, err);

	if (!job) {
		*ret = (struct http_response){ 0 };
		return -1;
	}
	(void)wait_for(http, job, INT64_MAX);
	return take_outcome(job, ret, err);
}

int http_begin(struct http *http, const struct http_request *request, void *ctx,
	       struct coder_error *err)
{
	return begin(http, request, ctx, err) ? 0 : -1;
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
	return ctx;
}

void http_expect(struct http *http, size_t n)
{
	transfer_connect_ahead(http->transfer, n);
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
	}
}
