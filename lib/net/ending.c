/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ending.c - how an exchange ends: what ends it, and what is known if it failed; see run.h. */
#include "base/clock.h"
#include "failure.h"
#include "proxy.h"
#include "run.h"
#include "sockets.h"

#define DESCRIPTORS 8 /* descriptors that libcurl may need to begin */

void run_end(struct run *run, enum transfer_end how)
{
	run->x->end = how;
	run->ended = true;
}

/* What is known of an exchange that failed with run->code. */
static struct failure failure_of(const struct run *run)
{
	const struct transfer_options *o = run->o;
	struct failure f = {
		.o = o,
		.code = run->code,
		.detail = run->detail[0] ? run->detail : run->curl->easy_strerror(run->code),
		.sent = run->x->sent,
		.in_headers = run->x->sent && !run->in_body,
		.tls_sent = run->tls_sent,
		.tls_alert = run->tls_alert,
		.connect_sent = run->connect_sent,
		.no_descriptor = run->no_descriptor,
		.full = run->full,
		.no_memory = libcurl_ran_out(),
		.no_algorithms = run_uses_tls(run) && libcurl_lacks_algorithms(),
	};
	long system_error = 0;

	if (!run->easy)
		return f;
	(void)run->curl->easy_getinfo(run->easy, CURLINFO_HTTP_CONNECTCODE, &f.connect_status);
	(void)run->curl->easy_getinfo(run->easy, CURLINFO_OS_ERRNO, &system_error);
	f.system_error = (int)system_error;
	return f;
}

int64_t run_time_limit(const struct run *run)
{
	/*
	 * first connecting has a time limit; then each pause without progress (in headers, every
	 * byte is progress)
	 */
	int64_t limit = run->connecting ? run->began + run->o->connect_timeout_ns :
					  run->moved + TRANSFER_SILENCE_S * CODER_NS;

	return limit < run->x->deadline ? limit : run->x->deadline;
}

void run_end_late(struct run *run)
{
	struct transfer_exchange *x = run->x;
	struct failure f;

	if (coder_clock() >= x->deadline) {
		run_end(run, TRANSFER_DEADLINE);
		return;
	}
	f = failure_of(run);
	f.sent = f.sent && !run->connecting;
	failure_too_late(&f, &x->err);
	x->worth_retrying = run->remembered && run->connecting; /* the next try looks the name up */
	run_end(run, TRANSFER_FAILED);
}

void run_end_out_of_resources(struct run *run)
{
	int no_descriptor = libcurl_ran_out() ? 0 : sockets_exhausted(DESCRIPTORS);

	if (no_descriptor)
		failure_no_descriptor(no_descriptor, &run->x->err);
	else
		coder_error_memory(&run->x->err);
	run_end(run, TRANSFER_FAILED);
}

void run_end_finished(struct run *run, CURLcode code)
{
	struct failure f;

	run->code = code;
	if (run->stopped) {
		run_end(run, TRANSFER_STOPPED);
	} else if (!code) {
		run_end(run, TRANSFER_COMPLETE);
	} else {
		f = failure_of(run);
		failure_describe(&f, &run->x->worth_retrying, &run->x->err);
		run_end(run, TRANSFER_FAILED);
	}
}
