/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain_goals.c - which goals a token reaches, and what it lacks for others; see explain_parts.h.
 */
#include "base/ascii.h"
#include "explain_parts.h"

#include <string.h>

/* Whether the token may look up other users: then it also reads what belongs to them. */
static bool has_other_user(const struct coder_holding *holding)
{
	for (size_t i = 0; i < holding->n; i++)
		if (coder_held_is_about(&holding->v[i], "user") &&
		    !ascii_equal(holding->v[i].id, holding->user_id) &&
		    holding->v[i].state != CODER_HELD_NEVER)
			return true;
	return false;
}

/* The summary of the goal for this token. */
static const char *summarize(const struct coder_holding *holding, const struct coder_goal *goal)
{
	return goal->of_users && has_other_user(holding) ? goal->of_users : goal->summary;
}

/* Appends ": user:admin, user:alice". */
static bool add_users(const struct coder_holding *holding, struct buf *out)
{
	const char *separator = ": ";

	for (size_t i = 0; i < holding->n; i++) {
		const struct coder_held *held = &holding->v[i];

		if (!coder_held_is_about(held, "user") || held->state == CODER_HELD_NEVER ||
		    explain_is_repeated(holding, held))
			continue;
		if (!buf_add_str(out, separator) ||
		    !coder_holding_add_label(holding, "user", held->id, out))
			return false;
		separator = ", ";
	}
	return true;
}

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
	       (!reach || (coder_strings_join(&reach->scopes, ", ", out) && buf_add_str(out, "/") &&
			   coder_strings_join(&reach->entries, ", ", out)));
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
		if (!same || explain_is_repeated(holding, reach->held))
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

bool explain_can(const struct coder_holding *holding, const struct coder_ability *ability,
		 struct buf *out)
{
	struct buf line = { 0 };

	if (!coder_ability_is_able(ability))
		return true;
	return buf_addf(&line, "can %s", summarize(holding, ability->goal)) &&
	       (!ability->goal->of_users || !has_other_user(holding) ||
		add_users(holding, &line)) &&
	       add_objects(holding, ability, "/", &line) && explain_end_line(&line, out);
}

/* Appends " NOUN a" or " PLURAL a, b"; nothing if both lists are empty. */
static bool add_nouns(const char *noun, const char *plural, const struct coder_strings *first,
		      const struct coder_strings *second, struct buf *out)
{
	const size_t n = first->n + second->n;

	return !n || (buf_addf(out, " %s ", n == 1 ? noun : plural) &&
		      coder_strings_join(first, ", ", out) &&
		      buf_add_str(out, first->n && second->n ? ", " : "") &&
		      coder_strings_join(second, ", ", out));
}

bool explain_lacks(const struct coder_holding *holding, const struct coder_ability *ability,
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
			     buf_addf(&line, " to %s", summarize(holding, ability->goal)) &&
			     add_objects(holding, ability, lacking.data, &line) &&
			     explain_end_line(&line, out);
		buf_done(&lacking);
		buf_done(&line);
	}
	coder_strings_done(&done);
	return ok;
}

size_t explain_near(const struct coder_ability *abilities, size_t n, bool objects)
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
