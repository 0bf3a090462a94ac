/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standin.c - a server that stands in for a deployment where tests/sandbox/ is too slow to measure
 * against. It has N tokens, all of one user, and its responses are fixed: it responds to removals,
 * but removes nothing. Lists contain the owners of tokens, views do not.
 *
 *   standin --ready FILE [--tokens N] [--delay MS] [--cert FILE --key FILE]
 *
 * --ready FILE    once it listens, it writes its URL to this file
 * --delay MS      the round trip: how long each response takes. The first one of a connection takes
 *                 twice as long, because opening a connection is a round trip, too
 * --cert, --key   it serves https
 *
 * It ends with the process that started it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define USER_ID "de9b7846-0eca-4db4-a8a8-c520b42f4471"
#define USER "admin"
#define SELF "session000" /* the id of the token in use: a login session */
#define TOKEN_MAX 1024 /* the most bytes of a token, or of a response other than the list */
#define DAY 86400

struct text {
	size_t len, size;
	char *data;
};

static struct {
	long tokens, delay_ms;
	const char *ready, *cert, *key;
	SSL_CTX *tls;
	time_t start;
	struct text list; /* the response to a request for all tokens */
} server;

struct connection {
	int fd;
	SSL *ssl;
	size_t have; /* bytes in in[] */
	char in[16384];
};

/* A text of one short response. */
#define SHORT_TEXT(name)                 \
	char name##_data[2 * TOKEN_MAX]; \
	struct text name = { .data = name##_data, .size = sizeof(name##_data) }

static void die(const char *what)
{
	fprintf(stderr, "standin: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void __attribute__((format(printf, 2, 3))) add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->len +=
		(size_t)vsnprintf(text->data + text->len, text->size - text->len, format, args);
	va_end(args);
}

/* ------------------------------------------------------------------ tokens */

static void add_time(struct text *text, const char *key, time_t at, unsigned microseconds)
{
	struct tm tm;

	gmtime_r(&at, &tm);
	add(text, "\"%s\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06uZ\",", key, tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, microseconds);
}

/* Adds token number i, some 430 bytes. Its times, scopes and allow list differ from the next. */
static void add_token(struct text *text, long i, bool with_owner)
{
	static const char *const scopes[] = {
		"\"workspace:read\",\"template:read\"", "\"coder:workspaces.access\"",
		"\"coder:all\"", "\"workspace:read\",\"workspace:ssh\",\"user:read_personal\"",
		"\"api_key:read\""
	};
	unsigned mixed = (unsigned)i * 2654435761U; /* spreads numbers that would grow evenly */
	time_t created = server.start - DAY - mixed % (90 * DAY);

	add(text, "{\"id\":\"tok%07ld\",\"user_id\":\"" USER_ID "\",", i);
	if (i % 3)
		add_time(text, "last_used", created + mixed % DAY, mixed % 1000000);
	else
		add(text, "\"last_used\":\"1970-01-01T00:00:00Z\",");
	add_time(text, "expires_at", created + 365 * DAY, mixed % 999999);
	add_time(text, "created_at", created, mixed % 999983);
	add_time(text, "updated_at", created, mixed % 999983);
	add(text,
	    "\"login_type\":\"token\",\"scope\":\"\",\"scopes\":[%s],\"token_name\":"
	    "\"pipeline-%07ld\",\"lifetime_seconds\":%d,\"allow_list\":[",
	    scopes[i % 5], i, 365 * DAY);
	if (i % 4)
		add(text, "\"template:*\",\"workspace:ea55eef0-e505-4854-98ef-%012lx\"]", i % 500);
	else
		add(text, "\"*:*\"]");
	add(text, with_owner ? ",\"username\":\"" USER "\"}" : "}");
}

/* The number of a token in a text that begins with `before`; -1: there is no such token. */
static long number(const char *text, const char *before)
{
	size_t len = strlen(before);
	char *end;
	long i;

	if (strncmp(text, before, len) != 0 || strlen(text) != len + 7)
		return -1;
	i = strtol(text + len, &end, 10);
	return *end || i < 0 || i >= server.tokens ? -1 : i;
}

/* ------------------------------------------------------------- connections */

static bool put(const struct connection *c, const char *data, size_t len)
{
	while (len) {
		ssize_t n = c->ssl ? SSL_write(c->ssl, data, (int)len) :
				     send(c->fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool fill(struct connection *c)
{
	size_t room = sizeof(c->in) - 1 - c->have;
	ssize_t n;

	if (!room)
		return false;
	n = c->ssl ? SSL_read(c->ssl, c->in + c->have, (int)room) :
		     recv(c->fd, c->in + c->have, room, 0);
	if (n <= 0)
		return false;
	c->have += (size_t)n;
	c->in[c->have] = '\0';
	return true;
}

/* Reads a request with its body; sets its method and the path without the query. */
static bool get(struct connection *c, char method[16], char path[512])
{
	char *end, *length;
	size_t size;

	while (!(end = strstr(c->in, "\r\n\r\n")))
		if (!fill(c))
			return false;
	length = strcasestr(c->in, "\r\nContent-Length:");
	size = (size_t)(end + 4 - c->in);
	if (length && length < end)
		size += strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
	while (c->have < size)
		if (!fill(c))
			return false;
	if (sscanf(c->in, "%15s %511[^ ?]", method, path) != 2)
		return false;
	c->have -= size;
	memmove(c->in, c->in + size, c->have + 1);
	return true;
}

static void add_head(struct text *text, int status, const char *reason)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	add(text,
	    "HTTP/1.1 %d %s\r\nContent-Type: application/json; charset=utf-8\r\n"
	    "X-Coder-Build-Version: v2.32.0\r\nX-Ratelimit-Limit: 512\r\n"
	    "X-Ratelimit-Remaining: 511\r\nX-Ratelimit-Reset: %lld\r\nDate: %s\r\n",
	    status, reason, (long long)now + 60, date);
}

static bool respond(const struct connection *c, int status, const char *reason, const char *body)
{
	SHORT_TEXT(text);

	add_head(&text, status, reason);
	if (status == 204)
		add(&text, "\r\n");
	else
		add(&text, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	return put(c, text.data, text.len);
}

/* -------------------------------------------------------------- responses */

static void make_list(void)
{
	struct text *list = &server.list;

	list->size =
		(size_t)(server.tokens + 1) * TOKEN_MAX; /* unused pages of it take no memory */
	list->data = malloc(list->size);
	if (!list->data)
		die("cannot make the list");
	for (long i = 0; i < server.tokens; i++) {
		add(list, i ? "," : "[");
		add_token(list, i, true);
	}
	add(list, server.tokens ? "]\n" : "null\n");
}

/* Sends a long list as one chunk, as Go's server does. */
static bool send_list(const struct connection *c)
{
	SHORT_TEXT(head);

	add_head(&head, 200, "OK");
	if (server.list.len < TOKEN_MAX) {
		add(&head, "Content-Length: %zu\r\n\r\n%s", server.list.len, server.list.data);
		return put(c, head.data, head.len);
	}
	add(&head, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", server.list.len);
	return put(c, head.data, head.len) && put(c, server.list.data, server.list.len) &&
	       put(c, "\r\n0\r\n\r\n", 7);
}

static bool no_such_thing(const struct connection *c)
{
	return respond(c, 404, "Not Found",
		       "{\"message\":\"Resource not found or you do not have access to this "
		       "resource\"}\n");
}

static bool send_token(const struct connection *c, long i)
{
	SHORT_TEXT(text);

	if (i < 0)
		return no_such_thing(c);
	add_token(&text, i, false);
	return respond(c, 200, "OK", text.data);
}

/* Serves the routes below /api/v2/users/USER/keys/. */
static bool keys(const struct connection *c, const char *method, const char *rest)
{
	char id[16];
	int end = 0;

	if (strcmp(rest, "tokens") == 0)
		return send_list(c);
	if (strncmp(rest, "tokens/", 7) == 0)
		return send_token(c, number(rest + 7, "pipeline-"));
	if (strcmp(rest, SELF) == 0)
		return respond(c, 200, "OK",
			       "{\"id\":\"" SELF "\",\"user_id\":\"" USER_ID
			       "\",\"login_type\":\"password\"}\n");
	if (sscanf(rest, "%10[a-z0-9]%n", id, &end) != 1 || number(id, "tok") < 0)
		return no_such_thing(c);
	if (strcmp(method, "PUT") == 0 && strcmp(rest + end, "/expire") == 0)
		return respond(c, 204, "No Content", "");
	if (rest[end])
		return respond(c, 404, "Not Found", "{\"message\":\"Route not found.\"}\n");
	if (strcmp(method, "DELETE") == 0)
		return respond(c, 204, "No Content", "");
	return send_token(c, number(id, "tok"));
}

static bool serve(const struct connection *c, const char *method, const char *path)
{
	char user[64] = "";
	int end = 0;

	if (strcmp(path, "/api/v2/buildinfo") == 0)
		return respond(c, 200, "OK", "{\"version\":\"v2.32.0\"}\n");
	if (sscanf(path, "/api/v2/users/%63[^/]%n", user, &end) == 1) {
		if (strncmp(path + end, "/keys/", 6) == 0)
			return keys(c, method, path + end + 6);
		if (!path[end])
			return respond(c, 200, "OK",
				       "{\"id\":\"" USER_ID "\",\"username\":\"" USER "\"}\n");
	}
	return respond(c, 404, "Not Found", "{\"message\":\"Route not found.\"}\n");
}

static void wait_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void *connection_main(void *ctx)
{
	struct connection *c = ctx;
	char method[16], path[512];
	bool ok = true;

	wait_ms(server.delay_ms);
	if (server.tls) {
		c->ssl = SSL_new(server.tls);
		ok = c->ssl && SSL_set_fd(c->ssl, c->fd) == 1 && SSL_accept(c->ssl) == 1;
	}
	while (ok && get(c, method, path)) {
		wait_ms(server.delay_ms);
		ok = serve(c, method, path);
	}
	SSL_free(c->ssl);
	close(c->fd);
	free(c);
	return NULL;
}

/* --------------------------------------------------------------------- start */

static int listen_anywhere(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *ready;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		die("cannot listen");
	ready = fopen(server.ready, "w");
	if (!ready ||
	    fprintf(ready, "%s://127.0.0.1:%d\n", server.tls ? "https" : "http",
		    ntohs(address.sin_port)) < 0 ||
	    fclose(ready) != 0)
		die(server.ready);
	return fd;
}

static void read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "ready", required_argument, NULL, 'r' },
		{ "tokens", required_argument, NULL, 't' },
		{ "delay", required_argument, NULL, 'd' },
		{ "cert", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 'r':
			server.ready = optarg;
			break;
		case 't':
			server.tokens = strtol(optarg, NULL, 10);
			break;
		case 'd':
			server.delay_ms = strtol(optarg, NULL, 10);
			break;
		case 'c':
			server.cert = optarg;
			break;
		case 'k':
			server.key = optarg;
			break;
		default:
			exit(2);
		}
	if (!server.ready)
		exit(2);
}

int main(int argc, char **argv)
{
	const int on = 1;
	int listener;

	read_options(argc, argv);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	server.start = time(NULL);
	make_list();
	if (server.cert) {
		server.tls = SSL_CTX_new(TLS_server_method());
		if (!server.tls ||
		    SSL_CTX_use_certificate_chain_file(server.tls, server.cert) != 1 ||
		    SSL_CTX_use_PrivateKey_file(server.tls, server.key, SSL_FILETYPE_PEM) != 1)
			die("cannot serve https");
	}
	listener = listen_anywhere();
	for (;;) {
		struct connection *c = calloc(1, sizeof(*c));
		pthread_t thread;

		if (!c)
			die("cannot serve");
		c->fd = accept(listener, NULL, NULL);
		if (c->fd < 0)
			die("cannot accept");
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (pthread_create(&thread, NULL, connection_main, c) != 0)
			die("cannot serve");
		pthread_detach(thread);
	}
}
