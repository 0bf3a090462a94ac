/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - the words that could stand at the cursor; see complete.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coder.h"
#include "complete.h"
#include "options/opts.h"
#include "output/columns.h"
#include "shell/shell.h"

void words_done(struct words *words)
{
	for (size_t i = 0; i < words->n; i++) {
		free(words->v[i].text);
		free(words->v[i].note);
	}
	free(words->v);
	*words = (struct words){ 0 };
}

int words_add(struct words *words, const struct wanted *wanted, const char *text, const char *note,
	      struct coder_error *err)
{
	struct word word = { 0 };

	if (strncmp(text, wanted->prefix, strlen(wanted->prefix)) != 0 ||
	    coder_strings_has(wanted->given, text))
		return 0;
	if (words->n == words->cap) {
		size_t cap = words->cap ? words->cap * 2 : 32;
		struct word *v = reallocarray(words->v, cap, sizeof(*v));

		if (!v)
			return coder_error_memory(err);
		words->v = v;
		words->cap = cap;
	}
	word.text = strdup(text);
	word.note = wanted->notes && note ? strdup(note) : NULL;
	if (!word.text || (wanted->notes && note && !word.note)) {
		free(word.text);
		free(word.note);
		return coder_error_memory(err);
	}
	words->v[words->n++] = word;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->text, ((const struct word *)b)->text);
}

void words_sort(struct words *words, size_t from)
{
	size_t kept = from;

	if (words->n - from > 1)
		qsort(words->v + from, words->n - from, sizeof(*words->v), compare);
	for (size_t i = from; i < words->n; i++) {
		if (kept > from && strcmp(words->v[kept - 1].text, words->v[i].text) == 0) {
			free(words->v[i].text);
			free(words->v[i].note);
		} else {
			words->v[kept++] = words->v[i];
		}
	}
	words->n = kept;
}

/* The parts of list between separators, blanks in them as underscores. */
static int add_parts(struct words *words, const struct wanted *wanted, const char *list,
		     char separator, struct coder_error *err)
{
	int rc = 0;

	while (*list && rc == 0) {
		const char *end = strchrnul(list, separator);
		char *part = strndup(list, (size_t)(end - list));

		for (char *p = part; p && *p; p++)
			if (*p == ' ')
				*p = '_';
		rc = part ? words_add(words, wanted, part, NULL, err) : coder_error_memory(err);
		free(part);
		list = *end ? end + 1 : end;
	}
	return rc;
}

const struct coder_objects *words_ask(const struct wanted *wanted, const char *what,
				      const char *owner, const char *name)
{
	const struct coder_query query = { .owner = owner, .name = name };

	return wanted->server ? cache_ask(wanted->server, what, &query) : NULL;
}

/* ------------------------------------------------------- scopes, durations */

static int fill_scopes(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	const struct coder_objects *scopes = words_ask(wanted, "scope", NULL, NULL);
	const char *const *builtin;
	size_t n = 0;
	int rc = 0;

	if (scopes) {
		for (size_t i = 0; i < scopes->n && rc == 0; i++)
			rc = words_add(words, wanted, scopes->v[i].name, NULL, err);
		return rc;
	}
	builtin = coder_scopes_builtin(&n);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = words_add(words, wanted, builtin[i], NULL, err);
	return rc;
}

struct span {
	const char *text, *note;
};

/* Those of at most max_ns; after a number its units. */
static int add_spans(struct words *words, const struct wanted *wanted, const struct span *spans,
		     int64_t max_ns, struct coder_error *err)
{
	static const struct span units[] = {
		{ "m", "minutes" }, { "h", "hours" }, { "d", "days" },
		{ "w", "weeks" },   { NULL, NULL },
	};
	size_t digits = strspn(wanted->prefix, "0123456789");
	bool number = digits && digits < 8 && !wanted->prefix[digits];
	char text[16];

	for (const struct span *s = number ? units : spans; s->text; s++) {
		struct coder_error ignored;
		int64_t ns = 0;

		snprintf(text, sizeof(text), "%s%s", number ? wanted->prefix : "", s->text);
		if (coder_duration_parse(text, &ns, &ignored) == 0 && (ns > max_ns || ns == 0))
			continue;
		if (words_add(words, wanted, text, s->note, err) < 0)
			return -1;
	}
	return 0;
}

static int fill_lifetimes(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	static const struct span spans[] = {
		{ "1h", "an hour" },  { "8h", "a working day" },
		{ "24h", "a day" },   { "7d", "a week" },
		{ "30d", "30 days" }, { "90d", "90 days" },
		{ "1y", "365 days" }, { "default", "what the server gives by default" },
		{ NULL, NULL },
	};
	const struct coder_objects *longest =
		wanted->user ? words_ask(wanted, "lifetime", wanted->user, NULL) : NULL;
	int64_t max_ns = longest && longest->n ? strtoll(longest->v[0].name, NULL, 10) : INT64_MAX;
	char note[CODER_DURATION_SIZE + 32] = "the longest that the server gives";

	if (max_ns != INT64_MAX)
		coder_duration_format(max_ns, note);
	if (add_spans(words, wanted, spans, max_ns, err) < 0)
		return -1;
	return words_add(words, wanted, "max", note, err);
}

static int fill_durations(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	static const struct span spans[] = {
		{ "10s", "ten seconds" }, { "1m", "a minute" }, { "1h", "an hour" },
		{ "24h", "a day" },	  { "7d", "a week" },	{ "30d", "30 days" },
		{ "90d", "90 days" },	  { NULL, NULL },
	};

	return add_spans(words, wanted, spans, INT64_MAX, err);
}

/* --------------------------------------------------------- users, variables */

static int fill_users(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	const struct coder_objects *users = words_ask(wanted, "user", NULL, wanted->prefix);
	int rc = 0;

	for (size_t i = 0; users && i < users->n && rc == 0; i++)
		rc = words_add(words, wanted, users->v[i].name, users->v[i].note, err);
	words_sort(words, 0);
	return rc;
}

/* Whether a variable is there only because a completion runs. */
static bool is_of_completion(const char *name)
{
	return strncmp(name, "COMP_", strlen("COMP_")) == 0 ||
	       strncmp(name, "_coder_tokens_", strlen("_coder_tokens_")) == 0;
}

static int fill_variables(struct words *words, const struct wanted *wanted, enum shvar_kind kind,
			  struct coder_error *err)
{
	bool assignable = wanted->option && (wanted->option->flags & OPTS_TARGET);
	char **names;
	size_t n;
	int rc = 0;

	if (shvar_names(kind, wanted->prefix, assignable, &names, &n) < 0)
		return coder_error_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0 && !is_of_completion(names[i]) &&
		    !(assignable && strcmp(shvar_resolve(names[i]), wanted->reserved) == 0))
			rc = words_add(words, wanted, names[i], NULL, err);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* ----------------------------------------------------------------- tokens */

/* Whether a token can be named by its name: not like an option, nor like another token's id. */
static bool is_nameable(const struct coder_objects *tokens, const struct coder_object *token)
{
	const char *name = token->name;
	char id[CODER_ID_LEN + 1];

	if (!*name || *name == '-' || !coder_is_utf8(name))
		return false;
	if (coder_meaning(name, id) == CODER_MEANS_NAME)
		return true;
	for (size_t i = 0; i < tokens->n; i++)
		if (strcmp(tokens->v[i].id, id) == 0)
			return &tokens->v[i] == token;
	return true;
}

static int add_token(struct words *words, const struct wanted *wanted,
		     const struct coder_objects *tokens, const struct coder_object *token,
		     bool by_id, struct coder_error *err)
{
	int64_t expires = strtoll(token->owner, NULL, 10);
	int64_t left = expires - coder_clock() / CODER_NS;
	bool operand = wanted->kind == OPTS_VALUE_TOKEN;
	const char *text =
		by_id || (operand && !is_nameable(tokens, token)) ? token->id : token->name;
	const char *other = text == token->id ? token->name : token->id;
	char note[256], when[32] = "expired";

	if ((left <= 0 && wanted->unexpired) || coder_strings_has(wanted->given, other))
		return 0;
	if (!wanted->notes)
		return words_add(words, wanted, text, NULL, err);
	if (expires == INT64_MAX)
		snprintf(when, sizeof(when), "no expiry");
	else if (left >= 2 * 86400)
		snprintf(when, sizeof(when), "%lld days left", (long long)left / 86400);
	else if (left > 0)
		snprintf(when, sizeof(when), "%lld h left", (long long)left / 3600);
	snprintf(note, sizeof(note), "%s  %-13s  %s", other, when, token->note);
	return words_add(words, wanted, text, note, err);
}

/* Names; where none begins so, ids. */
static int fill_tokens(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	const struct coder_objects *tokens =
		wanted->user ? words_ask(wanted, "token", wanted->user, NULL) : NULL;
	bool ids = wanted->kind != OPTS_VALUE_TOKEN_NAME && wanted->prefix[0];

	for (int by_id = 0; tokens && by_id <= ids && !words->n; by_id++)
		for (size_t i = 0; i < tokens->n; i++)
			if (add_token(words, wanted, tokens, &tokens->v[i], by_id, err) < 0)
				return -1;
	words_sort(words, 0);
	return 0;
}

int words_fill(struct words *words, const struct wanted *wanted, struct coder_error *err)
{
	switch (wanted->kind) {
	case OPTS_VALUE_CHOICE:
		return add_parts(words, wanted, wanted->option->choices, '|', err);
	case OPTS_VALUE_COLUMN:
		return add_parts(words, wanted, OUTPUT_COLUMN_NAMES(","), ',', err);
	case OPTS_VALUE_SCOPE:
		return fill_scopes(words, wanted, err);
	case OPTS_VALUE_TARGET:
		return words_fill_targets(words, wanted, err);
	case OPTS_VALUE_USER:
		return fill_users(words, wanted, err);
	case OPTS_VALUE_LIFETIME:
		return fill_lifetimes(words, wanted, err);
	case OPTS_VALUE_DURATION:
		return fill_durations(words, wanted, err);
	case OPTS_VALUE_ARRAY:
		return fill_variables(words, wanted, SHVAR_INDEXED, err);
	case OPTS_VALUE_VARIABLE:
		return fill_variables(words, wanted, SHVAR_SCALAR, err);
	case OPTS_VALUE_ASSOC:
		return fill_variables(words, wanted, SHVAR_ASSOC, err);
	case OPTS_VALUE_TOKEN:
	case OPTS_VALUE_TOKEN_NAME:
		return fill_tokens(words, wanted, err);
	case OPTS_VALUE_NONE:
		break;
	}
	return 0;
}
