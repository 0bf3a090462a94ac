/* SPDX-License-Identifier: GPL-3.0-or-later */
/* failure.h - says in words why an exchange failed, and whose fault it is; for transfer.c. */
#ifndef CODER_FAILURE_H
#define CODER_FAILURE_H

#include "base/error.h"
#include "libcurl.h"
#include "transfer.h"

/*
 * What is known of an exchange that has ended. Releases of libcurl differ in
 * codes and words: what can be told from the rest is not read from these.
 */
struct failure {
	const struct transfer_options *o;
	CURLcode code;
	const char *detail; /* libcurl's own words */
	bool sent; /* the request went out */
	bool in_headers; /* ... and the headers of the response have not ended */
	bool tls_sent; /* TLS was begun, by us (told by OpenSSL only) */
	int tls_alert; /* the last that the peer sent, 0: none */
	bool connect_sent; /* a CONNECT went to the proxy */
	long connect_status; /* of the response to it, 0: none */
	int system_error; /* errno of what the system refused to libcurl, 0: nothing known */
	int no_descriptor; /* errno: no socket was to be had */
	int full; /* errno: when the connection failed, nothing else could be opened */
	bool no_memory; /* an allocation failed */
	bool no_algorithms; /* libcurl_lacks_algorithms() */
};

/* Fills *err. *ret_worth_retrying: no connection came about, but one may at another try. */
void failure_describe(const struct failure *f, bool *ret_worth_retrying, struct coder_error *err);
/* That no descriptor was to be had; reason is its errno. */
void failure_no_descriptor(int reason, struct coder_error *err);
/* The same for a limit of time that has passed. */
void failure_too_late(const struct failure *f, struct coder_error *err);

#endif
