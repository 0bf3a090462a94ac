/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h - requests to the API, for the files in lib/api/. */
#ifndef CODER_REQUEST_H
#define CODER_REQUEST_H

#include "base/buf.h"
#include "base/error.h"
#include "base/interrupts.h"
#include "base/shape.h"
#include "json/list.h"
#include "net/config.h"
#include "net/http.h"
#include "token.h"

struct coder_client {
	struct http *http;
	struct coder_hooks hooks;
	struct coder_interrupts *interrupts;
	uint64_t identity; /* a hash of the deployment and the token in use */
	char self_id[CODER_ID_LEN + 1]; /* "" if the token in use has no id */
};

/* Appends "/api/v2/part/part..." with each part percent-encoded; parts ends with NULL. */
int client_path(struct buf *path, struct coder_error *err, const char *const *parts);

/*
 * Calls http_request(), and counts the request in changes.h unless it is a GET.
 */
int client_call(struct coder_client *client, const struct http_request *request,
		struct http_response *ret, struct coder_error *err);

/*
 * GETs one object, as text. parts: see client_path(). timeout_ns is a time limit of its own; 0:
 * none.
 */
int client_get(struct coder_client *client, const char *const *parts, int64_t timeout_ns,
	       struct http_response *ret, struct coder_error *err);

/*
 * GETs a list, and calls fn with the members at the n keys of each element of the array at `array`
 * (see json/list.h). If the request is tried again, restart is called first: it drops what fn has
 * collected. timeout_ns is a time limit of its own; 0: none.
 */
int client_list(struct coder_client *client, const char *path, const char *array,
		int64_t timeout_ns, const struct json_key *keys, size_t n, json_element_fn *fn,
		void (*restart)(void *ctx), void *ctx, struct coder_error *err);

/*
 * Whether the error is Coder's response that there is no such object, or that the caller may not
 * see it.
 */
bool client_is_hidden(const struct coder_error *err);

/*
 * Whether the caller may read tokens: if not, Coder responds "no such token" for every token. Finds
 * out with a request for the token in use, whose error is in *failed.
 */
bool client_may_read_tokens(struct coder_client *client, struct coder_error *failed);

#endif
