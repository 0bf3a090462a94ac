/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.h - the head of an answer as it arrives, and what an answer means; for http.c. */
#ifndef CODER_ANSWER_H
#define CODER_ANSWER_H

#include "internal.h"

#define ANSWER_CUT "..." /* the end of a text that was too long for its field */

struct proxy;

/* Begins as zeros but for origin, url_source and proxy. */
struct answer {
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
int answer_header(struct answer *answer, const char *line, size_t len, struct coder_error *err);
/* To be called with each piece of the body: fails if it is none to be taken. */
int answer_body(struct answer *answer, size_t len, size_t max, struct coder_error *err);
bool answer_is_success(const struct answer *answer);
/*
 * A whole answer came: fails, with all that interface users are told, unless it
 * is of use. Decides here, and nowhere else, whether an error response is
 * Coder's own: err->own.
 */
int answer_judge(const struct answer *answer, const struct buf *body, struct coder_error *err);
/* Whether the status says that the server cannot just now. */
bool answer_is_unavailable(const struct answer *answer);
/*
 * What time it was, by the clock of who made the response, when it arrived: its
 * Date, and as long as caches have kept it, its Age. Seconds since the epoch, 0: not known.
 */
int64_t answer_date(const struct answer *answer);
/* How many seconds the server asks to wait; -1: it does not. */
int64_t answer_retry_after(const struct answer *answer);

#endif
