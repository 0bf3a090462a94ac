/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headers.c - headers that the user adds, for a gateway in front of the deployment; see session.h. */
#include "parts.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "header_command.h"
#include "session.h"
#include "shell/shell.h"

#include <string.h>

#define COMMAND_NS (60 * CODER_NS) /* the limit of a header command without --timeout */

static void free_string(char **s)
{
	buf_free_string(*s);
}

/*
 * Adds the len bytes "key=value". An error names the entry by its number in the source,
 * because its value is a secret.
 */
static int add_header(struct session *s, const char *entry, size_t len, const char *source,
		      size_t number, struct coder_error *err)
{
	const char *equals = memchr(entry, '=', len);
	size_t name_len = equals ? (size_t)(equals - entry) : 0;
	size_t value_len = equals ? len - name_len - 1 : 0;
	struct buf CLEANUP(buf_done) line = { 0 };

	if (!equals)
		return coder_error_set(err, CODER_ERR_USAGE, "%s %zu has no '=': want key=value",
				       source, number);
	if (coder_header_check(entry, name_len, equals + 1, value_len, err) < 0)
		return coder_error_wrap(err, "%s %zu", source, number);
	if (!buf_addf(&line, "%.*s: %.*s", (int)name_len, entry, (int)value_len, equals + 1))
		return coder_error_memory(err);
	return coder_strings_add(&s->headers, line.data, err);
}

/*
 * Finds the end of a quoted field whose text begins at text, and makes each doubled quote
 * in it a single one. NULL: it has no end.
 */
static char *unquote(char *text, size_t *ret_len)
{
	char *out = text;

	for (char *in = text; *in; in++) {
		if (*in == '"' && *++in != '"') {
			*ret_len = (size_t)(out - text);
			return in;
		}
		*out++ = *in;
	}
	return NULL;
}

int session_add_variable_headers(struct session *s, struct coder_error *err)
{
	char CLEANUP(free_string) *record = NULL;
	char *p;

	if (session_copy_variable("CODER_HEADER", &record, err) < 0)
		return -1;
	p = record;
	for (size_t number = 1; p; number++, p++) {
		bool quoted = *p == '"';
		char *text = p + quoted;
		size_t len = strcspn(text, ",\"");

		p = quoted ? unquote(text, &len) : text + len;
		if (!p || (*p && *p != ','))
			return coder_error_set(err, CODER_ERR_USAGE,
					       "CODER_HEADER entry %zu is not quoted as CSV is",
					       number);
		if (add_header(s, text, len, "CODER_HEADER entry", number, err) < 0)
			return -1;
		if (!*p)
			break;
	}
	return 0;
}

static int add_lines(struct session *s, const struct buf *out, struct coder_error *err)
{
	const char *line = out->data;
	const char *end = out->data + out->len;

	for (size_t number = 1; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline ? newline : end) - line);
		size_t bare = len > 0 && line[len - 1] == '\r' ? len - 1 : len;

		if (bare > 0 &&
		    add_header(s, line, bare, "CODER_HEADER_COMMAND line", number, err) < 0)
			return -1;
		line += len + 1;
	}
	return 0;
}

int session_add_command_headers(struct session *s, int64_t limit_ns, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) out = { .max = INPUT_MAX };
	char CLEANUP(free_string) *command = NULL;
	int64_t left = coder_interrupts_time_left(s->interrupts);

	if (session_copy_variable("CODER_HEADER_COMMAND", &command, err) < 0)
		return -1;
	if (!command)
		return 0;
	if (shell_restricted())
		return coder_error_set(err, CODER_ERR_USAGE, "CODER_HEADER_COMMAND: restricted");
	if (!limit_ns)
		limit_ns = left != INT64_MAX ? left : COMMAND_NS;
	else if (left < limit_ns)
		limit_ns = left;
	if (header_command_run(command, s->url, limit_ns, s->interrupts, &out, err) < 0)
		return -1;
	return out.len > 0 ? add_lines(s, &out, err) : 0;
}
