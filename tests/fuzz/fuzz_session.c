/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_session.c - the config files, CODER_HEADER and what a header command prints.
 *
 * The input is, separated by a byte 0xff, the file url, the file session,
 * CODER_HEADER, and the command's output. What becomes of it must be fit to be
 * sent: no control characters, no header that takes another's place; and what
 * is said about it is one line that holds no value of a header.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buf.h"
#include "coder.h"
#include "net/http.h"
#include "session/header_command.h"
#include "session/session.h"
#include "shell/arrays.h"
#include "shell/environment.h"
#include "shell/io.h"
#include "shell/shell.h"
#include "shell/variables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
	const char *data;
	size_t len;
};

static char directory[] = "/tmp/fuzz_session.XXXXXX";
static const char *variable; /* CODER_HEADER */
static struct part output; /* of the command */

static void check_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
}

/* ------------------------------------------------------------- the shell */

const char *shvar_get(const char *name)
{
	if (strcmp(name, "CODER_CONFIG_DIR") == 0)
		return directory;
	if (strcmp(name, "CODER_HEADER") == 0)
		return variable;
	return strcmp(name, "CODER_HEADER_COMMAND") == 0 ? "true" : NULL;
}

bool shell_hide_variables(const char *const *names)
{
	(void)names;
	return true;
}

void shell_show_variables(void)
{
}

bool shell_restricted(void)
{
	return false;
}

const char *shell_version(void)
{
	return "5.2";
}

void shell_sync_environment(void)
{
}

void shio_error(const char *fmt, ...)
{
	(void)fmt;
	abort(); /* there is nothing to wait for */
}

void shio_warning(const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	check_line(text);
}

/* Only what output.c wants to be linked. */
void shio_note(const char *text)
{
	(void)text;
	abort();
}

int shio_write(const char *data, size_t len, struct coder_interrupts *interrupts)
{
	(void)data, (void)len, (void)interrupts;
	abort();
}

int shvar_set_scalar(const char *name, const char *value)
{
	(void)name, (void)value;
	abort();
}

struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected)
{
	(void)kind, (void)expected;
	abort();
}

void shvar_array_add(struct shvar_array *array, const char *key, const char *value)
{
	(void)array, (void)key, (void)value;
	abort();
}

int shvar_array_assign(const char *name, struct shvar_array *array)
{
	(void)name, (void)array;
	abort();
}

void shvar_array_free(struct shvar_array *array)
{
	(void)array;
	abort();
}

void shvar_array_leave(struct shvar_array *array)
{
	(void)array;
	abort();
}

void shvar_arrays_free_left(struct coder_interrupts *interrupts)
{
	(void)interrupts;
	abort();
}

/* ------------------------------------------------- the command, the client */

int header_command_run(char *command, const char *url, int64_t limit_ns,
		       struct coder_interrupts *interrupts, struct buf *out,
		       struct coder_error *err)
{
	(void)command, (void)limit_ns, (void)interrupts;
	check_line(url);
	return buf_add(out, output.data, output.len) ? 0 : coder_error_memory(err);
}

static void check_header(const char *line)
{
	static const char *const framing[] = { "Coder-Session-Token:", "Content-Length:",
					       "Transfer-Encoding:" };

	check_line(line);
	if (*line == ':' || !strstr(line, ": "))
		abort();
	for (size_t i = 0; i < sizeof(framing) / sizeof(framing[0]); i++)
		if (strncasecmp(line, framing[i], strlen(framing[i])) == 0)
			abort();
}

/* What is opened must do for the library, too, but for a name too long. */
int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err)
{
	struct http *http;

	check_line(config->url);
	check_line(config->token);
	if (!*config->token)
		abort();
	for (size_t i = 0; i < config->n_headers; i++)
		check_header(config->headers[i]);
	if (http_new(config, &http, err) < 0) {
		if (err->code != CODER_ERR_USAGE || !strstr(err->message, "header"))
			abort();
		return -1;
	}
	*ret = (struct coder_client *)http;
	return 0;
}

bool coder_client_insecure(const struct coder_client *client)
{
	return http_insecure((const struct http *)client);
}

/* ---------------------------------------------------------------- the test */

static void remove_files(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/url", directory);
	unlink(path);
	snprintf(path, sizeof(path), "%s/session", directory);
	unlink(path);
	rmdir(directory);
}

static void write_file(const char *name, struct part text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text.data, text.len) != (ssize_t)text.len)
		abort();
	close(fd);
}

/* Everything up to the next separator. */
static struct part cut(struct part *rest)
{
	const char *end = memchr(rest->data, 0xff, rest->len);
	struct part part = { rest->data, end ? (size_t)(end - rest->data) : rest->len };
	size_t taken = part.len + (end != NULL);

	rest->data += taken;
	rest->len -= taken;
	return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session_options options = { 0 };
	struct part rest = { (const char *)data, size }, header;
	struct coder_interrupts interrupts;
	struct coder_client *client = NULL;
	struct coder_error err = { 0 };
	static bool ready;
	char *text;

	if (!ready && (!mkdtemp(directory) || atexit(remove_files) != 0))
		abort();
	ready = true;
	write_file("url", cut(&rest));
	write_file("session", cut(&rest));
	header = cut(&rest);
	output = rest;
	text = strndup(header.data ? header.data : "", header.len);
	variable = text;
	coder_interrupts_init(&interrupts, NULL);
	options.interrupts = &interrupts;
	if (session_open(&options, &client, NULL, &err) == 0)
		http_free((struct http *)client);
	else if (!err.message[0])
		abort();
	(void)session_identity(&options);
	free(text);
	return 0;
}
