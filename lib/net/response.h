/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.h - the headers of a response as they arrive, and what a response means; for request.c. */
#ifndef CODER_RESPONSE_H
#define CODER_RESPONSE_H

#include "base/buf.h"
#include "base/error.h"

#define RESPONSE_CUT "..." /* the end of a text that was too long for its field */

struct proxy;

/* Begins as zeros but for origin, url_source and proxy. */
struct response {
	const char *origin, *url_source; /* of the server, and what named it: for error texts */
	const struct proxy
		*proxy; /* that took the request itself, and may have responded; or NULL */
	long status; /* 0: no response yet */
	size_t head_len, head_lines; /* of interim responses, too */
	bool head_ended; /* its empty line has come */
	int64_t arrived; /* the coder_clock() when its last line came */
	bool coded; /* the body is compressed, or otherwise not as it was */
	bool coder; /* it has a header that Coder adds to its responses */
	bool chunked; /* the body says itself where it ends */
	bool has_length;
	int64_t length; /* else its bytes, if the headers have them */
	bool in_body;
	size_t received; /* of the body */
	char reason[64], type[128], location[512];
	char reset[32], date[64], age[16];
	char version[64]; /* of Coder, as it says */
	bool asks_to_wait; /* there is a Retry-After: these are the longest of its two kinds, or 0 */
	int64_t wait_seconds, wait_until;
};

/* Takes a line of the headers, the status line included. */
int response_header(struct response *response, const char *line, size_t len,
		    struct coder_error *err);
/* Call it with each piece of the body. Fails if the body must not be read any further. */
int response_body(struct response *response, size_t len, size_t max, struct coder_error *err);
bool response_is_success(const struct response *response);
/*
 * Judges a whole response: 0 if it is a success of the expected kind. Otherwise
 * fills *err with the message that the user reads. This is the only place that
 * decides whether an error response is Coder's own: err->own.
 */
int response_judge(const struct response *response, const struct buf *body,
		   struct coder_error *err);
/* Whether the status means that the server is unavailable for now. */
bool response_is_unavailable(const struct response *response);
/*
 * What time it was, by the clock of who made the response, when it arrived: its
 * Date, and as long as caches have kept it, its Age. Seconds since the epoch, 0: not known.
 */
int64_t response_date(const struct response *response);
/* How many seconds the server asks to wait; -1: it does not ask. */
int64_t response_retry_after(const struct response *response);

#endif
