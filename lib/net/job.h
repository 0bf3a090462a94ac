/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job.h - a request and its tries; for request.c, which plans the tries, and try.c, which makes
 * one.
 */
#ifndef CODER_JOB_H
#define CODER_JOB_H

#include "base/buf.h"
#include "base/error.h"
#include "http.h"
#include "response.h"
#include "transfer.h"

struct http_job {
	struct http *http;
	struct http_job *next;
	void *ctx; /* of http_begin() */
	struct http_request request;
	struct http_response response;
	int64_t deadline; /* the coder_clock() at which to give up */
	int64_t limit_ns; /* the time from the beginning to the deadline, for error texts */
	enum {
		JOB_WAITS, /* for its next try */
		JOB_IN_FLIGHT, /* a try is in progress */
		JOB_HAS_ENDED, /* rc and err have the outcome */
	} state;
	/* between tries */
	int64_t wait_end; /* the coder_clock() at which the wait ends */
	int64_t waited; /* the waits so far, in nanoseconds */
	bool may_have_acted; /* the server may have acted on an earlier try */
	/* of the latest try */
	struct transfer_exchange x;
	struct response received;
	struct buf chunk; /* received, but not yet given to the sink */
	struct coder_error why; /* the error of our own callback that ended the exchange */
	/* the outcome */
	int rc;
	struct coder_error err;
};

/* Begins a try, and drops what is left of the response to an earlier one. */
void try_begin(struct http_job *job);
/*
 * To be called when the exchange of a try has ended. Returns 0 for the response that was wanted, or
 * -1 and fills job->err. *ret_worth_retrying: another try may succeed, and does no harm.
 */
int try_end(struct http_job *job, bool *ret_worth_retrying);
/* Sets the error for a time limit of limit_ns that has passed. Returns -1. */
int try_timed_out(int64_t limit_ns, struct coder_error *err);

#endif
