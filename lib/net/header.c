/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header.c - which headers a configuration may add to requests. */
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "header.h"

/* A "token" of RFC 9110. */
static bool is_name(const char *name, size_t len)
{
	static const char special[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!ascii_is_alnum(c) && (!c || !strchr(special, c)))
			return false;
	}
	return len > 0;
}

/*
 * The client decides who acts, where the request goes, and where it begins and ends. A Connection
 * header could make a proxy drop the token. Authorization and Proxy-Authorization, for which
 * proxies ask, are allowed: a deployment prefers the token to both.
 */
static const char *const reserved[] = {
	"Coder-Session-Token",
	"Host",
	"Connection",
	"Proxy-Connection",
	"Keep-Alive",
	"Upgrade",
	"HTTP2-Settings",
	"TE",
	"Trailer",
	"Transfer-Encoding",
	"Content-Length",
	"Content-Encoding",
	"Expect",
};

/*
 * A deployment would prefer a token in a cookie to ours. Something in front of it may decode
 * cookies first, so they are checked in their decoded form.
 */
static int check_cookies(const char *value, size_t len, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) raw = { 0 }, cookies = { 0 };

	if (!buf_add(&raw, value, len) || !buf_add_char(&raw, '\n') ||
	    !buf_add_decoded(&cookies, raw.data))
		return coder_error_memory(err);
	for (size_t i = 0; i < cookies.len; i += strlen(cookies.data + i) + 1) /* past each %00 */
		if (ascii_find(cookies.data + i, "coder_session_token"))
			return coder_error_set(err, CODER_ERR_USAGE,
					       "the cookie coder_session_token cannot be set: it "
					       "would take the place of the token");
	return 0;
}

int coder_header_check(const char *name, size_t name_len, const char *value, size_t value_len,
		       struct coder_error *err)
{
	if (!is_name(name, name_len))
		return coder_error_set(err, CODER_ERR_USAGE, "the key is not a header name");
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (ascii_is(name, name_len, reserved[i]))
			return coder_error_set(err, CODER_ERR_USAGE, "%.*s cannot be set",
					       (int)name_len, name);
	for (size_t i = 0; i < value_len; i++)
		if (ascii_is_control(value[i]))
			return coder_error_set(err, CODER_ERR_USAGE,
					       "the value has a control character in it");
	return ascii_is(name, name_len, "Cookie") ? check_cookies(value, value_len, err) : 0;
}
