/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_client.h - the contents of a client; for http.c, redact.c, request.c and try.c. */
#ifndef CODER_HTTP_CLIENT_H
#define CODER_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/interrupts.h"
#include "base/strings.h"
#include "base/url.h"
#include "config.h"
#include "pace.h"
#include "proxy.h"
#include "transfer.h"

#define REDACT_MIN \
	8 /* bytes of a secret; a shorter value may be any word and is not searched for */

struct http_job;

struct http {
	struct url url;
	char *url_source;
	char *token;
	char *new_secret; /* NULL, or what http_keep_secret() was given */
	char *ca_file, *more_cas, *cert_file, *key_file, *libraries_variable;
	struct proxy proxy;
	struct coder_strings headers; /* lines of every request; the token is in one */
	size_t configured; /* the index of the first that the configuration added */
	struct coder_hooks hooks;
	struct coder_interrupts *interrupts;
	struct transfer *transfer;
	struct http_job *jobs; /* requests in progress, in the order in which they began */
	struct pace pace; /* of the requests with `many` */
	bool no_retry;
	int64_t date; /* the time by the deployment's clock ...; 0: not known */
	int64_t date_at; /* ... at this coder_clock() */
	char version[64]; /* of the deployment; "": not known */
};

/* Frees the requests that are still in progress. The transfer must have been closed. */
void request_free_all(struct http *http);

#endif
