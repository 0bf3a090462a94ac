/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.h - parses URLs: the deployment's, and those of proxies. For users of the library: origin.h. */
#ifndef CODER_URL_H
#define CODER_URL_H

#include "error.h"

#define URL_HOST_SIZE 256 /* of a host's name, with its NUL */

/*
 * "[scheme://][user@]host[:port][path]", as pointers into the text. Without a scheme scheme_len is
 * 0; an absent user or port is NULL.
 */
struct url_parts {
	const char *scheme, *user, *host, *port, *path; /* an IPv6 host without its brackets */
	size_t scheme_len, user_len, host_len, port_len;
	bool v6; /* the host is in brackets */
};

/* Takes the text apart and does not check the parts; false: the text does not have this form. */
bool url_split(const char *text, struct url_parts *ret);
bool url_scheme_is(const struct url_parts *parts, const char *scheme);
/* Copies the host in lower case; an IPv4 address becomes four numbers. False: it is no host. */
bool url_host(const struct url_parts *parts, char out[URL_HOST_SIZE]);
/* Returns 1-65535, or `own` if the text has no port; -1: the port is broken. */
int url_port(const struct url_parts *parts, int own);

/* A deployment's URL. The strings are in one heap block, which starts at origin. */
struct url {
	char *origin; /* "scheme://host[:port]" in lower case, without the scheme's default port */
	char *host; /* an IPv6 address without its brackets */
	char *port; /* in decimal, never NULL */
	bool tls;
};

/*
 * Reads scheme://host[:port] and ignores what follows. Fails with CODER_ERR_USAGE. The message has
 * no subject ("has no scheme: 'x'"), so the caller wraps it.
 */
int url_parse(const char *text, struct url *ret, struct coder_error *err);
void url_done(struct url *url);
/* Whether a host, as url_host() copies it, is always this machine. */
bool url_is_loopback(const char *host);

#endif
