/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.h - a libcurl handle that does one exchange; for transfer.c. */
#ifndef CODER_RUN_H
#define CODER_RUN_H

#include "base/strings.h"
#include "bundle.h"
#include "failure.h"
#include "libcurl.h"
#include "transfer.h"

/* One exchange while it is on: what must be undone at its end. */
struct run {
	const struct libcurl *curl;
	const struct transfer_options *o;
	struct transfer_exchange *x;
	struct run *next; /* of run.c */
	uint64_t peer; /* see sockets_open() */
	CURL *easy; /* NULL: it waits for addresses */
	struct curl_slist *headers, *addresses;
	bool started;
	bool remembered; /* the addresses are those of kept connections, not looked up now */
	int64_t began, moved; /* connecting; and when the exchange last got any further */
	bool connecting; /* the request has not gone out on the connection that is made */
	bool in_body;
	bool hurried; /* it may use a kept connection, and no sign of life has come */
	bool stopped; /* by a callback */
	bool ended; /* x->end says how */
	bool connect_sent, tls_sent; /* see struct failure */
	int tls_alert, no_descriptor, full;
	CURLcode code; /* that libcurl ended with */
	char detail[CURL_ERROR_SIZE];
};

/* Whether libcurl has a file of CA certificates built in that is there. */
bool run_has_ca_file(const struct libcurl *curl);
/*
 * Makes the handle, with addresses (CURLOPT_RESOLVE) for all names. bundle: all CA
 * certificates, if they are of several sources. CURLE_OUT_OF_MEMORY: memory or
 * descriptors ran out; other codes: this libcurl cannot do it.
 */
CURLcode run_set_up(struct run *run, const struct coder_strings *addresses,
		    const struct bundle *bundle);
/* What is known of an exchange that failed with run->code. */
struct failure run_failure(const struct run *run);
/* Ends the contents, but for x. multi: where the handle was added. */
void run_done(struct run *run, CURLM *multi);

#endif
