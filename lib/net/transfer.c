/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.c - HTTP exchanges over libcurl, inside a shell; run.c has the handle of each.
 *
 *  signals  All are blocked while libcurl runs, so that the threads it starts
 *           take none; they are let in only while it sleeps, and SIGPIPE not
 *           even then. A signal is looked for after each slice of sleep.
 *  fork     A subshell inherits the connections. Two processes on one of them
 *           would get each other's responses, so a child forgets them all.
 *  threads  libcurl looks names up in a thread that cannot be stopped: it would
 *           outlive a call that is given up, and close descriptors that are the
 *           user's by then. So libcurl gets the addresses of all names, and
 *           looks up nothing: they are looked up before, or known from the
 *           connection that is kept.
 *  time     Limits are kept here: of connecting, of the exchange, of silence.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "base/strings.h"
#include "bundle.h"
#include "failure.h"
#include "kept.h"
#include "libcurl.h"
#include "lookup.h"
#include "proxy.h"
#include "sockets.h"
#include "transfer.h"
#include "trial.h"

#define KEPT_CONNECTIONS 5L
#define DESCRIPTORS 8 /* that libcurl may need to begin with */

static const struct libcurl *curl; /* once loaded */

struct transfer {
	struct transfer_options o;
	uint64_t peer; /* whom it talks to, as a number: see sockets_open() */
	CURLM *multi; /* made under that kept_claim(); caches the parsed CAs */
	unsigned generation, current; /* of kept_claim(): when it was made, and the last one */
	struct lookup lookup; /* if it is on, exchanges wait for it */
	struct coder_strings addresses; /* host:port:addresses */
	bool known; /* all addresses are, or are in no need of being looked up */
	struct bundle bundle; /* all CA certificates, if they are of several sources */
	struct transfer_exchange *exchanges; /* those that are on, in the order they were begun */
	struct blocked_signals blocked;
};

/* ------------------------------------------------------------ how it ends */

static void end(struct run *run, enum transfer_end how)
{
	run->x->end = how;
	run->ended = true;
}

/* A limit of time has passed: the caller's, or one of time_limit(). */
static void end_late(struct run *run)
{
	struct transfer_exchange *x = run->x;
	struct failure f;

	if (coder_clock() >= x->deadline) {
		end(run, TRANSFER_DEADLINE);
		return;
	}
	f = run_failure(run);
	f.sent = f.sent && !run->connecting;
	failure_too_late(&f, &x->err);
	x->refused = run->remembered && run->connecting; /* the next try looks the name up */
	end(run, TRANSFER_FAILED);
}

/* What libcurl needs is not to be had: memory, or descriptors. */
static void end_without_means(struct run *run)
{
	int no_descriptor = libcurl_ran_out() ? 0 : sockets_exhausted(DESCRIPTORS);

	if (no_descriptor)
		failure_no_descriptor(no_descriptor, &run->x->err);
	else
		coder_error_memory(&run->x->err);
	end(run, TRANSFER_FAILED);
}

/* libcurl has finished with code. */
static void end_finished(struct run *run, CURLcode code)
{
	struct failure f;

	run->code = code;
	if (run->stopped) {
		end(run, TRANSFER_STOPPED);
	} else if (!code) {
		end(run, TRANSFER_COMPLETE);
	} else {
		f = run_failure(run);
		failure_describe(&f, &run->x->refused, &run->x->err);
		end(run, TRANSFER_FAILED);
	}
}

/* Connecting has its time; then the exchange has to go on, in the headers byte by byte. */
static int64_t time_limit(const struct run *run)
{
	int64_t limit = run->connecting ? run->began + run->o->connect_timeout_ns :
					  run->moved + TRANSFER_SILENCE_S * CODER_NS;

	return limit < run->x->deadline ? limit : run->x->deadline;
}

/* Ends what a pending signal ends: whatever has gone out may have its grace. */
static void end_by_signal(struct transfer *transfer)
{
	struct coder_interrupts *interrupts = transfer->o.interrupts;
	int signal = coder_interrupts_pending(interrupts);

	for (struct transfer_exchange *x = transfer->exchanges; x && signal; x = x->next)
		if (x->run && !x->run->ended &&
		    !(x->sent && coder_clock() - interrupts->signal_when < x->grace_ns)) {
			x->signal = signal;
			end(x->run, TRANSFER_SIGNAL);
		}
}

static bool has_ended(const struct transfer_exchange *x)
{
	return !x->run || x->run->ended;
}

/* Whether no other exchange than x has been started. */
static bool is_alone(const struct transfer *transfer, const struct transfer_exchange *x)
{
	for (const struct transfer_exchange *other = transfer->exchanges; other;
	     other = other->next)
		if (other != x && other->run && other->run->started)
			return false;
	return true;
}

static bool any_ended(const struct transfer *transfer)
{
	for (const struct transfer_exchange *x = transfer->exchanges; x; x = x->next)
		if (has_ended(x))
			return true;
	return false;
}

static bool is_lookup_wanted(const struct transfer *transfer)
{
	for (const struct transfer_exchange *x = transfer->exchanges; x; x = x->next)
		if (!has_ended(x) && x->run->started && !x->run->easy)
			return lookup_is_on(&transfer->lookup);
	return false;
}

/*
 * Whether the wait is over. While a name is looked up it is not: the shell's own
 * handler of SIGCHLD would reap the child.
 */
static bool may_return(const struct transfer *transfer)
{
	return any_ended(transfer) && !is_lookup_wanted(transfer);
}

/* --------------------------------------------------------------- beginning */

/*
 * Makes one file of the CA certificates of all sources. A kept connection that
 * was made with others is closed: libcurl tells them apart by their path alone.
 */
static int gather_cas(struct transfer *transfer, struct coder_error *err)
{
	const struct transfer_options *o = &transfer->o;
	const char *file = o->ca_file		 ? o->ca_file :
			   run_has_ca_file(curl) ? curl->version_info(CURLVERSION_NOW)->cainfo :
						   NULL;
	static uint64_t last; /* what the last one was made of */
	uint64_t hash;

	if (!o->more_cas || transfer->bundle.fd >= 0)
		return 0;
	hash = coder_hash(coder_hash(CODER_HASH_BEGIN, o->more_cas), file ? file : "");
	if (hash != last)
		kept_close(curl);
	last = hash;
	return bundle_open(&transfer->bundle, file, o->more_cas, err);
}

static bool open_multi(struct transfer *transfer)
{
	if (transfer->multi && transfer->generation != transfer->current) {
		kept_leak(transfer->multi);
		transfer->multi = NULL;
	}
	if (transfer->multi)
		return true;
	transfer->generation = transfer->current;
	sockets_keep_above();
	transfer->multi = curl->multi_init(); /* opens a pair of sockets to wake itself by */
	sockets_keep_above_end();
	if (!transfer->multi) /* or there are too few descriptors for that */
		transfer->multi = curl->multi_init();
	if (!transfer->multi)
		return false;
	(void)curl->multi_setopt(transfer->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	return true;
}

static void close_multi(struct transfer *transfer)
{
	if (!transfer->multi)
		return;
	if (transfer->generation != transfer->current || curl->multi_cleanup(transfer->multi))
		kept_leak(transfer->multi);
	transfer->multi = NULL;
}

/* Gives an exchange that has its addresses to libcurl. */
static void launch(struct transfer *transfer, struct run *run,
		   const struct coder_strings *addresses)
{
	CURLcode rc = run_set_up(run, addresses, &transfer->bundle);

	if (rc && rc != CURLE_OUT_OF_MEMORY) {
		coder_error_set(&run->x->err, CODER_ERR_REFUSED, "this libcurl cannot do it: %s",
				curl->easy_strerror(rc));
		end(run, TRANSFER_FAILED);
	} else if (rc || curl->multi_add_handle(transfer->multi, run->easy)) {
		end_without_means(run);
	}
}

/* Loads libcurl, and sees to what is kept from earlier requests, which others may be using. */
static int prepare(struct transfer *transfer, struct run *run)
{
	const struct transfer_options *o = &transfer->o;
	struct coder_error *err = &run->x->err;

	if (trial_load(o->libraries_variable, o->interrupts, run->x->deadline, &transfer->blocked,
		       o->connect_timeout_ns, &curl, err) < 0)
		return -1;
	run->curl = curl;
	if (!is_alone(transfer, run->x))
		return 0;
	(void)libcurl_ran_out();
	transfer->current = kept_claim(curl);
	/* what came unasked would be taken for this request's response */
	if (o->fresh || !sockets_silent())
		kept_close(curl);
	return gather_cas(transfer, err);
}

/* Begins the work on an exchange. It then runs, waits for addresses, or has ended. */
static void start(struct transfer *transfer, struct transfer_exchange *x)
{
	const struct transfer_options *o = &transfer->o;
	const struct coder_strings *addresses = &transfer->addresses;
	struct run *run = x->run;

	run->started = true;
	if (prepare(transfer, run) < 0) {
		end(run, TRANSFER_FAILED);
		if (coder_clock() >= x->deadline)
			end(run, TRANSFER_DEADLINE);
		x->signal = coder_interrupts_pending(o->interrupts);
		if (x->signal)
			end(run, TRANSFER_SIGNAL);
		return;
	}
	if (!open_multi(transfer) || (!o->fresh && !kept_share(curl))) {
		end_without_means(run);
		return;
	}
	if (!transfer->known && !o->fresh && !x->own_connection)
		run->remembered = kept_addresses(transfer->peer) != NULL;
	if (run->remembered)
		addresses = kept_addresses(transfer->peer);
	if (transfer->known || run->remembered)
		launch(transfer, run, addresses);
	else if (!lookup_is_on(&transfer->lookup) &&
		 lookup_begin(&transfer->lookup, o, &x->err) < 0)
		end(run, TRANSFER_FAILED);
}

/* The look-up has ended: those that wait for it go on. */
static void take_addresses(struct transfer *transfer)
{
	struct coder_error err;

	transfer->known =
		lookup_result(&transfer->lookup, &transfer->o, &transfer->addresses, &err) == 0;
	lookup_end(&transfer->lookup);
	if (transfer->known)
		kept_remember(transfer->peer, &transfer->addresses);
	else
		coder_strings_done(&transfer->addresses);
	for (struct transfer_exchange *x = transfer->exchanges; x; x = x->next) {
		if (has_ended(x) || !x->run->started || x->run->easy)
			continue;
		if (transfer->known) {
			launch(transfer, x->run, &transfer->addresses);
		} else {
			x->err = err;
			end(x->run, TRANSFER_FAILED);
		}
	}
}

/* ----------------------------------------------------------------- waiting */

/* Lets the callers see to what has come, with their own signal mask. */
static void let_between(struct transfer *transfer)
{
	struct blocked_signals blocked = transfer->blocked;

	if (lookup_is_on(&transfer->lookup))
		sigaddset(&blocked.old, SIGCHLD);
	coder_signals_unblock(&blocked);
	for (struct transfer_exchange *x = transfer->exchanges; x; x = x->next)
		if ((!has_ended(x) || x->end == TRANSFER_COMPLETE) && !x->between(x->ctx))
			end(x->run, TRANSFER_STOPPED);
	sigprocmask(SIG_SETMASK, &blocked.all, NULL);
}

/* Sleeps until something moves, at most ns, with signals let in. */
static CURLMcode sleep_until_moved(struct transfer *transfer, int64_t ns)
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
		failed = curl->multi_poll(transfer->multi, &pipe, looks_up, (int)(ns / 1000000) + 1,
					  &ready);
		if (errno == EINTR) /* a failure to 7.84.0 */
			failed = CURLM_OK;
		end_by_signal(transfer);
	}
	sigprocmask(SIG_SETMASK, &transfer->blocked.all, NULL);
	/* bytes between chunks are none of the body's; of several it is not known whose they are */
	if (ready && !has_ended(first) && is_alone(transfer, first) && !first->run->in_body)
		first->run->moved = coder_clock();
	if (looks_up && pipe.revents && lookup_is_done(&transfer->lookup))
		take_addresses(transfer);
	return failed;
}

/* One slice of sleep; ends those whose time is up. */
static void rest(struct transfer *transfer)
{
	int64_t slice = TRANSFER_SLICE_NS;
	CURLMcode failed;

	for (struct transfer_exchange *x = transfer->exchanges; x; x = x->next) {
		int64_t left = has_ended(x) ? INT64_MAX : time_limit(x->run) - coder_clock();

		if (left <= 0)
			end_late(x->run);
		slice = left < slice ? left : slice;
	}
	if (may_return(transfer))
		return;
	let_between(transfer);
	if (may_return(transfer))
		return;
	failed = sleep_until_moved(transfer, slice);
	for (struct transfer_exchange *x = transfer->exchanges; x && failed; x = x->next) {
		if (has_ended(x))
			continue;
		/* or this would go round without a rest */
		if (failed == CURLM_OUT_OF_MEMORY)
			coder_error_memory(&x->err);
		else
			coder_error_set(&x->err, CODER_ERR_NO_RESPONSE, "cannot wait for %s",
					transfer->o.origin);
		end(x->run, TRANSFER_FAILED);
	}
}

/* Lets libcurl do what it can without waiting. */
static void perform(struct transfer *transfer)
{
	int running = 0, left;
	CURLMcode failed = curl->multi_perform(transfer->multi, &running);
	struct transfer_exchange *x;
	CURLMsg *msg;

	while ((msg = curl->multi_info_read(transfer->multi, &left))) {
		for (x = transfer->exchanges; x; x = x->next)
			if (!has_ended(x) && x->run->easy == msg->easy_handle)
				end_finished(x->run, msg->data.result);
	}
	for (x = transfer->exchanges; x; x = x->next) {
		if (has_ended(x) || !x->run->easy)
			continue;
		if (x->run->stopped)
			end(x->run, TRANSFER_STOPPED);
		else if (failed || !running)
			end_without_means(x->run);
	}
}

/* Releases what an exchange had, and what none of them uses any more. */
static void finish(struct transfer *transfer, struct transfer_exchange *x)
{
	struct run *run = x->run;

	if (!run)
		return;
	if (x->end == TRANSFER_COMPLETE)
		kept_used(transfer->peer);
	else if (run->remembered && run->connecting)
		kept_forget(transfer->peer);
	if (run->curl)
		run_done(run, transfer->multi);
	x->run = NULL;
	free(run);
	sockets_prune(); /* it was nobody else: a user's commands do not run meanwhile */
	if (transfer->exchanges)
		return;
	lookup_end(&transfer->lookup);
	if (x->end != TRANSFER_COMPLETE)
		close_multi(transfer);
	if (curl && sockets_low())
		kept_close(curl);
}

/* Takes the first one that has ended out of those that are on. */
static struct transfer_exchange *take_ended(struct transfer *transfer)
{
	struct transfer_exchange **p = &transfer->exchanges, *x;

	while (*p && !has_ended(*p))
		p = &(*p)->next;
	x = *p;
	if (!x)
		return NULL;
	*p = x->next;
	x->next = NULL;
	finish(transfer, x);
	return x;
}

/* ------------------------------------------------------------------- doors */

void transfer_begin(struct transfer *transfer, struct transfer_exchange *x)
{
	struct transfer_exchange **p = &transfer->exchanges;

	while (*p)
		p = &(*p)->next;
	*p = x;
	x->next = NULL;
	x->sent = 0;
	x->signal = 0;
	x->refused = false;
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

struct transfer_exchange *transfer_wait(struct transfer *transfer)
{
	struct transfer_exchange *x;

	coder_signals_block(&transfer->blocked);
	while (transfer->exchanges) {
		for (x = transfer->exchanges; x; x = x->next)
			if (!has_ended(x) && !x->run->started)
				start(transfer, x);
		if (!is_lookup_wanted(transfer))
			lookup_end(&transfer->lookup);
		if (may_return(transfer))
			break;
		perform(transfer);
		if (!may_return(transfer))
			rest(transfer);
	}
	let_between(transfer);
	x = take_ended(transfer);
	coder_signals_unblock(&transfer->blocked);
	return x;
}

void transfer_disconnect(void)
{
	struct blocked_signals blocked;

	if (!curl)
		return;
	coder_signals_block(&blocked);
	(void)kept_claim(curl);
	kept_close(curl);
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

void transfer_free(struct transfer *transfer)
{
	if (!transfer)
		return;
	coder_signals_block(&transfer->blocked);
	for (struct transfer_exchange *x = transfer->exchanges; x; x = x->next)
		if (!has_ended(x))
			end(x->run, TRANSFER_STOPPED);
	while (take_ended(transfer))
		;
	if (transfer->multi)
		transfer->current = kept_claim(curl);
	close_multi(transfer);
	coder_signals_unblock(&transfer->blocked);
	coder_strings_done(&transfer->addresses);
	bundle_close(&transfer->bundle);
	free(transfer);
}
