/* SPDX-License-Identifier: GPL-3.0-or-later */
/* proxy.h - the proxy that the configuration names; for http.c, judge.c and the transfer layer. */
#ifndef CODER_PROXY_H
#define CODER_PROXY_H

#include "base/error.h"
#include "base/url.h"

/* Zeroed memory is no proxy. */
struct proxy {
	char *url; /* for libcurl, complete, so that it adds no defaults; NULL: no proxy */
	char *name; /* for error texts: the same without user and password */
	char *user; /* "user:password" as given, or NULL */
	char source[64]; /* where the proxy's URL comes from, for error texts */
	char host[URL_HOST_SIZE]; /* whose address is needed; "": the proxy is a Unix socket */
	char port[12];
	bool tls; /* the connection to the proxy itself uses TLS */
	bool socks;
	bool finds_hosts; /* it looks up the names of deployments itself */
};

/*
 * Reads "[scheme://][user[:password]@]host[:port]" as libcurl does, with the same defaults: http,
 * and port 1080 (https: 443). Fails with CODER_ERR_NO_RESPONSE. source is where the text comes
 * from, for error texts; NULL: "the configuration".
 */
int proxy_parse(const char *text, const char *source, struct proxy *ret, struct coder_error *err);
void proxy_done(struct proxy *proxy);

/* Sets the error for a 407: the proxy wants a user name and password, or other ones. Returns -1. */
int proxy_wants_user(const struct proxy *proxy, struct coder_error *err);

#endif
