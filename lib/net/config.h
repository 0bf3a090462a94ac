/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - where a client connects, as whom, and what its caller does for it. */
#ifndef CODER_CONFIG_H
#define CODER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coder_interrupts;

enum coder_notice {
	CODER_NOTICE_PLAIN,
	CODER_NOTICE_UNDO, /* an undo begins; a second signal ends it */
};

/* What the caller does for the library while it waits. */
struct coder_hooks {
	void *ctx;
	/* Shows a line to the user, who is waiting ("rate limited, trying again in 12 s"). */
	void (*notice)(void *ctx, enum coder_notice kind, const char *text);
};

struct coder_config {
	const char *url; /* scheme://host[:port]; what follows is ignored, as by the CLI */
	const char *url_source; /* where it comes from, for error texts; NULL: "the URL" */
	const char *token; /* session token; refused if it has control characters */
	const char *user_agent;
	const char *const *headers; /* n_headers of "Name: value", see coder_header_check() */
	size_t n_headers;
	const char *ca_file; /* replaces the system's CA certificates; NULL: the system's */
	const char *more_cas; /* PEM text of further CA certificates; NULL: none */
	const char *cert_file, *key_file; /* client certificate: both or neither */
	/* [scheme://][user[:password]@]host[:port], as libcurl reads it; NULL: none */
	const char *proxy;
	const char *
		proxy_source; /* where the proxy is from, for messages; NULL: "the configuration" */
	int64_t connect_timeout_ns; /* 0: 10 s */
	/*
	 * The variable with which the user configures libraries that libcurl loads, such as
	 * "OPENSSL_CONF". They may then read any file, so a child process loads them first.
	 */
	const char *libraries_variable; /* NULL: none */
	bool fresh; /* each request has a new connection, and none is kept */
	bool no_retry; /* one try for each request */
	struct coder_hooks hooks;
	/* Ends each wait of the client within 100 ms; must outlive the client. */
	struct coder_interrupts *interrupts;
};

#endif
