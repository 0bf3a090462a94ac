/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goals.c - what goals mean for a token, in words; see goals.h. */
#include "goals.h"
#include "output/message.h"

#include <stdio.h>
#include <string.h>

#define NEAR 2 /* what a token may lack for a goal that is told of */

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

/* Appends those of a list that were not given: "WHAT NAME NAME". */
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
		output_error(text.data);
	buf_done(&text);
}

void goals_warn(const struct coder_plan *plan)
{
	for (size_t i = 0; i < plan->warnings.n; i++)
		output_warn("%s", plan->warnings.v[i]);
}

/* Appends who needs a scope or entry: "given, workspace-stop". */
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

static int copy_texts(const struct coder_planned_list *list, const char *none,
		      struct coder_strings *ret, struct coder_error *err)
{
	for (size_t i = 0; i < list->n; i++)
		if (coder_strings_add(ret, list->v[i].text, err) < 0)
			return -1;
	return list->n ? 0 : coder_strings_add(ret, none, err);
}

int goals_explain_plan(const struct coder_plan *plan, struct buf *out, struct coder_error *err)
{
	struct coder_strings scopes = { 0 }, entries = { 0 };
	int rc = -1;

	for (size_t i = 0; i < plan->n_goals; i++)
		if (!buf_addf(out, "goal %s: %s\n", plan->goals[i]->name, plan->goals[i]->summary))
			return coder_error_memory(err);
	if (!add_planned(plan, "scope", &plan->scopes, out) ||
	    !add_planned(plan, "entry", &plan->entries, out))
		coder_error_memory(err);
	else if (copy_texts(&plan->scopes, "coder:all", &scopes, err) == 0 &&
		 copy_texts(&plan->entries, "*:*", &entries, err) == 0)
		rc = goals_explain(&scopes, &entries, out, err);
	coder_strings_done(&scopes);
	coder_strings_done(&entries);
	return rc;
}

static bool add_all(const struct coder_strings *list, struct buf *out)
{
	for (size_t i = 0; i < list->n; i++)
		if (!buf_addf(out, "%s%s", i ? ", " : "", list->v[i]))
			return false;
	return true;
}

/* What a goal lacks less than this is near; the nearest of those that are about the token's objects. */
static int find_near(const struct coder_strings *scopes, const struct coder_strings *allow_list,
		     size_t *ret, struct coder_error *err)
{
	size_t n, least = 0;
	const struct coder_goal *goals = coder_goals(&n);

	for (size_t i = 0; i < n; i++) {
		struct coder_strings lacks = { 0 }, objects = { 0 };
		int rc = coder_goal_compare(&goals[i], scopes, allow_list, &lacks, &objects, err);

		if (rc == 0 && objects.n && lacks.n && (!least || lacks.n < least))
			least = lacks.n;
		coder_strings_done(&lacks);
		coder_strings_done(&objects);
		if (rc < 0)
			return -1;
	}
	*ret = least > NEAR ? least : NEAR;
	return 0;
}

/* A line on a goal that is within reach (near 0), or that lacks so much or less. */
static int explain_goal(const struct coder_goal *goal, const struct coder_strings *scopes,
			const struct coder_strings *allow_list, size_t near, struct buf *out,
			struct coder_error *err)
{
	struct coder_strings lacks = { 0 }, objects = { 0 };
	bool ok = true;
	int rc = coder_goal_compare(goal, scopes, allow_list, &lacks, &objects, err);

	if (rc == 0 && !near && !lacks.n)
		ok = buf_addf(out, "can %s%s", goal->summary, objects.n ? ": " : "") &&
		     add_all(&objects, out) && buf_add_char(out, '\n');
	else if (rc == 0 && lacks.n && lacks.n <= near)
		ok = buf_addf(out, "cannot %s: lacks ", goal->summary) && add_all(&lacks, out) &&
		     buf_add_char(out, '\n');
	coder_strings_done(&lacks);
	coder_strings_done(&objects);
	if (rc < 0)
		return -1;
	return ok ? 0 : coder_error_memory(err);
}

int goals_explain(const struct coder_strings *scopes, const struct coder_strings *allow_list,
		  struct buf *out, struct coder_error *err)
{
	size_t n, near;
	const struct coder_goal *goals = coder_goals(&n);

	if (coder_strings_has(scopes, "coder:all") && coder_strings_has(allow_list, "*:*"))
		return buf_add_str(out, "can do everything that its user can\n") ?
			       0 :
			       coder_error_memory(err);
	for (size_t i = 0; i < n; i++)
		if (explain_goal(&goals[i], scopes, allow_list, 0, out, err) < 0)
			return -1;
	if (find_near(scopes, allow_list, &near, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (explain_goal(&goals[i], scopes, allow_list, near, out, err) < 0)
			return -1;
	return 0;
}
