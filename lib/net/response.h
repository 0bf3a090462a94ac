/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * response.h - the headers of a response as they arrive (response.c), and what the response means
 * (judge.c); for request.c.
 */
#ifndef CODER_RESPONSE_H
#define CODER_RESPONSE_H

#include "base/buf.h"
#include "base/error.h"
#include "pace.h"

#define RESPONSE_CUT "..." /* the end of a text that was too long for its field */

struct proxy;

/* Zeros at first, except origin, url_source and proxy. */
struct response {
	const char *origin; /* of the server, for error texts */
	const char *url_source; /* where the server's URL comes from, for error texts */
	const struct proxy *proxy; /* the one that reads the request, and may respond; or NULL */
	long status; /* 0: no response yet */
	size_t headers_len, header_lines; /* of all headers, those of interim responses included */
	bool headers_ended; /* the empty line after the headers has arrived */
	int64_t arrived; /* the coder_clock() at which their last line arrived */
	bool encoded; /* the body is compressed or encoded in another way */
	bool coder; /* it has a header that Coder adds to its responses */
	bool chunked; /* the body itself marks where it ends */
	bool has_length;
	int64_t length; /* of the body in bytes, if the headers have it */
	bool in_body;
	size_t received; /* bytes of the body */
	char reason[64], type[128], location[512];
	char rate_limit[32], remaining[32], reset[32], date[64], age[16];
	char version[64]; /* Coder's own, from a header */
	bool asks_to_wait; /* it has a Retry-After: a number of seconds, or a date */
	int64_t wait_seconds, wait_until; /* the longest of each form; 0: none */
};

/* Takes a line of the headers. The status line is one of them. */
int response_header(struct response *response, const char *line, size_t len,
		    struct coder_error *err);
/*
 * To be called for each piece of the body, of len bytes. Fails if the body must not be read any
 * further: it is longer than max, or it is no JSON although the status is a success.
 */
int response_body(struct response *response, size_t len, size_t max, struct coder_error *err);
bool response_is_success(const struct response *response);
/*
 * Judges a response that has ended: 0 if it is a success of the expected kind. Otherwise fills
 * *err with the message that the user reads. This is the only place that decides whether an error
 * response is Coder's own: err->own.
 */
int response_judge(const struct response *response, const struct buf *body,
		   struct coder_error *err);
/* Whether the status means that the server is unavailable for now. */
bool response_is_unavailable(const struct response *response);
/*
 * The time at which the response arrived, by the clock of whoever created it: its Date, and the
 * time that caches have kept it, its Age. In seconds since the epoch; 0: not known.
 */
int64_t response_date(const struct response *response);
/* What its headers report of a rate limit. */
struct rate response_rate(const struct response *response);
/* How many seconds the server asks to wait; -1: it does not ask. */
int64_t response_retry_after(const struct response *response);

/* Sets the error for a response that "is too large" or the like. Returns -1. */
int response_broken(const struct response *response, const char *what, struct coder_error *err);

#endif
