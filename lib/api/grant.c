/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.c - compares a token with what was requested; see grant.h. */
#include <stdio.h>
#include <string.h>

#include "allow.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/strings.h"
#include "covers.h"
#include "decode.h"
#include "grant.h"
#include "scope.h"

#define LIFETIME_SLACK_NS CODER_NS
#define CLOCKS_SLACK 1 /* seconds by which the clocks of a deployment's servers may differ */

/* Whether a list permits everything that item does. */
typedef bool covers_fn(const struct coder_strings *list, const char *item);

static bool scope_covers(const struct coder_strings *list, const char *scope)
{
	const char *wanted = coder_scope_canonical(scope);

	for (size_t i = 0; i < list->n; i++) {
		const char *has = coder_scope_canonical(list->v[i]);

		if (strcmp(has, "coder:all") == 0 || coder_scope_holds(has, wanted))
			return true;
	}
	return false;
}

static bool entry_covers(const struct coder_strings *list, const char *entry)
{
	char of_any_type[CODER_UUID_SIZE + 2];

	snprintf(of_any_type, sizeof(of_any_type), "*%s", entry + strcspn(entry, ":"));
	return allow_covers(list, entry) || allow_covers(list, of_any_type);
}

/*
 * Adds part to grant->more if the token exceeds the request, and to grant->less if it falls short
 * of it.
 */
static void compare(struct grant *grant, enum grant_part part, const struct coder_strings *asked,
		    const struct coder_strings *given, const char *all, covers_fn *covers)
{
	char *everything = (char *)all;
	const struct coder_strings whole = { .v = &everything, .n = 1 };

	asked = asked->n ? asked : &whole;
	given = given->n ? given : &whole;
	for (size_t i = 0; i < given->n; i++)
		if (!covers(asked, given->v[i]))
			grant->more |= part;
	for (size_t i = 0; i < asked->n; i++)
		if (!covers(given, asked->v[i]))
			grant->less |= part;
}

/* Compares the two times of the token with each other: one server has set both by one clock. */
static void compare_life(struct grant *grant, const struct coder_create *create,
			 const struct coder_token *token)
{
	int64_t seconds =
		token->expires_epoch - token->created_epoch - create->lifetime_ns / CODER_NS;
	int64_t ns = coder_time_fraction(token->expires_at) -
		     coder_time_fraction(token->created_at) - create->lifetime_ns % CODER_NS;

	if (!create->lifetime_ns || !*token->created_at)
		return;
	if (token->expires_epoch <= 0) { /* none, or the zero time of Go */
		grant->more |= GRANT_LIFETIME;
		return;
	}
	/*
	 * ns is between -2 s and 1 s, so it does not matter beyond 4 s, where the sum may overflow
	 */
	if (seconds > 4 || (seconds > -4 && seconds * CODER_NS + ns > LIFETIME_SLACK_NS))
		grant->more |= GRANT_LIFETIME;
	else if (seconds < -4 || seconds * CODER_NS + ns < -LIFETIME_SLACK_NS)
		grant->less |= GRANT_LIFETIME;
}

struct grant grant_of(const struct coder_create *create, const struct coder_token *token,
		      int64_t began)
{
	struct grant grant = { 0 };
	/* servers that are too old for scopes send one word: all, or application_connect */
	char *legacy = token->scope;
	const struct coder_strings one = { .v = &legacy, .n = *legacy != '\0' };

	compare(&grant, GRANT_SCOPES, &create->scopes, token->scopes.n ? &token->scopes : &one,
		"coder:all", scope_covers);
	compare(&grant, GRANT_ALLOW_LIST, &create->allow_list, &token->allow_list, "*:*",
		entry_covers);
	compare_life(&grant, create, token);
	if (strcmp(token->name, create->name) != 0)
		grant.foreign = "has another name than requested";
	else if (create->user_id && *token->user_id &&
		 !ascii_equal(token->user_id, create->user_id))
		grant.foreign = "belongs to another user than requested";
	else if (!token_is_api(token))
		grant.foreign = "is no API token";
	else if (began && *token->created_at && token->created_epoch < began - CLOCKS_SLACK)
		grant.foreign = "was created before the request";
	return grant;
}
