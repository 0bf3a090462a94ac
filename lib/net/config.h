/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - where a client connects to, as whom, and what its caller does for it. */
#ifndef CODER_CONFIG_H
#define CODER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coder_interrupts;

enum coder_notice {
	CODER_NOTICE_PLAIN,
	CODER_NOTICE_UNDO, /* an undo begins; a second signal abandons it */
};

/* What the caller does for the library while it waits. */
struct coder_hooks {
	void *ctx;
	/* A line for the person who waits ("rate limited, trying again in 12 s"). */
	void (*notice)(void *ctx, enum coder_notice kind, const char *text);
};

struct coder_config {
	const char *url; /* scheme://host[:port]; what follows is dropped, as the CLI does */
	const char *url_source; /* what named it, for texts; NULL: "the URL" */
	const char *token; /* session token; refused if it has control characters */
	const char *user_agent;
	const char *const *headers; /* n_headers of "Name: value", see coder_header_check() */
	size_t n_headers;
	const char *ca_file; /* replaces the system's roots; NULL: the system's */
	const char *more_cas; /* PEM text of further roots; NULL: none */
	const char *cert_file, *key_file; /* client certificate: both or neither */
	const char *
		proxy; /* [scheme://][user[:password]@]host[:port], as libcurl reads it; NULL: none */
	const char *proxy_source; /* what named the proxy, for texts; NULL: "the configuration" */
	int64_t connect_timeout_ns; /* 0: 10 s */
	/*
	 * What the libraries that libcurl loads are configured by, "OPENSSL_CONF", if a
	 * user has: as they may read anything then, loading is tried in a child first.
	 */
	const char *libraries_variable; /* NULL: nothing */
	bool fresh; /* a connection per request, none kept open between calls */
	bool no_retry; /* one try for each request (completion) */
	struct coder_hooks hooks;
	/* What ends the client's waits, at the latest 100 ms after it came; must outlive the client. */
	struct coder_interrupts *interrupts;
};

#endif
