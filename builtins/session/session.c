/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c - a client from options, variables, files and the environment; see session.h. */
#include "session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "output/advice.h"
#include "output/message.h"
#include "parts.h"
#include "shell/environment.h"
#include "shell/shell.h"
#include "shell/variables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void session_done(struct session *s)
{
	for (size_t i = 0; i < s->headers.n; i++)
		explicit_bzero(s->headers.v[i], strlen(s->headers.v[i]));
	coder_strings_done(&s->headers);
	buf_free_string(s->token);
	free(s->session_file);
	free(s->url_file);
	free(s->directory);
	free(s->url);
	free(s->origin);
	tls_files_done(&s->tls);
	buf_free_string(s->proxy);
}

static void print_notice(void *ctx, enum coder_notice kind, const char *text)
{
	char line[512];

	(void)ctx;
	snprintf(line, sizeof(line), "%s%s", text,
		 kind == CODER_NOTICE_UNDO ? " (a second ^C ends the call at once)" : "");
	output_message(line);
}

static void print_nothing(void *ctx, enum coder_notice kind, const char *text)
{
	(void)ctx;
	(void)kind;
	(void)text;
}

static int open_client(const struct session *s, const struct session_options *options,
		       struct coder_client **ret, struct coder_error *err)
{
	const char *keepalive = shvar_get("CODER_TOKENS_KEEPALIVE");
	struct coder_config config = {
		.url = s->url,
		.url_source = s->url_source,
		.token = s->token,
		.headers = (const char *const *)s->headers.v,
		.n_headers = s->headers.n,
		.ca_file = s->tls.ca_file,
		.more_cas = s->tls.more_cas,
		.cert_file = s->tls.cert_file,
		.key_file = s->tls.key_file,
		.connect_timeout_ns = options->connect_timeout_ns,
		.libraries_variable = s->libraries_variable,
		.fresh = keepalive && strcmp(keepalive, "0") == 0,
		.no_retry = options->no_retry,
		.proxy = s->proxy,
		.proxy_source = s->proxy_variable,
		.hooks = {
			.notice = options->silent ? print_nothing : print_notice,
		},
		.interrupts = s->interrupts,
	};
	char agent[96];

	snprintf(agent, sizeof(agent), "coder_tokens/%s (bash %s)", CODER_TOKENS_VERSION,
		 shell_version());
	config.user_agent = agent;
	if (coder_client_new(&config, ret, err) < 0)
		return -1;
	if (!options->silent && coder_client_insecure(*ret))
		output_warn_once("plaintext", s->origin,
				 "%s is not encrypted: others on the network can read the token",
				 s->origin);
	return 0;
}

/* The URL and the token. */
static int find_sources(struct session *s, const struct session_options *options,
			struct coder_error *err)
{
	if (session_find_directory(s, err) < 0 || session_find_url(s, options->url, err) < 0)
		return -1;
	return session_find_token(s, options->token, err);
}

int session_open(const struct session_options *options, struct coder_client **ret,
		 char **ret_token_source, struct coder_error *err)
{
	char *source = NULL;
	struct session CLEANUP(session_done)
		s = { .silent = options->silent, .interrupts = options->interrupts };

	/* for the header command, and for the libraries that read variables themselves */
	shell_sync_environment();
	if (find_sources(&s, options, err) < 0 || session_check_libraries(&s, err) < 0 ||
	    session_find_proxy(&s, err) < 0 || session_add_variable_headers(&s, err) < 0)
		return -1;
	/* without TLS to the deployment or the proxy, a broken file does no harm */
	if ((coder_url_has_scheme(s.url, "https") ||
	     (s.proxy && coder_url_has_scheme(s.proxy, "https"))) &&
	    tls_files_find(s.interrupts, &s.tls, err) < 0)
		return -1;
	if (session_add_command_headers(&s, options->command_timeout_ns, err) < 0 ||
	    (ret_token_source && session_copy_string(s.token_source, &source, err) < 0))
		return -1;
	if (open_client(&s, options, ret, err) < 0) {
		free(source);
		return -1;
	}
	if (ret_token_source)
		*ret_token_source = source;
	return 0;
}

void session_find_cause(const char *token_source, const char *origin, struct coder_error *err)
{
	struct session CLEANUP(session_done) files = { .silent = true };
	struct coder_error ignored;

	if (err->inactive)
		advise(err, CAUSE_USER_SUSPENDED, token_source, NULL);
	else if (strcmp(token_source, TOKEN_OPTION) == 0)
		advise(err, CAUSE_OPTION_REFUSED, NULL, NULL);
	else if (strcmp(token_source, TOKEN_VARIABLE) != 0)
		advise(err, CAUSE_FILE_REFUSED, token_source, origin);
	else if (session_find_directory(&files, &ignored) == 0 &&
		 session_copy_string(origin, &files.origin, &ignored) == 0 &&
		 session_read_session_file(&files, &ignored) == 0)
		advise(err, CAUSE_VARIABLE_HIDES_FILE, files.directory, NULL);
	else
		advise(err, CAUSE_VARIABLE_REFUSED, origin, NULL);
}

uint64_t session_identity(const struct session_options *options)
{
	struct session CLEANUP(session_done) s = { .silent = true };
	struct coder_error ignored;

	if (find_sources(&s, options, &ignored) < 0)
		return 0;
	return coder_hash_pair(s.origin, s.token);
}
