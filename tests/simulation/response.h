/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.h - writes the responses of the simulated deployment, as Coder does. */
#ifndef RESPONSE_H
#define RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "deployment.h"

#define SECOND_US INT64_C(1000000)

/* The users of the deployment. The first one may do everything. */
#define RESPONSE_USERS 2
struct response_user {
	const char *id, *username, *record; /* record: JSON */
};
extern const struct response_user response_users[RESPONSE_USERS];

/* Begins a response with an empty body. */
void response_begin(struct response *ret, int status);
/* The others add to the body; what does not fit is left out. */
void response_add(struct response *ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void response_add_text(struct response *ret, const char *s, size_t len);
/* Adds a string as Go's encoder writes it. */
void response_add_string(struct response *ret, const char *s);
void response_add_token(struct response *ret, const struct token *token, bool with_username);

/* A whole error response. detail: NULL if there is none. */
void response_refuse(struct response *ret, int status, const char *message, const char *detail);

#endif
