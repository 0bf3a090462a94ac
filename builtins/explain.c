/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain.c - what a token can do, in words; see explain.h. */
#include "explain.h"
#include "output/message.h"
#include "owners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends a line to the text and frees it. It is escaped, because a server sent the names in it. */
static bool end_line(struct buf *line, struct buf *out)
{
	bool ok = line->data && coder_escape(out, line->data, CODER_TERMINAL) &&
		  buf_add_char(out, '\n');

	buf_done(line);
	return ok;
}

static bool add_all(const struct coder_strings *list, struct buf *out)
{
	for (size_t i = 0; i < list->n; i++)
		if (!buf_addf(out, "%s%s", i ? ", " : "", list->v[i]))
			return false;
	return true;
}

/* Whether an earlier entry names the same object: "*:<id>" may be there beside "workspace:<id>". */
static bool is_repeated(const struct coder_holding *holding, const struct coder_held *held)
{
	for (const struct coder_held *other = holding->v; other < held; other++)
		if (held->id[0] && strcmp(other->type, held->type) == 0 &&
		    strcmp(other->id, held->id) == 0)
			return true;
	return false;
}

/* ------------------------------------------------------------------ goals */

/* Appends " of NAME, NAME": the users or organizations to which the goal is limited, if it is. */
static bool add_limit(const struct coder_holding *holding, const struct coder_goal *goal,
		      const char *type, struct buf *out)
{
	const bool owners = strcmp(type, "user") == 0;
	const char *separator = " of ";
	struct coder_strings names = { 0 };
	struct coder_error err;
	bool ok = true;

	if (owners ? coder_holding_reaches_owner(holding, goal, NULL) :
		     coder_holding_covers(holding, type, NULL))
		return true;
	for (size_t i = 0; i < holding->n && ok; i++) {
		const struct coder_held *held = &holding->v[i];
		const char *name = coder_holding_name(holding, held->type, held->id);

		name = name ? name : held->id;
		if (held->state == CODER_HELD_NEVER || coder_strings_has(&names, name) ||
		    (owners ? (strcmp(held->type, "user") != 0 &&
			       strcmp(held->type, "organization_member") != 0) ||
				      !coder_holding_reaches_owner(holding, goal, held->id) :
			      strcmp(held->type, type) != 0))
			continue;
		ok = coder_strings_add(&names, name, &err) == 0 &&
		     buf_addf(out, "%s%s", separator, name);
		separator = ", ";
	}
	coder_strings_done(&names);
	return ok;
}

/* Appends what a goal lacks for this object alone, as a text that can be compared. */
static bool add_lacking(const struct coder_reach *reach, struct buf *out)
{
	return buf_add_str(out, "") &&
	       (!reach || (add_all(&reach->scopes, out) && buf_add_str(out, "/") &&
			   add_all(&reach->entries, out)));
}

/* Appends ": workspace:alice/dev, ...": the objects for which add_lacking() gives `lacking`. */
static bool add_objects(const struct coder_holding *holding, const struct coder_ability *ability,
			const char *lacking, struct buf *out)
{
	const struct coder_goal *goal = ability->goal;
	const char *separator = ": ";

	for (size_t i = 0; i < ability->n; i++) {
		const struct coder_reach *reach = &ability->objects[i];
		struct buf lacks = { 0 };
		bool ok = add_lacking(reach, &lacks), same;

		same = ok && strcmp(lacks.data, lacking) == 0;
		buf_done(&lacks);
		if (!ok)
			return false;
		if (!same || is_repeated(holding, reach->held))
			continue;
		if (!buf_add_str(out, separator) ||
		    !coder_holding_add_label(holding, ability->type, reach->held->id, out))
			return false;
		if (!reach->held->id[0] && !goal->all &&
		    ((goal->companions & CODER_COMPANION_OWNER &&
		      !add_limit(holding, goal, "user", out)) ||
		     (goal->companions & CODER_COMPANION_ORGANIZATION &&
		      !add_limit(holding, goal, "organization", out))))
			return false;
		separator = ", ";
	}
	return true;
}

/* Appends a line on a goal if the token reaches it. */
static bool add_can(const struct coder_holding *holding, const struct coder_ability *ability,
		    struct buf *out)
{
	struct buf line = { 0 };

	if (!coder_ability_is_able(ability))
		return true;
	return buf_addf(&line, "can %s", ability->goal->summary) &&
	       add_objects(holding, ability, "/", &line) && end_line(&line, out);
}

/* Appends " NOUN a" or " PLURAL a, b"; nothing if both lists are empty. */
static bool add_nouns(const char *noun, const char *plural, const struct coder_strings *first,
		      const struct coder_strings *second, struct buf *out)
{
	const size_t n = first->n + second->n;

	return !n || (buf_addf(out, " %s ", n == 1 ? noun : plural) && add_all(first, out) &&
		      buf_add_str(out, first->n && second->n ? ", " : "") && add_all(second, out));
}

/* Appends a line on a goal that is near, for each set of objects for which it lacks the same. */
static bool add_lacks(const struct coder_holding *holding, const struct coder_ability *ability,
		      size_t near, struct buf *out)
{
	const struct coder_strings none = { 0 };
	struct coder_strings done = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < ability->n + !ability->n; i++) {
		const struct coder_reach *reach = ability->n ? &ability->objects[i] : NULL;
		const struct coder_strings *scopes = reach ? &reach->scopes : &none;
		const struct coder_strings *entries = reach ? &reach->entries : &none;
		const size_t n = coder_ability_lacks(ability, reach);
		const size_t n_scopes = ability->scopes.n + scopes->n;
		struct buf line = { 0 }, lacking = { 0 };
		struct coder_error err;

		ok = add_lacking(reach, &lacking);
		if (ok && n && n <= near && !coder_strings_has(&done, lacking.data))
			ok = coder_strings_add(&done, lacking.data, &err) == 0 &&
			     buf_add_str(&line, "lacks") &&
			     add_nouns("scope", "scopes", &ability->scopes, scopes, &line) &&
			     buf_add_str(&line, n_scopes && n > n_scopes ? " and" : "") &&
			     add_nouns("entry", "entries", &ability->entries, entries, &line) &&
			     buf_addf(&line, " to %s", ability->goal->summary) &&
			     add_objects(holding, ability, lacking.data, &line) &&
			     end_line(&line, out);
		buf_done(&lacking);
		buf_done(&line);
	}
	coder_strings_done(&done);
	return ok;
}

/*
 * How many scopes and entries a goal may lack and still be near. objects: the goals for which the
 * token has objects; otherwise the goals for which it has none. The limit is 2 or 1. It is higher
 * only for a token that is of no use, so that at least the nearest of these goals is near.
 */
static size_t find_near(const struct coder_ability *abilities, size_t n, bool objects)
{
	const size_t most = objects ? 2 : 1;
	size_t least = 0;
	bool of_use = false;

	for (size_t i = 0; i < n; i++) {
		const struct coder_ability *ability = &abilities[i];

		of_use |= coder_ability_is_able(ability) || (!objects && ability->n);
		for (size_t k = 0; k < ability->n + !ability->n; k++) {
			size_t lacks =
				coder_ability_lacks(ability,
						    ability->n ? &ability->objects[k] : NULL);

			if (lacks && (ability->n > 0) == objects && (!least || lacks < least))
				least = lacks;
		}
	}
	return of_use || least < most ? most : least;
}

/* ----------------------------------------------------------------- scopes */

/* Whether a reached goal uses this part of a scope, but only for the objects of some owners. */
static bool serves_some(const struct coder_ability *ability, const char *part,
			const struct coder_held *held)
{
	if (!coder_ability_is_able(ability) || held->id[0])
		return false;
	for (size_t i = 0; i < ability->n; i++)
		if (ability->objects[i].held == held && !ability->goal->all)
			for (size_t k = 0; ability->goal->scopes[k]; k++)
				if (coder_scope_holds(ability->goal->scopes[k], part) &&
				    strncmp(part, ability->type, strlen(ability->type)) == 0)
					return true;
	return false;
}

/* Whether another part of the scopes includes this one. Of equal parts only the last one counts. */
static bool is_held(const struct coder_strings *parts, size_t i)
{
	for (size_t k = 0; k < parts->n; k++)
		if (strcmp(parts->v[k], parts->v[i]) == 0 ?
			    k > i :
			    strcmp(parts->v[k], "coder:all") == 0 ||
				    coder_scope_holds(parts->v[k], parts->v[i]))
			return true;
	return false;
}

/* Appends "workspace:alice/dev, ...": the entries for which no reached goal uses this part. */
static bool add_unused(const struct coder_holding *holding, const struct coder_ability *abilities,
		       size_t n, const char *part, struct buf *out)
{
	char type[64];
	size_t len = strcspn(part, ":");
	/* coder:all, and composite scopes that are not known here, may be about any type */
	const bool any = len == 5 && strncmp(part, "coder", len) == 0;

	snprintf(type, sizeof(type), "%.*s", (int)len, part);
	for (size_t i = 0; i < holding->n; i++) {
		const struct coder_held *held = &holding->v[i];
		bool used = is_repeated(holding, held) || held->state == CODER_HELD_NEVER ||
			    held->state == CODER_HELD_GONE || held->state == CODER_HELD_DORMANT ||
			    (!any && !coder_held_is_about(held, type));
		bool of_some = false;

		for (size_t k = 0; k < n && !used; k++) {
			used = coder_ability_uses(&abilities[k], holding, part, held);
			of_some |= serves_some(&abilities[k], part, held);
		}
		if (!used &&
		    (!buf_add_str(out, out->len ? ", " : "") ||
		     !coder_holding_add_label(holding, any ? held->type : type, held->id, out) ||
		     (of_some && !buf_add_str(out, " of others"))))
			return false;
	}
	return true;
}

/* Appends the scopes that no reached goal uses, in one line if they apply to the same entries. */
static int add_scopes(const struct coder_holding *holding, const struct coder_ability *abilities,
		      size_t n, struct buf *out, struct coder_error *err)
{
	struct coder_strings parts = { 0 }, uses = { 0 };
	int rc = 0;

	for (size_t i = 0; i < holding->scopes.n && rc == 0; i++)
		rc = coder_scope_parts(holding->scopes.v[i], &parts, err);
	coder_strings_sort(&parts);
	for (size_t i = 0; i < parts.n && rc == 0; i++) {
		struct buf use = { 0 };

		if (!buf_add_str(&use, "") ||
		    (!is_held(&parts, i) && !add_unused(holding, abilities, n, parts.v[i], &use)))
			rc = coder_error_memory(err);
		if (rc == 0)
			rc = coder_strings_add(&uses, use.data, err);
		buf_done(&use);
	}
	for (size_t i = 0; i < parts.n && rc == 0; i++) {
		struct buf line = { 0 };
		const char *use = uses.v[i];
		bool first = *use, ok = true;

		for (size_t k = 0; k < i; k++)
			first &= strcmp(uses.v[k], use) != 0;
		if (first)
			ok = buf_addf(&line, "may also use %s", parts.v[i]);
		for (size_t k = i + 1; k < parts.n && first && ok; k++)
			if (strcmp(uses.v[k], use) == 0)
				ok = buf_addf(&line, ", %s", parts.v[k]);
		if (first)
			ok = ok && buf_addf(&line, " on %s, in requests that need no more", use) &&
			     end_line(&line, out);
		buf_done(&line);
		if (!ok)
			rc = coder_error_memory(err);
	}
	coder_strings_done(&parts);
	coder_strings_done(&uses);
	return rc;
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
		     !buf_addf(&line, ": %s", notes[held->state]) || !end_line(&line, out)))
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
	       buf_add_str(out, "note: all templates are readable (template:*)\n");
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
		if (buf_addf(&line, "can do everything that %s can", user) && end_line(&line, out))
			return 0;
		return coder_error_memory(err);
	}
	abilities = calloc(n, sizeof(*abilities));
	if (!abilities)
		return coder_error_memory(err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = coder_ability_judge(holding, &goals[i], &abilities[i], err);
	ok = buf_addf(&line, "can do no more than %s can", user) && end_line(&line, out);
	near[0] = find_near(abilities, n, false);
	near[1] = find_near(abilities, n, true);
	for (size_t i = 0; i < n && rc == 0 && ok; i++)
		ok = add_can(holding, &abilities[i], out);
	for (size_t i = 0; i < n && rc == 0 && ok; i++)
		ok = add_lacks(holding, &abilities[i], near[abilities[i].n > 0], out);
	if (rc == 0 && ok)
		rc = add_scopes(holding, abilities, n, out, err);
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
		       end_line(&line, out);
	return buf_addf(&line,
			left > 0 ? "token of %s, expires at %s" :
				   "token of %s, expired at %s: it can do nothing of this any more",
			user, token->expires_at) &&
	       end_line(&line, out);
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
