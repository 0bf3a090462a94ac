/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c - see session.h: options, shell variables and config files become a client. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"
#include "base/buf.h"
#include "header_command.h"
#include "output/advice.h"
#include "output/message.h"
#include "shell/environment.h"
#include "shell/shell.h"
#include "shell/variables.h"
#include "tls_files.h"

#define INPUT_MAX (64u << 10) /* of a config file or a header command */
#define COMMAND_NS (60 * CODER_NS) /* what a header command gets without --timeout */

struct session {
	bool silent; /* no warnings */
	struct coder_interrupts *interrupts;
	char *directory; /* of the config files; NULL: nothing says where */
	char *url, *origin;
	const char *url_source; /* "--url", the variable's name, or url_file */
	char *url_file; /* its path, if it was looked for */
	char *token;
	const char *token_source; /* "--token", the variable's name, or session_file */
	char *session_file; /* its path, if it was looked for */
	struct coder_strings headers; /* "Name: value" */
	struct tls_files tls;
	char *proxy; /* NULL: none */
	const char *proxy_variable; /* that names it */
	const char *libraries_variable; /* the first that is set of library_variables; or NULL */
};

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

/* ------------------------------------------------------ variables, files */

/* Nothing but blanks is nothing. */
static bool is_given(const char *value)
{
	return value && value[strspn(value, ASCII_BLANKS)];
}

static int copy_string(const char *text, char **ret, struct coder_error *err)
{
	*ret = strdup(text);
	return *ret ? 0 : coder_error_memory(err);
}

static void trim(char *text)
{
	size_t len = strlen(text), lead = strspn(text, ASCII_BLANKS);

	while (len > lead && ascii_is_blank(text[len - 1]))
		len--;
	memmove(text, text + lead, len - lead);
	explicit_bzero(text + len - lead, lead);
	text[len - lead] = '\0';
}

/* *ret is NULL if the variable is unset or blank. */
static int copy_variable(const char *name, char **ret, struct coder_error *err)
{
	const char *value = shvar_given(name);

	*ret = NULL;
	return value ? copy_string(value, ret, err) : 0;
}

/* A script whose variable is empty must not act as somebody else, or somewhere else. */
static int copy_option(const char *option, const char *value, char **ret, struct coder_error *err)
{
	if (is_given(value))
		return copy_string(value, ret, err);
	coder_error_set(err, CODER_ERR_USAGE, "%s is empty", option);
	return advise(err, "give it a value or leave it out");
}

static int find_directory(struct session *s, struct coder_error *err)
{
	static const struct {
		const char *variable, *below;
	} places[] = {
		{ "CODER_CONFIG_DIR", "" },
		{ "XDG_CONFIG_HOME", "/coderv2" },
		{ "HOME", "/.config/coderv2" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *value = shvar_get(places[i].variable);

		if (!value || !*value)
			continue;
		if (asprintf(&s->directory, "%s%s", value, places[i].below) < 0) {
			s->directory = NULL;
			return coder_error_memory(err);
		}
		return 0;
	}
	return 0;
}

static int read_regular(int fd, const char *path, struct buf *out, mode_t *ret_mode,
			struct coder_error *err)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return coder_error_set(err, CODER_ERR_AUTH, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return coder_error_set(err, CODER_ERR_AUTH, "%s: not a regular file", path);
	do
		n = buf_read(out, fd);
	while (n > 0);
	if (n < 0)
		return coder_error_set(err, CODER_ERR_AUTH, "%s: %s", path, strerror(errno));
	*ret_mode = st.st_mode & 07777;
	return 0;
}

/* *ret is NULL if there is no such file, or nothing in it. */
static int read_file(const char *path, char **ret, mode_t *ret_mode, struct coder_error *err)
{
	struct buf text = { .max = INPUT_MAX };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int rc;

	*ret = NULL;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return coder_error_set(err, CODER_ERR_AUTH, "%s: %s", path, strerror(errno));
	rc = read_regular(fd, path, &text, ret_mode, err);
	close(fd);
	if (rc == 0 && text.len > 0 && memchr(text.data, '\0', text.len))
		rc = coder_error_set(err, CODER_ERR_AUTH, "%s: has a control character in it",
				     path);
	if (rc == 0 && is_given(text.data)) {
		rc = copy_string(text.data, ret, err);
		if (rc == 0)
			trim(*ret);
	}
	buf_done(&text);
	return rc;
}

/* The path of a config file. */
static int config_path(const struct session *s, const char *name, char **ret,
		       struct coder_error *err)
{
	if (asprintf(ret, "%s/%s", s->directory, name) >= 0)
		return 0;
	*ret = NULL;
	return coder_error_memory(err);
}

static int read_url_file(struct session *s, char **ret, struct coder_error *err)
{
	mode_t mode;

	*ret = NULL;
	if (!s->directory)
		return 0;
	if (!s->url_file && config_path(s, "url", &s->url_file, err) < 0)
		return -1;
	return read_file(s->url_file, ret, &mode, err);
}

/* ---------------------------------------------------------- url and token */

static int find_url(struct session *s, const char *option, struct coder_error *err)
{
	s->url_source = option ? "--url" : "CODER_URL";
	if ((option ? copy_option(s->url_source, option, &s->url, err) :
		      copy_variable(s->url_source, &s->url, err)) < 0)
		return -1;
	if (!s->url) {
		if (read_url_file(s, &s->url, err) < 0)
			return -1;
		s->url_source = s->url_file;
	}
	if (!s->url) {
		coder_error_set(err, CODER_ERR_AUTH, "no URL");
		return advise(err, "set CODER_URL or give --url, or sign in with "
				   "coder login");
	}
	trim(s->url);
	if (coder_url_origin(s->url, &s->origin, err) < 0)
		return coder_error_wrap(err, "%s", s->url_source);
	return 0;
}

static int no_token(const struct session *s, struct coder_error *err)
{
	coder_error_set(err, CODER_ERR_AUTH, "no token for %s", s->origin);
	return advise(err,
		      "set CODER_SESSION_TOKEN or give --token, or sign in with "
		      "coder login %s",
		      s->origin);
}

/* The token of the file `session` is for what the file `url` names, and nobody else. */
static int check_owner(struct session *s, const char *path, struct coder_error *err)
{
	char *url, *origin;
	bool same;

	/* once more if it gave the URL: another `coder login` may have written both since */
	if (read_url_file(s, &url, err) < 0)
		return -1;
	if (!url) {
		coder_error_set(err, CODER_ERR_AUTH,
				"no token for %s: there is one in %s, but no file url beside it "
				"says whose it is",
				s->origin, path);
		return advise(err, "set CODER_SESSION_TOKEN or give --token");
	}
	if (coder_url_origin(url, &origin, err) < 0) {
		free(url);
		return coder_error_wrap(err, "%s", s->url_file);
	}
	free(url);
	same = strcmp(origin, s->origin) == 0;
	if (!same) {
		coder_error_set(err, CODER_ERR_AUTH, "no token for %s: the one in %s belongs to %s",
				s->origin, path, origin);
		advise(err, "set CODER_SESSION_TOKEN or give --token");
	}
	free(origin);
	return same ? 0 : -1;
}

static void warn_of_readers(const char *path, mode_t mode)
{
	char *file = realpath(path, NULL); /* however the directory is spelled */

	output_warn_once("readers", file ? file : path,
			 "%s: readable by others (mode %04o): chmod 600", path, (unsigned)mode);
	free(file);
}

static int read_session_file(struct session *s, struct coder_error *err)
{
	mode_t mode = 0;

	if (!s->directory)
		return no_token(s, err);
	if (config_path(s, "session", &s->session_file, err) < 0)
		return -1;
	s->token_source = s->session_file;
	if (read_file(s->session_file, &s->token, &mode, err) < 0)
		return -1;
	if (!s->token)
		return no_token(s, err);
	if (check_owner(s, s->session_file, err) < 0)
		return -1;
	if (!s->silent && (mode & (S_IRGRP | S_IROTH)))
		warn_of_readers(s->session_file, mode);
	return 0;
}

/* What a token cannot have in it, though it may be hard to see.*/
static const char *describe_character(uint32_t c)
{
	static const struct {
		uint32_t first, last;
		const char *what;
	} kinds[] = {
		{ ' ', ' ', "a blank" },
		{ 0x00, 0x1f, "a control character" },
		{ 0x7f, 0x9f, "a control character" },
		{ 0xa0, 0xa0, "a non-breaking space" },
		{ 0xad, 0xad, "a soft hyphen" },
		{ 0x2000, 0x200a, "a wide or narrow space" },
		{ 0x200b, 0x200b, "a zero-width space" },
		{ 0x200c, 0x200d, "a zero-width joiner" },
		{ 0x200e, 0x200f, "an invisible direction mark" },
		{ 0x2010, 0x2015, "a dash that is not a plain hyphen" },
		{ 0x2018, 0x201f, "a typographic quote" },
		{ 0x2028, 0x2029, "a line separator" },
		{ 0x202a, 0x202e, "an invisible direction mark" },
		{ 0x202f, 0x202f, "a non-breaking space" },
		{ 0x205f, 0x205f, "a wide or narrow space" },
		{ 0x2060, 0x2064, "an invisible character" },
		{ 0x2066, 0x2069, "an invisible direction mark" },
		{ 0x3000, 0x3000, "a wide or narrow space" },
		{ 0xfeff, 0xfeff, "a byte order mark" },
		{ 0, UINT32_MAX, "a character that is not ASCII" },
	};
	size_t i = 0;

	while (c < kinds[i].first || c > kinds[i].last)
		i++;
	return kinds[i].what;
}

/* Anything but visible ASCII is refused by name: servers would call such a token unknown. */
static int check_token(const struct session *s, struct coder_error *err)
{
	bool of_file = s->token_source == s->session_file;
	enum coder_code code = of_file ? CODER_ERR_AUTH : CODER_ERR_USAGE;
	const char *p = s->token;
	uint32_t c;

	while (*p > ' ' && *p < 0x7f)
		p++;
	if (!*p)
		return 0;
	if (!coder_utf8_decode(p, &c))
		coder_error_set(err, code, "%s: has a byte that is not ASCII in it (0x%02x)",
				s->token_source, (unsigned char)*p);
	else if (c < 0x80)
		coder_error_set(err, code, "%s: has %s in it", s->token_source,
				describe_character(c));
	else
		coder_error_set(err, code, "%s: has %s in it (U+%04X)", s->token_source,
				describe_character(c), (unsigned)c);
	if (of_file)
		return advise(err, "sign in again with: coder login %s", s->origin);
	return advise(err, "copy the token again");
}

static int find_token(struct session *s, const char *option, struct coder_error *err)
{
	s->token_source = option ? "--token" : "CODER_SESSION_TOKEN";
	if ((option ? copy_option(s->token_source, option, &s->token, err) :
		      copy_variable(s->token_source, &s->token, err)) < 0)
		return -1;
	if (!s->token && read_session_file(s, err) < 0)
		return -1;
	trim(s->token);
	return check_token(s, err);
}

/* Whether the session file has a token for the deployment, which was not looked at. */
static bool has_file_token(const struct session *s)
{
	struct session files = { .silent = true };
	struct coder_error ignored;
	bool found = find_directory(&files, &ignored) == 0 &&
		     copy_string(s->origin, &files.origin, &ignored) == 0 &&
		     read_session_file(&files, &ignored) == 0;

	session_done(&files);
	return found;
}

static void explain(const struct session *s, struct coder_error *err)
{
	const char *source = s->token_source;

	if (err->inactive)
		advise(err, "the token came from %s; signing in again does not help", source);
	else if (source == s->session_file)
		advise(err, "the token came from %s: sign in again with: coder login %s", source,
		       s->origin);
	else if (strcmp(source, "--token") == 0)
		advise(err, "the token came from --token: give another one");
	else if (has_file_token(s))
		advise(err,
		       "the token came from %s: set it anew, or unset it to use that of "
		       "%s/session",
		       source, s->directory);
	else
		advise(err,
		       "the token came from %s: set it anew, or unset it and sign in "
		       "with: coder login %s",
		       source, s->origin);
}

/* ---------------------------------------------------- libraries, proxies */

/* What commands that are started here would see of it; NULL if it is empty. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* What has the libraries that libcurl loads run code or write files; NULL-terminated. */
static const char *const library_variables[] = {
	"OPENSSL_CONF",	   "OPENSSL_CONF_INCLUDE",
	"OPENSSL_MODULES", "OPENSSL_ENGINES",
	"SSLKEYLOGFILE",   "QLOGDIR",
	"GCONV_PATH",	   "KRB5_CONFIG",
	"KRB5_TRACE",	   NULL,
};

bool session_shield(void)
{
	return !shell_restricted() || shell_hide_variables(library_variables);
}

void session_unshield(void)
{
	shell_show_variables();
}

/* The libraries open these themselves: a FIFO would be waited for. */
static int check_libraries(struct session *s, struct coder_error *err)
{
	if (shell_restricted())
		return 0; /* see session_shield() */
	for (size_t i = 0; library_variables[i]; i++) {
		const char *path = environment(library_variables[i]);
		struct stat st;

		if (!path)
			continue;
		if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
			return coder_error_set(err, CODER_ERR_USAGE, "%s: %s: not a regular file",
					       library_variables[i], path);
		if (!s->libraries_variable)
			s->libraries_variable = library_variables[i];
	}
	return 0;
}

/*
 * Chooses as libcurl would. HTTP_PROXY does not count: to a CGI script it is
 * what the header "Proxy" of somebody's request says.
 */
static int find_proxy(struct session *s, struct coder_error *err)
{
	static const struct {
		const char *name;
		bool http, https;
	} variables[] = {
		{ "http_proxy", true, false },	{ "https_proxy", false, true },
		{ "HTTPS_PROXY", false, true }, { "all_proxy", true, true },
		{ "ALL_PROXY", true, true },
	};
	const char *no_proxy = environment("no_proxy"), *value = NULL;
	bool https = coder_url_has_scheme(s->url, "https");

	if (coder_proxy_bypassed(s->url, no_proxy ? no_proxy : environment("NO_PROXY")))
		return 0;
	for (size_t i = 0; !value && i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (https ? !variables[i].https : !variables[i].http)
			continue;
		value = environment(variables[i].name);
		s->proxy_variable = variables[i].name;
	}
	return value ? copy_string(value, &s->proxy, err) : 0;
}

/* Whether the deployment, or the proxy in front of it, is spoken to over TLS. */
static bool uses_tls(const struct session *s)
{
	return coder_url_has_scheme(s->url, "https") ||
	       (s->proxy && coder_url_has_scheme(s->proxy, "https"));
}

/* ---------------------------------------------------------------- headers */

/*
 * Adds the len bytes "key=value". What is wrong with it is told by its number
 * in the source: values are secrets.
 */
static int add_header(struct session *s, const char *entry, size_t len, const char *source,
		      size_t number, struct coder_error *err)
{
	const char *equals = memchr(entry, '=', len);
	size_t name_len = equals ? (size_t)(equals - entry) : 0;
	size_t value_len = equals ? len - name_len - 1 : 0;
	struct buf line = { 0 };
	int rc;

	if (!equals)
		return coder_error_set(err, CODER_ERR_USAGE, "%s %zu has no '=': want key=value",
				       source, number);
	if (coder_header_check(entry, name_len, equals + 1, value_len, err) < 0)
		return coder_error_wrap(err, "%s %zu", source, number);
	if (buf_addf(&line, "%.*s: %.*s", (int)name_len, entry, (int)value_len, equals + 1))
		rc = coder_strings_add(&s->headers, line.data, err);
	else
		rc = coder_error_memory(err);
	buf_done(&line);
	return rc;
}

/*
 * Finds the end of a quoted field, whose text begins at text, and closes the
 * gaps of its doubled quotes. NULL: it has no end.
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

/* Adds the fields of a CSV record, which is changed. */
static int add_record(struct session *s, char *record, struct coder_error *err)
{
	char *p = record;

	for (size_t number = 1;; number++, p++) {
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
			return 0;
	}
}

static int add_variable_headers(struct session *s, struct coder_error *err)
{
	char *record;
	int rc;

	if (copy_variable("CODER_HEADER", &record, err) < 0)
		return -1;
	rc = record ? add_record(s, record, err) : 0;
	buf_free_string(record);
	return rc;
}

static int run_command(const struct session *s, char *command, int64_t limit_ns, struct buf *out,
		       struct coder_error *err)
{
	int64_t left = coder_interrupts_time_left(s->interrupts);

	if (!limit_ns)
		limit_ns = left != INT64_MAX ? left : COMMAND_NS;
	else if (left < limit_ns)
		limit_ns = left;
	return header_command_run(command, s->url, limit_ns, s->interrupts, out, err);
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

static int add_command_headers(struct session *s, int64_t limit_ns, struct coder_error *err)
{
	struct buf out = { .max = INPUT_MAX };
	char *command;
	int rc;

	if (copy_variable("CODER_HEADER_COMMAND", &command, err) < 0)
		return -1;
	if (!command)
		return 0;
	if (shell_restricted())
		rc = coder_error_set(err, CODER_ERR_USAGE, "CODER_HEADER_COMMAND: restricted");
	else
		rc = run_command(s, command, limit_ns, &out, err);
	if (rc == 0 && out.len > 0)
		rc = add_lines(s, &out, err);
	buf_done(&out);
	buf_free_string(command);
	return rc;
}

/* ----------------------------------------------------------------- client */

static void tell(void *ctx, enum coder_notice kind, const char *text)
{
	char line[512];

	(void)ctx;
	snprintf(line, sizeof(line), "%s%s", text,
		 kind == CODER_NOTICE_UNDO ? " (a second ^C leaves at once)" : "");
	output_error(line);
}

static void tell_nobody(void *ctx, enum coder_notice kind, const char *text)
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
			.notice = options->silent ? tell_nobody : tell,
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
				 "%s is not encrypted: whoever is on the way can read the token",
				 s->origin);
	return 0;
}

static int gather(struct session *s, const struct session_options *options, struct coder_error *err)
{
	if (find_directory(s, err) < 0 || find_url(s, options->url, err) < 0 ||
	    find_token(s, options->token, err) < 0 || check_libraries(s, err) < 0 ||
	    find_proxy(s, err) < 0 || add_variable_headers(s, err) < 0)
		return -1;
	/* a broken one is no obstacle to http */
	if (uses_tls(s) && tls_files_find(s->interrupts, &s->tls, err) < 0)
		return -1;
	return add_command_headers(s, options->command_timeout_ns, err);
}

int session_open(const struct session_options *options, struct coder_client **ret,
		 struct coder_error *err)
{
	struct session s = { .silent = options->silent, .interrupts = options->interrupts };
	int rc;

	/* for the header command and for what libraries read themselves */
	shell_sync_environment();
	rc = gather(&s, options, err);
	if (rc == 0)
		rc = open_client(&s, options, ret, err);
	session_done(&s);
	return rc;
}

void session_explain(const struct session_options *options, struct coder_error *err)
{
	struct session s = { .silent = true };
	struct coder_error ignored;

	if (find_directory(&s, &ignored) == 0 && find_url(&s, options->url, &ignored) == 0 &&
	    find_token(&s, options->token, &ignored) == 0)
		explain(&s, err);
	session_done(&s);
}

uint64_t session_identity(const struct session_options *options)
{
	struct session s = { .silent = true };
	struct coder_error err;
	uint64_t identity = 0;

	if (find_directory(&s, &err) == 0 && find_url(&s, options->url, &err) == 0 &&
	    find_token(&s, options->token, &err) == 0)
		/* a token is too random to be guessed from 64 bits of it */
		identity = coder_hash(coder_hash(CODER_HASH_BEGIN, s.origin), s.token) | 1;
	session_done(&s);
	return identity;
}
