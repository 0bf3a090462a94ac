/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.c - what a token can do, in words; see explain.h. */
#include "explain.h"
#include "explain_parts.h"
#include "output/message.h"
#include "owners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool explain_end_line(struct buf *line, struct buf *out)
{
	bool ok = line->data && coder_escape(out, line->data, CODER_TERMINAL) &&
		  buf_add_char(out, '\n');

	buf_done(line);
	return ok;
}

bool explain_is_repeated(const struct coder_holding *holding, const struct coder_held *held)
{
	for (const struct coder_held *other = holding->v; other < held; other++)
		if (held->id[0] && strcmp(other->type, held->type) == 0 &&
		    strcmp(other->id, held->id) == 0)
			return true;
	return false;
}

/* ------------------------------------------------------------------ notes */

static bool add_states(const struct coder_holding *holding, struct buf *out)
{
	static const char *const notes[] = {
		[CODER_HELD_NEVER] = "servers never match this id",
		[CODER_HELD_DORMANT] =
			"the workspace is dormant: until it is active again, this entry "
			"does not match it",
		[CODER_HELD_GONE] = "was deleted",
		[CODER_HELD_HIDDEN] = "not found: what the token can do with it is not known",
		[CODER_HELD_UNKNOWN] =
			"could not be looked up: what the token can do with it is not "
			"known",
	};

	for (size_t i = 0; i < holding->n; i++) {
		const struct coder_held *held = &holding->v[i];
		struct buf line = { 0 };

		if (notes[held->state] &&
		    (!(held->state == CODER_HELD_NEVER ?
			       buf_add_str(&line, held->text) :
			       coder_holding_add_label(holding, held->any_type ? "*" : held->type,
						       held->id, &line)) ||
		     !buf_addf(&line, ": %s", notes[held->state]) || !explain_end_line(&line, out)))
			return false;
	}
	return true;
}

/* Whether the token can create tokens, which can be unrestricted, whatever the token is for. */
static bool can_create_tokens(const struct coder_holding *holding)
{
	bool user = false;

	for (size_t i = 0; i < holding->n; i++)
		user |= coder_held_is_about(&holding->v[i], "user");
	return user && coder_scopes_permit(&holding->scopes, "user:read") &&
	       coder_scopes_permit(&holding->scopes, "api_key:create") &&
	       coder_holding_covers(holding, "api_key", NULL);
}

static bool add_warnings(const struct coder_holding *holding, const struct coder_ability *abilities,
			 size_t n, struct buf *out)
{
	const struct coder_goal *manage = coder_goal_find("tokens-manage");
	const bool templates = coder_holding_covers(holding, "template", NULL);

	for (size_t i = 0; i < n; i++) {
		const struct coder_goal *goal = abilities[i].goal;
		const bool able = coder_ability_is_able(&abilities[i]);

		if (((goal == manage ? can_create_tokens(holding) : able) && goal->warning &&
		     !buf_addf(out, "note: %s\n", goal->warning)) ||
		    (able && goal->single && !templates &&
		     !buf_addf(out, "note: %s\n", goal->single)))
			return false;
	}
	return !templates || !coder_scopes_permit(&holding->scopes, "template:read") ||
	       buf_add_str(out, "note: " CODER_GOAL_TEMPLATES "\n");
}

/* ------------------------------------------------------------------ whole */

int explain_holding(const struct coder_holding *holding, const char *user, struct buf *out,
		    struct coder_error *err)
{
	size_t n, near[2];
	const struct coder_goal *goals = coder_goals(&n);
	struct coder_ability *abilities;
	struct buf line = { 0 };
	bool ok = true;
	int rc = 0;

	if (coder_strings_has(&holding->scopes, "coder:all") &&
	    coder_holding_covers(holding, "*", NULL)) {
		if (buf_addf(&line, "can do everything that %s can", user) &&
		    explain_end_line(&line, out))
			return 0;
		return coder_error_memory(err);
	}
	abilities = calloc(n, sizeof(*abilities));
	if (!abilities)
		return coder_error_memory(err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = coder_ability_judge(holding, &goals[i], &abilities[i], err);
	ok = buf_addf(&line, "can do no more than %s can", user) && explain_end_line(&line, out);
	near[0] = explain_near(abilities, n, false);
	near[1] = explain_near(abilities, n, true);
	for (size_t i = 0; i < n && rc == 0 && ok; i++)
		ok = explain_can(holding, &abilities[i], out);
	for (size_t i = 0; i < n && rc == 0 && ok; i++)
		ok = explain_lacks(holding, &abilities[i], near[abilities[i].n > 0], out);
	if (rc == 0 && ok)
		rc = explain_scopes(holding, abilities, n, out, err);
	if (rc == 0 && ok)
		ok = add_states(holding, out) && add_warnings(holding, abilities, n, out);
	for (size_t i = 0; i < n; i++)
		coder_ability_done(&abilities[i]);
	free(abilities);
	if (rc == 0 && !ok)
		rc = coder_error_memory(err);
	return rc;
}

/* Appends "token of alice, expires at ...". */
static bool add_expiry(const struct coder_client *client, const struct coder_token *token,
		       const char *user, struct buf *out)
{
	struct buf line = { 0 };
	int64_t left = coder_token_left(token, coder_client_now(client));

	if (left == INT64_MAX)
		return buf_addf(&line, "token of %s, does not expire", user) &&
		       explain_end_line(&line, out);
	return buf_addf(&line,
			left > 0 ? "token of %s, expires at %s" :
				   "token of %s, expired at %s: it can do nothing of this any more",
			user, token->expires_at) &&
	       explain_end_line(&line, out);
}

int explain_token(struct coder_client *client, struct coder_token *token, struct buf *out,
		  struct coder_error *err)
{
	struct coder_holding holding = { 0 };
	struct coder_strings entries = { 0 };
	struct coder_error trouble = { 0 };
	const char *user;
	int rc = coder_token_scopes(token, &holding.scopes, err);

	snprintf(holding.user_id, sizeof(holding.user_id), "%s", token->user_id);
	if (rc == 0)
		rc = coder_token_allow_list(token, &entries, err);
	for (size_t i = 0; i < entries.n && rc == 0; i++)
		rc = coder_holding_add(&holding, entries.v[i], err);
	if (rc == 0)
		rc = coder_holding_look_up(client, &holding, &trouble, err);
	user = coder_holding_name(&holding, "user", token->user_id);
	if (rc == 0 && !user && (rc = owners_fill(client, token, err)) == 0) {
		user = token->owner			   ? token->owner :
		       token->username && *token->username ? token->username :
							     token->user_id;
		rc = coder_holding_know(&holding, "user", token->user_id, user, err);
	}
	if (rc == 0 && !add_expiry(client, token, user, out))
		rc = coder_error_memory(err);
	if (rc == 0)
		rc = explain_holding(&holding, user, out, err);
	if (rc == 0 && trouble.code)
		output_warn("%s; the rest is not looked up", trouble.message);
	coder_strings_done(&entries);
	coder_holding_done(&holding);
	return rc;
}
