/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin.h - what the URLs in a configuration mean, before a client is made of them. */
#ifndef CODER_ORIGIN_H
#define CODER_ORIGIN_H

#include <stdbool.h>

#include "base/error.h"

/* Whether the text, of a deployment or a proxy, begins with that scheme, in any case of letters. */
bool coder_url_has_scheme(const char *url, const char *scheme);

/*
 * Sets *ret to the URL's "scheme://host[:port]" in lower case, so that URLs can be compared. The
 * caller frees it. Fails with CODER_ERR_USAGE. The message has no subject ("has no scheme: 'x'"), so
 * the caller wraps it.
 */
int coder_url_origin(const char *url, char **ret, struct coder_error *err);

/*
 * Whether requests to the deployment at url bypass a proxy that the environment names: the host is
 * this machine (localhost, 127.0.0.0/8, ::1), or is in the list no_proxy. The list may be NULL. It
 * is read as libcurl reads it.
 */
bool coder_proxy_bypassed(const char *url, const char *no_proxy);

#endif
