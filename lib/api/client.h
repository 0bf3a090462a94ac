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
 * Creates a client for one call of a command. Sends no request. Checks the URL
 * (scheme http or https, a host, no user info), and the token and the headers for
 * characters that would end a header. Copies the strings of config.
 */
int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err);
void coder_client_free(struct coder_client *client);
/*
 * "Now" by the deployment's clock, in seconds since the epoch: the Date of the last
 * response of its own, plus its Age if a cache has kept it, plus the time since then
 * by the monotonic clock. It is up to a second late, because dates are whole seconds.
 * Without such a response it is the time of the local clock.
 */
int64_t coder_client_now(const struct coder_client *client);
/* How many seconds the local clock is ahead of the deployment's; negative: behind it. */
int64_t coder_client_clock_ahead(const struct coder_client *client);
/* "scheme://host[:port]" of the deployment. */
const char *coder_client_origin(const struct coder_client *client);
/* The version of Coder that the last response came from, as it says ("v2.35.2"); "": it did not. */
const char *coder_client_version(const struct coder_client *client);

/* Closes the connections that are kept between the calls of this process. */
void coder_disconnect(void);

/* Whether requests go unencrypted to a host that is not loopback, which deserves a warning. */
bool coder_client_insecure(const struct coder_client *client);

/* Whether a text can name a user in a request: it is not empty, "." or "..", and has no slash. */
bool coder_user_is_name(const char *user);

/* A user's id and name. */
struct coder_user {
	char *id, *username;
};
void coder_user_done(struct coder_user *user);
/* Requests a user by UUID, username or "me". */
int coder_user_get(struct coder_client *client, const char *user, struct coder_user *ret,
		   struct coder_error *err);

/* Requests the token in use. Fails with NOT_FOUND if it is not an API token. */
int coder_token_self(struct coder_client *client, struct coder_token *ret, struct coder_error *err);
/* The public id of the token in use, or "" if it does not have the shape of a token. */
const char *coder_self_id(const struct coder_client *client);

/*
 * Sets token->owner to the name of the token's owner, with a request, unless the server
 * sent the name with the token. It stays NULL if the caller may not read that user.
 */
int coder_token_fill_owner(struct coder_client *client, struct coder_token *token,
			   struct coder_error *err);

/*
 * Requests the token in use and tells whether scopes or an allow list restrict it. A token
 * that may not read itself is restricted.
 */
bool coder_self_restricted(struct coder_client *client);

#endif
