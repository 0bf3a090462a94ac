/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.h - the head of an answer as it arrives, and what an answer means; for http.c. */
#ifndef CODER_ANSWER_H
#define CODER_ANSWER_H

#include "base/buf.h"
#include "base/error.h"

#define RESPONSE_CUT "..." /* the end of a text that was too long for its field */

struct proxy;

/* Begins as zeros but for origin, url_source and proxy. */
struct response {
	const char *origin, *url_source; /* of the server, and what named it: for error texts */
	const struct proxy
		*proxy; /* that took the request itself, and may have answered; or NULL */
	long status; /* 0: no answer yet */
	size_t head_len, head_lines; /* of interim answers, too */
	bool head_ended; /* its empty line has come */
	int64_t arrived; /* the coder_clock() when its last line came */
	bool coded; /* the body is compressed, or otherwise not as it was */
	bool coder; /* it has a header that Coder adds to its responses */
	bool chunked; /* the body says itself where it ends */
	bool has_length;
	int64_t length; /* else its bytes, if the head has said so */
	bool in_body;
	size_t received; /* of the body */
	char reason[64], type[128], location[512];
	char reset[32], date[64], age[16];
	bool asks_to_wait; /* there is a Retry-After: these are the longest of its two kinds, or 0 */
	int64_t wait_seconds, wait_until;
};

/* Takes a line of the head. */
int response_header(struct response *answer, const char *line, size_t len, struct coder_error *err);
/* To be called with each piece of the body: fails if it is none to be taken. */
int response_body(struct response *answer, size_t len, size_t max, struct coder_error *err);
bool response_is_success(const struct response *answer);
/*
 * A whole answer came: fails, with all that interface users are told, unless it
 * is of use. Decides here, and nowhere else, whether an error response is
 * Coder's own: err->own.
 */
int response_judge(const struct response *answer, const struct buf *body, struct coder_error *err);
/* Whether the status says that the server cannot just now. */
bool response_is_unavailable(const struct response *answer);
/*
 * What time it was, by the clock of who made the response, when it arrived: its
 * Date, and as long as caches have kept it, its Age. Seconds since the epoch, 0: not known.
 */
int64_t response_date(const struct response *answer);
/* How many seconds the server asks to wait; -1: it does not. */
int64_t response_retry_after(const struct response *answer);

#endif
