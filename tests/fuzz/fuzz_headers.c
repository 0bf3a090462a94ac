/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_headers.c - the headers of responses, Retry-After and dates among them.
 *
 * The input is a response: the lines of its headers, an empty line, its body.
 * Whatever it contains, it is judged within its limits: an error has a message,
 * and a wait is one of the header's or none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "net/http.h"
#include "net/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ended(field) (strnlen(field, sizeof(field)) < sizeof(field))

static void check_response(const struct response *response, const struct buf *body)
{
	struct coder_error err = { 0 };
	int64_t wait = response_retry_after(response);

	if (!ended(response->reason) || !ended(response->type) || !ended(response->location) ||
	    !ended(response->reset) || !ended(response->date) || !ended(response->age))
		abort();
	if (response->status < 0 || response->status > 999 || response_date(response) < 0 ||
	    wait < -1)
		abort();
	if (wait >= 0 && !response->asks_to_wait && !response->reset[0])
		abort();
	if (response_judge(response, body, &err) == 0) {
		if (!response_is_success(response))
			abort();
	} else if (!err.message[0] || err.code == CODER_OK || !ended(err.message) ||
		   !ended(err.detail) || !ended(err.about) || !ended(err.also)) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct response response = { .origin = "https://coder.example" };
	const char *p = (const char *)data, *end = p + size;
	struct buf body = { 0 };
	struct coder_error err;
	int r = 0;

	while (p < end && r == 0) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((newline ? newline + 1 : end) - p);

		r = response_header(&response, p, len, &err);
		p += len;
		if (len == 1)
			break;
	}
	if (r == 0 && p < end) {
		r = response_body(&response, (size_t)(end - p), HTTP_BODY_MAX, &err);
		if (!buf_add(&body, p, (size_t)(end - p)))
			abort();
	}
	if (r == 0)
		check_response(&response, &body);
	else if (!err.message[0])
		abort();
	buf_done(&body);
	return 0;
}
