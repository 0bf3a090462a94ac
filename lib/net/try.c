/* SPDX-License-Identifier: GPL-3.0-or-later */
/* try.c - one try of a request: what is sent, what arrives, and what came of it; see job.h. */
#include <string.h>

#include "base/clock.h"
#include "base/interrupts.h"
#include "base/text.h"
#include "http_client.h"
#include "job.h"

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
	size_t max = to_sink ? HTTP_LIST_MAX : HTTP_BODY_MAX;

	if (response_body(&job->received, len, max, &job->why) < 0)
		return false;
	if (buf_add(to, data, len))
		return true;
	coder_error_memory(&job->why);
	return false;
}

/*
 * Sets the deployment's clock by one of its own responses. Something in front of it runs on another
 * machine, whose clock dates its error pages.
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

static bool on_between(void *ctx)
{
	struct http_job *job = ctx;
	int rc;

	if (!job->chunk.len)
		return true;
	note_clock(job); /* the sink may compare the times in a list with it */
	rc = job->request.sink(job->request.sink_ctx, job->chunk.data, job->chunk.len, &job->why);
	buf_reset(&job->chunk);
	return rc == 0;
}

void try_begin(struct http_job *job)
{
	const struct http_request *request = &job->request;
	const struct http *http = job->http;
	const bool acknowledged = http->interrupts->acknowledged;
	/* a proxy only forwards TLS: it may itself respond to a request without TLS */
	const bool to_proxy = http->proxy.url && !http->proxy.socks && !http->url.tls;

	job->response.earlier_unknown |= job->may_have_acted;
	job->response.date_before = job->response.date;
	job->received = (struct response){ .origin = http->url.origin,
					   .url_source = http->url_source,
					   .proxy = to_proxy ? &http->proxy : NULL };
	buf_reset(&job->chunk);
	buf_reset(&job->response.body);
	if (job->response.tries++ && request->sink_restart)
		request->sink_restart(request->sink_ctx);
	job->x = (struct transfer_exchange){
		.method = request->method,
		.path = request->path,
		.body = request->body,
		.body_len = request->body_len,
		.own_connection = request->once || acknowledged,
		.extra = request->extra,
		.deadline = job->deadline,
		.grace_ns = acknowledged ? 0 : request->grace_ns,
		.ctx = job,
		.header = on_header,
		.data = on_data,
		.between = request->sink ? on_between : NULL,
	};
	job->state = JOB_IN_FLIGHT;
	transfer_begin(job->http->transfer, &job->x);
}

int try_timed_out(int64_t limit_ns, struct coder_error *err)
{
	char limit[32];

	text_wait(limit_ns, limit);
	coder_error_set(err, CODER_ERR_NO_RESPONSE, "no response within %s", limit);
	err->timeout = true;
	return -1;
}

int try_end(struct http_job *job, bool *ret_worth_retrying)
{
	const struct response *received = &job->received;
	const bool once = job->request.once;
	struct transfer_exchange *x = &job->x;
	struct coder_error *err = &job->err;
	int rc = -1;

	*ret_worth_retrying = false;
	switch (x->end) {
	case TRANSFER_COMPLETE:
		rc = response_judge(received, &job->response.body, err);
		/* a POST is repeated only if it was certainly not acted on */
		*ret_worth_retrying =
			received->status == 429 || (!once && response_is_unavailable(received));
		break;
	case TRANSFER_STOPPED:
		*err = job->why;
		break;
	case TRANSFER_SIGNAL:
		coder_interrupted(x->signal, err);
		break;
	case TRANSFER_DEADLINE:
		try_timed_out(job->limit_ns, err);
		break;
	case TRANSFER_FAILED:
		*err = x->err;
		*ret_worth_retrying = x->worth_retrying && !once;
		break;
	}
	explicit_bzero(&x->err, sizeof(x->err)); /* it may repeat what was sent */
	job->response.status = received->status;
	if (rc == 0 || err->own) {
		note_clock(job);
		if (received->version[0])
			memcpy(job->http->version, received->version, sizeof(job->http->version));
	}
	if (x->sent > 1) /* libcurl has sent it again: the server had closed a kept connection */
		job->response.earlier_unknown = true;
	if (rc == 0)
		return 0;
	err->sent = x->sent;
	err->http_status = received->status;
	err->retry_after = response_retry_after(received);
	return -1;
}
