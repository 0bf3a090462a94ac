/* SPDX-License-Identifier: GPL-3.0-or-later */
/* permissions.c - scopes and allow lists on command lines and in arrays; see permissions.h. */
#include "permissions.h"
#include "command.h"
#include "output/advice.h"
#include "output/message.h"

#include <stdlib.h>
#include <string.h>

/* Where values come from: an option that repeats, and one that names an array. */
struct source {
	const char *option, *array_option;
	const struct opts_list *given;
	const char *array; /* its name, or NULL */
	size_t n; /* how many values the option gave; the array's values follow them */
};

static int read_array(const struct source *source, struct coder_strings *ret,
		      struct coder_error *err)
{
	if (!source->array)
		return 0;
	if (command_array(source->array, ret, err) == 0) {
		if (ret->n)
			return 0;
		coder_error_set(err, CODER_ERR_USAGE,
				"%s: empty array: it would mean no restriction", source->array);
	}
	return coder_error_wrap(err, "%s", source->array_option);
}

/* Appends all values. empty: the message for an empty element of a comma list. */
static int gather(struct source *source, const char *empty, struct coder_strings *ret,
		  struct coder_error *err)
{
	struct coder_strings from = { 0 };
	int rc = read_array(source, &from, err);

	for (size_t i = 0; i < source->given->n && rc == 0; i++)
		if (coder_strings_split(ret, source->given->v[i], empty, err) < 0)
			rc = coder_error_wrap(err, "%s", source->option);
	source->n = ret->n;
	for (size_t i = 0; i < from.n && rc == 0; i++)
		if (coder_strings_split(ret, from.v[i], empty, err) < 0)
			rc = coder_error_wrap(err, "%s", source->array_option);
	coder_strings_done(&from);
	return rc;
}

int permissions_read_scopes(struct permissions *permissions, const struct opts_list *given,
			    const char *array, struct coder_error *err)
{
	struct source source = { "--scope", "--scopes-from", given, array, 0 };
	struct coder_strings names = { 0 };
	int rc = gather(&source, "scope cannot be empty", &names, err);

	for (size_t i = 0; i < names.n && rc == 0; i++) {
		const char *scope = coder_scope_canonical(names.v[i]);

		if (!coder_strings_has(&permissions->scopes, scope))
			rc = coder_strings_add(&permissions->scopes, scope, err);
	}
	coder_strings_done(&names);
	return rc;
}

int permissions_read_entries(struct permissions *permissions, const struct opts_list *given,
			     const char *array, struct coder_error *err)
{
	struct source source = { "--allow", "--allow-from", given, array, 0 };
	struct coder_strings texts = { 0 };
	int rc = gather(&source, "allow list entry cannot be empty", &texts, err);

	if (rc == 0 && texts.n > CODER_ALLOW_MAX)
		rc = coder_error_set(err, CODER_ERR_USAGE,
				     "allow list has %zu entries; at most %d are allowed", texts.n,
				     CODER_ALLOW_MAX);
	for (size_t i = 0; i < texts.n && rc == 0; i++) {
		rc = coder_entry_parse(texts.v[i], &permissions->entries[i], err);
		if (rc == 0)
			permissions->n_entries++;
		else
			coder_error_wrap(err, "%s",
					 i < source.n ? source.option : source.array_option);
	}
	coder_strings_done(&texts);
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
	near = coder_nearest(name, names, n);
	if (near)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "unknown goal '%s'; did you mean '%s'?", name, near);
	coder_error_set(err, CODER_ERR_USAGE, "unknown goal '%s'", name);
	return advise(err, "token_create --help lists the goals");
}

/* Labels the entries as they were given, and removes repeated ones. */
static int label_entries(struct permissions *permissions, struct coder_error *err)
{
	size_t n = permissions->n_entries, kept = 0;

	for (size_t i = 0; i < n; i++) {
		char *label = coder_entry_label(&permissions->entries[i]);
		bool repeated = false;

		if (!label)
			return coder_error_memory(err);
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
	return 0;
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
	return coder_plan_make(&wish, ret, err);
}

bool permissions_planned(const struct permissions *permissions)
{
	return permissions->n_goals || permissions->self_readable;
}

int permissions_read_goals(struct permissions *permissions, const struct opts_list *given,
			   bool self_readable, struct coder_error *err)
{
	struct coder_strings names = { 0 };
	struct coder_plan plan = { 0 };
	int rc = 0;

	for (size_t i = 0; i < given->n && rc == 0; i++)
		rc = coder_strings_split(&names, given->v[i], "goal cannot be empty", err);
	for (size_t i = 0; i < names.n && rc == 0; i++)
		rc = add_goal(permissions, names.v[i], err);
	coder_strings_done(&names);
	if (rc < 0)
		return coder_error_wrap(err, "--for");
	permissions->self_readable = self_readable;
	if (!permissions_planned(permissions))
		return 0;
	if (label_entries(permissions, err) < 0)
		return -1;
	rc = make_plan(permissions, permissions->labels, NULL, &plan, err);
	coder_plan_done(&plan);
	if (rc < 0 && !permissions->n_goals && !permissions->scopes.n)
		return advise(err, "limit the token with --scope");
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

int permissions_plan(struct permissions *permissions, struct coder_client *client,
		     const char *owner, const char *self, struct coder_plan *ret,
		     struct coder_error *err)
{
	struct coder_strings entries = { 0 };
	char user[CODER_UUID_SIZE];
	int rc = 0;

	if (!coder_uuid_canonical(self, user))
		rc = coder_error_set(err, CODER_ERR_NO_RESPONSE,
				     "broken response: the id of the user is not a UUID");
	if (rc == 0)
		rc = find_entries(permissions, client, owner, err);
	if (rc == 0)
		rc = permissions_texts(permissions, &entries, err);
	if (rc == 0)
		rc = make_plan(permissions, entries.v, user, ret, err);
	coder_strings_done(&entries);
	return rc;
}

/* Adds to the error which scope was probably meant, unless it is this one itself. Returns -1. */
static int advise_nearest(const char *scope, const char *const *known, size_t n,
			  struct coder_error *err)
{
	const char *near = coder_nearest(scope, known, n);

	return near && strcmp(near, scope) != 0 ? advise(err, "did you mean '%s'?", near) : -1;
}

int permissions_check_scopes(const struct permissions *permissions, struct coder_client *client,
			     const struct coder_strings *scopes, struct coder_error *err)
{
	const char *version;
	struct coder_strings known = { 0 };
	int rc = 0;

	if (!scopes->n)
		return 0;
	if (coder_scopes_list(client, &known, err) < 0) {
		if (!err->no_route || permissions_planned(permissions))
			return -1;
		output_warn("this server has no catalogue of scopes: it may ignore them");
		return 0;
	}
	version = coder_client_version(client);
	for (size_t i = 0; i < scopes->n && rc == 0; i++) {
		if (coder_strings_has(&known, scopes->v[i]))
			continue;
		rc = coder_error_set(err, CODER_ERR_REFUSED,
				     "%s: not in the server's catalogue of scopes%s%s%s",
				     scopes->v[i], *version ? " (Coder " : "", version,
				     *version ? ")" : "");
		if (coder_strings_has(&permissions->scopes, scopes->v[i]))
			advise_nearest(scopes->v[i], (const char *const *)known.v, known.n, err);
	}
	coder_strings_done(&known);
	return rc;
}

int permissions_advise_scope(const struct coder_strings *scopes, struct coder_error *err)
{
	size_t n;
	const char *named = NULL, *const *known = coder_scopes_builtin(&n);

	/* a scope may be the beginning of another: the longest in the server's message counts */
	for (size_t i = 0; i < scopes->n; i++)
		if ((strstr(err->message, scopes->v[i]) || strstr(err->detail, scopes->v[i])) &&
		    (!named || strlen(scopes->v[i]) > strlen(named)))
			named = scopes->v[i];
	return named ? advise_nearest(named, known, n, err) : -1;
}

int permissions_resolve(struct permissions *permissions, struct coder_client *client,
			const char *owner, struct coder_error *err)
{
	for (size_t i = 0; i < permissions->n_entries; i++)
		if (coder_entry_resolve(client, owner, &permissions->entries[i], err) < 0)
			return -1;
	return 0;
}

int permissions_texts(const struct permissions *permissions, struct coder_strings *ret,
		      struct coder_error *err)
{
	for (size_t i = 0; i < permissions->n_entries; i++) {
		char *text = coder_entry_text(&permissions->entries[i]);
		int rc = text ? coder_strings_add(ret, text, err) : coder_error_memory(err);

		free(text);
		if (rc < 0)
			return -1;
	}
	return 0;
}

void permissions_warn(const struct coder_strings *scopes, const struct coder_strings *allow_list)
{
	bool workspace = false, template = false;

	for (size_t i = 0; i < allow_list->n; i++) {
		const char *entry = allow_list->v[i];

		workspace |= strncmp(entry, "workspace:", 10) == 0;
		template |= strncmp(entry, "template:", 9) == 0 || strcmp(entry, "*:*") == 0;
	}
	if (workspace && !template)
		output_warn(
			"the allow list has a workspace but no template: servers respond with 403 "
			"for that workspace unless template:* is allowed, too");
	if (coder_strings_has(scopes, "api_key:create") || coder_strings_has(scopes, "api_key:*") ||
	    coder_strings_has(scopes, "coder:apikeys.manage_self"))
		output_warn("a token that may create tokens can create unrestricted ones");
}

bool permissions_match(const struct permissions *permissions, const struct coder_token *token)
{
	struct coder_strings scopes = { 0 }, allow_list = { 0 };
	struct coder_error err;
	bool ok;

	if (!permissions->scopes.n && !permissions->n_entries)
		return true;
	ok = coder_token_scopes(token, &scopes, &err) == 0 &&
	     coder_token_allow_list(token, &allow_list, &err) == 0;
	for (size_t i = 0; i < permissions->scopes.n && ok; i++)
		ok = coder_strings_has(&scopes, permissions->scopes.v[i]);
	for (size_t i = 0; i < permissions->n_entries && ok; i++)
		ok = coder_allow_permits(&allow_list, &permissions->entries[i]);
	coder_strings_done(&scopes);
	coder_strings_done(&allow_list);
	return ok;
}

int permissions_add_arrays(struct result *result, const struct coder_token *token,
			   const char *scopes_into, const char *allow_into, struct coder_error *err)
{
	struct coder_strings scopes = { 0 }, allow_list = { 0 };
	int rc = coder_token_scopes(token, &scopes, err);

	if (rc == 0)
		rc = coder_token_allow_list(token, &allow_list, err);
	if (rc == 0)
		rc = result_indexed(result, scopes_into, &scopes, err);
	if (rc == 0)
		rc = result_indexed(result, allow_into, &allow_list, err);
	coder_strings_done(&scopes);
	coder_strings_done(&allow_list);
	return rc;
}

void permissions_done(struct permissions *permissions)
{
	coder_strings_done(&permissions->scopes);
	for (size_t i = 0; i < permissions->n_entries; i++)
		coder_entry_done(&permissions->entries[i]);
	for (size_t i = 0; i < permissions->n_entries; i++)
		free(permissions->labels[i]);
	permissions->n_entries = 0;
}
