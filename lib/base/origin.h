/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin.h - what the URLs in a configuration mean, before a client is made of them. */
#ifndef CODER_ORIGIN_H
#define CODER_ORIGIN_H

#include <stdbool.h>

#include "error.h"

/* Whether the text, of a deployment or a proxy, begins with that scheme, in any case of letters. */
bool coder_url_has_scheme(const char *url, const char *scheme);

/*
 * Sets *ret to the URL's "scheme://host[:port]" in lower case, so that URLs can be compared. The
 * caller frees it. Fails with CODER_ERR_USAGE. The message has no subject ("has no scheme: 'x'"), so
 * the caller wraps it.
 */
int coder_url_origin(const char *url, char **ret, struct coder_error *err);

#endif
