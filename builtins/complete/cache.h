/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache.h - the responses of deployments to the questions of completion. Responses are
 * kept for 30 s and failures for 10 s, in the memory of this process; a subshell has a
 * copy of its own. An entry is found by deployment and token (session_identity()) and by
 * the question. All entries are dropped when this shell or one of its subshells has changed
 * anything on a deployment.
 */
#ifndef COMPLETE_CACHE_H
#define COMPLETE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coder.h"

enum question_kind {
	QUESTION_OBJECTS, /* the objects of a resource type */
	QUESTION_TOKENS, /* the tokens of a user */
	QUESTION_SCOPES, /* the scopes that tokens of this deployment can have */
	QUESTION_LIFETIME, /* the longest lifetime that a user's tokens can have */
};

struct question {
	enum question_kind kind;
	const struct coder_type *type; /* of objects */
	const char *owner; /* the user; for objects: coder_query.owner. NULL: anybody */
	const char *name; /* for objects: coder_query.name. NULL: any name */
};

/* What completion needs to know of a token. */
struct known_token {
	char *id, *name, *scopes; /* scopes: joined by ", " */
	int64_t expires; /* in seconds of coder_clock(), which nobody can set; INT64_MAX: never */
};

/* The response to a question; only what the question asks for is filled in. */
struct known_response {
	struct coder_objects objects;
	struct known_token *tokens;
	size_t n_tokens, tokens_cap;
	struct coder_strings scopes;
	int64_t lifetime_ns;
};

/* Zeroed memory is an empty response. */
void known_response_done(struct known_response *response);
/* Appends a token, with copies of its texts. */
int known_response_add_token(struct known_response *response, const struct known_token *token,
			     struct coder_error *err);

enum cache_state {
	CACHE_UNKNOWN, /* nothing is kept for this question */
	CACHE_FAILED, /* the server did not respond to it a moment ago */
	CACHE_KNOWN, /* *ret is the response; it is valid until the next call of these two functions */
};
enum cache_state cache_find(uint64_t identity, const struct question *question,
			    const struct known_response **ret);

/*
 * Keeps a response and takes over its contents, or keeps a failure (NULL). Returns the kept
 * response, or NULL for a failure or if there is no memory.
 */
const struct known_response *cache_keep(uint64_t identity, const struct question *question,
					struct known_response *response);

#endif
