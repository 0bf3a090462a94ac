/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_http.c - lib/net/http.c and what is below it, against a server in a thread that sends each
 * request the next response of its script.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "coder.h"
#include "net/http.h"
#include "net/kept.h"
#include "net/response.h"
#include "net/sockets.h"
#include "net/transfer.h"
#include "output/advice.h"
#include "test.h"

#define TOKEN "abcdefghij-ABCDEFGHIJKLMNOPQRSTUV"
#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
#define NO_CONTENT "HTTP/1.1 204 No Content\r\n\r\n"
#define STATUS(line, more) "HTTP/1.1 " line "\r\n" more "Content-Length: 0\r\n\r\n"
#define HANG "\x01" /* the request is never responded to */
#define CLOSE "" /* the connection is closed instead */

/* ---------------------------------------------------------------- server */

#define MAX_CONNECTIONS 16
#define MAX_REQUESTS 32

static struct server {
	pthread_t thread;
	int listener, stop[2], port;
	pthread_mutex_t lock;
	/* the script: its last response is repeated */
	const char *const *script;
	const char *big; /* sent after each response, big_len bytes */
	size_t big_len;
	/* what happened */
	int n_connections, n_requests;
	int connection_of[MAX_REQUESTS];
	unsigned silence[MAX_REQUESTS]; /* the client's TCP_USER_TIMEOUT at each request, in ms */
	char *requests[MAX_REQUESTS];
} server = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct connection {
	int fd, number;
	struct buf in;
};

/*
 * The client is in this process: returns the longest TCP_USER_TIMEOUT of its sockets, which have
 * high numbers.
 */
static unsigned limit_of_silence(void)
{
	unsigned longest = 0;

	for (int fd = 900; fd < 1024; fd++) {
		unsigned ms = 0;
		socklen_t len = sizeof(ms);

		if (getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, &len) == 0 && ms > longest)
			longest = ms;
	}
	return longest;
}

/* Responds to one request; false: close the connection. */
static bool response(struct connection *c)
{
	const char *text;
	bool close_it;

	pthread_mutex_lock(&server.lock);
	text = server.script[0];
	if (server.script[1])
		server.script++;
	if (server.n_requests < MAX_REQUESTS) {
		server.connection_of[server.n_requests] = c->number;
		server.silence[server.n_requests] = limit_of_silence();
		server.requests[server.n_requests++] = buf_detach(&c->in);
	}
	buf_done(&c->in);
	pthread_mutex_unlock(&server.lock);
	if (strcmp(text, HANG) == 0)
		return true;
	close_it = !*text || strstr(text, "Connection: close");
	(void)!write(c->fd, text, strlen(text));
	for (size_t done = 0; done < server.big_len;) {
		ssize_t n = send(c->fd, server.big + done, server.big_len - done, MSG_NOSIGNAL);

		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return !close_it;
}

/* Whether a whole request has arrived. SOCKS and TLS begin with a small number. */
static bool is_whole(const struct buf *in)
{
	const char *end = strstr(in->data, "\r\n\r\n");
	const char *length = strstr(in->data, "Content-Length: ");
	size_t body = length ? strtoul(length + 16, NULL, 10) : 0;

	return (unsigned char)in->data[0] < ' ' ||
	       (end && in->len >= (size_t)(end + 4 - in->data) + body);
}

static bool receive(struct connection *c)
{
	char piece[4096];
	ssize_t n = read(c->fd, piece, sizeof(piece));

	if (n <= 0 || !buf_add(&c->in, piece, (size_t)n))
		return false;
	return !is_whole(&c->in) || response(c);
}

static void *serve(void *ctx)
{
	struct connection c[MAX_CONNECTIONS] = { 0 };
	size_t n = 0;

	(void)ctx;
	for (;;) {
		struct pollfd fds[MAX_CONNECTIONS + 2] = {
			{ .fd = server.stop[0], .events = POLLIN },
			{ .fd = server.listener, .events = POLLIN },
		};

		for (size_t i = 0; i < n; i++)
			fds[i + 2] = (struct pollfd){ .fd = c[i].fd, .events = POLLIN };
		/* new_multi() of start.c takes all descriptors from the process for a moment */
		if (poll(fds, n + 2, -1) < 0)
			continue;
		if (fds[0].revents)
			break;
		for (size_t i = n; i-- > 0;) {
			if (!fds[i + 2].revents || receive(&c[i]))
				continue;
			close(c[i].fd);
			buf_done(&c[i].in);
			c[i] = c[--n];
		}
		if (fds[1].revents && n < MAX_CONNECTIONS) {
			c[n].fd = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC);
			if (c[n].fd < 0)
				continue;
			c[n].in = (struct buf){ 0 };
			pthread_mutex_lock(&server.lock);
			c[n++].number = ++server.n_connections;
			pthread_mutex_unlock(&server.lock);
		}
	}
	while (n-- > 0) {
		close(c[n].fd);
		buf_done(&c[n].in);
	}
	return NULL;
}

static void forget_requests(void)
{
	for (int i = 0; i < server.n_requests; i++)
		buf_free_string(server.requests[i]);
	server.n_requests = 0;
}

static int start_server(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	sigset_t all, old;

	(void)state;
	server.n_connections = server.n_requests = 0;
	server.big_len = 0;
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (pipe2(server.stop, O_CLOEXEC) || server.listener < 0 ||
	    bind(server.listener, (struct sockaddr *)&address, len) ||
	    getsockname(server.listener, (struct sockaddr *)&address, &len) ||
	    listen(server.listener, 16))
		return -1;
	server.port = ntohs(address.sin_port);
	/* the tests' signals are for the main thread */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&server.thread, NULL, serve, NULL))
		return -1;
	return pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static int stop_server(void **state)
{
	(void)state;
	transfer_disconnect();
	(void)!write(server.stop[1], "", 1);
	pthread_join(server.thread, NULL);
	close(server.listener);
	close(server.stop[0]);
	close(server.stop[1]);
	forget_requests();
	return 0;
}

/* The server's responses from now on. */
#define SCRIPT(...)                                                         \
	do {                                                                \
		static const char *const script_[] = { __VA_ARGS__, NULL }; \
		server.script = script_;                                    \
	} while (0)

/* --------------------------------------------------------------- clients */

static struct {
	int signal; /* what pending() returns */
	int64_t signal_at; /* from this time on; 0: at once */
	int notices;
	char notice[256];
} caller;

static int pending(void *ctx)
{
	(void)ctx;
	return coder_clock() >= caller.signal_at ? caller.signal : 0;
}

static int take(void *ctx)
{
	int signal = pending(ctx);

	if (signal)
		caller.signal = 0;
	return signal;
}

/* The advice on an error. */
static const char *advice_on(const struct coder_error *err)
{
	static char text[ADVICE_SIZE];

	advice_text(err, "me", text);
	return text;
}

static void notice(void *ctx, enum coder_notice kind, const char *text)
{
	assert_int_equal(kind, CODER_NOTICE_PLAIN);
	(void)ctx;
	caller.notices++;
	snprintf(caller.notice, sizeof(caller.notice), "%s", text);
}

static char url_text[64];
static struct coder_interrupts interrupts; /* of the last config() */

static struct coder_config config(void)
{
	static const struct coder_interrupt_source source = { .pending = pending, .take = take };

	memset(&caller, 0, sizeof(caller));
	coder_interrupts_init(&interrupts, &source);
	snprintf(url_text, sizeof(url_text), "http://127.0.0.1:%d/ignored?x#y",
		 server.port ? server.port : 1);
	return (struct coder_config){
		.url = url_text,
		.url_source = "CODER_URL",
		.token = TOKEN,
		.user_agent = "test/1",
		.hooks = { .notice = notice },
		.interrupts = &interrupts,
	};
}

static struct http *client_of(const struct coder_config *c)
{
	struct coder_error err = { 0 };
	struct http *http = NULL;

	if (http_new(c, &http, &err) < 0)
		fail_msg("%s", err.message);
	return http;
}

static void end_client(struct http *http)
{
	if (http)
		http_close(http);
	http_free(http);
}

static struct http *client(void)
{
	const struct coder_config c = config();

	return client_of(&c);
}

/* Sends the request with a client of its own; *err is zeroed first. */
static int call(const struct coder_config *c, const struct http_request *request,
		struct http_response *ret, struct coder_error *err)
{
	struct http *http = client_of(c);
	int rc;

	memset(err, 0, sizeof(*err));
	memset(ret, 0, sizeof(*ret));
	rc = http_request(http, request, ret, err);
	end_client(http);
	return rc;
}

static const struct http_request get = { .method = "GET", .path = "/api/v2/x?a=b" };
static const struct http_request post = {
	.method = "POST", .path = "/p", .body = "{\"a\":1}\n", .body_len = 8, .once = true
};

static struct coder_error get_error(void)
{
	const struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	assert_int_equal(call(&c, &get, &response, &err), -1);
	http_response_done(&response);
	return err;
}

static int64_t ms_since(int64_t then)
{
	return (coder_clock() - then) / 1000000;
}

/* ------------------------------------------------------------------- url */

static void test_origin(void **state)
{
	static const struct {
		const char *url, *origin;
	} cases[] = {
		{ "https://coder.example.com", "https://coder.example.com" },
		{ "HTTPS://Coder.Example.COM/path/@me?q#f", "https://coder.example.com" },
		{ "https://h?q=a@b", "https://h" },
		{ "https://h#a@b", "https://h" },
		{ "http://h:80/", "http://h" },
		{ "https://h:443", "https://h" },
		{ "http://h:443", "http://h:443" },
		{ "http://h:08080", "http://h:8080" },
		{ "http://h:65535", "http://h:65535" },
		{ "http://[::1]:3000/x", "http://[::1]:3000" },
		{ "https://[2001:DB8::1]", "https://[2001:db8::1]" },
		{ "http://under_score.x-y", "http://under_score.x-y" },
		{ "https://b\xc3\xbc"
		  "cher.example",
		  "https://b\xc3\xbc"
		  "cher.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct coder_error err = { 0 };
		char *origin = NULL;

		if (coder_url_origin(cases[i].url, &origin, &err) < 0)
			fail_msg("%s: %s", cases[i].url, err.message);
		assert_string_equal(origin, cases[i].origin);
		free(origin);
	}
}

static void test_bad_url(void **state)
{
	static const struct {
		const char *url, *text;
	} cases[] = {
		{ "", "no scheme" },
		{ "coder.example.com", "has no scheme: 'coder.example.com'" },
		{ "localhost:3000", "no scheme" },
		{ "//h", "no scheme" },
		{ "ftp://h", "neither https nor http" },
		{ "file:///etc/passwd", "neither" },
		{ "https://", "no host" },
		{ "https:///x", "no host" },
		{ "https://:80", "no host" },
		{ "https://?x", "no host" },
		{ "https://u:p4ss@h", "user name" },
		{ "https://p4ss@h/", "user name" },
		{ "u:p4ss@h", "no scheme" },
		{ "https://h p4ss", "blank" },
		{ "https://h\n", "blank" },
		{ "\thttps://h", "blank" },
		{ "https://h\x7f", "blank" },
		{ "https://h:", "bad port" },
		{ "https://h:0", "bad port" },
		{ "https://h:65536", "bad port" },
		{ "https://h:123456", "bad port" },
		{ "https://h:8o", "bad port" },
		{ "https://h:-1", "bad port" },
		{ "https://h:80:90", "bad port" },
		{ "https://[::1", "broken host" },
		{ "https://[::1]x", "broken host" },
		{ "https://[g::1]", "broken host" },
		{ "https://[]", "no host" },
		{ "https://::1", "no host" },
		{ "https://h\\@x", "user name" },
		{ "https://h\\x", "broken host" },
		{ "https://a%41", "broken host" },
		{ "https://a,b", "broken host" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct coder_error err = { 0 };
		char *origin = NULL;

		if (coder_url_origin(cases[i].url, &origin, &err) == 0)
			fail_msg("%s was taken", cases[i].url);
		assert_null(origin);
		assert_int_equal(err.code, CODER_ERR_USAGE);
		if (!strstr(err.message, cases[i].text))
			fail_msg("%s: %s", cases[i].url, err.message);
		assert_null(strstr(err.message, "p4ss"));
	}
}

static void test_insecure(void **state)
{
	static const struct {
		const char *url;
		bool insecure;
	} cases[] = {
		{ "https://h", false },
		{ "http://h", true },
		{ "http://localhost", false },
		{ "http://127.0.0.1", false },
		{ "http://127.9.9.9:1", false },
		{ "http://[::1]", false },
		{ "http://128.0.0.1", true },
		{ "http://127.0.0.1.example.com", true },
		{ "http://localhost.evil", true },
		{ "http://[::2]", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct coder_config c = config();
		struct http *http;

		c.url = cases[i].url;
		http = client_of(&c);
		if (http_insecure(http) != cases[i].insecure)
			fail_msg("%s", cases[i].url);
		end_client(http);
	}
}

/* ---------------------------------------------------------- configuration */

static void refuse_config(const struct coder_config *c, const char *text)
{
	struct coder_error err = { 0 };
	struct http *http = NULL;

	assert_int_equal(http_new(c, &http, &err), -1);
	assert_null(http);
	assert_int_equal(err.code, CODER_ERR_USAGE);
	if (!strstr(err.message, text))
		fail_msg("%s", err.message);
	assert_null(strstr(err.message, "s3cret"));
}

static void test_bad_config(void **state)
{
	static const struct {
		const char *header, *text;
	} cases[] = {
		{ "X-A: s3cret\r\nX-B: 1", "header that was to be added: the value has a control" },
		{ "X-A: s3cret\x7f", "control" },
		{ "no colon s3cret", "not a header name" },
		{ ": s3cret", "not a header name" },
		{ "X A: s3cret", "not a header name" },
		{ "Content-Length: 5", "Content-Length cannot be set" },
		{ "transfer-encoding: chunked", "cannot be set" },
		{ "Host: other.example", "Host cannot be set" },
		{ "Cookie: coder_session_token=s3cret",
		  "cookie coder_session_token cannot be set" },
	};
	struct coder_config c = config();

	(void)state;
	c.token = "s3cret\nX-Evil: 1";
	refuse_config(&c, "token has a control character");
	c = config();
	c.user_agent = "a\rb";
	refuse_config(&c, "user agent");
	c = config();
	c.cert_file = "/x";
	refuse_config(&c, "together");
	c = config();
	c.n_headers = 1;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c.headers = &cases[i].header;
		refuse_config(&c, cases[i].text);
	}
}

/* ----------------------------------------------------------- the request */

static void test_get_request(void **state)
{
	static const char *const headers[] = { "X-One: 1", "X-Empty:" };
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err, untouched = { 0 };
	char expected[512];

	(void)state;
	SCRIPT("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
	       "Set-Cookie: c=1; Path=/\r\n"
	       "Content-Type: Application/JSON; charset=utf-8\r\nContent-Length: 4\r\n\r\nnull");
	c.headers = headers;
	c.n_headers = 2;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(call(&c, &get, &response, &err), 0);
		assert_memory_equal(&err, &untouched, sizeof(err));
		assert_int_equal(response.status, 200);
		assert_int_equal(response.tries, 1);
		assert_int_equal(response.date, 784111777);
		assert_false(response.earlier_unknown);
		assert_string_equal(response.body.data, "null");
		http_response_done(&response);
	}
	snprintf(expected, sizeof(expected),
		 "GET /api/v2/x?a=b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
		 "Coder-Session-Token: " TOKEN "\r\nUser-Agent: test/1\r\n"
		 "Accept: application/json\r\nX-One: 1\r\nX-Empty:\r\n\r\n",
		 server.port);
	assert_string_equal(server.requests[0], expected);
	assert_string_equal(server.requests[1], expected); /* no cookie either */
}

static void test_other_requests(void **state)
{
	static const struct http_request put = { .method = "PUT", .path = "/a/../b%2F" };
	static const struct http_request delete = { .method = "DELETE", .path = "/d" };
	const struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT(NO_CONTENT, NO_CONTENT, OK);
	assert_int_equal(call(&c, &put, &response, &err), 0);
	assert_int_equal(response.status, 204);
	assert_int_equal(call(&c, &delete, &response, &err), 0);
	assert_int_equal(call(&c, &post, &response, &err), 0);
	http_response_done(&response);
	assert_non_null(strstr(server.requests[0], "PUT /a/../b%2F HTTP/1.1\r\n"));
	assert_non_null(strstr(server.requests[0], "\r\nContent-Length: 0\r\n"));
	assert_null(strstr(server.requests[0], "Content-Type"));
	assert_non_null(strstr(server.requests[1], "DELETE /d HTTP/1.1\r\n"));
	assert_null(strstr(server.requests[1], "Content-"));
	assert_non_null(strstr(server.requests[2], "\r\nContent-Length: 8\r\n"));
	assert_non_null(strstr(server.requests[2], "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(server.requests[2], "\r\n\r\n{\"a\":1}\n"));
	for (int i = 0; i < 3; i++)
		assert_null(strstr(server.requests[i], "Expect"));
}

/* ------------------------------------------------------------ the response */

#define CODER "X-Coder-Build-Version: v2.35.1\r\n"
#define JSON(line, more, body)                                                                 \
	"HTTP/1.1 " line "\r\n" more "Content-Type: application/json\r\nConnection: close\r\n" \
	"\r\n" body
#define MESSAGE(text) "{\"message\":\"" text "\"}"

static void test_statuses(void **state)
{
	static const struct {
		const char *response;
		enum coder_code code;
		long status;
		const char *message, *hint;
	} cases[] = {
		{ STATUS("400 Bad Request", ""), CODER_ERR_REFUSED, 400, "400 Bad Request", "" },
		{ JSON("401 No", CODER, MESSAGE("m")), CODER_ERR_AUTH, 401, "m", "" },
		{ JSON("403 No", CODER, MESSAGE("m")), CODER_ERR_AUTH, 403, "m", "" },
		{ JSON("404 No", CODER, MESSAGE("m")), CODER_ERR_NOT_FOUND, 404, "m", "" },
		{ STATUS("405 Method Not Allowed", ""), CODER_ERR_REFUSED, 405,
		  "405 Method Not Allowed", "" },
		{ JSON("409 No", CODER, MESSAGE("taken")), CODER_ERR_CONFLICT, 409, "taken", "" },
		{ JSON("410 No", CODER, MESSAGE("m")), CODER_ERR_NOT_FOUND, 410, "m", "" },
		{ STATUS("418", ""), CODER_ERR_REFUSED, 418, "418", "" },
		{ STATUS("500 No", ""), CODER_ERR_REFUSED, 500, "500 No", "" },
		{ STATUS("304 Not Modified", ""), CODER_ERR_NO_RESPONSE, 304, "304", "" },
		{ "HTTP/1.1 500 No\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>",
		  CODER_ERR_REFUSED, 500, "unexpected response 500 of type text/html", "" },
		{ JSON("500 X", CODER,
		       "{\"message\":\"Failed.\",\"detail\":\"unauthorized: rbac: forbidden\"}"),
		  CODER_ERR_AUTH, 500, "Failed.", "" },
		{ STATUS("302 Found", "Location: https://Other.example/login\r\n"),
		  CODER_ERR_NO_RESPONSE, 302, "redirects to https://Other.example/login",
		  "change CODER_URL to https://other.example" },
		{ STATUS("307 T", "Location: /login\r\n"), CODER_ERR_NO_RESPONSE, 307,
		  "redirects to /login", "CODER_URL" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const script[] = { cases[i].response, NULL };
		struct coder_error err;

		server.script = script;
		err = get_error();
		if (err.code != cases[i].code || !strstr(err.message, cases[i].message) ||
		    !strstr(advice_on(&err), cases[i].hint))
			fail_msg("%s: %d %s (%s)", cases[i].response, err.code, err.message,
				 advice_on(&err));
		assert_int_equal(err.http_status, cases[i].status);
		assert_int_equal(err.retry_after, -1);
		assert_true(err.sent);
		assert_false(err.timeout);
	}
	/* no redirect was followed, and no request repeated */
	assert_int_equal(server.n_requests, sizeof(cases) / sizeof(cases[0]));
}

static const struct {
	const char *response;
	bool own, no_route;
	enum coder_code code;
	const char *message, *detail;
} owners[] = {
#define HIDDEN "Resource not found or you do not have access to this resource"
#define FRONT(line, more, body) JSON(line, more, body), false, false, CODER_ERR_NO_RESPONSE
	{ JSON("404 N", "", MESSAGE(HIDDEN)), true, false, CODER_ERR_NOT_FOUND, HIDDEN, "" },
	{ JSON("403 N", "", MESSAGE("Forbidden.")), true, false, CODER_ERR_AUTH, "Forbidden.", "" },
	{ JSON("404 N", "x-coder-request-id: 1\r\n", MESSAGE("m")), true, false,
	  CODER_ERR_NOT_FOUND, "m", "" },
	{ JSON("409 N", "", MESSAGE("A token with name \\\"a*b\\\" already exists.")), true, false,
	  CODER_ERR_CONFLICT, "A token with name \"a*b\" already exists.", "" },
	{ JSON("410 N", "", MESSAGE("Workspace \\\"u\\\" was deleted, you can.")), true, false,
	  CODER_ERR_NOT_FOUND, "Workspace", "" },
	{ JSON("401 N", "",
	       MESSAGE("User is not active (status = \\\"suspended\\\"). Contact an admin "
		       "to reactivate your account.")),
	  true, false, CODER_ERR_AUTH, "User is not active", "" },
	{ JSON("429 N", "",
	       MESSAGE("You've been rate limited for sending more than 512 requests in "
		       "1m0s.")),
	  true, false, CODER_ERR_UNAVAILABLE, "512 requests", "" },
	{ JSON("404 N", "", MESSAGE("Route not found.")), true, true, CODER_ERR_REFUSED,
	  "Route not found.", "" },
	{ JSON("404 N", CODER, MESSAGE("Route not found.")), true, true, CODER_ERR_REFUSED,
	  "Route not found.", "" },
	{ JSON("403 N", CODER, MESSAGE("Route not found.")), true, false, CODER_ERR_AUTH,
	  "Route not found.", "" },
	/* gateways */
	{ FRONT("404 N", "", MESSAGE("no Route matched with those values")),
	  "something in front of http://127.0.0.1", "no Route matched" },
	{ FRONT("403 Forbidden", "", MESSAGE("Forbidden")), "responded with 403 Forbidden",
	  "Forbidden" },
	{ FRONT("404 N", "", MESSAGE("Not Found")), "something in front", "Not Found" },
	{ FRONT("401 N", "", MESSAGE("Unauthorized")), "something in front", "" },
	{ FRONT("404 N", "", MESSAGE("route not found.")), "something in front", "" },
	{ FRONT("404 N", "", MESSAGE("Route not found. ")), "something in front", "" },
	{ FRONT("409 N", "", MESSAGE("A token with name")), "something in front", "" },
	{ FRONT("410 N", "", MESSAGE("Workspace \\\"x\\\" was deleted")), "something in front",
	  "" },
	{ FRONT("404 N", "", "{\"error\":{\"message\":\"" HIDDEN "\"}}"), "something in front",
	  "" },
	{ FRONT("404 N", "", "[{\"message\":\"" HIDDEN "\"}]"), "something in front", "" },
	/* with Coder's header, but no message of Coder's */
	{ FRONT("404 N", CODER, ""), "something in front", "" },
	{ FRONT("404 N", CODER, "[]"), "something in front", "" },
	{ FRONT("404 N", CODER, "{\"message\":\"\"}"), "something in front", "" },
	{ FRONT("404 N", CODER, "{\"message\":7}"), "something in front", "" },
	{ FRONT("404 N", CODER, "{\"message\":\"m\"} x"), "something in front", "" },
	{ FRONT("404 N", CODER, "{\"message\":\"m\",\"message\":\"m\"}"), "something in front",
	  "" },
	{ FRONT("404 N", "X-Coder-Build-Versions: 1\r\n", MESSAGE("m")), "something in front",
	  "m" },
	{ "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
	  "Content-Length: 18\r\n\r\n404 page not found",
	  false, false, CODER_ERR_NO_RESPONSE, "404 Not Found (text/plain)", "" },
	{ STATUS("401 No", ""), false, false, CODER_ERR_NO_RESPONSE, "401 No", "" },
	{ STATUS("403 No", CODER), false, false, CODER_ERR_NO_RESPONSE, "403 No", "" },
	{ STATUS("409 No", ""), false, false, CODER_ERR_NO_RESPONSE, "409 No", "" },
	/* the header of an interim response is not the response's */
	{ "HTTP/1.1 103 E\r\n" CODER "\r\n" JSON("404 N", "", MESSAGE("m")), false, false,
	  CODER_ERR_NO_RESPONSE, "something in front", "m" },
	/* other statuses prove nothing, so the error does not blame something in front */
	{ JSON("400 N", "", MESSAGE("m")), false, false, CODER_ERR_REFUSED, "m", "" },
	{ JSON("500 N", "", "{\"message\":\"m\",\"detail\":\"rbac: forbidden\"}"), false, false,
	  CODER_ERR_REFUSED, "m", "rbac" },
	{ JSON("400 N", CODER, MESSAGE("m")), true, false, CODER_ERR_REFUSED, "m", "" },
};

/* Without Coder's headers, only the message shows whether a response is Coder's own. */
static void test_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++) {
		const char *const script[] = { owners[i].response, CLOSE, NULL };
		struct coder_config c = config();
		struct http_response response;
		struct coder_error err;

		server.script = script;
		c.fresh = true;
		c.no_retry = true;
		assert_int_equal(call(&c, &get, &response, &err), -1);
		http_response_done(&response);
		if (err.own != owners[i].own || err.no_route != owners[i].no_route ||
		    err.code != owners[i].code || !strstr(err.message, owners[i].message) ||
		    !strstr(err.detail, owners[i].detail))
			fail_msg("%s: own %d, code %d, %s (%s)", owners[i].response, err.own,
				 err.code, err.message, err.detail);
		if (!err.own && strstr(advice_on(&err), "login"))
			fail_msg("%s: %s", owners[i].response, advice_on(&err));
	}
}

static void test_unusable_responses(void **state)
{
	static const struct {
		const char *response, *message;
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html; x\r\nContent-Length: 3\r\n\r\n<p>",
		  "unexpected response of type text/html" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "of type unknown" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/jsonp\r\nContent-Length: 2\r\n\r\n{}",
		  "application/jsonp" },
		{ STATUS("200 OK", "Content-Type: application/json\r\n"), "empty response 200" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
		  "Content-Length: 2\r\n\r\n{}",
		  "is compressed" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
		  "Connection: close\r\n\r\n{}",
		  "ended early" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
		  "Connection: close\r\n\r\n5\r\n{}",
		  "127.0.0.1" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
		  "Connection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
		  "no usable response" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n",
		  "has broken headers" },
		{ "{}", "127.0.0.1" },
		{ "SSH-2.0-x\r\n", "127.0.0.1" },
		{ CLOSE, "closed the connection" },
		{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
		  "Content-Length: 1\r\n\r\nx",
		  "of type text/plain" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const script[] = { cases[i].response, CLOSE, NULL };
		struct coder_config c = config();
		struct http_response response;
		struct coder_error err;

		server.script = script;
		coder_interrupts_limit(&interrupts, CODER_NS); /* what is not HTTP may not end */
		c.fresh = true;
		assert_int_equal(call(&c, &get, &response, &err), -1);
		http_response_done(&response);
		if (err.code != CODER_ERR_NO_RESPONSE ||
		    (!strstr(err.message, cases[i].message) && !err.timeout))
			fail_msg("%s: %d %s", cases[i].response, err.code, err.message);
		assert_true(err.sent);
	}
	assert_int_equal(server.n_requests, sizeof(cases) / sizeof(cases[0]));
}

/*
 * A response that ends before the empty line after its headers is incomplete, whatever part of it
 * libcurl passes on.
 */
static void test_cut_head(void **state)
{
	static const char *const last[] = { "\r\n", "\n", "\r", "Date: ", "X: 1\r\n" };
	const struct buf body = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(last); i++) {
		struct response response = { .origin = "https://coder.example" };
		struct coder_error err;
		const char status[] = "HTTP/1.1 204 No Content\r\n";

		assert_int_equal(response_header(&response, status, strlen(status), &err), 0);
		assert_int_equal(response_header(&response, last[i], strlen(last[i]), &err), 0);
		assert_int_equal(response_judge(&response, &body, &err), i < 2 ? 0 : -1);
		if (i >= 2)
			assert_contains(err.message, "ended early");
	}
}

static void test_caps(void **state)
{
	size_t len = HTTP_BODY_MAX + 1;
	char *big = malloc(len);
	struct coder_error err;

	(void)state;
	memset(big, ' ', len);
	server.big = big;
	server.big_len = len;
	SCRIPT("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n");
	err = get_error();
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_non_null(strstr(err.message, "is too large"));

	for (size_t i = 0; i + 1000 <= len; i += 1000)
		memcpy(big + i, "X-A: b", 6), memcpy(big + i + 998, "\r\n", 2);
	SCRIPT("HTTP/1.1 200 OK\r\n");
	err = get_error();
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_non_null(strstr(err.message, "headers that are too large"));

	for (size_t i = 0; i + 25 <= len; i += 25)
		memcpy(big + i, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	SCRIPT("HTTP/1.1 100 Continue\r\n\r\n");
	err = get_error();
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_non_null(strstr(err.message, "headers that are too large"));

	memset(big, 'y', len);
	SCRIPT("HTTP/1.1 200 OK\r\nX-Long: ");
	err = get_error();
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	stop_server(NULL);
	free(big);
	start_server(NULL);
}

static void test_largest(void **state)
{
	const struct coder_config c = config();
	struct http_response response;
	struct coder_error err;
	char *big = malloc(HTTP_BODY_MAX);

	(void)state;
	memset(big, ' ', HTTP_BODY_MAX);
	server.big = big;
	server.big_len = HTTP_BODY_MAX;
	SCRIPT("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n");
	assert_int_equal(call(&c, &get, &response, &err), 0);
	assert_int_equal(response.body.len, HTTP_BODY_MAX);
	http_response_done(&response);
	stop_server(NULL);
	free(big);
	start_server(NULL);
}

static void test_secret_in_text(void **state)
{
	const struct coder_config c = config();
	struct coder_error err, ignored;
	struct http *http;
	char *long_answer = malloc(4096);
	const char *const script[] = { long_answer, NULL };

	(void)state;
	SCRIPT("HTTP/1.1 400 B\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
	       "{\"message\":\"a " TOKEN " b \\u0041BCDEFGHIJKLMNOPQRSTUV c\","
	       "\"detail\":\"ABCDEFGHIJKLMNOPQRSTUV\"}");
	err = get_error();
	assert_string_equal(err.message, "a [secret] b [secret] c");
	assert_string_equal(err.detail, "[secret]");

	/* a text that is cut within a secret */
	snprintf(long_answer, 4096,
		 "HTTP/1.1 400 B\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
		 "{\"message\":\"%01010d" TOKEN "\"}",
		 0);
	server.script = script;
	err = get_error();
	assert_null(strstr(err.message, "abcdefghij"));

	SCRIPT(STATUS("302 F", "Location: http://x/?t=" TOKEN "\r\n"));
	err = get_error();
	assert_non_null(strstr(err.message, "[secret]"));
	assert_null(strstr(err.message, "ABCDEFG"));
	free(long_answer);

	/* each text that an error has */
#define PUT(member, size) snprintf(err.member, size, "a " TOKEN " b");
	CODER_ERROR_TEXTS(PUT)
	assert_int_equal(http_new(&c, &http, &ignored), 0);
	http_hide_secrets(http, &err);
	end_client(http);
#define CHECK(member, size) assert_string_equal(err.member, "a [secret] b");
	CODER_ERROR_TEXTS(CHECK)
}

/* --------------------------------------------------------------- the sink */

struct collected {
	struct buf text;
	int pieces, restarts;
	bool fail;
};

static int collect(void *ctx, const char *data, size_t len, struct coder_error *err)
{
	struct collected *c = ctx;
	sigset_t mask;

	/* the sink is not called inside libcurl, so signals are not blocked */
	sigprocmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGINT));
	assert_false(sigismember(&mask, SIGPIPE));
	c->pieces++;
	assert_true(buf_add(&c->text, data, len));
	return c->fail ? coder_error_set(err, CODER_ERR_REFUSED, "enough") : 0;
}

static void restarted(void *ctx)
{
	((struct collected *)ctx)->restarts++;
}

static void test_sink(void **state)
{
	struct collected c = { 0 };
	const struct http_request request = { .method = "GET",
					      .path = "/",
					      .sink = collect,
					      .sink_restart = restarted,
					      .sink_ctx = &c };
	const struct coder_config conf = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT("HTTP/1.1 503 S\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nbad",
	       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[1,2,3,4]");
	assert_int_equal(call(&conf, &request, &response, &err), 0);
	assert_string_equal(c.text.data, "[1,2,3,4]");
	assert_int_equal(c.restarts, 1);
	assert_int_equal(response.tries, 2);
	assert_true(response.earlier_unknown);
	assert_int_equal(response.body.len, 0);
	http_response_done(&response);

	c.fail = true;
	c.pieces = 0;
	assert_int_equal(call(&conf, &request, &response, &err), -1);
	assert_string_equal(err.message, "enough");
	assert_int_equal(err.code, CODER_ERR_REFUSED);
	assert_true(err.sent);
	assert_int_equal(c.pieces, 1);

	/* the sink does not get errors */
	SCRIPT("HTTP/1.1 400 N\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
	       "{\"message\":\"m\"}");
	buf_reset(&c.text);
	assert_int_equal(call(&conf, &request, &response, &err), -1);
	assert_string_equal(err.message, "m");
	assert_int_equal(c.text.len, 0);
	assert_int_equal(response.body.len, 15);
	http_response_done(&response);
	buf_done(&c.text);
}

/* ---------------------------------------------------------------- retries */

static void test_retries(void **state)
{
	static const char *const lines[] = { STATUS("502 B", ""), STATUS("503 B", ""),
					     STATUS("504 B", ""), STATUS("429 B", "") };
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const char *const script[] = { lines[i], OK, NULL };

		server.script = script;
		assert_int_equal(call(&c, &get, &response, &err), 0);
		assert_int_equal(response.tries, 2);
		assert_int_equal(response.earlier_unknown, i != 3);
		http_response_done(&response);
	}
	SCRIPT(STATUS("503 B", ""));
	forget_requests();
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_int_equal(err.code, CODER_ERR_UNAVAILABLE);
	assert_int_equal(response.tries, 3);
	assert_int_equal(server.n_requests, 3);
	assert_int_equal(caller.notices, 0);

	c.no_retry = true;
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_int_equal(response.tries, 1);
}

static void test_retries_of_post(void **state)
{
	const struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT(STATUS("503 B", ""), OK);
	assert_int_equal(call(&c, &post, &response, &err), -1);
	assert_int_equal(response.tries, 1);
	assert_int_equal(err.code, CODER_ERR_UNAVAILABLE);
	assert_true(err.sent);
	SCRIPT(STATUS("429 B", "Retry-After: 0\r\n"), OK);
	assert_int_equal(call(&c, &post, &response, &err), 0);
	assert_int_equal(response.tries, 2);
	assert_false(response.earlier_unknown);
	http_response_done(&response);
	SCRIPT(CLOSE, OK);
	assert_int_equal(call(&c, &post, &response, &err), -1);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_true(err.sent);
	assert_int_equal(server.n_requests, 4);
}

/*
 * Returns how long the server asks to wait. The client would wait, but 5 s and more exceed its time
 * limit.
 */
static int64_t wish(const char *headers, bool too_long, enum coder_code *ret_code)
{
	static char text[512]; /* static: the server may still look at what it has sent */
	static const char *const script[] = { text, NULL };
	struct coder_error err;
	struct coder_config c = config();
	struct http_response response;

	snprintf(text, sizeof(text), "HTTP/1.1 429 T\r\n%sContent-Length: 0\r\n\r\n", headers);
	server.script = script;
	coder_interrupts_limit(&interrupts, 4 * CODER_NS);
	c.no_retry = !too_long;
	assert_int_equal(call(&c, &get, &response, &err), -1);
	*ret_code = err.code;
	return err.retry_after;
}

static void test_retry_after(void **state)
{
	static const struct {
		const char *headers;
		int64_t seconds;
	} cases[] = {
		{ "Retry-After: 60\r\n", 60 },
		{ "retry-after:  7 \r\n", 7 },
		{ "Retry-After: 999999999999\r\n", 999999999999 },
		{ "Retry-After: 99999999999999999999\r\n", -1 },
		{ "Retry-After: -5\r\n", -1 },
		{ "Retry-After: soon\r\n", -1 },
		{ "Retry-After: \r\n", -1 },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		  "Retry-After: Sun, 06 Nov 1994 08:50:00 GMT\r\n",
		  23 },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		  "Retry-After: Sun, 06 Nov 1994 08:49:00 GMT\r\n",
		  0 },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		  "Retry-After: 60\r\nX-Ratelimit-Reset: 784111787\r\n",
		  10 },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		  "Retry-After: 5\r\nX-Ratelimit-Reset: 784111787\r\n",
		  5 },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Ratelimit-Reset: 784111787\r\n", 10 },
		{ "Retry-After: 60\r\nX-Ratelimit-Reset: 12\r\n", 60 },
		{ "Retry-After: 60\r\nX-Ratelimit-Reset: 1e3\r\n", 60 },
		{ "X-Ratelimit-Reset: 99999999999\r\n", -1 },
		/* the longest of several */
		{ "Retry-After: 5\r\nRetry-After: 60\r\nRetry-After: 7\r\n", 60 },
		{ "Retry-After: 60\r\nRetry-After: soon\r\nRetry-After: 0\r\n", 60 },
		{ "Retry-After: 5, 60,7\r\n", 60 },
		{ "Retry-After: 5\r\nRetry-After: ,,\r\nRetry-After: x, 60\r\n", 5 },
		{ "Retry-After: 5\r\nRetry-After: Sun, 06 Nov 1994 08:50:00 GMT\r\n"
		  "Retry-After: Sun, 06 Nov 1994 08:49:40 GMT\r\n"
		  "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		  23 },
		{ "Retry-After: 50\r\nRetry-After: Sun, 06 Nov 1994 08:50:00 GMT\r\n"
		  "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		  50 },
		{ "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nAge: 10\r\n"
		  "Retry-After: Sun, 06 Nov 1994 08:50:00 GMT\r\n",
		  13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum coder_code code;
		int64_t seconds = wish(cases[i].headers, cases[i].seconds >= 5, &code);

		if (seconds != cases[i].seconds || code != CODER_ERR_UNAVAILABLE)
			fail_msg("%s: %lld, code %d", cases[i].headers, (long long)seconds, code);
	}
}

/* The deployment's clock is set by its own responses, and then continues by itself. */
static void test_clock(void **state)
{
#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" /* 784111777 */
	static const struct {
		const char *response;
		int64_t now; /* 0: the time of the local clock */
	} cases[] = {
		{ JSON("200 OK", DATE, "{}"), 784111777 },
		{ JSON("200 OK", DATE "Age: 100\r\n", "{}"), 784111877 },
		{ JSON("200 OK", "Age: 7\r\n" DATE, "{}"), 784111784 },
		{ JSON("200 OK", DATE "Age: -5\r\n", "{}"), 784111777 },
		{ JSON("200 OK", "Date: today\r\nAge: 5\r\n", "{}"), 0 },
		{ JSON("200 OK", "", "{}"), 0 },
		{ "HTTP/1.1 204 N\r\n" DATE "\r\n", 784111777 },
		{ JSON("404 N", DATE CODER, MESSAGE("m")), 784111777 },
		{ JSON("500 N", DATE CODER, MESSAGE("m")), 784111777 },
		{ JSON("404 N", DATE, MESSAGE("m")), 0 },
		{ JSON("500 N", DATE, MESSAGE("m")), 0 },
		{ STATUS("503 N", DATE), 0 },
		{ STATUS("302 N", DATE "Location: /login\r\n"), 0 },
		{ "HTTP/1.1 200 OK\r\n" DATE
		  "Content-Type: text/html\r\nContent-Length: 3\r\n\r\n<p>",
		  0 },
		{ "HTTP/1.1 103 E\r\n" DATE "\r\n" JSON("200 OK", "", "{}"), 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *const script[] = { cases[i].response, CLOSE, NULL };
		struct coder_config c = config();
		struct http_response response = { 0 };
		struct coder_error err;
		struct http *http = NULL;
		int64_t expected, before = time(NULL);

		server.script = script;
		c.fresh = true;
		c.no_retry = true;
		assert_int_equal(http_new(&c, &http, &err), 0);
		(void)http_request(http, &get, &response, &err);
		expected = cases[i].now ? cases[i].now : before;
		if (http_now(http) < expected || http_now(http) > expected + 2)
			fail_msg("%s: %lld", cases[i].response, (long long)http_now(http));
		assert_int_equal(response.date, cases[i].now);
		assert_int_equal(coder_time() - http_now(http) > 60, cases[i].now != 0);
		http_response_done(&response);
		end_client(http);
	}
}

static void test_waits(void **state)
{
	const struct coder_config c = config();
	struct http_response response;
	struct coder_error err;
	int64_t began = coder_clock();

	(void)state;
	SCRIPT(STATUS("429 T", "Retry-After: 1\r\n"), OK);
	assert_int_equal(call(&c, &get, &response, &err), 0);
	assert_between(ms_since(began), 1000, 1500);
	assert_int_equal(caller.notices, 0);
	http_response_done(&response);

	/* the client does not wait more than two minutes */
	SCRIPT(STATUS("429 T", "Retry-After: 121\r\n"), OK);
	began = coder_clock();
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_between(ms_since(began), 0, 200);
	assert_int_equal(err.retry_after, 121);
	assert_string_equal(advice_on(&err), "try again in 121 s");
	assert_int_equal(caller.notices, 0);

	/* a wait that is announced, and that a signal ends */
	SCRIPT(STATUS("429 T", "Retry-After: 12\r\n"), OK);
	caller.signal = SIGINT;
	caller.signal_at = began = coder_clock() + CODER_NS / 5;
	assert_int_equal(call(&c, &post, &response, &err), -1);
	assert_between(ms_since(began), 0, 200);
	assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
	assert_int_equal(err.signal, SIGINT);
	assert_false(err.sent); /* a 429 was not acted on */
	assert_int_equal(caller.notices, 1);
	assert_string_equal(caller.notice, "rate limited by the server, trying again in 12 s");
}

/* ------------------------------------------------- what was sent, and time */

static int unused_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static void test_no_connection(void **state)
{
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	snprintf(url_text, sizeof(url_text), "http://127.0.0.1:%d", unused_port());
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_non_null(strstr(err.message, "Connection refused"));
	assert_non_null(strstr(advice_on(&err), "CODER_URL"));
	assert_int_equal(response.tries, 3);
	assert_false(err.sent);
	assert_false(response.earlier_unknown);
	assert_int_equal(call(&c, &post, &response, &err), -1);
	assert_int_equal(response.tries, 1);
	assert_false(err.sent);

	c.url = "http://does-not-exist.invalid";
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_non_null(strstr(err.message, "cannot find the host does-not-exist.invalid"));
	assert_false(err.sent);
}

static void test_no_tls(void **state)
{
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT(HANG);
	snprintf(url_text, sizeof(url_text), "https://127.0.0.1:%d", server.port);
	c.connect_timeout_ns = CODER_NS / 4;
	assert_int_equal(call(&c, &post, &response, &err), -1);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_non_null(strstr(err.message, "no connection to https://127.0.0.1"));
	assert_non_null(strstr(err.message, "within 250 ms"));
	assert_true(err.timeout);
	assert_false(err.sent);

	c.connect_timeout_ns = 0;
	c.ca_file = "/nonexistent/ca.pem";
	assert_int_equal(call(&c, &post, &response, &err), -1);
	assert_non_null(strstr(err.message, "/nonexistent/ca.pem"));
	assert_non_null(strstr(advice_on(&err), "CODER_CLIENT_TLS_CA_FILE"));
	assert_false(err.sent);
}

static void test_timeouts(void **state)
{
	struct http_request request = get;
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err;
	struct http *http;
	int64_t began;

	(void)state;
	SCRIPT(HANG);
	coder_interrupts_limit(&interrupts, CODER_NS / 4);
	http = client_of(&c);
	began = coder_clock();
	assert_int_equal(http_request(http, &request, &response, &err), -1);
	assert_between(ms_since(began), 200, 450);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_string_equal(err.message, "no response within 250 ms");
	assert_true(err.sent);
	assert_true(err.timeout);
	/* the deadline has passed for all further requests, too */
	SCRIPT(OK);
	assert_int_equal(http_request(http, &request, &response, &err), -1);
	assert_false(err.sent);
	assert_true(err.timeout);
	/* but an undo has a deadline of its own */
	coder_interrupts_acknowledge(&interrupts, 2 * CODER_NS);
	assert_int_equal(http_request(http, &request, &response, &err), 0);
	http_response_done(&response);
	/* the time limit of one request */
	SCRIPT(HANG);
	request.timeout_ns = CODER_NS / 10;
	assert_int_equal(http_request(http, &request, &response, &err), -1);
	assert_string_equal(err.message, "no response within 100 ms");
	end_client(http);
}

static void test_sleep(void **state)
{
	struct coder_config c = config();
	struct coder_error err = { 0 };
	struct http *http;
	int64_t began = coder_clock();

	(void)state;
	coder_interrupts_limit(&interrupts, CODER_NS / 2);
	http = client_of(&c);
	assert_int_equal(http_sleep(http, CODER_NS / 8, &err), 0);
	assert_between(ms_since(began), 125, 225);
	assert_int_equal(http_sleep(http, CODER_NS, &err), -1);
	assert_between(ms_since(began), 500, 650);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_true(err.timeout);
	end_client(http);
	http = client();
	began = coder_clock();
	caller.signal = SIGHUP;
	caller.signal_at = began + CODER_NS / 8;
	assert_int_equal(http_sleep(http, CODER_NS, &err), -1);
	assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
	assert_int_equal(err.signal, SIGHUP);
	assert_between(ms_since(began), 125, 250);
	end_client(http);
}

static uint64_t signal_mask(void)
{
	uint64_t ret = 0;
	sigset_t set;

	sigprocmask(SIG_SETMASK, NULL, &set);
	for (int i = 1; i < 64; i++)
		ret |= (uint64_t)(sigismember(&set, i) == 1) << i;
	return ret;
}

static void test_interrupt(void **state)
{
	struct http *http;
	struct http_response response;
	struct coder_error err;
	const uint64_t before = signal_mask();

	(void)state;
	for (int i = 0; i < 3; i++) {
		http = client();
		SCRIPT(HANG);
		caller.signal = SIGTERM;
		caller.signal_at = coder_clock() + CODER_NS / 10;
		assert_int_equal(http_request(http, &post, &response, &err), -1);
		assert_between(ms_since(caller.signal_at), 0, 200);
		assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
		assert_int_equal(err.signal, SIGTERM);
		assert_true(err.sent);
		/* the next request succeeds, with this client and with another */
		SCRIPT(OK);
		coder_interrupts_acknowledge(&interrupts, 5 * CODER_NS);
		assert_int_equal(http_request(http, &get, &response, &err), 0);
		http_response_done(&response);
		end_client(http);
	}
	assert_true(signal_mask() == before);

	/* if a signal is pending at first, no request is sent */
	http = client();
	forget_requests();
	caller.signal = SIGINT;
	assert_int_equal(http_request(http, &post, &response, &err), -1);
	assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
	assert_false(err.sent);
	assert_int_equal(server.n_requests, 0);
	end_client(http);
}

/* ----------------------------------------------------------- connections */

static void get_ok(const struct coder_config *c)
{
	struct http_response response;
	struct coder_error err;

	if (call(c, &get, &response, &err) < 0)
		fail_msg("%s", err.message);
	http_response_done(&response);
}

static void test_keep_alive(void **state)
{
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT(OK);
	for (int i = 0; i < 5; i++)
		get_ok(&c);
	assert_int_equal(server.n_connections, 1);
	/* a POST has a connection of its own */
	assert_int_equal(call(&c, &post, &response, &err), 0);
	http_response_done(&response);
	assert_int_equal(server.n_connections, 2);
	get_ok(&c);
	assert_int_equal(server.n_connections, 2);
	transfer_disconnect();
	get_ok(&c);
	assert_int_equal(server.n_connections, 3);
	c.fresh = true;
	get_ok(&c);
	get_ok(&c);
	assert_int_equal(server.n_connections, 5);
}

/*
 * The time limit for a dead connection applies only to kept connections. Servers of new ones may be
 * far away.
 */
static void test_silence_of_kept_connections(void **state)
{
	const struct coder_config c = config();
	struct http *http = client();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT(OK, OK, OK, STATUS("503 No", ""), OK);
	get_ok(&c); /* a new connection */
	get_ok(&c); /* the kept one */
	assert_int_equal(limit_of_silence(), 0);
	assert_int_equal(http_request(http, &post, &response, &err), 0); /* a new connection */
	http_response_done(&response);
	end_client(http);
	get_ok(&c); /* the request is sent twice */
	assert_int_equal(server.n_requests, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(server.silence[i], i == 0 || i == 2 ? 0 : 4500);
	assert_int_equal(limit_of_silence(), 0);
}

static void test_stale_connection(void **state)
{
	const struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT(OK, CLOSE, NO_CONTENT);
	get_ok(&c);
	assert_int_equal(call(&c, &(struct http_request){ .method = "DELETE", .path = "/d" },
			      &response, &err),
			 0);
	assert_int_equal(response.tries, 1);
	assert_true(response.earlier_unknown);
	assert_int_equal(server.n_requests, 3);
	assert_int_equal(server.n_connections, 2);
}

struct descriptors {
	int sockets, others, lowest_socket;
	bool cloexec;
};

static struct descriptors look_at_descriptors(void)
{
	struct descriptors d = { .lowest_socket = 1 << 20, .cloexec = true };
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		int fd = atoi(entry->d_name);
		struct sockaddr_in peer = { 0 };
		socklen_t len = sizeof(peer);

		if (entry->d_name[0] == '.' || fd == dirfd(dir))
			continue;
		if (getpeername(fd, (struct sockaddr *)&peer, &len) || peer.sin_family != AF_INET ||
		    ntohs(peer.sin_port) != server.port) {
			d.others++;
			continue;
		}
		d.sockets++;
		d.cloexec &= fcntl(fd, F_GETFD) == FD_CLOEXEC;
		if (fd < d.lowest_socket)
			d.lowest_socket = fd;
	}
	closedir(dir);
	return d;
}

static void test_descriptors(void **state)
{
	struct coder_config c = config();
	struct descriptors before, after;
	struct rlimit limit;
	int floor;

	(void)state;
	SCRIPT(OK);
	get_ok(&c); /* opens what libraries keep open */
	transfer_disconnect();
	usleep(50000); /* the server, a thread of this process, closes its side unseen */
	before = look_at_descriptors();
	assert_int_equal(before.sockets, 0);
	get_ok(&c);
	after = look_at_descriptors();
	getrlimit(RLIMIT_NOFILE, &limit);
	floor = (int)(limit.rlim_cur < 1024 ? limit.rlim_cur : 1024) - 64;
	assert_int_equal(after.sockets, 1);
	assert_int_equal(after.others, before.others + 1); /* the server's side */
	assert_true(after.lowest_socket >= floor);
	assert_true(after.cloexec);
}

/* After `exec 960>file`, the number of our socket belongs to the user's file. */
static void test_stolen_descriptor(void **state)
{
	const struct coder_config c = config();
	FILE *file = tmpfile();
	struct descriptors d;
	struct stat st;
	ino_t inode;
	int fd;

	(void)state;
	SCRIPT(OK);
	get_ok(&c);
	d = look_at_descriptors();
	assert_int_equal(d.sockets, 1);
	fd = d.lowest_socket;
	assert_int_equal(dup2(fileno(file), fd), fd);
	get_ok(&c);
	transfer_disconnect();
	assert_int_equal(fstat(fd, &st), 0);
	inode = st.st_ino;
	assert_int_equal(fstat(fileno(file), &st), 0);
	assert_int_equal(inode, st.st_ino);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(server.n_connections, 2);
	close(fd);
	fclose(file);

	/* a number that the user has closed */
	get_ok(&c);
	d = look_at_descriptors();
	close(d.lowest_socket);
	get_ok(&c);
	assert_int_equal(server.n_connections, 4);
}

/* A socket of the user can look like an idle connection: its other end would get the request. */
static void test_stolen_by_socket(void **state)
{
	const struct coder_config c = config();
	int pair[2], fd;
	char piece[16];

	(void)state;
	SCRIPT(OK);
	get_ok(&c);
	fd = look_at_descriptors().lowest_socket;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(dup2(pair[1], fd), fd);
	get_ok(&c);
	assert_int_equal(read(pair[0], piece, sizeof(piece)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(server.n_connections, 2);
	close(pair[0]);
	close(pair[1]);
	close(fd);
}

/*
 * Waits for a child that ran a part of a test. A cmocka assertion that fails in a child would go on
 * with the tests there.
 */
static int wait_child(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_fork(void **state)
{
	const struct coder_config c = config();
	struct http *http = client();
	struct http_response response = { 0 };
	struct coder_error err = { 0 };
	pid_t pid;

	(void)state;
	SCRIPT(OK);
	assert_int_equal(http_request(http, &get, &response, &err), 0);
	http_response_done(&response);
	assert_int_equal(server.n_connections, 1);
	pid = fork();
	if (pid == 0) {
		struct http *own = NULL;
		bool ok = http_request(http, &get, &response, &err) == 0;

		http_response_done(&response);
		end_client(http);
		ok = ok && http_new(&c, &own, &err) == 0 &&
		     http_request(own, &get, &response, &err) == 0;
		http_response_done(&response);
		end_client(own);
		transfer_disconnect();
		_exit(!ok);
	}
	assert_int_equal(wait_child(pid), 0);
	assert_int_equal(server.n_connections, 2);
	assert_int_equal(server.connection_of[1], 2);
	assert_int_equal(server.connection_of[2], 2);
	/* our own connection still works */
	assert_int_equal(http_request(http, &get, &response, &err), 0);
	http_response_done(&response);
	end_client(http);
	assert_int_equal(server.connection_of[3], 1);
}

/* Another process may lower the hard limit of this one at any time. */
static void test_limit_of_files_comes_back(void **state)
{
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct rlimit before, after, less = { .rlim_max = 40 };
		bool ok = getrlimit(RLIMIT_NOFILE, &before) == 0 && sockets_forbid() &&
			  open("/dev/null", O_RDONLY) < 0;
		const char *valgrind = getenv("VALGRIND");
		bool can_lower;

		sockets_permit();
		ok = ok && getrlimit(RLIMIT_NOFILE, &after) == 0 &&
		     memcmp(&before, &after, sizeof(before)) == 0 && sockets_forbid();
		can_lower = setrlimit(RLIMIT_NOFILE, &less) == 0; /* valgrind refuses that */
		sockets_permit();
		ok = ok && getrlimit(RLIMIT_NOFILE, &after) == 0 &&
		     after.rlim_cur == (can_lower ? 40 : before.rlim_cur) &&
		     after.rlim_max == (can_lower ? 40 : before.rlim_max);
		_exit(!ok || !(can_lower || (valgrind && *valgrind)));
	}
	assert_int_equal(wait_child(pid), 0);
}

/* One that has opened a connection may hold CA certificates, and those of new releases buffers. */
static void test_multi_handle_is_kept(void **state)
{
	const struct coder_config c = config();
	struct coder_error err = { 0 };
	bool possible = libcurl_load(&err)->info->version_num < 0x080700;

	(void)state;
	coder_disconnect();
	SCRIPT(OK);
	for (int i = 0; i < 3; i++) {
		struct http_response response = { 0 };
		struct http *http = NULL;
		CURLM *multi;

		assert_int_equal(http_new(&c, &http, &err), 0);
		assert_int_equal(http_request(http, &get, &response, &err), 0);
		http_response_done(&response);
		end_client(http);
		multi = kept_take_multi();
		assert_int_equal(multi != NULL, possible && i > 0);
		assert_true(kept_put_multi(multi));
	}
	assert_int_equal(server.n_connections, 1);
	coder_disconnect();
	assert_null(kept_take_multi());
}

static void test_few_descriptors(void **state)
{
	const struct coder_config c = config();
	pid_t pid;

	(void)state;
	SCRIPT(OK);
	for (rlim_t max = 10; max <= 40; max += 2) {
		int status;

		pid = fork();
		if (pid == 0) {
			struct rlimit limit = { max, max };
			struct http_response response = { 0 };
			struct coder_error err = { 0 };
			struct http *http = NULL;
			bool ok;

			setrlimit(RLIMIT_NOFILE, &limit);
			http_new(&c, &http, &err);
			ok = http_request(http, &get, &response, &err) == 0;
			http_response_done(&response);
			end_client(http);
			for (int fd = 3; fd < 10 && ok; fd++) {
				struct sockaddr_in peer = { 0 };
				socklen_t len = sizeof(peer);

				if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
				    ntohs(peer.sin_port) == server.port)
					_exit(3); /* a number that scripts use for redirections */
			}
			_exit(ok ? 0 : err.message[0] && !err.sent ? 1 : 2);
		}
		status = wait_child(pid);
		assert_true(WIFEXITED(status));
		assert_between(WEXITSTATUS(status), 0, max < 20);
	}
}

/* --------------------------------------------------------------- signals */

/*
 * Runs in a child: SIGTERM is held, reported as pending, taken by the undo and raised at the end.
 */
static void hold_in_child(void)
{
	static struct http *http; /* still reachable when the process is killed */
	struct http_response response;
	struct coder_error err = { 0 };
	bool ok;

	http = client();
	signal(SIGTERM, SIG_DFL);
	coder_interrupts_hold(&interrupts);
	ok = coder_interrupts_pending(&interrupts) == 0;
	kill(getpid(), SIGTERM);
	ok = ok && coder_interrupts_pending(&interrupts) == SIGTERM;
	ok = ok && http_request(http, &get, &response, &err) == -1;
	ok = ok && err.code == CODER_ERR_INTERRUPTED && err.signal == SIGTERM;
	coder_interrupts_acknowledge(&interrupts, CODER_NS);
	ok = ok && coder_interrupts_pending(&interrupts) == 0 && interrupts.signal == SIGTERM;
	ok = ok && http_request(http, &get, &response, &err) == 0;
	kill(getpid(), SIGINT);
	ok = ok && coder_interrupts_pending(&interrupts) == 0;
	kill(getpid(), SIGUSR1);
	ok = ok && coder_interrupts_pending(&interrupts) == SIGTERM;
	if (!ok)
		_exit(1);
	coder_interrupts_release(&interrupts);
	_exit(2);
}

static sighandler_t disposition(int signal)
{
	struct sigaction action;

	assert_int_equal(sigaction(signal, NULL, &action), 0);
	return action.sa_handler;
}

static void test_hold(void **state)
{
	struct http *http = client();
	static const int ending[] = { SIGINT,  SIGTERM, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM,
				      SIGPROF, SIGXCPU, SIGQUIT, SIGIO,	  SIGPWR,  SIGSTKFLT };
	const uint64_t before = signal_mask();
	int last = SIGRTMAX;
	pid_t pid;
	int status;

	(void)state;
	SCRIPT(OK);
	pid = fork();
	if (pid == 0)
		hold_in_child();
	status = wait_child(pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);

	/* end_client() does not raise held signals */
	pid = fork();
	if (pid == 0) {
		coder_interrupts_hold(&interrupts);
		kill(getpid(), SIGTERM);
		end_client(http);
		_exit(3);
	}
	status = wait_child(pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 3);

	/* valgrind uses the last signal itself */
	if (disposition(last) != SIG_DFL)
		last--;
	/*
	 * signals that are ignored or do not end the process are not held; afterwards all is as
	 * before
	 */
	signal(SIGHUP, SIG_IGN);
	coder_interrupts_hold(&interrupts);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		assert_true(disposition(ending[i]) != SIG_DFL);
	for (int sig = SIGRTMIN; sig <= last; sig++)
		assert_true(disposition(sig) != SIG_DFL);
	assert_true(disposition(SIGHUP) == SIG_IGN);
	assert_true(disposition(SIGCHLD) == SIG_DFL && disposition(SIGTSTP) == SIG_DFL);
	kill(getpid(), SIGHUP);
	assert_int_equal(coder_interrupts_pending(&interrupts), 0);
	coder_interrupts_release(&interrupts);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		assert_true(disposition(ending[i]) == SIG_DFL);
	for (int sig = SIGRTMIN; sig <= last; sig++)
		assert_true(disposition(sig) == SIG_DFL);
	assert_true(signal_mask() == before);
	signal(SIGHUP, SIG_DFL);
	end_client(http);
}

/*
 * What coder_interrupts_pending() returns for a second signal in an undo, if the undo begins ms
 * after the first signal.
 */
static int second(int first, int64_t ms, int then)
{
	struct http *http = client();
	int64_t first_at = coder_clock();
	int said;

	caller.signal = first;
	said = coder_interrupts_pending(&interrupts);
	assert_int_equal(said, first);
	while (ms_since(first_at) < ms)
		usleep(1000);
	coder_interrupts_acknowledge(&interrupts, CODER_NS);
	assert_int_equal(coder_interrupts_pending(&interrupts), 0);
	caller.signal = then;
	said = coder_interrupts_pending(&interrupts);
	assert_int_equal(interrupts.signal, first);
	caller.signal = 0;
	assert_int_equal(coder_interrupts_pending(&interrupts),
			 said); /* once it has returned the signal, it always does */
	end_client(http);
	return said;
}

static void test_second_signal(void **state)
{
	static const int sent_twice[] = { SIGINT, SIGTERM, SIGHUP };
	struct http *http;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(second(sent_twice[i], 0, sent_twice[i]), 0);
		assert_int_equal(second(sent_twice[i], 300, SIGINT), 0);
		assert_int_equal(second(sent_twice[i], 510, sent_twice[i]), sent_twice[i]);
		assert_int_equal(second(SIGQUIT, 0, sent_twice[i]), 0);
		assert_int_equal(second(sent_twice[i], 0, SIGQUIT), sent_twice[i]);
	}
	/* if no signal came before the undo, the half second begins with the first one in it */
	http = client();
	coder_interrupts_acknowledge(&interrupts, CODER_NS);
	caller.signal = SIGTERM;
	assert_int_equal(coder_interrupts_pending(&interrupts), 0);
	assert_int_equal(interrupts.signal, SIGTERM);
	caller.signal = SIGINT;
	assert_int_equal(coder_interrupts_pending(&interrupts), 0);
	usleep(510000);
	assert_int_equal(coder_interrupts_pending(&interrupts), 0);
	caller.signal = SIGINT;
	assert_int_equal(coder_interrupts_pending(&interrupts), SIGTERM);
	end_client(http);
}

/* Held signals are raised in the order of their arrival. */
static void test_held_in_order(void **state)
{
	(void)state;
	for (int first_is_term = 0; first_is_term < 2; first_is_term++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			int64_t when = 0, before = coder_clock();

			coder_signals_hold();
			kill(getpid(), first_is_term ? SIGTERM : SIGINT);
			kill(getpid(), first_is_term ? SIGINT : SIGTERM);
			kill(getpid(), SIGTERM);
			if (coder_signals_take(&when) != (first_is_term ? SIGTERM : SIGINT) ||
			    when < before || when > coder_clock() ||
			    coder_signals_take(&when) != (first_is_term ? SIGINT : SIGTERM) ||
			    coder_signals_take(&when) != SIGTERM || coder_signals_take(&when))
				_exit(1);
			coder_signals_release();
			_exit(2);
		}
		status = wait_child(pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), first_is_term ? SIGTERM : SIGINT);
	}
}

static volatile sig_atomic_t handled;

static void on_alarm(int number)
{
	handled = number;
}

static timer_t raise_soon(int signal)
{
	const struct itimerspec in = { .it_value.tv_nsec = 50000000 };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = signal };
	timer_t timer;

	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &in, NULL), 0);
	return timer;
}

/* Signal handlers of the process run while a request waits. A SIGPIPE has no effect meanwhile. */
static void test_handlers_run(void **state)
{
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err;
	timer_t timers[2];

	(void)state;
	SCRIPT(HANG);
	handled = 0;
	signal(SIGALRM, on_alarm);
	timers[0] = raise_soon(SIGALRM);
	timers[1] = raise_soon(SIGPIPE);
	coder_interrupts_limit(&interrupts, CODER_NS / 4);
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_int_equal(handled, SIGALRM);
	assert_true(err.timeout); /* SIGPIPE did not end the request */
	timer_delete(timers[0]);
	timer_delete(timers[1]);
	signal(SIGALRM, SIG_DFL);
}

/* ------------------------------------------------------- several at once */

/* What one of several exchanges has received. */
struct piece {
	struct transfer_exchange x;
	struct buf body;
	size_t n_headers;
	bool stops; /* at its first data */
};

static bool on_line(void *ctx, const char *line, size_t len)
{
	(void)line, (void)len;
	((struct piece *)ctx)->n_headers++;
	return true;
}

static bool on_body(void *ctx, const char *data, size_t len)
{
	struct piece *piece = ctx;

	return !piece->stops && buf_add(&piece->body, data, len);
}

static bool go_on(void *ctx)
{
	(void)ctx;
	return true;
}

static void begin(struct transfer *transfer, struct piece *piece, int64_t deadline)
{
	piece->x = (struct transfer_exchange){
		.method = "GET",
		.path = "/x",
		.deadline = deadline,
		.grace_ns = piece->x.grace_ns,
		.extra = piece->x.extra,
		.ctx = piece,
		.header = on_line,
		.data = on_body,
		.between = go_on,
	};
	transfer_begin(transfer, &piece->x);
}

static void end_transfer(struct transfer *transfer)
{
	transfer_close(transfer);
	transfer_free(transfer);
}

/* A transfer to the server of the test, which it reaches by that name. */
static struct transfer *transfer_to(const char *host)
{
	static char origin[64], port[16];
	struct transfer_options options = {
		.host = host,
		.port = port,
		.origin = origin,
		.url_source = "CODER_URL",
		.connect_timeout_ns = 5 * CODER_NS,
		.interrupts = config().interrupts,
	};
	struct transfer *transfer;

	snprintf(port, sizeof(port), "%d", server.port);
	snprintf(origin, sizeof(origin), "http://%s:%d", host, server.port);
	transfer = transfer_new(&options);
	assert_non_null(transfer);
	return transfer;
}

static struct piece *next(struct transfer *transfer)
{
	struct transfer_exchange *x = transfer_wait(transfer, INT64_MAX);

	return x ? x->ctx : NULL;
}

static void assert_complete(struct piece *piece)
{
	assert_non_null(piece);
	if (piece->x.end != TRANSFER_COMPLETE)
		fail_msg("%d: %s", piece->x.end, piece->x.err.message);
	assert_int_equal(piece->x.sent, 1);
	assert_int_equal(piece->n_headers, 4);
	assert_string_equal(piece->body.data, "{}");
	buf_done(&piece->body);
	piece->n_headers = 0;
}

static void test_several_at_once(void **state)
{
	struct transfer *transfer = transfer_to("127.0.0.1");
	struct piece pieces[3] = { 0 }, more = { 0 }, *last;
	int64_t began = coder_clock();

	(void)state;
	SCRIPT(HANG, OK); /* the request that comes first gets no response */
	assert_null(transfer_wait(transfer, INT64_MAX));
	for (size_t i = 0; i < 3; i++)
		begin(transfer, &pieces[i], began + CODER_NS / 2);
	assert_complete(next(transfer));
	/* another one begins while two are in progress, on the connection that is free */
	begin(transfer, &more, began + 5 * CODER_NS);
	assert_complete(next(transfer));
	assert_complete(next(transfer));
	assert_int_equal(server.n_connections, 3);
	assert_int_equal(server.n_requests, 4);
	assert_between(ms_since(began), 0, 450);
	/* the deadline of one has passed, and of no other */
	last = next(transfer);
	assert_non_null(last);
	assert_int_equal(last->x.end, TRANSFER_DEADLINE);
	assert_between(ms_since(began), 500, 700);
	assert_int_equal(last->x.sent, 1);
	assert_null(transfer_wait(transfer, INT64_MAX));
	end_transfer(transfer);
}

static void test_extra_connections_open_at_once(void **state)
{
	struct transfer *transfer = transfer_to("127.0.0.1");
	struct piece pieces[3] = { 0 };
	int64_t deadline = coder_clock() + CODER_NS / 2;

	(void)state;
	SCRIPT(HANG); /* so none can wait for the response to another one */
	for (size_t i = 0; i < 3; i++) {
		pieces[i].x.extra = true;
		begin(transfer, &pieces[i], deadline);
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(next(transfer)->x.end, TRANSFER_DEADLINE);
		assert_int_equal(pieces[i].x.sent, 1);
	}
	assert_int_equal(server.n_connections, 3);
	assert_int_equal(server.n_requests, 3);
	end_transfer(transfer);
}

#define PEER 4711

/* Opens a socket of PEER and connects it to the test's server. */
static int connected(const struct sockaddr_in *to)
{
	int fd = sockets_open(SOCK_STREAM, 0, (const struct sockaddr *)to, sizeof(*to), PEER, NULL);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)to, sizeof(*to)), 0);
	return fd;
}

static in_port_t port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t len = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	return address.sin_port;
}

/* A server may serve one connection after the other. */
static void test_connections_ahead_are_used_in_their_order(void **state)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from[4];
	int accepted[4];
	socklen_t len = sizeof(to);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), first;

	(void)state;
	coder_disconnect();
	assert_int_equal(bind(listener, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&to, &len), 0);
	first = connected(&to);
	sockets_connect_ahead(PEER, 3);
	for (int i = 0; i < 4; i++) {
		socklen_t from_len = sizeof(from[i]);
		int fd = accept4(listener, (struct sockaddr *)&from[i], &from_len, SOCK_CLOEXEC);

		assert_true(fd >= 0);
		accepted[i] = fd;
	}
	sockets_close(first);
	for (int i = 1; i < 4; i++) {
		int fd = sockets_open(SOCK_STREAM, 0, (struct sockaddr *)&to, sizeof(to), PEER,
				      NULL);

		assert_int_equal(port_of(fd), from[i].sin_port);
		sockets_close(fd);
	}
	for (int i = 0; i < 4; i++)
		close(accepted[i]);
	close(listener);
	assert_false(sockets_any(PEER));
}

/* Some releases of libcurl close the slower of two connections without a word to their caller. */
static void test_number_that_libcurl_freed_is_used_again(void **state)
{
	const struct sockaddr_in to = { .sin_family = AF_INET };
	int fd, again;

	(void)state;
	coder_disconnect();
	fd = sockets_open(SOCK_STREAM, 0, (const struct sockaddr *)&to, sizeof(to), PEER, NULL);
	assert_true(fd >= 0);
	assert_int_equal(close(fd), 0);
	again = sockets_open(SOCK_STREAM, 0, (const struct sockaddr *)&to, sizeof(to), PEER, NULL);
	assert_int_equal(again, fd);
	sockets_close(again);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_false(sockets_any(PEER));
}

static void test_several_end_each_in_its_way(void **state)
{
	struct transfer *transfer = transfer_to("127.0.0.1");
	struct piece stopping = { .stops = true }, patient = { 0 }, hasty = { 0 };
	const uint64_t before = signal_mask();
	struct piece *first;

	(void)state;
	SCRIPT(OK);
	begin(transfer, &stopping, INT64_MAX);
	begin(transfer, &hasty, INT64_MAX);
	for (int i = 0; i < 2; i++) {
		first = next(transfer);
		if (first == &hasty)
			assert_complete(first);
		else
			assert_int_equal(stopping.x.end, TRANSFER_STOPPED);
	}
	/* after a signal, a request that was sent can have grace_ns left */
	SCRIPT(HANG);
	patient.x.grace_ns = CODER_NS * 4 / 10;
	begin(transfer, &patient, INT64_MAX);
	begin(transfer, &hasty, INT64_MAX);
	caller.signal_at = coder_clock() + CODER_NS / 10;
	caller.signal = SIGTERM;
	assert_ptr_equal(next(transfer), &hasty);
	assert_between(ms_since(caller.signal_at), 0, 250);
	assert_ptr_equal(next(transfer), &patient);
	assert_between(ms_since(caller.signal_at), 390, 650);
	assert_int_equal(hasty.x.end, TRANSFER_SIGNAL);
	assert_int_equal(patient.x.end, TRANSFER_SIGNAL);
	assert_int_equal(patient.x.signal, SIGTERM);
	caller.signal = 0;
	/* exchanges in progress are given up when the transfer is closed */
	begin(transfer, &hasty, INT64_MAX);
	begin(transfer, &patient, coder_clock() + CODER_NS / 10);
	assert_ptr_equal(next(transfer), &patient);
	end_transfer(transfer);
	assert_true(signal_mask() == before);
}

/* The page faults of children that have ended: each look-up adds some. */
static long children(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
	return usage.ru_minflt;
}

static void test_several_look_up_once(void **state)
{
	struct transfer *transfer = transfer_to("localhost");
	struct piece pieces[3] = { 0 };
	long before = children(), one;

	(void)state;
	SCRIPT(OK);
	begin(transfer, &pieces[0], INT64_MAX);
	assert_complete(next(transfer));
	one = children() - before;
	assert_true(one > 0);
	for (size_t i = 0; i < 3; i++)
		begin(transfer, &pieces[i], INT64_MAX);
	for (size_t i = 0; i < 3; i++)
		assert_complete(next(transfer));
	assert_int_equal(children() - before, one);
	end_transfer(transfer);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */

	/*
	 * nor do later exchanges, as connections are kept; that the server closes these is no
	 * failure
	 */
	transfer = transfer_to("localhost");
	begin(transfer, &pieces[0], INT64_MAX);
	assert_complete(next(transfer));
	SCRIPT(CLOSE, OK);
	begin(transfer, &pieces[0], INT64_MAX);
	assert_ptr_equal(next(transfer), &pieces[0]);
	assert_int_equal(pieces[0].x.end, TRANSFER_COMPLETE);
	assert_int_equal(pieces[0].x.sent, 2);
	buf_done(&pieces[0].body);
	assert_int_equal(children() - before, one);
	end_transfer(transfer);
	transfer_disconnect();

	/* a name that cannot be found fails for all exchanges, and is looked up only once */
	transfer = transfer_to("does-not-exist.invalid");
	before = children();
	begin(transfer, &pieces[0], INT64_MAX);
	begin(transfer, &pieces[1], INT64_MAX);
	for (size_t i = 0; i < 2; i++) {
		const struct piece *piece = next(transfer);

		assert_int_equal(piece->x.end, TRANSFER_FAILED);
		assert_non_null(strstr(piece->x.err.message,
				       "cannot find the host does-not-exist.invalid: "));
		assert_int_equal(piece->x.sent, 0);
	}
	assert_true(children() > before);
	end_transfer(transfer);
}

/* Waits for the next of several requests. Returns its number; -1: none has ended by `until`. */
static int next_request(struct http *http, int64_t until, enum coder_code expected)
{
	struct http_response response;
	struct coder_error err;
	int rc;
	char *number = http_wait(http, until, &rc, &response, &err);

	if (!number)
		return -1;
	assert_int_equal(rc < 0 ? err.code : CODER_OK, expected);
	if (expected == CODER_ERR_INTERRUPTED)
		assert_false(err.sent);
	http_response_done(&response);
	return *number - '0';
}

static void begin_many(struct http *http, char *number)
{
	const struct http_request many = {
		.method = "DELETE", .path = "/x", .many = true, .extra = *number != '0'
	};
	struct coder_error err;

	assert_int_equal(http_begin(http, &many, number, &err), 0);
}

static void test_requests_at_once(void **state)
{
	const struct coder_config c = config();
	char numbers[] = "01234";
	struct coder_error err;
	struct http *http;
	int64_t began;

	(void)state;
	assert_int_equal(http_new(&c, &http, &err), 0);
	assert_int_equal(next_request(http, INT64_MAX, CODER_OK), -1);
	/*
	 * one of the first three meets a rate limit: all of them, and later ones, wait once for
	 * that second
	 */
	SCRIPT(STATUS("429 T", "Retry-After: 1\r\n"), STATUS("503 B", ""), NO_CONTENT);
	began = coder_clock();
	for (size_t i = 0; i < 3; i++)
		begin_many(http, &numbers[i]);
	assert_true(next_request(http, INT64_MAX, CODER_OK) >= 0);
	begin_many(http, &numbers[3]);
	begin_many(http, &numbers[4]);
	assert_int_equal(next_request(http, began + CODER_NS * 9 / 10, CODER_OK), -1);
	assert_between(ms_since(began), 900, 990);
	assert_int_equal(server.n_requests, 3);
	for (size_t i = 0; i < 4; i++)
		assert_true(next_request(http, INT64_MAX, CODER_OK) >= 0);
	assert_between(ms_since(began), 1000, 1400);
	assert_int_equal(server.n_requests, 7);
	assert_true(server.n_connections <= 5);
	assert_int_equal(next_request(http, INT64_MAX, CODER_OK), -1);

	/* a signal ends the requests that wait, and none of them is sent */
	forget_requests();
	SCRIPT(STATUS("429 T", "Retry-After: 60\r\n"));
	for (size_t i = 0; i < 2; i++)
		begin_many(http, &numbers[i]);
	assert_int_equal(next_request(http, coder_clock() + CODER_NS / 5, CODER_OK), -1);
	begin_many(http, &numbers[2]);
	caller.signal = SIGINT;
	for (size_t i = 0; i < 3; i++)
		assert_true(next_request(http, INT64_MAX, CODER_ERR_INTERRUPTED) >= 0);
	assert_int_equal(server.n_requests, 2);
	assert_int_equal(caller.notices, 1);
	caller.signal = 0;
	/* requests in progress are given up at the end */
	begin_many(http, &numbers[0]);
	end_client(http);
}

/* ---------------------------------------------------------------- lookups */

static void test_lookup(void **state)
{
	struct coder_config c = config();
	struct http_response response;
	struct coder_error err;

	(void)state;
	SCRIPT(OK);
	get_ok(&c);
	snprintf(url_text, sizeof(url_text), "http://localhost:%d", server.port);
	get_ok(&c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	assert_int_equal(errno, ECHILD);
	c.url = "http://does-not-exist.invalid";
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_non_null(strstr(err.message, "cannot find the host does-not-exist.invalid: "));
	assert_false(err.sent);
	caller.signal = SIGINT;
	assert_int_equal(call(&c, &get, &response, &err), -1);
	assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
}

static void test_proxy(void **state)
{
	struct coder_config c = config();
	char by_name[64], by_address[64];

	(void)state;
	SCRIPT(OK);
	snprintf(by_name, sizeof(by_name), "http://u:p@localhost:%d", server.port);
	snprintf(by_address, sizeof(by_address), "127.0.0.1:%d", server.port);
	c.url = "http://behind-the-proxy.invalid";
	c.proxy = by_name;
	get_ok(&c);
	c.proxy = by_address;
	get_ok(&c);
	assert_int_equal(server.n_requests, 2);
	for (int i = 0; i < 2; i++)
		assert_non_null(
			strstr(server.requests[i],
			       "GET http://behind-the-proxy.invalid/api/v2/x?a=b HTTP/1.1"));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

static void test_environment_is_not_read(void **state)
{
	const struct coder_config c = config();

	(void)state;
	SCRIPT(OK);
	setenv("http_proxy", "http://no-such-proxy.invalid:1", 1);
	setenv("all_proxy", "http://no-such-proxy.invalid:1", 1);
	get_ok(&c);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	assert_int_equal(server.n_requests, 1);
}

/* What goes wrong at a proxy. */
static const struct {
	const char *proxy, *url, *message, *hint;
	const char *response;
	bool retried;
} blames[] = {
	{ "http://no-such-proxy.invalid:1", "https://h.invalid",
	  "cannot find the proxy no-such-proxy.invalid: ", "check https_proxy and", NULL, false },
	{ "http://u:s3cretpw@127.0.0.1:1", "https://h.invalid",
	  "cannot connect to the proxy http://127.0.0.1:1: Connection refused",
	  "check https_proxy and the network", NULL, true },
	{ "http://127.0.0.1:1", "http://h.invalid",
	  "cannot connect to the proxy http://127.0.0.1:1: Connection refused",
	  "check https_proxy and the network", NULL, true },
	{ "socks5h://127.0.0.1:1", "https://h.invalid",
	  "cannot connect to the proxy socks5h://127.0.0.1:1: Connection refused",
	  "check https_proxy and the network", NULL, true },
	{ "socks5://127.0.0.1:1", "https://h.invalid",
	  "cannot find the host h.invalid: ", "check CODER_URL and the network", NULL, false },
	{ "https://127.0.0.1:1", "https://h.invalid",
	  "cannot connect to the proxy https://127.0.0.1:1: Connection refused",
	  "check https_proxy and the network", NULL, true },
	{ "http://127.0.0.1:0", "https://h.invalid",
	  "the proxy http://127.0.0.1:0 that https_proxy names has a bad port", "give it as", NULL,
	  false },
	/* these proxies respond */
	{ "http://127.0.0.1", "https://h.invalid", "asks for a user name and password (407)",
	  "give them in https_proxy, as in ", STATUS("407 No", ""), false },
	{ "http://u:s3cretpw@127.0.0.1", "https://h.invalid",
	  "does not accept the user name and password that it was given (407)", "check https_proxy",
	  STATUS("407 No", ""), false },
	{ "http://127.0.0.1", "https://h.invalid",
	  "does not connect to https://h.invalid: its response is 403",
	  "check https_proxy, and what the proxy permits", STATUS("403 No", ""), false },
	{ "http://127.0.0.1", "https://h.invalid",
	  "does not connect to https://h.invalid: its response is 503",
	  "check https_proxy, and what the proxy permits", STATUS("503 No", ""), true },
	{ "http://127.0.0.1", "https://h.invalid",
	  "does not connect to https://h.invalid: ", "check https_proxy", CLOSE, true },
	{ "http://127.0.0.1", "http://h.invalid", "asks for a user name and password (407)",
	  "give them in https_proxy, as in ", STATUS("407 No", ""), false },
	{ "http://127.0.0.1", "http://h.invalid", "closed the connection without a response",
	  "check https_proxy", CLOSE, false },
	{ "socks5h://127.0.0.1", "https://h.invalid",
	  "does not connect to https://h.invalid: ", "check https_proxy", CLOSE, true },
	{ "socks4a://127.0.0.1", "http://h.invalid",
	  "does not connect to http://h.invalid: ", "check https_proxy", CLOSE, true },
	{ "https://127.0.0.1", "https://h.invalid", "no secure connection to the proxy https://",
	  "check https_proxy: does this port speak TLS?", CLOSE, false },
};

static void test_proxy_is_blamed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(blames) / sizeof(blames[0]); i++) {
		const char *script[] = { blames[i].response, NULL };
		struct coder_config c = config();
		struct http_response response = { 0 };
		struct coder_error err = { 0 };
		struct http *http = NULL;
		char proxy[64];

		snprintf(proxy, sizeof(proxy), blames[i].response ? "%s:%d" : "%s", blames[i].proxy,
			 server.port);
		server.script = script;
		c.url = blames[i].url;
		c.proxy = proxy;
		c.proxy_source = "https_proxy";
		coder_interrupts_limit(&interrupts, 20 * CODER_NS);
		if (http_new(&c, &http, &err) == 0)
			assert_int_equal(http_request(http, &get, &response, &err), -1);
		if (!strstr(err.message, blames[i].message) ||
		    !strstr(advice_on(&err), blames[i].hint))
			fail_msg("%zu: %s; %s", i, err.message, advice_on(&err));
		if (strstr(err.message, "s3cretpw") || strstr(advice_on(&err), "s3cretpw"))
			fail_msg("%zu shows the password", i);
		assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
		if (http && response.tries != (blames[i].retried ? 3 : 1))
			fail_msg("%zu: %d tries", i, response.tries);
		http_response_done(&response);
		end_client(http);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, start_server, stop_server)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_bad_url),
		cmocka_unit_test(test_insecure),
		cmocka_unit_test(test_bad_config),
		TEST(get_request),
		TEST(other_requests),
		TEST(statuses),
		TEST(own),
		TEST(unusable_responses),
		cmocka_unit_test(test_cut_head),
		TEST(caps),
		TEST(largest),
		TEST(secret_in_text),
		TEST(sink),
		TEST(retries),
		TEST(retries_of_post),
		TEST(retry_after),
		TEST(clock),
		TEST(waits),
		TEST(no_connection),
		TEST(no_tls),
		TEST(timeouts),
		TEST(sleep),
		TEST(interrupt),
		TEST(keep_alive),
		TEST(silence_of_kept_connections),
		TEST(stale_connection),
		TEST(descriptors),
		TEST(stolen_descriptor),
		TEST(stolen_by_socket),
		TEST(fork),
		TEST(limit_of_files_comes_back),
		TEST(multi_handle_is_kept),
		TEST(few_descriptors),
		TEST(hold),
		TEST(second_signal),
		TEST(held_in_order),
		TEST(handlers_run),
		TEST(several_at_once),
		TEST(extra_connections_open_at_once),
		TEST(connections_ahead_are_used_in_their_order),
		TEST(number_that_libcurl_freed_is_used_again),
		TEST(several_end_each_in_its_way),
		TEST(several_look_up_once),
		TEST(requests_at_once),
		TEST(lookup),
		TEST(proxy),
		TEST(environment_is_not_read),
		TEST(proxy_is_blamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
