/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c - requests to the API: paths, single objects, lists. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "changes.h"
#include "client.h"
#include "request.h"

bool coder_is_segment(const char *s)
{
	return *s && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 && !strchr(s, '/');
}

int client_path(struct buf *path, struct coder_error *err, const char *const *parts)
{
	bool ok = buf_add_str(path, "/api/v2");

	for (; *parts && ok; parts++) {
		if (!coder_is_segment(*parts))
			return coder_error_set(err, CODER_ERR_USAGE,
					       "'%s' cannot be a user or a resource", *parts);
		ok = buf_add_char(path, '/') && buf_add_encoded(path, *parts);
	}
	return ok ? 0 : coder_error_memory(err);
}

int client_call(struct coder_client *client, const struct http_request *request,
		struct http_response *ret, struct coder_error *err)
{
	int rc = http_request(client->http, request, ret, err);

	/* after the request, even if it failed: the server may have acted on it */
	if (strcmp(request->method, "GET") != 0)
		changes_count();
	return rc;
}

int client_get(struct coder_client *client, const char *const *parts, int64_t timeout_ns,
	       struct http_response *ret, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_request request = { .method = "GET", .timeout_ns = timeout_ns };

	if (client_path(&path, err, parts) < 0)
		return -1;
	request.path = path.data;
	return client_call(client, &request, ret, err);
}

/* ----------------------------------------------------------------- lists */

struct arrival {
	struct json_list *list;
	void (*restart)(void *ctx);
};

static int feed(void *ctx, const char *data, size_t len, struct coder_error *err)
{
	struct arrival *arrival = ctx;

	return json_list_feed(arrival->list, data, len, err);
}

static void restart(void *ctx)
{
	struct arrival *arrival = ctx;

	json_list_restart(arrival->list);
	arrival->restart(arrival->list->ctx);
}

int client_list(struct coder_client *client, const char *path, const char *array,
		int64_t timeout_ns, const struct json_key *keys, size_t n, json_element_fn *fn,
		void (*restart_fn)(void *ctx), void *ctx, struct coder_error *err)
{
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct json_list CLEANUP(json_list_done) list = {
		.fn = fn,
		.keys = keys,
		.n_keys = n,
		.ctx = ctx,
		.key = array,
	};
	struct arrival arrival = { .list = &list, .restart = restart_fn };
	const struct http_request request = {
		.method = "GET",
		.path = path,
		.sink = feed,
		.sink_restart = restart,
		.sink_ctx = &arrival,
		.timeout_ns = timeout_ns,
	};

	if (client_call(client, &request, &response, err) < 0)
		return -1;
	return json_list_end(&list, err);
}
