/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * start.c - what an exchange needs before libcurl runs it: libcurl itself, connections that are
 * this process's own, CA certificates, a multi handle, and the addresses of names.
 */
#include "base/clock.h"
#include "kept.h"
#include "sockets.h"
#include "transfer_parts.h"
#include "trial.h"

#define KEPT_CONNECTIONS 5L
#define EXTRA_CONNECTIONS 32L
#define BUFFERS_IN_MULTI 0x080700 /* from this libcurl on, they keep what was sent and received */

bool transfer_is_alone(const struct transfer *transfer, const struct transfer_exchange *x)
{
	for (const struct transfer_exchange *other = transfer->exchanges; other;
	     other = other->next)
		if (other != x && other->run && other->run->started)
			return false;
	return true;
}

void transfer_close_multi(struct transfer *transfer)
{
	if (!transfer->multi)
		return;
	if (transfer->generation != transfer->current ||
	    transfer->curl->multi_cleanup(transfer->multi))
		kept_leak(transfer->multi);
	transfer->multi = NULL;
}

bool transfer_keep_multi(struct transfer *transfer)
{
	if (!transfer->multi_is_bare || !kept_put_multi(transfer->multi))
		return false;
	transfer->multi = NULL;
	return true;
}

/* Writes the CA certificates of all sources into one file, which belongs to the transfer. */
static int gather_cas(struct transfer *transfer, struct coder_error *err)
{
	const struct transfer_options *o = &transfer->o;
	const struct libcurl *curl = transfer->curl;
	const char *file = o->ca_file;

	if (!o->more_cas || transfer->bundle.fd >= 0)
		return 0;
	if (!file && run_has_ca_file(curl))
		file = curl->info->cainfo;
	kept_trust(curl, coder_hash(coder_hash(CODER_HASH_BEGIN, o->more_cas), file ? file : ""));
	return bundle_open(&transfer->bundle, file, o->more_cas, err);
}

/* How an exchange ends that could not load libcurl. */
static const enum transfer_end trial_ends[] = {
	[TRIAL_FAILED] = TRANSFER_FAILED,
	[TRIAL_SIGNAL] = TRANSFER_SIGNAL,
	[TRIAL_DEADLINE] = TRANSFER_DEADLINE,
};

/*
 * Loads libcurl. Checks the connections that earlier requests have left, unless other exchanges are
 * using them. False: the exchange has ended.
 */
static bool prepare(struct transfer *transfer, struct run *run)
{
	const struct transfer_options *o = &transfer->o;
	struct coder_error *err = &run->x->err;
	const enum trial trial =
		trial_load(o->libraries_variable, o->interrupts, run->x->deadline,
			   &transfer->blocked, o->connect_timeout_ns, &transfer->curl, err);
	bool silent;

	if (trial != TRIAL_LOADED) {
		run->x->signal = coder_interrupts_pending(o->interrupts);
		run_end(run, trial_ends[trial]);
		return false;
	}
	run->curl = transfer->curl;
	if (!transfer_is_alone(transfer, run->x))
		return true;
	(void)libcurl_ran_out();
	transfer->current = kept_claim(run->curl);
	/* what arrived unrequested would be taken for the response to this request */
	silent = sockets_silent();
	if (o->fresh || !silent)
		kept_close(run->curl);
	if (!silent)
		transfer_close_multi(transfer);
	if (gather_cas(transfer, err) == 0)
		return true;
	run_end(run, TRANSFER_FAILED);
	return false;
}

/*
 * Makes a multi handle. With it libcurl opens a pair of sockets, by which other threads could wake
 * it. Nobody does that, and where libcurl works without these sockets, which newer releases do not,
 * each call saves 25 system calls.
 */
static CURLM *new_multi(const struct libcurl *curl, bool *ret_bare)
{
	static bool needs_sockets;
	CURLM *multi = NULL;

	if (!needs_sockets && sockets_forbid()) {
		multi = curl->multi_init();
		sockets_permit();
		needs_sockets = !multi;
	}
	*ret_bare = multi && curl->info->version_num < BUFFERS_IN_MULTI;
	if (multi)
		return multi;
	sockets_keep_above();
	multi = curl->multi_init();
	sockets_keep_above_end();
	/* there may be too few descriptors for high numbers */
	return multi ? multi : curl->multi_init();
}

static bool open_multi(struct transfer *transfer)
{
	const struct libcurl *curl = transfer->curl;

	if (transfer->multi && transfer->generation != transfer->current) {
		kept_leak(transfer->multi);
		transfer->multi = NULL;
	}
	if (transfer->multi)
		return true;
	transfer->generation = transfer->current;
	transfer->multi = kept_take_multi();
	transfer->multi_is_bare = transfer->multi;
	if (!transfer->multi)
		transfer->multi = new_multi(curl, &transfer->multi_is_bare);
	if (!transfer->multi)
		return false;
	(void)curl->multi_setopt(transfer->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	return true;
}

/* Gives an exchange that has its addresses to libcurl. */
static void launch(struct transfer *transfer, struct run *run,
		   const struct coder_strings *addresses)
{
	CURLcode rc = run_set_up(run, addresses, &transfer->bundle);

	if (rc && rc != CURLE_OUT_OF_MEMORY) {
		coder_error_set(&run->x->err, CODER_ERR_REFUSED,
				"libcurl cannot set up the request: %s",
				run->curl->easy_strerror(rc));
		run_end(run, TRANSFER_FAILED);
	} else if (rc || run->curl->multi_add_handle(transfer->multi, run->easy)) {
		run_end_out_of_resources(run);
	}
}

void transfer_start(struct transfer *transfer, struct transfer_exchange *x)
{
	const struct transfer_options *o = &transfer->o;
	const struct coder_strings *addresses = &transfer->addresses;
	struct run *run = x->run;

	run->started = true;
	if (!prepare(transfer, run))
		return;
	if (!open_multi(transfer) || (!o->fresh && !kept_share(run->curl))) {
		run_end_out_of_resources(run);
		return;
	}
	if (x->extra)
		(void)run->curl->multi_setopt(transfer->multi, CURLMOPT_MAXCONNECTS,
					      EXTRA_CONNECTIONS);
	if (!transfer->known && !o->fresh && !x->own_connection)
		run->remembered = kept_addresses(transfer->peer) != NULL;
	if (run->remembered)
		addresses = kept_addresses(transfer->peer);
	if (transfer->known || run->remembered)
		launch(transfer, run, addresses);
	else if (!lookup_is_on(&transfer->lookup) &&
		 lookup_begin(&transfer->lookup, o, &x->err) < 0)
		run_end(run, TRANSFER_FAILED);
}

void transfer_take_addresses(struct transfer *transfer)
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
		if (transfer_has_ended(x) || !x->run->started || x->run->easy)
			continue;
		if (transfer->known) {
			launch(transfer, x->run, &transfer->addresses);
		} else {
			x->err = err;
			run_end(x->run, TRANSFER_FAILED);
		}
	}
}
