/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_error.c - the errors of the parser; see opts_error.h. */
#include "opts_error.h"
#include "base/buf.h"
#include "coder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SUGGESTED_MAX 64 /* options of a command that can be suggested */

int opts_fail(char error[OPTS_ERROR_SIZE], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(error, OPTS_ERROR_SIZE, fmt, args);
	va_end(args);
	return -1;
}

const char *opts_show(const char *word, size_t len, char out[OPTS_SHOWN_SIZE])
{
	static const char more[] = "...";
	char *copy = strndup(word, len); /* wiped, because an operand may be a token */
	const char *p = copy ? copy : more;
	size_t at = 0;

	if (copy)
		coder_hide_tokens(copy);
	while (*p) {
		char escaped[8];
		size_t n = coder_escape_one(p, CODER_TERMINAL, escaped);
		const char *piece = *escaped ? escaped : p;
		size_t piece_len = *escaped ? strlen(escaped) : n;

		if (at + piece_len + sizeof(more) > OPTS_SHOWN_SIZE) {
			piece = more;
			piece_len = sizeof(more) - 1;
			n = strlen(p);
		}
		memcpy(out + at, piece, piece_len);
		at += piece_len;
		p += n;
	}
	out[at] = '\0';
	buf_free_string(copy);
	return out;
}

int opts_fail_unknown(const struct opts_command *command, const char *name, size_t len,
		      char error[OPTS_ERROR_SIZE])
{
	char shown[OPTS_SHOWN_SIZE], word[OPTS_SHOWN_SIZE], list[OPTS_SHOWN_SIZE] = "";
	const char *names[SUGGESTED_MAX], *meant = NULL;
	size_t n_names = 0, n_longer = 0, at = 0;

	snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word)), name);
	opts_for_each(o, command)
	{
		if (!len || (o->flags & OPTS_HIDDEN))
			continue;
		if (n_names < SUGGESTED_MAX)
			names[n_names++] = o->name;
		if (strncmp(o->name, name, len) != 0)
			continue;
		meant = o->name;
		if (at < sizeof(list))
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s--%s",
					       n_longer ? ", " : "", o->name);
		n_longer++;
	}
	if (n_longer != 1)
		meant = coder_nearest(word, names, n_names);
	opts_show(name, len, shown);
	if (n_longer > 1 && (!meant || strncmp(meant, name, len) != 0))
		return opts_fail(error, "--%s: ambiguous option: %s", shown, list);
	if (!meant)
		return opts_fail(error, "--%s: invalid option", shown);
	return opts_fail(error, "--%s: invalid option; did you mean --%s?", shown, meant);
}
