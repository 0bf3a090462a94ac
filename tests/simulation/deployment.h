/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deployment.h - the simulated deployment: users, tokens, and what it responds. It behaves as the
 * recordings show (replay.c holds it to them), and records who created and who removed each token.
 */
#ifndef DEPLOYMENT_H
#define DEPLOYMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_SIZE 11
#define SECRET_SIZE 23
#define RESPONSE_SIZE (16 * 1024)
#define TOKENS 48
#define DEPLOYMENT_LONGEST_S INT64_C(3155760000) /* the longest lifetime, 876600h */
#define DEPLOYMENT_LIFE_S INT64_C(604800) /* the lifetime if none is requested */

/* Who did something, or whose token a request was sent with. */
enum who { NOBODY, CALL, OTHER, BEFORE };

/* How a new token differs from what was requested. */
enum grant {
	GRANT_AS_ASKED,
	GRANT_MORE_SCOPES,
	GRANT_MORE_ENTRIES,
	GRANT_FEWER_SCOPES,
	GRANT_LONGER,
	GRANT_SHORTER,
	GRANT_OTHER_NAME,
	GRANT_OTHER_USER,
	GRANT_OLDER,
	GRANT_SESSION
};

struct token {
	char id[ID_SIZE], secret[SECRET_SIZE];
	int user; /* of users[] */
	char name[256];
	int64_t created_us, expires_us; /* by the deployment's clock, since 1970 */
	int64_t lifetime_s;
	char scopes[512], allow_list[512]; /* JSON arrays */
	const char *scope; /* the deprecated summary */
	const char *login_type;
	enum who made_by, removed_by, expired_by;
	enum grant granted;
	int64_t made_at, removed_at; /* world_time() */
};

struct response {
	int status;
	char body[RESPONSE_SIZE];
	size_t len;
};

struct request {
	const char *method, *path, *body; /* body: NULL if there is none */
	enum who as;
	const char *credential; /* NULL: that of the caller */
};

#define SELF_ID "selfselfse"
#define SELF_SECRET "SELFSELFSELFSELFSELFSE"
#define ADMIN_ID "de9b7846-0eca-4db4-a8a8-c520b42f4471"
#define MEMBER_ID "367c4867-81c6-4476-b140-b54f8375f17c"

extern struct deployment {
	int n_tokens;
	struct token tokens[TOKENS];
	int64_t clock_ahead; /* seconds by which tokens are dated later than the world's time */
	int64_t date_ahead; /* seconds by which the Date header is later than that */
	int64_t lag_ns; /* by so much the server that acts next lags behind */
	bool has_date;
	bool may_read, may_remove; /* what the caller may do with tokens */
	enum grant grant; /* for the next create */
	int creates; /* POSTs that it acted on, refused ones included */
} deployment;

void deployment_begin(void);
/* Whether a text contains the secret of the caller's token, or of a token of this deployment. */
bool deployment_is_secret(const char *text);
/* Acts on a request, and fills *ret with the response. */
void deployment_act(const struct request *request, struct response *ret);
/* The existing token of that name or id; NULL: there is none. */
struct token *deployment_named(int user, const char *name);
struct token *deployment_with_id(const char *id);
/* Makes a token older. */
void deployment_age(struct token *token, int64_t ns);
void deployment_remove(struct token *token, enum who by);
void deployment_expire(struct token *token, enum who by);
/* Creates a token of the first user. made_by: who creates it; BEFORE: it has been there. */
struct token *deployment_add(const char *name, const char *scopes, const char *allow_list,
			     int64_t lifetime_s, enum who made_by);
/* What deployment_act() does for a POST for a user. */
void deployment_create(const struct request *request, int user, struct response *ret);

#endif
