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
 * Creates a client for one call of a command. Sends no request. Checks the URL (its scheme is http
 * or https, it has a host and no user name), and that the token and the headers contain no control
 * characters. Copies the strings of config.
 */
int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err);
/*
 * Gives up the requests that are in progress, and closes all connections that are not kept for later
 * clients. Nothing may be requested afterwards. NULL is allowed.
 */
void coder_client_close(struct coder_client *client);
/* It has been closed, if anything has been requested. */
void coder_client_free(struct coder_client *client);
/*
 * The time of the deployment's clock, in seconds since the epoch: the Date of its last own
 * response, plus its Age if a cache has kept it, plus the time since then by the monotonic clock.
 * It is up to a second late, because dates have whole seconds. Without such a response, the time of
 * the local clock.
 */
int64_t coder_client_now(const struct coder_client *client);
/* A number that identifies the deployment and the token in use: coder_hash_pair(). */
uint64_t coder_client_identity(const struct coder_client *client);
/* "scheme://host[:port]" of the deployment. */
const char *coder_client_origin(const struct coder_client *client);
/* The version of Coder according to its last response ("v2.35.2"); "": not known. */
const char *coder_client_version(const struct coder_client *client);

/* Closes the connections that are kept between the calls of this process. */
void coder_disconnect(void);

/*
 * Whether requests go unencrypted to a host that is not loopback, of which users should be warned.
 */
bool coder_client_insecure(const struct coder_client *client);

/*
 * Whether a text, such as the name of a user, can be one segment of a path: it is not empty, "." or
 * "..", and has no slash.
 */
bool coder_is_segment(const char *text);

struct coder_user {
	char *id, *username;
};
void coder_user_done(struct coder_user *user);
/* Requests a user by UUID, username or "me". */
int coder_user_get(struct coder_client *client, const char *user, struct coder_user *ret,
		   struct coder_error *err);

/*
 * Requests the token in use. Fails with CODER_ERR_NOT_FOUND if it is a login session, and with
 * CODER_ERR_AUTH if it does not have the shape of a token.
 */
int coder_token_self(struct coder_client *client, struct coder_token *ret, struct coder_error *err);
/* The public id of the token in use; "" if it does not have the shape of a token. */
const char *coder_self_id(const struct coder_client *client);

/*
 * Sets token->owner to the name of the token's owner, with a request, unless the server
 * sent the name with the token. It stays NULL if the caller may not read that user.
 */
int coder_token_fill_owner(struct coder_client *client, struct coder_token *token,
			   struct coder_error *err);

/*
 * Requests the token in use. Returns whether scopes or an allow list restrict it; a token that may
 * not read itself is restricted. If the request fails in another way, returns false.
 */
bool coder_self_restricted(struct coder_client *client);

#endif
