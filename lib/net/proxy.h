/* SPDX-License-Identifier: GPL-3.0-or-later */
/* proxy.h - a proxy as the configuration names it; for http.c and transfer.c. */
#ifndef CODER_PROXY_H
#define CODER_PROXY_H

#include "base/error.h"
#include "url.h"

/* Zeroed memory is no proxy. */
struct proxy {
	char *url; /* for libcurl, with everything it would otherwise add; NULL: no proxy */
	char *name; /* for texts: the same without user and password */
	char *user; /* "user:password" as it was given, or NULL */
	char source[64]; /* what named the proxy, for texts */
	char host[URL_HOST_SIZE]; /* whose address is needed; "": it is a socket of this machine */
	char port[12];
	bool tls; /* it is spoken to over TLS */
	bool socks;
	bool finds_hosts; /* it looks names of deployments up itself */
};

/*
 * Reads "[scheme://][user[:password]@]host[:port]" as libcurl does, with the
 * same defaults: http, and port 1080 (https: 443). Fails with
 * CODER_ERR_NO_RESPONSE. source is what gave the text; NULL: "the configuration".
 */
int proxy_parse(const char *text, const char *source, struct proxy *ret, struct coder_error *err);
void proxy_done(struct proxy *proxy);

/* Sets that the proxy wants a user name and password, or others than it got (407). Returns -1. */
int proxy_wants_user(const struct proxy *proxy, struct coder_error *err);

/*
 * Whether requests to the deployment at url go past a proxy of the environment:
 * its host is this machine (localhost, 127.0.0.0/8, ::1), or in the list
 * no_proxy (may be NULL), which is read as libcurl reads it.
 */
bool coder_proxy_bypassed(const char *url, const char *no_proxy);

#endif
