/* SPDX-License-Identifier: GPL-3.0-or-later */
/* permissions.c - scopes and allow lists on command lines and in arrays; see permissions.h. */
#include "permissions.h"
#include "output/advice.h"
#include "output/message.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

int permissions_read_scopes(struct permissions *permissions, const struct opts_list *given,
			    const char *array, struct coder_error *err)
{
	struct words words = {
		.option = "--scope", .given = given, .array_option = "--scopes-from", .array = array
	};
	int rc = words_read(&words, "scope cannot be empty", err);

	for (size_t i = 0; i < words.v.n && rc == 0; i++) {
		const char *scope = coder_scope_canonical(words.v.v[i]);

		if (!coder_strings_has(&permissions->scopes, scope))
			rc = coder_strings_add(&permissions->scopes, scope, err);
	}
	words_done(&words);
	return rc;
}

int permissions_read_entries(struct permissions *permissions, const struct opts_list *given,
			     const char *array, struct coder_error *err)
{
	struct words words = {
		.option = "--allow", .given = given, .array_option = "--allow-from", .array = array
	};
	int rc = words_read(&words, "allow list entry cannot be empty", err);

	if (rc == 0 && words.v.n > CODER_ALLOW_MAX)
		rc = coder_error_set(err, CODER_ERR_USAGE,
				     "allow list has %zu entries; at most %d are allowed",
				     words.v.n, CODER_ALLOW_MAX);
	for (size_t i = 0; i < words.v.n && rc == 0; i++) {
		rc = coder_entry_parse(words.v.v[i], &permissions->entries[i], err);
		if (rc < 0) {
			words_blame(&words, i, err);
			continue;
		}
		permissions->labels[i] = coder_entry_label(&permissions->entries[i]);
		permissions->n_entries++;
		if (!permissions->labels[i])
			rc = coder_error_memory(err);
	}
	words_done(&words);
	return rc;
}

/* Adds to the error which scope was probably meant, unless it is this one itself. Returns -1. */
static int advise_nearest(const char *scope, const char *const *known, size_t n,
			  struct coder_error *err)
{
	const char *near = coder_nearest(scope, known, n);

	return near && strcmp(near, scope) != 0 ?
		       coder_error_cause(err, CODER_CAUSE_NEAREST, near, NULL) :
		       -1;
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
				     scopes->v[i], *version ? " (Coder " : "",
				     version + strspn(version, "v"), *version ? ")" : "");
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
