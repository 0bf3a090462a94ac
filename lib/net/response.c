/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.c - reads the headers of a response as they arrive, and the times that are in them. */
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "http.h"
#include "response.h"

#define RESET_MAX 86400 /* seconds: an X-Ratelimit-Reset further away is ignored */

int response_broken(const struct response *response, const char *what, struct coder_error *err)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "the response from %s %s",
			       response->origin, what);
}

/* Copies len bytes. What does not fit is cut and ends with RESPONSE_CUT. */
static void copy_text(char *out, size_t size, const char *text, size_t len)
{
	const bool cut = len >= size;

	if (cut)
		len = size - sizeof(RESPONSE_CUT);
	memcpy(out, text, len);
	memcpy(out + len, cut ? RESPONSE_CUT : "", cut ? sizeof(RESPONSE_CUT) : 1);
}

/*
 * Takes a line such as "HTTP/1.1 200 OK", which begins a response. Interim responses (1xx) may come
 * before the real one.
 */
static void begin_response(struct response *response, const char *line, size_t len)
{
	const char *end = line + len, *p = memchr(line, ' ', len);

	*response = (struct response){ .origin = response->origin,
				       .url_source = response->url_source,
				       .proxy = response->proxy,
				       .headers_len = response->headers_len,
				       .header_lines = response->header_lines };
	while (end > line && strchr("\r\n", end[-1]))
		end--;
	p = p ? p + 1 : end;
	for (int i = 0; i < 3 && p < end && *p >= '0' && *p <= '9'; i++)
		response->status = response->status * 10 + (*p++ - '0');
	if (p < end)
		copy_text(response->reason, sizeof(response->reason), p + 1, (size_t)(end - p - 1));
}

/* A header line taken apart: pointers into it, without the blanks around each part. */
struct field {
	const char *name, *value;
	size_t name_len, value_len;
};

/* Splits a line into name and value. False: it is no header. */
static bool split_line(const char *line, size_t len, struct field *ret)
{
	const char *end = line + len, *colon = memchr(line, ':', len), *name_end = colon;

	if (!colon)
		return false;
	/* blanks before the colon are wrong, but readers that skip them accept the header */
	while (name_end > line && (name_end[-1] == ' ' || name_end[-1] == '\t'))
		name_end--;
	*ret = (struct field){ line, colon + 1, (size_t)(name_end - line), 0 };
	while (ret->value < end && (*ret->value == ' ' || *ret->value == '\t'))
		ret->value++;
	while (end > ret->value && strchr(" \t\r\n", end[-1]))
		end--;
	ret->value_len = (size_t)(end - ret->value);
	return true;
}

static bool is_named(const struct field *field, const char *name)
{
	return ascii_is(field->name, field->name_len, name);
}

/* Reads seconds in decimal; -1: the text is something else. */
static int64_t read_seconds(const char *text)
{
	return coder_decimal(text, strlen(text), INT64_C(999999999999));
}

/*
 * Reads a Retry-After: a date, or a number of seconds (several numbers if a proxy has joined
 * such headers). The longest wait counts.
 */
static void take_wait(struct response *response, const struct field *field)
{
	char value[128], *part, *rest = value;
	int64_t until, seconds;

	copy_text(value, sizeof(value), field->value, field->value_len);
	until = coder_http_date(value);
	response->asks_to_wait |= until >= 0;
	if (until > response->wait_until)
		response->wait_until = until;
	if (value[strspn(value, ASCII_DIGITS ", \t")])
		return;
	while ((part = strsep(&rest, ", \t"))) {
		seconds = read_seconds(part);
		response->asks_to_wait |= seconds >= 0;
		if (seconds > response->wait_seconds)
			response->wait_seconds = seconds;
	}
}

/*
 * Reads a Content-Length: a number, or several equal ones that a proxy has joined. False: it is
 * something else, or differs from an earlier one. If libcurl cannot read a length, it assumes that
 * there is none, and accepts a body that ends early.
 */
static bool take_length(struct response *response, const struct field *field)
{
	char value[128], *part, *rest = value;

	copy_text(value, sizeof(value), field->value, field->value_len);
	while ((part = strsep(&rest, ","))) {
		size_t digits;
		int64_t length;

		part += strspn(part, " \t");
		digits = strspn(part, ASCII_DIGITS);
		length = coder_decimal(part, digits, INT64_MAX);
		if (length < 0 || part[digits + strspn(part + digits, " \t")] ||
		    (response->has_length && length != response->length))
			return false;
		response->has_length = true;
		response->length = length;
	}
	return true;
}

/* Keeps what is needed of a header; false: it is a Content-Length that cannot be right. */
static bool take_field(struct response *response, const struct field *field)
{
	const struct {
		const char *name;
		char *out;
		size_t size;
	} texts[] = {
		{ "Content-Type", response->type, sizeof(response->type) },
		{ "Location", response->location, sizeof(response->location) },
		{ "X-Ratelimit-Limit", response->rate_limit, sizeof(response->rate_limit) },
		{ "X-Ratelimit-Remaining", response->remaining, sizeof(response->remaining) },
		{ "X-Ratelimit-Reset", response->reset, sizeof(response->reset) },
		{ "Date", response->date, sizeof(response->date) },
		{ "Age", response->age, sizeof(response->age) },
		{ "X-Coder-Build-Version", response->version, sizeof(response->version) },
	};
	char coding[32] = "";

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (is_named(field, texts[i].name))
			copy_text(texts[i].out, texts[i].size, field->value, field->value_len);
	if (is_named(field, "X-Coder-Build-Version") || is_named(field, "X-Coder-Request-Id"))
		response->coder = true;
	if (is_named(field, "Content-Encoding") || is_named(field, "Transfer-Encoding"))
		copy_text(coding, sizeof(coding), field->value, field->value_len);
	/* chunks mark where a body ends, so a length has no effect */
	if (ascii_equal(coding, "chunked"))
		response->chunked |= is_named(field, "Transfer-Encoding");
	/*
	 * another coding could hide any amount of data, and libcurl always decodes one of a
	 * transfer
	 */
	else if (coding[0] && !ascii_equal(coding, "identity"))
		response->encoded = true;
	if (is_named(field, "Retry-After"))
		take_wait(response, field);
	return !is_named(field, "Content-Length") || take_length(response, field);
}

int response_header(struct response *response, const char *line, size_t len,
		    struct coder_error *err)
{
	bool begins = len > 5 && memcmp(line, "HTTP/", 5) == 0;
	bool interim = response->status >= 100 && response->status < 200;
	struct field field;

	response->headers_len += len;
	response->header_lines++;
	if (response->headers_len > HTTP_HEADERS_MAX ||
	    response->header_lines > HTTP_HEADER_LINES_MAX)
		return response_broken(response, "has headers that are too large", err);
	if (response->headers_ended && !(begins && interim)) /* these are trailers */
		return 0;
	if (begins && (response->headers_ended || !response->status))
		begin_response(response, line, len);
	/* libcurl 8.23 passes on a part of a line if the connection is closed within it */
	response->headers_ended = (line[0] == '\r' || line[0] == '\n') && line[len - 1] == '\n';
	response->arrived = coder_clock();
	if (split_line(line, len, &field) && !take_field(response, &field))
		return response_broken(response, "has broken headers", err);
	return 0;
}

/* ------------------------------------------------------------------ times */

int64_t response_date(const struct response *response)
{
	int64_t date = coder_http_date(response->date), age = read_seconds(response->age);

	if (date <= 0)
		return 0;
	return age > 0 ? date + age : date;
}

/* The time of whoever sent the response, or else of this machine. */
static int64_t now_of(const struct response *response)
{
	int64_t now = response_date(response);

	return now ? now : coder_time();
}

struct rate response_rate(const struct response *response)
{
	int64_t reset = read_seconds(response->reset);

	reset = reset < 0 ? -1 : reset - now_of(response);
	return (struct rate){
		.limit = read_seconds(response->rate_limit),
		.remaining = read_seconds(response->remaining),
		.reset = reset > RESET_MAX ? -1 : reset,
	};
}

int64_t response_retry_after(const struct response *response)
{
	int64_t now = now_of(response), wait = response->wait_seconds, reset;

	if (response->wait_until - now > wait)
		wait = response->wait_until - now;
	if (!response->asks_to_wait)
		wait = -1;
	reset = read_seconds(response->reset) - now;
	if (response->status == 429 && reset >= 0 && reset <= RESET_MAX &&
	    (wait < 0 || reset < wait))
		wait = reset;
	return wait;
}
