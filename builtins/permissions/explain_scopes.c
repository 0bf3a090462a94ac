/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_scopes.c - the scopes of a token that no goal uses; see explain_parts.h. */
#include "explain_parts.h"

#include <stdio.h>
#include <string.h>

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
		bool used = explain_is_repeated(holding, held) || held->state == CODER_HELD_NEVER ||
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

int explain_scopes(const struct coder_holding *holding, const struct coder_ability *abilities,
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
			     explain_end_line(&line, out);
		buf_done(&line);
		if (!ok)
			rc = coder_error_memory(err);
	}
	coder_strings_done(&parts);
	coder_strings_done(&uses);
	return rc;
}
