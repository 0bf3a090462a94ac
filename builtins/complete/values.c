/* SPDX-License-Identifier: GPL-3.0-or-later */
/* values.c - see values.h. */
#include "values.h"
#include "cache.h"
#include "entries.h"
#include "output/columns.h"
#include "shell/variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Adds the names of a list with that separator, with `front` before each. Blanks in them become
 * underscores.
 */
static int add_names(struct candidates *list, const char *front, const char *names, char separator,
		     struct coder_error *err)
{
	int rc = 0;

	while (*names && rc == 0) {
		const char *end = strchrnul(names, separator);
		char *name = NULL;

		if (asprintf(&name, "%s%.*s", front, (int)(end - names), names) < 0)
			name = NULL;
		for (char *p = name; p && *p; p++)
			if (*p == ' ')
				*p = '_';
		rc = name ? candidates_add(list, name, NULL, err) : coder_error_memory(err);
		free(name);
		names = *end ? end + 1 : end;
	}
	return rc;
}

static int add_scopes(struct candidates *list, struct server *server, struct coder_error *err)
{
	const struct known_response *known =
		server_ask(server, &(struct question){ .kind = QUESTION_SCOPES });
	const char *const *names;
	size_t n;
	int rc = 0;

	if (known) {
		names = (const char *const *)known->scopes.v;
		n = known->scopes.n;
	} else {
		names = coder_scopes_builtin(&n);
	}
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = candidates_add(list, names[i], NULL, err);
	return rc;
}

static int add_goals(struct candidates *list, struct coder_error *err)
{
	size_t n;
	const struct coder_goal *goals = coder_goals(&n);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = candidates_add(list, goals[i].name, goals[i].summary, err);
	return rc;
}

/* ----------------------------------------------------- lifetimes, durations */

struct span {
	const char *text, *description;
};

/* Adds spans of at most max_ns. If a number is typed, adds it with each possible unit instead. */
static int add_spans(struct candidates *list, const struct span *spans, int64_t max_ns,
		     struct coder_error *err)
{
	static const struct span units[] = {
		{ "m", "minutes" }, { "h", "hours" }, { "d", "days" },
		{ "w", "weeks" },   { NULL, NULL },
	};
	size_t digits = strspn(list->prefix, ASCII_DIGITS);
	bool number = digits && digits < 8 && !list->prefix[digits];
	char text[16];

	for (const struct span *s = number ? units : spans; s->text; s++) {
		struct coder_error ignored;
		int64_t ns = 0;

		snprintf(text, sizeof(text), "%s%s", number ? list->prefix : "", s->text);
		if (coder_duration_parse(text, &ns, &ignored) == 0 && (ns > max_ns || ns == 0))
			continue;
		if (candidates_add(list, text, s->description, err) < 0)
			return -1;
	}
	return 0;
}

static int add_lifetimes(struct candidates *list, const struct wanted *wanted,
			 struct server *server, struct coder_error *err)
{
	static const struct span spans[] = {
		{ "1h", "an hour" },  { "8h", "a working day" },
		{ "24h", "a day" },   { "7d", "a week" },
		{ "30d", "30 days" }, { "90d", "90 days" },
		{ "1y", "365 days" }, { "default", "the server's default" },
		{ NULL, NULL },
	};
	const struct question question = { .kind = QUESTION_LIFETIME, .owner = wanted->user };
	const struct known_response *known = wanted->user ? server_ask(server, &question) : NULL;
	int64_t max_ns = known ? known->lifetime_ns : INT64_MAX;
	char description[CODER_DURATION_SIZE + 32] = "the server's maximum";

	if (max_ns != INT64_MAX)
		coder_duration_format(max_ns, description);
	if (add_spans(list, spans, max_ns, err) < 0)
		return -1;
	return candidates_add(list, "max", description, err);
}

/* --------------------------------------------------------- users, variables */

static int add_users(struct candidates *list, struct server *server, struct coder_error *err)
{
	const struct coder_objects *users =
		server_objects(server, coder_type_find("user"), NULL, list->prefix);
	int rc = 0;

	for (size_t i = 0; users && i < users->n && rc == 0; i++)
		rc = candidates_add(list, users->v[i].name, users->v[i].description, err);
	candidates_sort(list, 0);
	return rc;
}

static int add_variables(struct candidates *list, const struct wanted *wanted, enum shvar_kind kind,
			 struct coder_error *err)
{
	bool assignable = wanted->option && (wanted->option->flags & OPTS_OUTPUT);
	struct coder_strings names = { 0 };
	int rc = shvar_names(kind, list->prefix, assignable, &names, err);

	for (size_t i = 0; i < names.n && rc == 0; i++) {
		const char *name = names.v[i];
		bool reserved = assignable && strcmp(shvar_resolve(name), wanted->reserved) == 0;
		bool ours = strncmp(name, "COMP_", strlen("COMP_")) == 0 ||
			    strncmp(name, "_coder_tokens_", strlen("_coder_tokens_")) == 0;

		if (!reserved && !ours) /* ours exist only during a completion */
			rc = candidates_add(list, name, NULL, err);
	}
	coder_strings_done(&names);
	return rc;
}

/* ----------------------------------------------------------------- tokens */

/* Whether the name finds its token: it does not look like an option, and is no other token's id. */
static bool is_nameable(const struct known_response *tokens, const struct known_token *token)
{
	const char *name = token->name;
	char id[CODER_ID_LEN + 1];

	if (!*name || *name == '-' || !coder_is_utf8(name))
		return false;
	if (coder_meaning(name, id) == CODER_MEANS_NAME)
		return true;
	for (size_t i = 0; i < tokens->n_tokens; i++)
		if (strcmp(tokens->tokens[i].id, id) == 0)
			return &tokens->tokens[i] == token;
	return true;
}

/* Adds a token, by its name if that finds it, unless the line has it already by name or id. */
static int add_token(struct candidates *list, const struct wanted *wanted,
		     const struct known_response *tokens, const struct known_token *token,
		     bool by_id, struct coder_error *err)
{
	int64_t left = token->expires - coder_clock() / CODER_NS;
	bool operand = wanted->kind == OPTS_VALUE_TOKEN;
	const char *text =
		by_id || (operand && !is_nameable(tokens, token)) ? token->id : token->name;
	const char *other = text == token->id ? token->name : token->id;
	char description[256], when[32] = "expired";

	if ((left <= 0 && wanted->unexpired) || coder_strings_has(list->given, other))
		return 0;
	if (!list->described) /* with thousands of tokens the formatting takes time */
		return candidates_add(list, text, NULL, err);
	if (token->expires == INT64_MAX)
		snprintf(when, sizeof(when), "no expiry");
	else if (left >= 2 * 86400)
		snprintf(when, sizeof(when), "%lld days left", (long long)left / 86400);
	else if (left > 0)
		snprintf(when, sizeof(when), "%lld h left", (long long)left / 3600);
	snprintf(description, sizeof(description), "%s  %-13s  %s", other, when, token->scopes);
	return candidates_add(list, text, description, err);
}

/* Adds names. If no name begins with the prefix, it adds ids. */
static int add_tokens(struct candidates *list, const struct wanted *wanted, struct server *server,
		      struct coder_error *err)
{
	const struct question question = { .kind = QUESTION_TOKENS, .owner = wanted->user };
	const struct known_response *tokens = wanted->user ? server_ask(server, &question) : NULL;
	bool ids = wanted->kind != OPTS_VALUE_TOKEN_NAME && list->prefix[0];

	for (int by_id = 0; tokens && by_id <= ids && !list->n; by_id++)
		for (size_t i = 0; i < tokens->n_tokens; i++)
			if (add_token(list, wanted, tokens, &tokens->tokens[i], by_id, err) < 0)
				return -1;
	candidates_sort(list, 0);
	return 0;
}

int values_add(struct candidates *list, const struct wanted *wanted, struct server *server,
	       struct coder_error *err)
{
	static const struct span durations[] = {
		{ "10s", "ten seconds" }, { "1m", "a minute" }, { "1h", "an hour" },
		{ "24h", "a day" },	  { "7d", "a week" },	{ "30d", "30 days" },
		{ "90d", "90 days" },	  { NULL, NULL },
	};

	switch (wanted->kind) {
	case OPTS_VALUE_CHOICE:
		return add_names(list, "", wanted->option->choices, '|', err);
	case OPTS_VALUE_COLUMN:
		return add_names(list, "", OUTPUT_COLUMN_NAMES(","), ',', err);
	case OPTS_VALUE_SORT:
		return add_names(list, *list->prefix == '-' ? "-" : "", OUTPUT_COLUMN_NAMES(","),
				 ',', err);
	case OPTS_VALUE_SCOPE:
		return add_scopes(list, server, err);
	case OPTS_VALUE_GOAL:
		return add_goals(list, err);
	case OPTS_VALUE_ENTRY:
		return entries_add(list, server, wanted->user, err);
	case OPTS_VALUE_USER:
		return add_users(list, server, err);
	case OPTS_VALUE_LIFETIME:
		return add_lifetimes(list, wanted, server, err);
	case OPTS_VALUE_DURATION:
		return add_spans(list, durations, INT64_MAX, err);
	case OPTS_VALUE_ARRAY:
		return add_variables(list, wanted, SHVAR_INDEXED, err);
	case OPTS_VALUE_VARIABLE:
		return add_variables(list, wanted, SHVAR_SCALAR, err);
	case OPTS_VALUE_ASSOC:
		return add_variables(list, wanted, SHVAR_ASSOC, err);
	case OPTS_VALUE_TOKEN:
	case OPTS_VALUE_TOKEN_NAME:
		return add_tokens(list, wanted, server, err);
	case OPTS_VALUE_URL:
	case OPTS_VALUE_SESSION_TOKEN:
	case OPTS_VALUE_NONE:
		break;
	}
	return 0;
}
