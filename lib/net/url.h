/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.h - URLs taken apart: the deployment's, and those of proxies; for response.c, http.c, proxy.c. */
#ifndef CODER_URL_H
#define CODER_URL_H

#include "base/error.h"

#define URL_HOST_SIZE 256 /* of a host's name, with its NUL */

/*
 * "[scheme://][user@]host[:port][path]": pointers into the text. No scheme has
 * the length 0; a user or port that is not there is NULL.
 */
struct url_parts {
	const char *scheme, *user, *host, *port, *path; /* an IPv6 host without its brackets */
	size_t scheme_len, user_len, host_len, port_len;
	bool v6; /* the host stands in brackets */
};

/* Takes the text apart without a look at what the parts are; false: it does not have the form. */
bool url_split(const char *text, struct url_parts *ret);
bool url_scheme_is(const struct url_parts *parts, const char *scheme);
/* Copies the host in its usual form: in lower case, an IPv4 address as four numbers; false: it is none. */
bool url_host(const struct url_parts *parts, char out[URL_HOST_SIZE]);
/* 1-65535, or own where the text has no port; -1: broken. */
int url_port(const struct url_parts *parts, int own);

/* A deployment's URL. All in one block that belongs to origin. */
struct url {
	char *origin; /* "scheme://host[:port]", lower case, without the scheme's own port */
	char *host; /* an IPv6 address without its brackets */
	char *port; /* always there, decimal */
	bool tls;
};

/*
 * Reads scheme://host[:port]; what follows is dropped. Fails with CODER_ERR_USAGE and "has no
 * scheme: 'x'": the caller puts in front what has none.
 */
int url_parse(const char *text, struct url *ret, struct coder_error *err);
void url_done(struct url *url);
/* Whether the host is this machine, whatever the network does. */
bool url_is_loopback(const struct url *url);

/* Whether the text, of a deployment or a proxy, begins with that scheme, in any case of letters. */
bool coder_url_has_scheme(const char *url, const char *scheme);

/*
 * "scheme://host[:port]" in lower case: what a config file's url is compared with.
 * An error says "has no scheme: 'x'": the caller puts in front what has none.
 */
int coder_url_origin(const char *url, char **ret, struct coder_error *err);

#endif
