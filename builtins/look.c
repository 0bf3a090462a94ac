/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.c - what people see; see look.h. */
#include "look.h"
#include "output/relative.h"
#include "shell/io.h"
#include "shell/variables.h"

#include <string.h>

#define WIDTH 80 /* where it is not known */
#define SHOWN 8 /* the most scopes, and the most entries, of a new token that are shown */

/* https://no-color.org; a terminal that is dumb shows escapes as they are. */
static bool wants_color(void)
{
	const char *no_color = shvar_get("NO_COLOR"), *terminal;

	if ((no_color && *no_color) || !shio_output_is_terminal())
		return false;
	terminal = shvar_get("TERM");
	return terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

void look_init(struct output_human *ret, const char *color)
{
	size_t columns = shio_output_columns();

	*ret = (struct output_human){ .width = columns ? columns : WIDTH };
	if (color && strcmp(color, "auto") != 0)
		ret->color = strcmp(color, "always") == 0;
	else
		ret->color = wants_color();
}

/* ------------------------------------------------------- a new token in words */

static bool add_expiry(struct buf *out, const struct coder_token *token, int64_t now)
{
	char relative[OUTPUT_RELATIVE_SIZE], time[40];

	if (!*token->expires_at) /* it could not be read back */
		return buf_add_str(out, " was created.");
	if (coder_token_left(token, now) == INT64_MAX)
		return buf_add_str(out, " does not expire.");
	output_relative(coder_token_left(token, now), relative);
	coder_time_display(token->expires_at, time);
	return buf_addf(out, " expires %s, at %s.", relative, time);
}

/* Appends an entry, with the name that led to it. */
static bool add_entry(struct buf *out, const char *text, const struct permissions *permissions)
{
	const char *colon = strchrnul(text, ':');

	for (size_t i = 0; *colon && i < permissions->n_entries; i++) {
		const struct coder_entry *entry = &permissions->entries[i];

		if (*entry->title && strcmp(entry->id, colon + 1) == 0 &&
		    strncmp(entry->type->name, text, (size_t)(colon - text)) == 0)
			return buf_add(out, text, (size_t)(colon + 1 - text)) &&
			       coder_escape(out, entry->title, CODER_TERMINAL);
	}
	return coder_escape(out, text, CODER_TERMINAL);
}

/* Appends the scopes, or the entries of the allow list, but of many only the first ones. */
static bool add_some(struct buf *out, const struct coder_strings *list,
		     const struct permissions *permissions)
{
	const size_t shown = list->n > SHOWN + 1 ? SHOWN : list->n;
	bool ok = true;

	for (size_t i = 0; i < shown && ok; i++)
		ok = (!i || buf_add_str(out, ", ")) && add_entry(out, list->v[i], permissions);
	return ok && (shown == list->n || buf_addf(out, " and %zu more", list->n - shown));
}

bool look_describe(struct buf *out, const struct coder_token *token,
		   const struct permissions *permissions, int64_t now)
{
	struct coder_strings scopes = { 0 }, entries = { 0 };
	struct coder_error err;
	bool ok = coder_token_scopes(token, &scopes, &err) == 0 &&
		  coder_token_allow_list(token, &entries, &err) == 0 &&
		  buf_add_str(out, "Token ") && coder_escape(out, token->name, CODER_TERMINAL) &&
		  add_expiry(out, token, now) && buf_add_str(out, " It may do ");

	if (ok && scopes.n == 1 && strcmp(scopes.v[0], "coder:all") == 0)
		ok = buf_add_str(out, "all that its user may");
	else
		ok = ok && add_some(out, &scopes, permissions);
	if (ok && !(entries.n == 1 && strcmp(entries.v[0], "*:*") == 0))
		ok = buf_add_str(out, ", on ") && add_some(out, &entries, permissions);
	ok = ok && buf_add_char(out, '.');
	coder_strings_done(&scopes);
	coder_strings_done(&entries);
	return ok;
}
