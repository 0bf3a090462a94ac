/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client.c - the client of one deployment: its life cycle, and what is known of the deployment. */
#include <stdlib.h>
#include <string.h>

#include "base/shape.h"
#include "base/strings.h"
#include "client.h"
#include "net/http.h"
#include "net/transfer.h"
#include "request.h"

int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err)
{
	struct coder_client *client = calloc(1, sizeof(*client));

	if (!client)
		return coder_error_memory(err);
	if (http_new(config, &client->http, err) < 0) {
		coder_client_free(client);
		return -1;
	}
	client->hooks = config->hooks;
	client->interrupts = config->interrupts;
	client->identity = coder_hash_pair(http_origin(client->http), config->token);
	if (coder_token_shaped(config->token))
		memcpy(client->self_id, config->token, CODER_ID_LEN);
	*ret = client;
	return 0;
}

void coder_client_close(struct coder_client *client)
{
	if (client)
		http_close(client->http);
}

void coder_client_free(struct coder_client *client)
{
	if (!client)
		return;
	http_free(client->http);
	free(client);
}

void coder_disconnect(void)
{
	transfer_disconnect();
}

bool coder_client_insecure(const struct coder_client *client)
{
	return http_insecure(client->http);
}

int64_t coder_client_now(const struct coder_client *client)
{
	return http_now(client->http);
}

uint64_t coder_client_identity(const struct coder_client *client)
{
	return client->identity;
}

const char *coder_client_origin(const struct coder_client *client)
{
	return http_origin(client->http);
}

const char *coder_client_version(const struct coder_client *client)
{
	return http_version(client->http);
}

const char *coder_self_id(const struct coder_client *client)
{
	return client->self_id;
}
