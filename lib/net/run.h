/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run.h - one exchange while it is in progress: its libcurl handle (run.c) and how it ends
 * (ending.c); for transfer.c and start.c.
 */
#ifndef CODER_RUN_H
#define CODER_RUN_H

#include "base/strings.h"
#include "bundle.h"
#include "libcurl.h"
#include "transfer.h"

struct run {
	const struct libcurl *curl;
	const struct transfer_options *o;
	struct transfer_exchange *x;
	uint64_t peer; /* see sockets_open() */
	CURL *easy; /* NULL: it waits for addresses */
	struct curl_slist *headers, *addresses;
	bool started;
	bool remembered; /* the addresses are those of kept connections, and may be outdated */
	int64_t began; /* the coder_clock() at which it began to connect */
	int64_t moved; /* the coder_clock() of its latest progress */
	bool opened; /* it has opened a socket */
	bool connecting; /* the request has not gone out on the newest connection */
	bool in_body; /* the headers of the response have ended */
	bool expects_ack; /* it may use a kept connection, and no response has begun to arrive */
	bool arrived; /* a piece of the body has, since between() was called */
	bool stopped; /* a callback ended it */
	bool ended; /* x->end has the outcome */
	bool connect_sent, tls_sent; /* these and the next: see struct failure */
	int tls_alert, no_descriptor, full;
	CURLcode code; /* libcurl's result */
	char detail[CURL_ERROR_SIZE]; /* libcurl's own words */
};

/* Whether its connection has TLS: to the server, or to the proxy. */
bool run_uses_tls(const struct run *run);
/* Whether this libcurl has a built-in file of CA certificates, and that file exists. */
bool run_has_ca_file(const struct libcurl *curl);
/*
 * Creates the handle. addresses: those of all names, as CURLOPT_RESOLVE takes them. bundle: all CA
 * certificates, if they come from several sources. CURLE_OUT_OF_MEMORY: memory or descriptors ran
 * out; other codes: libcurl cannot set up the request.
 */
CURLcode run_set_up(struct run *run, const struct coder_strings *addresses,
		    const struct bundle *bundle);
/* Frees the contents, except x. multi: where the handle was added. */
void run_done(struct run *run, CURLM *multi);

/* Ends the exchange with that outcome. */
void run_end(struct run *run, enum transfer_end how);
/* Ends it with what libcurl reports: code. */
void run_end_finished(struct run *run, CURLcode code);
/* Ends it because memory or descriptors that libcurl needs have run out. */
void run_end_out_of_resources(struct run *run);
/*
 * The coder_clock() at which it has to end: its own deadline, or the limit for connecting or for
 * silence.
 */
int64_t run_time_limit(const struct run *run);
/* Ends it because run_time_limit() has passed. */
void run_end_late(struct run *run);

#endif
