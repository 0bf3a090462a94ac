/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session.c - where requests go and as whom. The shell and the client are stubs. */
#include "coder.h"
#include "output/advice.h"
#include "session/session.h"
#include "shell/arrays.h"
#include "shell/environment.h"
#include "shell/io.h"
#include "shell/shell.h"
#include "shell/variables.h"
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ------------------------------------------------------------- the shell */

/* The advice on an error. */
static const char *advice_on(const struct coder_error *err)
{
	static char text[ADVICE_SIZE];

	advice_text(err, "me", text);
	return text;
}

static struct {
	struct {
		char name[64], *value;
	} variables[32];
	size_t n_variables;
	bool restricted;
	int signal_after; /* the source of signals reports SIGINT from this call on; 0: never */
	int asked;
	int synced;
	char said[1024]; /* what shio_*() was given, one line for each call */
} fake;

static void set(const char *name, const char *value)
{
	size_t i = 0;

	while (i < fake.n_variables && strcmp(fake.variables[i].name, name) != 0)
		i++;
	assert_true(i < COUNT(fake.variables));
	if (i == fake.n_variables)
		fake.n_variables++;
	snprintf(fake.variables[i].name, sizeof(fake.variables[i].name), "%s", name);
	free(fake.variables[i].value);
	fake.variables[i].value = strdup(value);
}

const char *shvar_get(const char *name)
{
	for (size_t i = 0; i < fake.n_variables; i++)
		if (strcmp(fake.variables[i].name, name) == 0)
			return fake.variables[i].value;
	return NULL;
}

bool shell_restricted(void)
{
	return fake.restricted;
}

bool shell_hide_variables(const char *const *names)
{
	(void)names;
	fail();
	return false;
}

void shell_show_variables(void)
{
}

const char *shell_version(void)
{
	return "5.2";
}

void shell_sync_environment(void)
{
	fake.synced++;
}

static int signal_pending(void *unused)
{
	(void)unused;
	return fake.signal_after && ++fake.asked >= fake.signal_after ? SIGINT : 0;
}

static int take_signal(void *unused)
{
	int signal = signal_pending(unused);

	if (signal)
		fake.signal_after = 0;
	return signal;
}

static void say(const char *kind, const char *fmt, va_list args)
{
	size_t len = strlen(fake.said);

	len += (size_t)snprintf(fake.said + len, sizeof(fake.said) - len, "%s: ", kind);
	len += (size_t)vsnprintf(fake.said + len, sizeof(fake.said) - len, fmt, args);
	snprintf(fake.said + len, sizeof(fake.said) - len, "\n");
}

void shio_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("error", fmt, args);
	va_end(args);
}

void shio_warning(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("warning", fmt, args);
	va_end(args);
}

/* Only needed to link output.c. */
void shio_note(const char *text)
{
	(void)text;
	fail();
}

int shio_write(const char *data, size_t len, struct coder_interrupts *interrupts)
{
	(void)data, (void)len, (void)interrupts;
	fail();
	return -1;
}

int shvar_set_scalar(const char *name, const char *value)
{
	(void)name, (void)value;
	fail();
	return -1;
}

struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected)
{
	(void)kind, (void)expected;
	fail();
	return NULL;
}

void shvar_array_add(struct shvar_array *array, const char *key, const char *value)
{
	(void)array, (void)key, (void)value;
	fail();
}

int shvar_array_assign(const char *name, struct shvar_array *array)
{
	(void)name, (void)array;
	fail();
	return -1;
}

void shvar_array_free(struct shvar_array *array)
{
	(void)array;
	fail();
}

void shvar_array_leave(struct shvar_array *array)
{
	(void)array;
	fail();
}

void shvar_arrays_free_left(struct coder_interrupts *interrupts)
{
	(void)interrupts;
	fail();
}

/* ------------------------------------------------------------ the client */

/* A copy of what session_open() asked for. */
static struct {
	bool made, insecure;
	struct coder_config config;
	char url[256], token[256], agent[128], headers[1024];
	char ca[256], cert[256], key[256], more_cas[1024], proxy[64], proxy_source[32];
} got;

static void keep(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "(none)");
}

int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err)
{
	size_t len = 0;

	(void)err;
	got.made = true;
	got.config = *config;
	keep(got.url, sizeof(got.url), config->url);
	keep(got.token, sizeof(got.token), config->token);
	keep(got.agent, sizeof(got.agent), config->user_agent);
	keep(got.ca, sizeof(got.ca), config->ca_file);
	keep(got.more_cas, sizeof(got.more_cas), config->more_cas);
	keep(got.cert, sizeof(got.cert), config->cert_file);
	keep(got.key, sizeof(got.key), config->key_file);
	keep(got.proxy, sizeof(got.proxy), config->proxy);
	keep(got.proxy_source, sizeof(got.proxy_source), config->proxy_source);
	got.headers[0] = '\0';
	for (size_t i = 0; i < config->n_headers; i++)
		len += (size_t)snprintf(got.headers + len, sizeof(got.headers) - len, "%s\n",
					config->headers[i]);
	*ret = (struct coder_client *)&got;
	return 0;
}

bool coder_client_insecure(const struct coder_client *client)
{
	(void)client;
	return got.insecure;
}

/* --------------------------------------------------------------- helpers */

static char directory[64];
static struct session_options options;
static char *token_source; /* of the last call */
static int64_t limit_ns; /* time limit of the next call; 0: none */
static struct coder_interrupts interrupts; /* of the last call */
static struct coder_error err;

static void write_file(const char *name, const char *data, size_t len, mode_t mode)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void put(const char *name, const char *text)
{
	write_file(name, text, strlen(text), 0600);
}

static void empty_directory(void)
{
	static const char *const names[] = { "url", "session", "ca", "cert", "key", "alive" };
	char path[128];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		if (unlink(path) < 0)
			rmdir(path);
	}
}

static int begin(void **state)
{
	(void)state;
	while (fake.n_variables > 0) {
		free(fake.variables[--fake.n_variables].value);
		fake.variables[fake.n_variables].value = NULL;
	}
	memset(&fake, 0, sizeof(fake));
	memset(&got, 0, sizeof(got));
	memset(&err, 0, sizeof(err));
	options = (struct session_options){ 0 };
	free(token_source);
	token_source = NULL;
	limit_ns = 0;
	empty_directory();
	set("CODER_CONFIG_DIR", directory);
	return 0;
}

/* Does the same as begin(), with all that is needed for a client. */
static int begin_complete(void **state)
{
	begin(state);
	set("CODER_URL", "https://coder.example");
	set("CODER_SESSION_TOKEN", "abcdefghij-secret");
	return 0;
}

static int open_session(void)
{
	static const struct coder_interrupt_source source = { .pending = signal_pending,
							      .take = take_signal };
	struct coder_client *client;
	int rc;

	got.made = false;
	free(token_source);
	token_source = NULL;
	coder_interrupts_init(&interrupts, &source);
	if (limit_ns)
		coder_interrupts_limit(&interrupts, limit_ns);
	options.interrupts = &interrupts;
	rc = session_open(&options, &client, &token_source, &err);
	coder_interrupts_release(&interrupts);
	return rc;
}

#define assert_opens() assert_int_equal(open_session(), 0)
#define assert_refused(with, part)                    \
	do {                                          \
		assert_int_equal(open_session(), -1); \
		assert_false(got.made);               \
		assert_int_equal(err.code, with);     \
		assert_contains(err.message, part);   \
	} while (0)

/* ---------------------------------------------------------- url and token */

static void test_options_then_variables_then_files(void **state)
{
	(void)state;
	put("url", "https://file.example\n");
	put("session", " file-token\r\n");
	assert_opens();
	assert_string_equal(got.url, "https://file.example");
	assert_string_equal(got.token, "file-token");
	set("CODER_URL", "https://variable.example  ");
	set("CODER_SESSION_TOKEN", "variable-token");
	assert_opens();
	assert_string_equal(got.url, "https://variable.example");
	assert_string_equal(got.token, "variable-token");
	options.url = "https://option.example";
	options.token = "option-token";
	assert_opens();
	assert_string_equal(got.url, "https://option.example");
	assert_string_equal(got.token, "option-token");
	assert_string_equal(fake.said, "");
}

static void test_empty_is_unset(void **state)
{
	(void)state;
	put("url", "https://file.example");
	put("session", "file-token");
	set("CODER_URL", "");
	set("CODER_SESSION_TOKEN", " \r\n");
	assert_opens();
	assert_string_equal(got.url, "https://file.example");
	assert_string_equal(got.token, "file-token");
}

static void test_empty_options_are_refused(void **state)
{
	static const char *const empty[] = { "", " ", "\t", "\r\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(empty); i++) {
		options = (struct session_options){ .url = empty[i] };
		assert_refused(CODER_ERR_USAGE, "--url is empty");
		assert_int_equal(session_identity(&options), 0);
		options = (struct session_options){ .token = empty[i] };
		assert_refused(CODER_ERR_USAGE, "--token is empty");
		assert_int_equal(session_identity(&options), 0);
	}
}

static void test_tokens_are_visible_ascii(void **state)
{
	static const struct {
		const char *token, *what;
	} cases[] = {
		{ "\xef\xbb\xbftoken", "has a byte order mark in it (U+FEFF)" },
		{ "to\xe2\x80\x8bken", "has a zero-width space in it (U+200B)" },
		{ "to\xe2\x80\x8dken", "has a zero-width joiner in it (U+200D)" },
		{ "token\xc2\xa0", "has a non-breaking space in it (U+00A0)" },
		{ "to\xe2\x80\x93ken", "has a dash that is not a plain hyphen in it (U+2013)" },
		{ "\xe2\x80\x9ctoken", "has a typographic quote in it (U+201C)" },
		{ "t\xc3\xb6ken", "has a character that is not ASCII in it (U+00F6)" },
		{ "to\xffken", "has a byte that is not ASCII in it (0xff)" },
		{ "to ken", "has a blank in it" },
		{ "to\tken", "has a control character in it" },
		{ "to\x7fken", "has a control character in it" },
		{ "to\xc2\x85ken", "has a control character in it (U+0085)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		options.token = cases[i].token;
		assert_refused(CODER_ERR_USAGE, cases[i].what);
		assert_contains(err.message, "--token: ");
		options.token = NULL;
		set("CODER_SESSION_TOKEN", cases[i].token);
		assert_refused(CODER_ERR_USAGE, cases[i].what);
		assert_contains(err.message, "CODER_SESSION_TOKEN: ");
		assert_contains(advice_on(&err), "copy the token again");
		set("CODER_SESSION_TOKEN", "");
		put("url", "https://coder.example");
		put("session", cases[i].token);
		assert_refused(CODER_ERR_AUTH, cases[i].what);
		assert_contains(err.message, "/session: ");
		assert_contains(advice_on(&err), "coder login https://coder.example");
	}
	put("session", "\r\n\t token \n\r");
	assert_opens();
	assert_string_equal(got.token, "token");
	set("CODER_SESSION_TOKEN", "\r\n token\r\n");
	assert_opens();
	assert_string_equal(got.token, "token");
	options.token = "token\n";
	assert_opens();
	assert_string_equal(got.token, "token");
}

/* The advice on a token that the deployment has refused. */
static const char *explained(void)
{
	coder_error_set(&err, CODER_ERR_AUTH, "signed out");
	session_find_cause(token_source, "https://coder.example", &err);
	return advice_on(&err);
}

static void test_a_refused_token_is_traced_to_its_source(void **state)
{
	(void)state;
	assert_opens();
	assert_string_equal(explained(),
			    "the token came from CODER_SESSION_TOKEN: set it to a new token, or "
			    "unset it and sign in with: coder login "
			    "https://coder.example");
	put("url", "https://other.example");
	put("session", "file-token");
	assert_contains(explained(), "coder login https://coder.example");
	put("url", "https://coder.example/");
	assert_contains(explained(), "set it to a new token, or unset it to use the one in /");
	assert_contains(explained(), "/session");
	options.token = "given";
	assert_contains(explained(), "the token came from CODER_SESSION_TOKEN");
	assert_opens();
	options.token = NULL;
	assert_string_equal(explained(), "the token came from --token: give another one");
	set("CODER_SESSION_TOKEN", "");
	assert_opens();
	set("CODER_SESSION_TOKEN", "set-later");
	assert_contains(explained(), "the token came from /");
	assert_contains(explained(),
			"/session: sign in again with: coder login https://coder.example");
	assert_string_equal(fake.said, "");
}

static void test_where_files_are(void **state)
{
	char below[128];

	(void)state;
	snprintf(below, sizeof(below), "%s/coderv2", directory);
	assert_int_equal(mkdir(below, 0700), 0);
	put("coderv2/url", "https://xdg.example");
	put("coderv2/session", "xdg-token");
	set("CODER_CONFIG_DIR", "");
	set("XDG_CONFIG_HOME", directory);
	set("HOME", "/nowhere");
	assert_opens();
	assert_string_equal(got.url, "https://xdg.example");
	set("CODER_CONFIG_DIR", "/nowhere");
	assert_refused(CODER_ERR_AUTH, "no URL");
	set("CODER_CONFIG_DIR", "");
	set("XDG_CONFIG_HOME", "");
	assert_refused(CODER_ERR_AUTH, "no URL");
	set("HOME", "");
	assert_refused(CODER_ERR_AUTH, "no URL");
	snprintf(below, sizeof(below), "%s/coderv2/url", directory);
	unlink(below);
	snprintf(below, sizeof(below), "%s/coderv2/session", directory);
	unlink(below);
	snprintf(below, sizeof(below), "%s/coderv2", directory);
	rmdir(below);
}

static void test_no_session_token_anywhere(void **state)
{
	(void)state;
	assert_refused(CODER_ERR_AUTH, "no URL");
	assert_contains(advice_on(&err), "CODER_URL");
	set("CODER_URL", "https://Coder.example:443/path");
	assert_refused(CODER_ERR_AUTH, "no token for https://coder.example");
	assert_contains(advice_on(&err), "CODER_SESSION_TOKEN");
	put("session", " \n");
	assert_refused(CODER_ERR_AUTH, "no token for https://coder.example");
	set("CODER_URL", "coder.example");
	assert_refused(CODER_ERR_USAGE, "coder.example");
}

static void test_file_token_stays_with_its_deployment(void **state)
{
	(void)state;
	put("url", "https://own.example");
	put("session", "own-token");
	set("CODER_URL", "https://OWN.example:443/");
	assert_opens();
	assert_string_equal(got.token, "own-token");
	set("CODER_URL", "https://other.example");
	assert_refused(CODER_ERR_AUTH, "belongs to https://own.example");
	assert_null(strstr(err.message, "own-token"));
	set("CODER_URL", "http://own.example");
	assert_refused(CODER_ERR_AUTH, "belongs to https://own.example");
	set("CODER_URL", "https://own.example:8443");
	assert_refused(CODER_ERR_AUTH, "belongs to https://own.example");
	put("url", "");
	assert_refused(CODER_ERR_AUTH, "no file url");
	put("url", "nonsense");
	assert_refused(CODER_ERR_USAGE, "/url: ");
	options.token = "given";
	assert_opens();
	assert_string_equal(got.token, "given");
}

static void test_bad_files(void **state)
{
	char path[128];
	char *big;

	(void)state;
	put("url", "https://file.example");
	write_file("session", "a\0b", 3, 0600);
	assert_refused(CODER_ERR_AUTH, "session: has a control character");
	put("session", "a\nb");
	assert_refused(CODER_ERR_AUTH, "session: has a control character");
	big = malloc(65537);
	assert_non_null(big);
	memset(big, 'x', 65537);
	write_file("session", big, 65536, 0600);
	assert_opens();
	write_file("session", big, 65537, 0600);
	free(big);
	assert_refused(CODER_ERR_AUTH, "session: ");
	snprintf(path, sizeof(path), "%s/session", directory);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_refused(CODER_ERR_AUTH, "session: not a regular file");
	rmdir(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(CODER_ERR_AUTH, "session: not a regular file");
}

static void test_readable_session_file_is_warned_of_once(void **state)
{
	char dotted[128];

	(void)state;
	put("url", "https://file.example");
	write_file("session", "t", 1, 0644);
	options.silent = true;
	assert_opens();
	options.silent = false;
	options.token = "given";
	assert_opens();
	assert_string_equal(fake.said, "");
	options.token = NULL;
	assert_opens();
	assert_contains(fake.said, "warning: ");
	assert_contains(fake.said, "/session: readable by others (mode 0644): chmod 600\n");
	fake.said[0] = '\0';
	assert_opens();
	snprintf(dotted, sizeof(dotted), "%s/./", directory);
	set("CODER_CONFIG_DIR", dotted);
	assert_opens();
	assert_string_equal(fake.said, "");
}

/* ---------------------------------------------------------------- headers */

static void test_headers_of_the_variable(void **state)
{
	(void)state;
	set("CODER_HEADER", "X-A=1,\"X-B=a,\"\"b\"\"\",x-c=k=v,X-D=");
	assert_opens();
	assert_string_equal(got.headers, "X-A: 1\nX-B: a,\"b\"\nx-c: k=v\nX-D: \n");
	set("CODER_HEADER", "Cookie=,Cookie=a=100%; session_token=b,Authorization=Basic eA==");
	assert_opens();
	assert_string_equal(got.headers, "Cookie: \nCookie: a=100%; session_token=b\n"
					 "Authorization: Basic eA==\n");
}

static void test_bad_headers(void **state)
{
	static const struct {
		const char *value, *message;
	} cases[] = {
		{ "X-A=1,s3cret", "entry 2 has no '='" },
		{ "X-A=1,", "entry 2 has no '='" },
		{ ",X-A=1", "entry 1 has no '='" },
		{ "=s3cret", "entry 1: the key is not a header name" },
		{ "X A=s3cret", "entry 1: the key is not a header name" },
		{ "X-A:=s3cret", "entry 1: the key is not a header name" },
		{ "X-A=s3cret\r\nX-B: 1", "entry 1: the value has a control character" },
		{ "X-A=1,\"X-B=s3cret", "entry 2 is not quoted" },
		{ "\"X-A=s3cret\"x,X-B=1", "entry 1 is not quoted" },
		{ "X-A=s3\"cret", "entry 1 is not quoted" },
		{ "coder-session-TOKEN=s3cret", "coder-session-TOKEN cannot be set" },
		{ "Content-Length=1", "Content-Length cannot be set" },
		{ "transfer-encoding=chunked", "transfer-encoding cannot be set" },
		{ "X-A=1,HOST=other.example", "entry 2: HOST cannot be set" },
		{ "Connection=Coder-Session-Token", "Connection cannot be set" },
		{ "upgrade=h2c", "upgrade cannot be set" },
		{ "Content-Encoding=gzip", "Content-Encoding cannot be set" },
		{ "Cookie=coder_session_token=s3cret", "entry 1: the cookie coder_session_token" },
		{ "cookie=a=b; Coder_Session_Token = s3cret", "the cookie coder_session_token" },
		{ "Cookie=a=%00;%63oder%5Fsession%5ftoken=s3cret",
		  "the cookie coder_session_token" },
		{ "Cookie=__Host-coder_session_token=s3cret", "the cookie coder_session_token" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		set("CODER_HEADER", cases[i].value);
		assert_refused(CODER_ERR_USAGE, cases[i].message);
		assert_null(strstr(err.message, "s3cret"));
	}
}

/* --------------------------------------------------------- header command */

static int lowest_free_fd(void)
{
	int fd = dup(STDERR_FILENO);

	assert_true(fd >= 0);
	close(fd);
	return fd;
}

/* Reaps every child, as bash does with those that it does not know. */
static void reap(int sig)
{
	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void test_header_command(void **state)
{
	int free_fd = lowest_free_fd();

	(void)state;
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = reap, .sa_flags = SA_RESTART }, NULL);
	setenv("CODER_URL", "https://exported.example", 1);
	set("CODER_HEADER", "X-A=1");
	set("CODER_HEADER_COMMAND", "printf 'X-U=%s\\n\\nX-In=%s\\r\\nX-Last=1' \"$CODER_URL\" "
				    "\"$(cat)\"; echo noise >&2");
	options.url = "https://option.example";
	assert_opens();
	assert_string_equal(got.headers,
			    "X-A: 1\nX-U: https://option.example\nX-In: \nX-Last: 1\n");
	assert_int_equal(fake.synced, 1);
	set("CODER_HEADER_COMMAND",
	    "tr '\\0' '\\n' </proc/$$/environ | sed -n 's/^CODER_URL/X-Env/p'");
	assert_opens();
	assert_string_equal(got.headers, "X-A: 1\nX-Env: https://option.example\n");
	set("CODER_HEADER_COMMAND", ":");
	assert_opens();
	assert_string_equal(got.headers, "X-A: 1\n");
	set("CODER_HEADER_COMMAND", "exec >&-; sleep 0.2; exit 3");
	assert_refused(CODER_ERR_REFUSED, "CODER_HEADER_COMMAND failed with status 3");
	set("CODER_HEADER_COMMAND", "kill -TERM $$");
	assert_refused(CODER_ERR_REFUSED, "ended by signal 15");
	set("CODER_HEADER_COMMAND", "echo A=1; echo s3cret");
	assert_refused(CODER_ERR_USAGE, "CODER_HEADER_COMMAND line 2 has no '='");
	assert_null(strstr(err.message, "s3cret"));
	set("CODER_HEADER_COMMAND", "yes A=1");
	assert_refused(CODER_ERR_REFUSED, "output of CODER_HEADER_COMMAND");
	fake.restricted = true;
	assert_refused(CODER_ERR_USAGE, "CODER_HEADER_COMMAND: restricted");
	assert_int_equal(lowest_free_fd(), free_fd);
	unsetenv("CODER_URL");
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
}

static double elapsed(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - since->tv_sec) + 1e-9 * (double)(now.tv_nsec - since->tv_nsec);
}

/* Whether the process whose number is in the file `alive` exists and is no zombie. */
static bool grandchild_lives(void)
{
	char path[128], line[256] = "";
	FILE *f;
	int pid = 0;

	snprintf(path, sizeof(path), "%s/alive", directory);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (fscanf(f, "%d", &pid) != 1)
		pid = 0;
	fclose(f);
	if (!pid)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	return line[0] && !strstr(line, ") Z ");
}

static void pause_10ms(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

static bool grandchild_dies(void)
{
	for (int i = 0; i < 100 && grandchild_lives(); i++)
		pause_10ms();
	return !grandchild_lives();
}

static void set_endless_command(void)
{
	char command[256];

	snprintf(command, sizeof(command), "sleep 30 & echo $! >%s/alive; wait", directory);
	set("CODER_HEADER_COMMAND", command);
}

static void test_header_command_has_a_time(void **state)
{
	struct timespec began;

	(void)state;
	set_endless_command();
	clock_gettime(CLOCK_MONOTONIC, &began);
	limit_ns = CODER_NS * 4 / 10;
	assert_refused(CODER_ERR_NO_RESPONSE, "did not end in time");
	assert_between((int)(elapsed(&began) * 1000), 390, 3000);
	assert_true(grandchild_dies());
	limit_ns = 0;
	options.command_timeout_ns = CODER_NS / 2;
	clock_gettime(CLOCK_MONOTONIC, &began);
	assert_int_equal(open_session(), -1);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_between((int)(elapsed(&began) * 1000), 490, 3000);
	assert_true(grandchild_dies());
}

static void test_header_command_is_interrupted(void **state)
{
	sigset_t mask;

	(void)state;
	set_endless_command();
	fake.signal_after = 4;
	assert_refused(CODER_ERR_INTERRUPTED, "interrupted");
	assert_int_equal(err.signal, SIGINT);
	assert_true(grandchild_dies());
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int sig = 1; sig < NSIG; sig++)
		assert_int_not_equal(sigismember(&mask, sig), 1);
}

/* A signal that kills the shell first kills what the header command started. */
static void test_fatal_signal_takes_the_command_along(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	set_endless_command();
	pid = fork();
	if (pid == 0) {
		alarm(20);
		open_session();
		_exit(99);
	}
	for (int i = 0; i < 500 && !grandchild_lives(); i++)
		pause_10ms();
	assert_true(grandchild_lives());
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_true(grandchild_dies());
}

/* ------------------------------------------------------------ tls, client */

static void test_tls_files(void **state)
{
	char ca[128], cert[128], key[128];

	(void)state;
	snprintf(ca, sizeof(ca), "%s/ca", directory);
	snprintf(cert, sizeof(cert), "%s/cert", directory);
	snprintf(key, sizeof(key), "%s/key", directory);
	set("SSL_CERT_FILE", ca);
	assert_refused(CODER_ERR_USAGE, "SSL_CERT_FILE: ");
	assert_contains(err.message, ca);
	put("ca", "");
	put("cert", "");
	put("key", "");
	assert_opens();
	assert_string_equal(got.ca, ca);
	assert_string_equal(got.cert, "(none)");
	set("CODER_CLIENT_TLS_CA_FILE", cert);
	assert_opens();
	assert_string_equal(got.ca, cert);
	set("CODER_CLIENT_TLS_CERT_FILE", cert);
	assert_refused(CODER_ERR_USAGE, "must be specified together");
	set("CODER_CLIENT_TLS_KEY_FILE", key);
	assert_opens();
	assert_string_equal(got.cert, cert);
	assert_string_equal(got.key, key);
	set("CODER_CLIENT_TLS_KEY_FILE", "/nowhere/key");
	assert_refused(CODER_ERR_USAGE, "CODER_CLIENT_TLS_KEY_FILE: /nowhere/key: ");
	set("CODER_CLIENT_TLS_CERT_FILE", "");
	set("CODER_CLIENT_TLS_KEY_FILE", key);
	assert_refused(CODER_ERR_USAGE, "must be specified together");
	/* over http these files are not read */
	set("CODER_URL", "http://127.0.0.1");
	set("CODER_CLIENT_TLS_CA_FILE", "/nowhere");
	set("SSL_CERT_DIR", "/nowhere");
	assert_opens();
	assert_string_equal(got.ca, "(none)");
	assert_string_equal(got.key, "(none)");
}

/* The base64 of a DER sequence of 135 bytes: header, then zeros. */
#define A44 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define SEQUENCE "MIGE" A44 A44 A44 A44

static void test_directory_of_cas(void **state)
{
	static const char expected[] = "-----BEGIN CERTIFICATE-----\n"
				       "MIGE" A44 "AAAAAAAAAAAAAAAA\n" A44 "AAAAAAAAAAAAAAAAAAAA\n"
				       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
				       "-----END CERTIFICATE-----\n";
	static const char *const none[] = {
		"",
		"text",
		"-----BEGIN CERTIFICATE-----\n",
		"-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nMIGE" A44 A44 A44 "\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n" SEQUENCE "A\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n" SEQUENCE "AAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n" SEQUENCE "=\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\nX: y\n" SEQUENCE "\n-----END CERTIFICATE-----\n",
		"-----BEGIN PRIVATE KEY-----\n" SEQUENCE "\n-----END PRIVATE KEY-----\n",
	};

	(void)state;
	set("SSL_CERT_DIR", "/nowhere");
	assert_refused(CODER_ERR_USAGE, "SSL_CERT_DIR: /nowhere: No such file or directory");
	set("SSL_CERT_DIR", "::");
	assert_opens();
	set("SSL_CERT_DIR", directory);
	for (size_t i = 0; i < COUNT(none); i++) {
		put("cert", none[i]);
		assert_opens();
		assert_string_equal(got.more_cas, "(none)");
	}
	put("cert", "\r\nx-----BEGIN CERTIFICATE-----" SEQUENCE "-----END CERTIFICATE-----y");
	assert_opens();
	assert_string_equal(got.more_cas, expected);
	set("CODER_CLIENT_TLS_CA_FILE", "/dev/null/x");
	assert_refused(CODER_ERR_USAGE, "CODER_CLIENT_TLS_CA_FILE: ");
	fake.signal_after = 1;
	set("CODER_CLIENT_TLS_CA_FILE", "");
	assert_refused(CODER_ERR_INTERRUPTED, "interrupted");
}

static void test_what_the_client_gets(void **state)
{
	(void)state;
	assert_opens();
	assert_string_equal(got.agent, "coder_tokens/" CODER_TOKENS_VERSION " (bash 5.2)");
	assert_ptr_equal(got.config.interrupts, &interrupts);
	assert_int_equal(interrupts.deadline, INT64_MAX);
	assert_int_equal(got.config.connect_timeout_ns, 0);
	assert_false(got.config.fresh || got.config.no_retry);
	got.config.hooks.notice(got.config.hooks.ctx, CODER_NOTICE_PLAIN, "waiting\033");
	assert_string_equal(fake.said, "error: waiting\\x1b\n");
	limit_ns = 5 * CODER_NS;
	set("CODER_TOKENS_KEEPALIVE", "0");
	assert_opens();
	assert_true(got.config.fresh);
	/* the whole time limit, as messages name it, counted from the beginning of the call */
	assert_int_equal(interrupts.budget_ns, 5 * CODER_NS);
	assert_between(coder_interrupts_time_left(&interrupts), CODER_NS, 5 * CODER_NS);
	set("CODER_TOKENS_KEEPALIVE", "1");
	assert_opens();
	assert_false(got.config.fresh);
}

/* Sets the proxy variables of the environment to these pairs of name and value. */
static void set_environment(const char *const pairs[][2], size_t n)
{
	static const char *const names[] = { "http_proxy",  "HTTP_PROXY", "https_proxy",
					     "HTTPS_PROXY", "all_proxy",  "ALL_PROXY",
					     "no_proxy",    "NO_PROXY" };

	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
	for (size_t i = 0; i < n && pairs[i][0]; i++)
		setenv(pairs[i][0], pairs[i][1], 1);
}

static void test_which_proxy(void **state)
{
	static const struct {
		const char *url, *chosen; /* the variable; NULL: none */
		const char *variables[4][2];
	} cases[] = {
		{ "https://h", NULL, { { NULL } } },
		{ "https://h", "https_proxy", { { "https_proxy", "p" } } },
		{ "HTTPS://h", "https_proxy", { { "https_proxy", "p" } } },
		{ "http://h", NULL, { { "https_proxy", "p" } } },
		{ "https://h", "HTTPS_PROXY", { { "HTTPS_PROXY", "p" } } },
		{ "https://h", "https_proxy", { { "HTTPS_PROXY", "q" }, { "https_proxy", "p" } } },
		{ "https://h", "HTTPS_PROXY", { { "HTTPS_PROXY", "p" }, { "https_proxy", "" } } },
		{ "http://h", "http_proxy", { { "http_proxy", "p" } } },
		{ "https://h", NULL, { { "http_proxy", "p" } } },
		{ "http://h", NULL, { { "HTTP_PROXY", "p" } } },
		{ "http://h", "all_proxy", { { "HTTP_PROXY", "q" }, { "all_proxy", "p" } } },
		{ "http://h", "all_proxy", { { "all_proxy", "p" } } },
		{ "https://h", "all_proxy", { { "all_proxy", "p" }, { "ALL_PROXY", "q" } } },
		{ "https://h", "ALL_PROXY", { { "ALL_PROXY", "p" }, { "all_proxy", "" } } },
		{ "https://h", "https_proxy", { { "all_proxy", "q" }, { "https_proxy", "p" } } },
		{ "http://h", "all_proxy", { { "http_proxy", "" }, { "all_proxy", "p" } } },
		{ "https://h", NULL, { { "https_proxy", "p" }, { "no_proxy", "h" } } },
		{ "https://h", NULL, { { "https_proxy", "p" }, { "NO_PROXY", "h" } } },
		{ "https://h", NULL, { { "all_proxy", "p" }, { "no_proxy", "*" } } },
		{ "https://h",
		  NULL,
		  { { "https_proxy", "p" }, { "no_proxy", "" }, { "NO_PROXY", "h" } } },
		{ "https://h",
		  "https_proxy",
		  { { "https_proxy", "p" }, { "no_proxy", "x" }, { "NO_PROXY", "h" } } },
		{ "https://localhost", NULL, { { "https_proxy", "p" } } },
		{ "http://127.0.0.1:3000", NULL, { { "http_proxy", "p" }, { "all_proxy", "q" } } },
		{ "http://[::1]:3000", NULL, { { "http_proxy", "p" } } },
		{ "http://a.localhost", "http_proxy", { { "http_proxy", "p" } } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		set_environment(cases[i].variables, COUNT(cases[i].variables));
		set("CODER_URL", cases[i].url);
		assert_opens();
		if (strcmp(got.proxy, cases[i].chosen ? "p" : "(none)") != 0)
			fail_msg("%zu: %s", i, got.proxy);
		if (cases[i].chosen)
			assert_string_equal(got.proxy_source, cases[i].chosen);
	}
	set_environment(NULL, 0);
	set("https_proxy", "of the shell alone");
	assert_opens();
	assert_string_equal(got.proxy, "(none)");
}

static void test_silent_client_with_limits(void **state)
{
	(void)state;
	got.insecure = true;
	options.silent = true;
	options.no_retry = true;
	options.connect_timeout_ns = CODER_NS / 2;
	limit_ns = CODER_NS * 3 / 2;
	assert_opens();
	assert_true(got.config.no_retry);
	assert_int_equal(got.config.connect_timeout_ns, CODER_NS / 2);
	assert_int_equal(interrupts.budget_ns, CODER_NS * 3 / 2);
	got.config.hooks.notice(got.config.hooks.ctx, CODER_NOTICE_PLAIN, "waiting");
	assert_string_equal(fake.said, "");
	limit_ns = CODER_NS / 10;
	assert_opens();
	assert_int_equal(interrupts.budget_ns, CODER_NS / 10);
	assert_true(coder_interrupts_time_left(&interrupts) <= CODER_NS / 10);
}

/*
 * Runs after test_silent_client_with_limits: a warning that was not printed there does not count.
 */
static void test_plaintext_is_warned_of_once(void **state)
{
	(void)state;
	set("CODER_URL", "http://coder.example");
	got.insecure = true;
	assert_opens();
	assert_contains(fake.said, "warning: http://coder.example is not encrypted");
	fake.said[0] = '\0';
	assert_opens();
	set("CODER_URL", "http://CODER.example:80/path");
	assert_opens();
	assert_string_equal(fake.said, "");
	set("CODER_URL", "http://other.example");
	assert_opens();
	assert_contains(fake.said, "warning: http://other.example is not encrypted");
}

static void test_identity(void **state)
{
	char path[128];
	uint64_t own;

	(void)state;
	snprintf(path, sizeof(path), "%s/alive", directory);
	assert_int_equal(session_identity(&options), 0);
	put("url", "https://own.example");
	assert_int_equal(session_identity(&options), 0);
	write_file("session", "own-token", 9, 0644);
	set("CODER_HEADER_COMMAND", "touch \"$CODER_CONFIG_DIR/alive\"");
	setenv("CODER_CONFIG_DIR", directory, 1);
	own = session_identity(&options);
	assert_int_not_equal(own, 0);
	options.url = "https://own.example:443/";
	options.token = "own-token";
	assert_int_equal(session_identity(&options), own);
	options.token = "other-token";
	assert_int_not_equal(session_identity(&options), own);
	options.token = "own-token";
	options.url = "https://other.example";
	assert_int_not_equal(session_identity(&options), own);
	options.token = NULL;
	assert_int_equal(session_identity(&options), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	unsetenv("CODER_CONFIG_DIR");
	assert_string_equal(fake.said, "");
}

static int make_directory(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(directory, sizeof(directory), "%.40s/session-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	begin(state);
	free(fake.variables[0].value);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_options_then_variables_then_files, begin),
		cmocka_unit_test_setup(test_empty_is_unset, begin),
		cmocka_unit_test_setup(test_empty_options_are_refused, begin_complete),
		cmocka_unit_test_setup(test_tokens_are_visible_ascii, begin_complete),
		cmocka_unit_test_setup(test_a_refused_token_is_traced_to_its_source,
				       begin_complete),
		cmocka_unit_test_setup(test_where_files_are, begin),
		cmocka_unit_test_setup(test_no_session_token_anywhere, begin),
		cmocka_unit_test_setup(test_file_token_stays_with_its_deployment, begin),
		cmocka_unit_test_setup(test_bad_files, begin),
		cmocka_unit_test_setup(test_readable_session_file_is_warned_of_once, begin),
		cmocka_unit_test_setup(test_headers_of_the_variable, begin_complete),
		cmocka_unit_test_setup(test_bad_headers, begin_complete),
		cmocka_unit_test_setup(test_header_command, begin_complete),
		cmocka_unit_test_setup(test_header_command_has_a_time, begin_complete),
		cmocka_unit_test_setup(test_header_command_is_interrupted, begin_complete),
		cmocka_unit_test_setup(test_fatal_signal_takes_the_command_along, begin_complete),
		cmocka_unit_test_setup(test_tls_files, begin_complete),
		cmocka_unit_test_setup(test_directory_of_cas, begin_complete),
		cmocka_unit_test_setup(test_what_the_client_gets, begin_complete),
		cmocka_unit_test_setup(test_which_proxy, begin_complete),
		cmocka_unit_test_setup(test_silent_client_with_limits, begin_complete),
		cmocka_unit_test_setup(test_plaintext_is_warned_of_once, begin_complete),
		cmocka_unit_test_setup(test_identity, begin),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
