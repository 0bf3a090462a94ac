/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.h - how a token compares with what was requested. */
#ifndef CODER_GRANT_H
#define CODER_GRANT_H

#include "create.h"
#include "token.h"

enum grant_part {
	GRANT_SCOPES = 1 << 0,
	GRANT_ALLOW_LIST = 1 << 1,
	GRANT_LIFETIME = 1 << 2,
};

/*
 * Scopes and allow lists are compared by what they permit. A list that the server did not send
 * permits everything. Lifetimes are compared if one was requested. A difference of up to a second
 * does not count.
 */
struct grant {
	const char *foreign; /* why it may be another token, "has another name ...", or NULL */
	unsigned more, less; /* enum grant_part: what exceeds the request, what falls short of it */
};

/*
 * Compares a token with the request. began is the time of the server's clock before the request, in
 * seconds, or 0 if it is not known. Needs no memory. It does not compare an owner or a time of
 * creation that the server did not send, nor the lifetime of a token without a time of creation. A
 * token that never expires exceeds every requested lifetime.
 */
struct grant grant_of(const struct coder_create *create, const struct coder_token *token,
		      int64_t began);

#endif
