/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * permissions.h - scopes and allow lists as users give them to commands (repeated options,
 * comma lists, arrays) and get them back (arrays).
 */
#ifndef PERMISSIONS_H
#define PERMISSIONS_H

#include "coder.h"
#include "options/opts.h"
#include "output/result.h"

struct permissions {
	struct coder_strings scopes; /* canonical names, no repeats */
	struct coder_entry entries[CODER_ALLOW_MAX];
	size_t n_entries;
	const struct coder_goal *goals[CODER_GOALS_MAX]; /* no repeats */
	size_t n_goals;
	bool self_readable; /* the token has to be able to view itself */
	char *labels[CODER_ALLOW_MAX]; /* the entries as they were given */
};

/* Zeroed memory is the empty object. */
void permissions_done(struct permissions *permissions);

/*
 * These read the values of an option, and of an indexed array if one is named,
 * each a comma list whose elements are trimmed. An empty element, an array that
 * is absent or empty, and more than CODER_ALLOW_MAX entries are usage errors.
 */
int permissions_read_scopes(struct permissions *permissions, const struct opts_list *given,
			    const char *array, struct coder_error *err);
int permissions_read_entries(struct permissions *permissions, const struct opts_list *given,
			     const char *array, struct coder_error *err);

/*
 * Reads comma lists of goals. Then it checks what the goals need together with the scopes and
 * entries, which must have been read before. It fails as coder_plan_make() does, and sends no
 * request.
 */
int permissions_read_goals(struct permissions *permissions, const struct opts_list *given,
			   bool self_readable, struct coder_error *err);

/* Whether a plan is needed: for goals, or because the token has to be able to view itself. */
bool permissions_planned(const struct permissions *permissions);

/*
 * Puts the scopes and entries into the request for a new token. Looks up what the entries name; a
 * workspace that is named without an owner belongs to the user of the token. If a plan is needed,
 * also adds what it contains, and returns it; request->user_id has to be known then.
 */
int permissions_request(struct permissions *permissions, struct coder_client *client,
			struct coder_create *request, struct coder_plan *ret_plan,
			struct coder_error *err);

/*
 * Fails if the server's catalogue lacks one of the scopes. For a scope that was given, the error
 * suggests the one that was probably meant. If the server has no catalogue, it may ignore scopes:
 * warns of that, or fails if the scopes were planned.
 */
int permissions_check_scopes(const struct permissions *permissions, struct coder_client *client,
			     const struct coder_strings *scopes, struct coder_error *err);
/* The server has refused a scope: adds to that error which one was probably meant. Returns -1. */
int permissions_advise_scope(const struct coder_strings *scopes, struct coder_error *err);

/* Turns names into ids; a workspace that is named without an owner belongs to owner. */
int permissions_resolve(struct permissions *permissions, struct coder_client *client,
			const char *owner, struct coder_error *err);

/* Appends the entries, which are resolved, as "type:id". */
int permissions_texts(const struct permissions *permissions, struct coder_strings *ret,
		      struct coder_error *err);

/*
 * Warns of unexpected effects of these scopes and the allow list of a new token, and of those that
 * the given entries have together.
 */
void permissions_warn(const struct permissions *permissions, const struct coder_strings *scopes,
		      const struct coder_strings *allow_list);

/* Warns of entries with an id of a type whose ids servers never match. */
void permissions_warn_of_ids(const struct permissions *permissions);

/* Whether a token has all of the scopes and its allow list permits all of the entries. */
bool permissions_match(const struct permissions *permissions, const struct coder_token *token);

/*
 * Adds a token's scopes and allow list to the result as two arrays: sorted, one entry in each
 * element.
 */
int permissions_add_arrays(struct result *result, const struct coder_token *token,
			   const char *scopes_into, const char *allow_into,
			   struct coder_error *err);

#endif
