/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.c - a libcurl handle that does one exchange: its options, and what it reports. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "kept.h"
#include "lookup.h"
#include "proxy.h"
#include "run.h"
#include "sockets.h"

#define DEAD_MS 4500 /* what a kept connection has to show a sign of life */

static struct run *runs; /* those that have a handle, for on_close() */
static unsigned n_hurried; /* of these */

/* ----------------------------------------------------- dead connections */

/*
 * A kept connection may have died without a word: the network has changed, or
 * a firewall has forgotten it. Then the peer's system acknowledges nothing. One
 * that is slow to respond does acknowledge, and is waited for.
 */
static void hurry(struct run *run)
{
	run->hurried = !run->o->fresh && !run->x->own_connection;
	if (!run->hurried)
		return;
	n_hurried++;
	sockets_limit_silence(DEAD_MS);
}

static void patience(struct run *run)
{
	if (run->hurried && --n_hurried == 0)
		sockets_limit_silence(0);
	run->hurried = false;
}

/* ------------------------------------------------------------- callbacks */

/* Whether TLS is spoken to the proxy only, as yet. */
static bool is_to_proxy(const struct run *run)
{
	const struct proxy *proxy = run->o->proxy;

	return proxy && proxy->tls && !run->connect_sent;
}

static size_t on_header(char *line, size_t one, size_t len, void *ctx)
{
	struct run *run = ctx;

	(void)one;
	run->moved = coder_clock();
	patience(run);
	run->in_body =
		line[0] == '\r' || line[0] == '\n'; /* or other headers, after interim ones */
	run->stopped = run->stopped || !run->x->header(run->x->ctx, line, len);
	return run->stopped ? 0 : len;
}

static size_t on_data(char *data, size_t one, size_t len, void *ctx)
{
	struct run *run = ctx;

	(void)one;
	if (!len)
		return 0;
	run->moved = coder_clock();
	run->stopped = run->stopped || !run->x->data(run->x->ctx, data, len);
	return run->stopped ? 0 : len;
}

/*
 * Tells whether and how often the request went out: libcurl reports each piece
 * after it was written. CURLINFO_REQUEST_SIZE would count a proxy's CONNECT, too.
 */
static void on_written(struct run *run, const char *data, size_t len, bool head)
{
	struct transfer_exchange *x = run->x;
	size_t method = strlen(x->method);

	run->moved = coder_clock();
	if (len > 8 && memcmp(data, "CONNECT ", 8) == 0) {
		run->connect_sent = true;
		return;
	}
	run->connecting = false;
	if (head && len > method && memcmp(data, x->method, method) == 0)
		x->sent++;
	else if (!x->sent)
		x->sent = 1;
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
	struct run *run = ctx;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
		on_written(run, data, len, type == CURLINFO_HEADER_OUT);
	if (type == CURLINFO_SSL_DATA_OUT)
		run->tls_sent = run->tls_sent || !is_to_proxy(run);
	if (type == CURLINFO_SSL_DATA_IN &&
	    len == 2) /* level and number: no other message is so short */
		run->tls_alert = (unsigned char)data[1];
	return 0;
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct run *run = ctx;
	int fd = sockets_open(address->family, address->socktype, address->protocol, run->peer);

	(void)purpose;
	/* the time to connect begins anew where a kept connection was found dead */
	if (!run->connecting)
		run->began = coder_clock();
	run->connecting = true;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		run->no_descriptor = errno;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/*
 * Called before libcurl looks up a name that it has no address for, an address
 * in the place of a name included. Not 0: it must not, and the exchange fails.
 */
static int on_resolve(void *state, void *reserved, void *ctx)
{
	struct run *run = ctx;

	(void)state;
	(void)reserved;
	return !lookup_meets_addresses(run->o);
}

/*
 * Outlives the run: libcurl calls it for a kept connection much later. While one
 * is closed that did not come about, everything is open that was when it failed.
 */
static int on_close(void *ctx, curl_socket_t fd)
{
	(void)ctx;
	for (struct run *run = runs; run; run = run->next)
		if (run->connecting && !run->full)
			run->full = sockets_exhausted(1);
	sockets_close(fd);
	return 0;
}

/* --------------------------------------------------------------- options */

#define SET(option, value) (rc = rc ? rc : run->curl->easy_setopt(run->easy, option, value))

static CURLcode set_callbacks(struct run *run)
{
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, run);
	SET(CURLOPT_WRITEFUNCTION, on_data);
	SET(CURLOPT_WRITEDATA, run);
	SET(CURLOPT_DEBUGFUNCTION, on_debug);
	SET(CURLOPT_DEBUGDATA, run);
	SET(CURLOPT_VERBOSE, 1L); /* calls on_debug(); nothing is printed */
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, run);
	SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
	SET(CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
	SET(CURLOPT_RESOLVER_START_DATA, run);
	SET(CURLOPT_ERRORBUFFER, run->detail);
	return rc;
}

/* Nothing of what libcurl could do besides one plain exchange. */
static CURLcode set_limits(struct run *run)
{
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_PATH_AS_IS, 1L);
	/* a few requests at a time gain nothing from HTTP/2 */
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* no token for a proxy's CONNECT */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, 24 * 60 * 60 * 1000L); /* see transfer.c */
	return rc;
}

/* Whether libcurl has a file of CA certificates built in that is there. */
bool run_has_ca_file(const struct libcurl *curl)
{
	const curl_version_info_data *info = curl->version_info(CURLVERSION_NOW);

	return info->age >= CURLVERSION_SEVENTH && info->cainfo && access(info->cainfo, R_OK) == 0;
}

static CURLcode set_tls(struct run *run, const struct bundle *bundle)
{
	const struct transfer_options *o = run->o;
	const char *ca_file = bundle->fd < 0 ? o->ca_file : bundle->path;
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (libcurl_has_openssl3(run->curl))
		SET(CURLOPT_SSL_CTX_FUNCTION, libcurl_cleanse_tls);
	if (ca_file)
		SET(CURLOPT_CAINFO, ca_file);
	/* libcurl keeps the parsed CAs (20 ms) only if there is no directory of them */
	if (o->ca_file || run_has_ca_file(run->curl))
		SET(CURLOPT_CAPATH, NULL);
	/* Go's client, too, trusts the same authorities for a proxy's own TLS */
	if (o->proxy && o->proxy->tls) {
		SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
		if (ca_file)
			SET(CURLOPT_PROXY_CAINFO, ca_file);
		if (o->ca_file || run_has_ca_file(run->curl))
			SET(CURLOPT_PROXY_CAPATH, NULL);
	}
	if (!o->cert_file)
		return rc;
	SET(CURLOPT_SSLCERT, o->cert_file);
	SET(CURLOPT_SSLKEY, o->key_file);
	SET(CURLOPT_KEYPASSWD, ""); /* or OpenSSL would ask on the terminal */
	return rc;
}

static bool add_to_list(const struct run *run, struct curl_slist **list, const char *const *v,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct curl_slist *longer = run->curl->slist_append(*list, v[i]);

		if (!longer)
			return false;
		*list = longer;
	}
	return true;
}

static CURLcode set_connection(struct run *run, const struct coder_strings *addresses)
{
	const struct transfer_options *o = run->o;
	CURLcode rc = CURLE_OK;

	if (!o->fresh)
		SET(CURLOPT_SHARE, kept_share(run->curl));
	if (o->fresh || run->x->own_connection) {
		SET(CURLOPT_FRESH_CONNECT, 1L);
		SET(CURLOPT_FORBID_REUSE, 1L);
	}
	/* "": none, and no_proxy is not looked at: the choice has been made */
	SET(CURLOPT_PROXY, o->proxy ? o->proxy->url : "");
	SET(CURLOPT_NOPROXY, "");
	if (rc ||
	    !add_to_list(run, &run->addresses, (const char *const *)addresses->v, addresses->n))
		return rc ? rc : CURLE_OUT_OF_MEMORY;
	SET(CURLOPT_RESOLVE, run->addresses);
	return rc;
}

/* "Name:" keeps libcurl from sending a header of its own. */
static bool add_headers(struct run *run, bool sends_body)
{
	const struct transfer_options *o = run->o;
	const char *type = run->x->body ? "Content-Type: application/json" : "Content-Type:";

	return add_to_list(run, &run->headers, o->headers, o->n_headers) &&
	       add_to_list(run, &run->headers, &(const char *){ "Expect:" }, 1) &&
	       (!sends_body || add_to_list(run, &run->headers, &type, 1));
}

/* A PUT without a body says so (Content-Length: 0), as proxies expect of it. */
static CURLcode set_request(struct run *run)
{
	const struct transfer_exchange *x = run->x;
	bool sends_body =
		x->body || strcmp(x->method, "PUT") == 0 || strcmp(x->method, "POST") == 0;
	struct buf CLEANUP(buf_done) url = { 0 };
	CURLcode rc = CURLE_OK;

	if (!buf_add_str(&url, run->o->origin) || !buf_add_str(&url, x->path) ||
	    !add_headers(run, sends_body))
		return CURLE_OUT_OF_MEMORY;
	SET(CURLOPT_URL, url.data);
	SET(CURLOPT_HTTPHEADER, run->headers);
	if (sends_body) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(x->body ? x->body_len : 0));
		SET(CURLOPT_POSTFIELDS, x->body ? x->body : "");
	}
	SET(CURLOPT_CUSTOMREQUEST, x->method);
	return rc;
}

#undef SET

CURLcode run_set_up(struct run *run, const struct coder_strings *addresses,
		    const struct bundle *bundle)
{
	CURLcode rc;

	run->easy = run->curl->easy_init();
	if (!run->easy)
		return CURLE_OUT_OF_MEMORY;
	run->next = runs;
	runs = run;
	hurry(run);
	(void)((rc = set_callbacks(run)) || (rc = set_limits(run)) || (rc = set_tls(run, bundle)) ||
	       (rc = set_connection(run, addresses)) || (rc = set_request(run)));
	return rc;
}

/* -------------------------------------------------------------------- end */

static bool uses_tls(const struct transfer_options *o)
{
	return o->tls || (o->proxy && o->proxy->tls);
}

struct failure run_failure(const struct run *run)
{
	struct failure f = {
		.o = run->o,
		.code = run->code,
		.detail = run->detail[0] ? run->detail : run->curl->easy_strerror(run->code),
		.sent = run->x->sent,
		.in_head = run->x->sent && !run->in_body,
		.tls_sent = run->tls_sent,
		.tls_alert = run->tls_alert,
		.connect_sent = run->connect_sent,
		.no_descriptor = run->no_descriptor,
		.full = run->full,
		.no_memory = libcurl_ran_out(),
		.no_algorithms = uses_tls(run->o) && libcurl_lacks_algorithms(),
	};
	long system_error = 0;

	if (!run->easy)
		return f;
	(void)run->curl->easy_getinfo(run->easy, CURLINFO_HTTP_CONNECTCODE, &f.connect_status);
	(void)run->curl->easy_getinfo(run->easy, CURLINFO_OS_ERRNO, &system_error);
	f.system_error = (int)system_error;
	return f;
}

static void free_list(const struct run *run, struct curl_slist *list)
{
	/* libcurl may have been set up with other memory functions than ours */
	for (struct curl_slist *item = list; item; item = item->next)
		explicit_bzero(item->data, strlen(item->data));
	if (list)
		run->curl->slist_free_all(list);
}

void run_done(struct run *run, CURLM *multi)
{
	if (run->easy) {
		(void)run->curl->multi_remove_handle(multi, run->easy);
		run->curl->easy_cleanup(run->easy);
		for (struct run **p = &runs; *p; p = &(*p)->next)
			if (*p == run) {
				*p = run->next;
				break;
			}
	}
	free_list(run, run->headers);
	free_list(run, run->addresses);
	patience(run);
}
