/* SPDX-License-Identifier: GPL-3.0-or-later */
/* failure.h - describes why an exchange failed, and who caused it; for ending.c. */
#ifndef CODER_FAILURE_H
#define CODER_FAILURE_H

#include "base/error.h"
#include "libcurl.h"
#include "transfer.h"

/*
 * What is known of an exchange that has failed. Releases of libcurl differ in their codes and
 * texts, so these are used only where nothing else decides.
 */
struct failure {
	const struct transfer_options *o;
	CURLcode code;
	const char *detail; /* libcurl's own words */
	bool sent; /* the request was sent */
	bool in_headers; /* it was, and the headers of the response have not ended */
	bool tls_sent; /* we began TLS; reported if libcurl uses OpenSSL */
	int tls_alert; /* the last TLS alert of the peer; 0: none */
	bool connect_sent; /* a CONNECT went to the proxy */
	long connect_status; /* of the response to it; 0: none */
	int system_error; /* the errno of the system call that failed in libcurl; 0: not known */
	int no_descriptor; /* the errno of why no socket could be opened; 0: none failed */
	int full; /* errno if no descriptor was left when the connection failed; or 0 */
	bool no_memory; /* an allocation failed */
	bool no_algorithms; /* see libcurl_lacks_algorithms() */
};

/* Fills *err. *ret_worth_retrying: no connection could be made, but the next try may make one. */
void failure_describe(const struct failure *f, bool *ret_worth_retrying, struct coder_error *err);
/* Fills *err: no descriptor could be opened, for the reason of that errno. */
void failure_no_descriptor(int reason, struct coder_error *err);
/* Fills *err: a time limit has passed. */
void failure_too_late(const struct failure *f, struct coder_error *err);

#endif
