/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.c - the exchanges in progress, from their beginning to their end, in a shell process.
 *
 *  signals  All are blocked while libcurl runs, so that the threads that it
 *           starts receive none. While it sleeps, the caller's mask applies;
 *           only SIGPIPE remains blocked. Each slice of sleep is followed by a
 *           check for a signal.
 *  fork     A subshell inherits the connections. Two processes on one connection
 *           would get each other's responses, so a child forgets all of them.
 *  threads  libcurl looks names up in a thread that cannot be stopped. It would
 *           outlive a call that is given up, and close descriptors that are the
 *           user's by then. So libcurl gets the addresses of all names and looks
 *           up nothing. A child process looks them up first, or they are known
 *           from the connection that is kept.
 *  time     The limits for connecting, for silence and for the whole exchange
 *           are enforced here, not by libcurl.
 *
 * start.c has what comes before libcurl runs an exchange, run.c its handle, ending.c how it ends.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "kept.h"
#include "proxy.h"
#include "sockets.h"
#include "transfer_parts.h"

/* ----------------------------------------------------------------- waiting */

static bool is_lookup_wanted(const struct transfer *transfer)
{
	for (const struct transfer_exchange *x = transfer->exchanges; x; x = x->next)
		if (!transfer_has_ended(x) && x->run->started && !x->run->easy)
			return lookup_is_on(&transfer->lookup);
	return false;
}

/*
 * Whether the wait is over. It must go on while a name is looked up, because the shell's own
 * handler of SIGCHLD would reap the child.
 */
static bool may_return(const struct transfer *transfer)
{
	for (const struct transfer_exchange *x = transfer->exchanges; x; x = x->next)
		if (transfer_has_ended(x))
			return !is_lookup_wanted(transfer);
	return false;
}

/*
 * Ends all exchanges if a signal is pending, except those whose request was sent and whose grace_ns
 * have not passed.
 */
static void end_by_signal(struct transfer *transfer)
{
	struct coder_interrupts *interrupts = transfer->o.interrupts;
	int signal = coder_interrupts_pending(interrupts);

	for (struct transfer_exchange *x = transfer->exchanges; x && signal; x = x->next) {
		bool has_grace = x->sent && coder_clock() - interrupts->signal_when < x->grace_ns;

		if (!x->run || x->run->ended || has_grace)
			continue;
		x->signal = signal;
		run_end(x->run, TRANSFER_SIGNAL);
	}
}

/* Whether between() of the exchange is to be called: it has got data, and has not failed. */
static bool wants_between(const struct transfer_exchange *x)
{
	return x->run && x->run->arrived && x->between &&
	       (!x->run->ended || x->end == TRANSFER_COMPLETE);
}

/* Calls between() of the exchanges that want it, with the caller's signal mask. */
static void call_between(struct transfer *transfer)
{
	struct blocked_signals blocked = transfer->blocked;
	const struct transfer_exchange *first = transfer->exchanges;

	while (first && !wants_between(first))
		first = first->next;
	if (!first)
		return;
	if (lookup_is_on(&transfer->lookup))
		sigaddset(&blocked.old, SIGCHLD);
	coder_signals_unblock(&blocked);
	for (struct transfer_exchange *x = transfer->exchanges; x; x = x->next) {
		if (!wants_between(x))
			continue;
		x->run->arrived = false;
		if (!x->between(x->ctx))
			run_end(x->run, TRANSFER_STOPPED);
	}
	sigprocmask(SIG_SETMASK, &blocked.all, NULL);
}

/* Sleeps until something can be read or written, at most ns, with the caller's signal mask. */
static CURLMcode poll_transfer(struct transfer *transfer, int64_t ns)
{
	struct curl_waitfd pipe = { .fd = transfer->lookup.child.fd, .events = CURL_WAIT_POLLIN };
	struct transfer_exchange *first = transfer->exchanges;
	bool looks_up = lookup_is_on(&transfer->lookup);
	sigset_t mask = transfer->blocked.old;
	CURLMcode failed = CURLM_OK;
	int ready = 0;

	sigaddset(&mask, SIGPIPE);
	if (looks_up)
		sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	end_by_signal(transfer);
	if (!may_return(transfer)) {
		errno = 0;
		failed = transfer->curl->multi_poll(transfer->multi, &pipe, looks_up,
						    (int)(ns / 1000000) + 1, &ready);
		if (errno == EINTR) /* up to libcurl 7.84.0 this is a failure */
			failed = CURLM_OK;
		end_by_signal(transfer);
	}
	sigprocmask(SIG_SETMASK, &transfer->blocked.all, NULL);
	/*
	 * Every byte of headers is progress. In a body only on_data() knows, because bytes between
	 * chunks carry no data. With several exchanges it is not known to which one the bytes
	 * belong.
	 */
	if (ready && !transfer_has_ended(first) && transfer_is_alone(transfer, first) &&
	    !first->run->in_body)
		first->run->moved = coder_clock();
	if (looks_up && pipe.revents && lookup_is_done(&transfer->lookup))
		transfer_take_addresses(transfer);
	return failed;
}

/* Sleeps one slice, not past `until`, and ends the exchanges whose time is up. */
static void wait_slice(struct transfer *transfer, int64_t until)
{
	int64_t slice = until - coder_clock();
	CURLMcode failed;

	if (slice <= 0 || slice > CODER_SLICE_NS)
		slice = CODER_SLICE_NS;
	for (struct transfer_exchange *x = transfer->exchanges; x; x = x->next) {
		int64_t left =
			transfer_has_ended(x) ? INT64_MAX : run_time_limit(x->run) - coder_clock();

		if (left <= 0)
			run_end_late(x->run);
		slice = left < slice ? left : slice;
	}
	if (may_return(transfer))
		return;
	call_between(transfer);
	if (may_return(transfer))
		return;
	failed = poll_transfer(transfer, slice);
	for (struct transfer_exchange *x = transfer->exchanges; x && failed; x = x->next) {
		if (transfer_has_ended(x))
			continue;
		/* otherwise the loop would run without a pause */
		if (failed == CURLM_OUT_OF_MEMORY)
			coder_error_memory(&x->err);
		else
			coder_error_set(&x->err, CODER_ERR_NO_RESPONSE, "cannot wait for %s",
					transfer->o.origin);
		run_end(x->run, TRANSFER_FAILED);
	}
}

/* Lets libcurl do what it can without waiting. */
static void perform(struct transfer *transfer)
{
	int running = 0, left;
	CURLMcode failed = transfer->curl->multi_perform(transfer->multi, &running);
	struct transfer_exchange *x;
	CURLMsg *msg;

	while ((msg = transfer->curl->multi_info_read(transfer->multi, &left))) {
		for (x = transfer->exchanges; x; x = x->next)
			if (!transfer_has_ended(x) && x->run->easy == msg->easy_handle)
				run_end_finished(x->run, msg->data.result);
	}
	for (x = transfer->exchanges; x; x = x->next) {
		if (transfer_has_ended(x) || !x->run->easy)
			continue;
		if (x->run->stopped)
			run_end(x->run, TRANSFER_STOPPED);
		else if (failed || !running)
			run_end_out_of_resources(x->run);
	}
}

/*
 * Opens the connections that transfer_connect_ahead() has announced, as soon as a request has gone
 * out: then it is known where the server is.
 */
static void connect_ahead(struct transfer *transfer)
{
	const struct transfer_exchange *x = transfer->exchanges;

	if (!transfer->ahead)
		return;
	while (x && !x->sent)
		x = x->next;
	if (!x)
		return;
	sockets_connect_ahead(transfer->peer, transfer->ahead);
	transfer->ahead = 0;
}

/* Takes the first exchange that has ended out of the list, and releases what it used. */
static struct transfer_exchange *take_ended(struct transfer *transfer)
{
	struct transfer_exchange **p = &transfer->exchanges, *x;
	struct run *run;
	bool opened;

	while (*p && !transfer_has_ended(*p))
		p = &(*p)->next;
	x = *p;
	if (!x)
		return NULL;
	*p = x->next;
	x->next = NULL;
	run = x->run;
	if (!run)
		return x;
	if (x->end == TRANSFER_COMPLETE)
		kept_used(transfer->peer);
	else if (run->remembered && run->connecting)
		kept_forget(transfer->peer);
	if (run->curl)
		run_done(run, transfer->multi);
	x->run = NULL;
	opened = run->opened;
	transfer->multi_is_bare &= !opened;
	free(run);
	if (opened)
		sockets_prune(); /* libcurl closed them: no command of the user has run meanwhile */
	if (transfer->exchanges)
		return x;
	lookup_end(&transfer->lookup);
	if (x->end != TRANSFER_COMPLETE)
		transfer_close_multi(transfer);
	if (transfer->curl && sockets_low())
		kept_close(transfer->curl);
	return x;
}

/* ------------------------------------------------------ public functions */

void transfer_begin(struct transfer *transfer, struct transfer_exchange *x)
{
	struct transfer_exchange **p = &transfer->exchanges;

	while (*p)
		p = &(*p)->next;
	*p = x;
	x->next = NULL;
	x->sent = 0;
	x->signal = 0;
	x->worth_retrying = false;
	x->run = calloc(1, sizeof(*x->run));
	if (!x->run) {
		x->end = TRANSFER_FAILED;
		coder_error_memory(&x->err);
		return;
	}
	*x->run = (struct run){
		.o = &transfer->o,
		.x = x,
		.peer = transfer->peer,
		.began = coder_clock(),
		.moved = coder_clock(),
		.connecting = true,
	};
}

struct transfer_exchange *transfer_wait(struct transfer *transfer, int64_t until)
{
	struct transfer_exchange *x;

	coder_signals_block(&transfer->blocked);
	while (transfer->exchanges) {
		for (x = transfer->exchanges; x; x = x->next)
			if (!transfer_has_ended(x) && !x->run->started)
				transfer_start(transfer, x);
		if (!is_lookup_wanted(transfer))
			lookup_end(&transfer->lookup);
		if (may_return(transfer) || (coder_clock() >= until && !is_lookup_wanted(transfer)))
			break;
		perform(transfer);
		connect_ahead(transfer);
		if (!may_return(transfer))
			wait_slice(transfer, until);
	}
	call_between(transfer);
	x = take_ended(transfer);
	coder_signals_unblock(&transfer->blocked);
	return x;
}

void transfer_connect_ahead(struct transfer *transfer, size_t n)
{
	transfer->ahead = transfer->o.fresh ? 0 : transfer->o.tls && n ? 1 : n;
}

size_t transfer_room(size_t n)
{
	return sockets_room(n);
}

void transfer_disconnect(void)
{
	struct blocked_signals blocked;
	const struct libcurl *curl;
	struct coder_error ignored;
	CURLM *multi;

	if (!libcurl_is_loaded())
		return;
	coder_signals_block(&blocked);
	curl = libcurl_load(&ignored);
	(void)kept_claim(curl);
	kept_close(curl);
	multi = kept_take_multi();
	if (multi && curl->multi_cleanup(multi))
		kept_leak(multi);
	coder_signals_unblock(&blocked);
}

struct transfer *transfer_new(const struct transfer_options *options)
{
	struct transfer *transfer = calloc(1, sizeof(*transfer));
	const struct proxy *proxy = options->proxy;

	if (!transfer)
		return NULL;
	transfer->o = *options;
	transfer->bundle.fd = -1;
	transfer->known = !lookup_is_needed(options);
	transfer->peer =
		coder_hash(coder_hash(CODER_HASH_BEGIN, options->origin), proxy ? proxy->name : "");
	return transfer;
}

/* Gives up the exchanges, and closes all connections that are not kept. */
static void close_all(struct transfer *transfer)
{
	coder_signals_block(&transfer->blocked);
	for (struct transfer_exchange *x = transfer->exchanges; x; x = x->next)
		if (!transfer_has_ended(x))
			run_end(x->run, TRANSFER_STOPPED);
	while (take_ended(transfer))
		;
	if (transfer->multi)
		transfer->current = kept_claim(transfer->curl);
	transfer_close_multi(transfer);
	coder_signals_unblock(&transfer->blocked);
}

void transfer_close(struct transfer *transfer)
{
	/* after most calls libcurl has nothing to do */
	if (transfer->exchanges || (transfer->multi && !transfer_keep_multi(transfer)))
		close_all(transfer);
	sockets_close_ahead();
	bundle_close(&transfer->bundle);
}

void transfer_free(struct transfer *transfer)
{
	if (!transfer)
		return;
	coder_strings_done(&transfer->addresses);
	free(transfer);
}
