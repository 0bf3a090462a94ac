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
 * Scopes and allow lists are compared by what they permit; one that the server
 * did not send permits everything. A life differs if it does by more than a
 * second, and counts only if a lifetime was requested.
 */
struct grant {
	const char *foreign; /* NULL, or why it may be another token: "has another name ..." */
	unsigned more,
		less; /* enum grant_part: where it exceeds the request, where it falls short */
};

/*
 * Compares a token with the request. began: the server's clock before the
 * request, in seconds, 0 if it is not known. Needs no memory. An owner or a time of
 * creation that the server did not send is not compared, nor is a life without
 * the latter; a life without an end is the longest.
 */
struct grant grant_of(const struct coder_create *create, const struct coder_token *token,
		      int64_t began);

#endif
