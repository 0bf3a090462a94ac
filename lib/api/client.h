/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client.h - a client of one deployment. */
#ifndef CODER_CLIENT_H
#define CODER_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/config.h"
#include "token.h"

struct coder_client;

/*
 * A client for one call of a command. Makes no request. Checks the URL
 * (scheme http or https, a host, no user info), the token and the headers for
 * characters that would break out of a header. The strings of config are
 * copied.
 */
int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err);
void coder_client_free(struct coder_client *client);
/*
 * "Now" by the deployment's clock, in seconds since the epoch: what the last
 * response of its own said (Date, and Age if a cache has kept it), and the time
 * since then by the monotonic clock. Dates are whole seconds, so it is up to a
 * second behind that clock. Without such a response it is the local clock's.
 */
int64_t coder_client_now(const struct coder_client *client);
/* How many seconds the local clock is ahead of the deployment's; negative: behind it. */
int64_t coder_client_clock_ahead(const struct coder_client *client);
/* "scheme://host[:port]" of the deployment. */
const char *coder_client_origin(const struct coder_client *client);

/* Closes the connections that are kept between the calls of this process. */
void coder_disconnect(void);

/* Whether requests go unencrypted to a host that is not loopback: worth a warning. */
bool coder_client_insecure(const struct coder_client *client);

/* Whether a text can name a user in a request: it is not empty, has no slash and is not . or .. */
bool coder_user_is_name(const char *user);

/* A user's id and name; user is a UUID, a username or "me". Strings owned by ret. */
struct coder_user {
	char *id, *username;
};
void coder_user_done(struct coder_user *user);
int coder_user_get(struct coder_client *client, const char *user, struct coder_user *ret,
		   struct coder_error *err);

/* The token in use, if it is an API token. */
int coder_token_self(struct coder_client *client, struct coder_token *ret, struct coder_error *err);
/* The public id of the token in use; "" if it has not the shape of a token. */
const char *coder_self_id(const struct coder_client *client);

/*
 * Asks for the name of the token's owner, where the server did not send one
 * with the token: token->owner. A user that may not be read leaves it NULL.
 */
int coder_token_fill_owner(struct coder_client *client, struct coder_token *token,
			   struct coder_error *err);

/*
 * Asks whether the token in use is restricted by scopes or an allow list; one
 * that may not even see itself is.
 */
bool coder_self_restricted(struct coder_client *client);

#endif
