/* SPDX-License-Identifier: GPL-3.0-or-later */
/* permissions_plan.c - goals on command lines, and what a new token is requested with; see permissions.h. */
#include "base/buf.h"
#include "output/advice.h"
#include "permissions.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* Fails with the goals whose names begin with that word, if there are any. */
static int refuse_family(const char *name, struct coder_error *err)
{
	size_t n, count = 0, len = strlen(name);
	const struct coder_goal *goals = coder_goals(&n);
	struct buf family = { 0 };
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		if (strncmp(goals[i].name, name, len) == 0 && goals[i].name[len] == '-' &&
		    !buf_addf(&family, "%s%s", count++ ? ", " : "", goals[i].name))
			rc = coder_error_memory(err);
	if (rc == 0 && count == 1) {
		coder_error_set(err, CODER_ERR_USAGE, "unknown goal '%s'", name);
		rc = coder_error_cause(err, CODER_CAUSE_NEAREST, family.data, NULL);
	} else if (rc == 0 && count) {
		rc = coder_error_set(err, CODER_ERR_USAGE, "unknown goal '%s'; there are %s", name,
				     family.data);
	}
	buf_done(&family);
	return rc;
}

static int add_goal(struct permissions *permissions, const char *name, struct coder_error *err)
{
	const char *names[CODER_GOALS_MAX], *near;
	size_t n;
	const struct coder_goal *goals = coder_goals(&n), *goal = coder_goal_find(name);

	for (size_t i = 0; i < permissions->n_goals && goal; i++)
		if (permissions->goals[i] == goal)
			return 0;
	if (goal) {
		permissions->goals[permissions->n_goals++] = goal;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		names[i] = goals[i].name;
	if (refuse_family(name, err) < 0)
		return -1;
	coder_error_set(err, CODER_ERR_USAGE, "unknown goal '%s'", name);
	near = coder_nearest(name, names, n);
	if (near)
		return coder_error_cause(err, CODER_CAUSE_NEAREST, near, NULL);
	return advise(err, CAUSE_UNKNOWN_GOAL, NULL, NULL);
}

/* Removes repeated entries. */
static void drop_repeats(struct permissions *permissions)
{
	size_t n = permissions->n_entries, kept = 0;

	for (size_t i = 0; i < n; i++) {
		char *label = permissions->labels[i];
		bool repeated = false;

		for (size_t k = 0; k < kept && !repeated; k++)
			repeated = strcmp(permissions->labels[k], label) == 0;
		if (repeated) {
			free(label);
			coder_entry_done(&permissions->entries[i]);
			continue;
		}
		permissions->labels[kept] = label;
		if (kept != i) {
			permissions->entries[kept] = permissions->entries[i];
			permissions->entries[i] = (struct coder_entry){ 0 };
		}
		kept++;
	}
	permissions->n_entries = kept;
}

static int make_plan(const struct permissions *permissions, char *const *entries, const char *self,
		     struct coder_plan *ret, struct coder_error *err)
{
	struct coder_subject subjects[CODER_ALLOW_MAX];
	const struct coder_wish wish = {
		.goals = permissions->goals,
		.n_goals = permissions->n_goals,
		.scopes = (const char *const *)permissions->scopes.v,
		.n_scopes = permissions->scopes.n,
		.subjects = subjects,
		.n_subjects = permissions->n_entries,
		.self_readable = permissions->self_readable,
		.self = self,
	};

	for (size_t i = 0; i < permissions->n_entries; i++) {
		const struct coder_entry *entry = &permissions->entries[i];

		subjects[i] = (struct coder_subject){
			.entry = entries[i],
			.owner = entry->owner_id[0] ? entry->owner_id : NULL,
			.organization = entry->organization_id[0] ? entry->organization_id : NULL,
		};
	}
	if (coder_plan_make(&wish, ret, err) == 0)
		return 0;
	if (err->code == CODER_ERR_USAGE && !permissions->n_goals && !permissions->scopes.n)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "--self-readable needs --scope: without a scope the token "
				       "could do everything with the entries that it needs to view "
				       "itself");
	return -1;
}

bool permissions_planned(const struct permissions *permissions)
{
	return permissions->n_goals || permissions->self_readable;
}

int permissions_read_goals(struct permissions *permissions, const struct opts_list *given,
			   bool self_readable, struct coder_error *err)
{
	struct words words = { .option = "--for", .given = given };
	struct coder_plan plan = { 0 };
	int rc = words_read(&words, "goal cannot be empty", err);

	for (size_t i = 0; i < words.v.n && rc == 0; i++)
		if ((rc = add_goal(permissions, words.v.v[i], err)) < 0)
			words_blame(&words, i, err);
	words_done(&words);
	if (rc < 0)
		return -1;
	permissions->self_readable = self_readable;
	if (!permissions_planned(permissions))
		return 0;
	drop_repeats(permissions);
	rc = make_plan(permissions, permissions->labels, NULL, &plan, err);
	coder_plan_done(&plan);
	return rc;
}

/* Turns names into ids. If a goal needs the owner or organization of an entry, finds that, too. */
static int find_entries(struct permissions *permissions, struct coder_client *client,
			const char *owner, struct coder_error *err)
{
	const struct coder_wish wish = { .goals = permissions->goals,
					 .n_goals = permissions->n_goals };

	for (size_t i = 0; i < permissions->n_entries; i++) {
		struct coder_entry *entry = &permissions->entries[i];

		if ((coder_wish_needs_relations(&wish, entry->type->name) ?
			     coder_entry_describe(client, owner, entry, err) :
			     coder_entry_resolve(client, owner, entry, err)) < 0)
			return -1;
	}
	return 0;
}

/* Works out all scopes and entries of the token. */
static int plan(struct permissions *permissions, struct coder_client *client,
		const struct coder_create *request, struct coder_plan *ret, struct coder_error *err)
{
	struct coder_strings entries = { 0 };
	char user[CODER_UUID_SIZE];
	int rc = 0;

	if (!coder_uuid_canonical(request->user_id, user))
		rc = coder_error_set(err, CODER_ERR_NO_RESPONSE,
				     "broken response: the id of the user is not a UUID");
	if (rc == 0)
		rc = find_entries(permissions, client, request->user, err);
	if (rc == 0)
		rc = permissions_texts(permissions, &entries, err);
	if (rc == 0)
		rc = make_plan(permissions, entries.v, user, ret, err);
	coder_strings_done(&entries);
	return rc;
}

int permissions_request(struct permissions *permissions, struct coder_client *client,
			struct coder_create *request, struct coder_plan *ret_plan,
			struct coder_error *err)
{
	if (!permissions_planned(permissions)) {
		if (permissions_resolve(permissions, client, request->user, err) < 0 ||
		    permissions_texts(permissions, &request->allow_list, err) < 0)
			return -1;
		return coder_strings_add_all(&request->scopes, &permissions->scopes, err);
	}
	if (plan(permissions, client, request, ret_plan, err) < 0)
		return -1;
	for (size_t i = 0; i < ret_plan->scopes.n; i++)
		if (coder_strings_add(&request->scopes, ret_plan->scopes.v[i].text, err) < 0)
			return -1;
	for (size_t i = 0; i < ret_plan->entries.n; i++)
		if (coder_strings_add(&request->allow_list, ret_plan->entries.v[i].text, err) < 0)
			return -1;
	if (ret_plan->entries.n > CODER_ALLOW_MAX)
		return coder_error_set(
			err, CODER_ERR_USAGE,
			"allow list has %zu entries with those of the goals; at most %d "
			"are allowed",
			ret_plan->entries.n, CODER_ALLOW_MAX);
	return permissions_check_scopes(permissions, client, &request->scopes, err);
}
