/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goals.c - describes in words what goals mean for a token; see goals.h. */
#include "goals.h"
#include "explain.h"
#include "output/message.h"

#include <stdio.h>
#include <string.h>

static bool goal_row(size_t i, const char **ret_name, const char **ret_meaning)
{
	static char meaning[256];
	const char *needed, *other;
	size_t n;
	const struct coder_goal *goals = coder_goals(&n);

	if (i >= n)
		return false;
	*ret_name = goals[i].name;
	*ret_meaning = meaning;
	needed = goals[i].objects[0], other = needed ? goals[i].objects[1] : NULL;
	if (!needed)
		snprintf(meaning, sizeof(meaning), "%s", goals[i].summary);
	else if (!other)
		snprintf(meaning, sizeof(meaning), "%s; needs --allow %s:%s", goals[i].summary,
			 needed, goals[i].all ? "*" : "...");
	else
		snprintf(meaning, sizeof(meaning), "%s; needs --allow %s:%s or %s:...",
			 goals[i].summary, needed, goals[i].all ? "*" : "...", other);
	return true;
}

const struct opts_terms goals_terms = { "Goals", goal_row };

/* Appends "WHAT NAME NAME": the members of a list that the caller did not give. */
static bool add_added(const char *what, const struct coder_planned_list *list, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].from & CODER_FROM_CALLER)
			continue;
		if (first && !buf_addf(out, "%s%s", out->len ? "; " : "added: ", what))
			return false;
		if (!buf_addf(out, " %s", list->v[i].text))
			return false;
		first = false;
	}
	return true;
}

void goals_report(const struct coder_plan *plan)
{
	struct buf text = { 0 };

	if (add_added("scopes", &plan->scopes, &text) &&
	    add_added("allow-list entries", &plan->entries, &text) && text.len)
		output_message(text.data);
	buf_done(&text);
}

void goals_warn(const struct coder_plan *plan)
{
	for (size_t i = 0; i < plan->warnings.n; i++)
		output_warn("%s", plan->warnings.v[i]);
}

/* Appends "given, workspace-stop": where a scope or entry comes from. */
static bool add_sources(const struct coder_plan *plan, unsigned from, struct buf *out)
{
	const char *separator = "";

	if (from & CODER_FROM_CALLER) {
		if (!buf_add_str(out, "given"))
			return false;
		separator = ", ";
	}
	for (size_t i = 0; i < plan->n_goals; i++)
		if (from & 1u << i) {
			if (!buf_addf(out, "%s%s", separator, plan->goals[i]->name))
				return false;
			separator = ", ";
		}
	return !(from & CODER_FROM_SELF_READABLE) || buf_addf(out, "%sto view itself", separator);
}

static bool add_planned(const struct coder_plan *plan, const char *what,
			const struct coder_planned_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->n; i++)
		if (!buf_addf(out, "%s %s: ", what, list->v[i].text) ||
		    !add_sources(plan, list->v[i].from, out) || !buf_add_char(out, '\n'))
			return false;
	return true;
}

/* Collects what a planned token will hold, without requesting again what the plan looked up. */
static int hold(struct coder_client *client, const struct coder_plan *plan,
		const struct permissions *permissions, const struct coder_user *user,
		struct coder_holding *ret, struct coder_error *err)
{
	const struct coder_planned_list *scopes = &plan->scopes, *entries = &plan->entries;
	struct coder_error trouble = { 0 };

	snprintf(ret->user_id, sizeof(ret->user_id), "%s", user->id);
	for (size_t i = 0; i < scopes->n + !scopes->n; i++)
		if (coder_strings_add(&ret->scopes, scopes->n ? scopes->v[i].text : "coder:all",
				      err) < 0)
			return -1;
	for (size_t i = 0; i < entries->n + !entries->n; i++)
		if (coder_holding_add(ret, entries->n ? entries->v[i].text : "*:*", err) < 0)
			return -1;
	for (size_t i = 0; i < permissions->n_entries; i++)
		if (coder_holding_describe(ret, &permissions->entries[i], err) < 0)
			return -1;
	if (coder_holding_know(ret, "user", user->id, user->username, err) < 0 ||
	    coder_holding_look_up(client, ret, &trouble, err) < 0)
		return -1;
	if (trouble.code)
		output_warn("%s; the rest is not looked up", trouble.message);
	return 0;
}

int goals_explain_plan(struct coder_client *client, const struct coder_plan *plan,
		       const struct permissions *permissions, const struct coder_user *user,
		       struct buf *out, struct coder_error *err)
{
	struct coder_holding holding = { 0 };
	int rc = -1;

	for (size_t i = 0; i < plan->n_goals; i++)
		if (!buf_addf(out, "goal %s: %s\n", plan->goals[i]->name, plan->goals[i]->summary))
			return coder_error_memory(err);
	if (!add_planned(plan, "scope", &plan->scopes, out) ||
	    !add_planned(plan, "entry", &plan->entries, out))
		coder_error_memory(err);
	else if (hold(client, plan, permissions, user, &holding, err) == 0)
		rc = explain_holding(&holding, user->username, out, err);
	coder_holding_done(&holding);
	return rc;
}
