/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.c - the libcurl handle of one exchange: its options, and what it reports; see run.h. */
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

/*
 * Ends the limit of sockets_expect_ack(), when the connection shows that it is alive. A kept connection
 * may be dead without a sign, because the network has changed, or a firewall has forgotten it. Then
 * the peer's system acknowledges nothing. A peer that is only slow does acknowledge, so it is
 * waited for.
 */
static void end_expecting_ack(struct run *run)
{
	if (run->expects_ack)
		sockets_expect_ack_end();
	run->expects_ack = false;
}

/* ------------------------------------------------------------- callbacks */

static size_t on_header(char *line, size_t one, size_t len, void *ctx)
{
	struct run *run = ctx;

	(void)one;
	run->moved = coder_clock();
	end_expecting_ack(run);
	/* the empty line ends the headers; others follow after an interim response */
	run->in_body = line[0] == '\r' || line[0] == '\n';
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
	run->arrived = true;
	run->stopped = run->stopped || !run->x->data(run->x->ctx, data, len);
	return run->stopped ? 0 : len;
}

/*
 * Notes whether and how often the request went out: libcurl reports each piece after it was
 * written. (CURLINFO_REQUEST_SIZE would count the CONNECT to a proxy, too.)
 */
static int on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
	struct run *run = ctx;
	struct transfer_exchange *x = run->x;
	const struct proxy *proxy = run->o->proxy;
	size_t method = strlen(x->method);

	(void)easy;
	/* TLS to the proxy itself comes before the CONNECT */
	if (type == CURLINFO_SSL_DATA_OUT && !(proxy && proxy->tls && !run->connect_sent))
		run->tls_sent = true;
	/* an alert has two bytes, its level and its number; no other message is so short */
	if (type == CURLINFO_SSL_DATA_IN && len == 2)
		run->tls_alert = (unsigned char)data[1];
	if (type != CURLINFO_HEADER_OUT && type != CURLINFO_DATA_OUT)
		return 0;
	run->moved = coder_clock();
	if (len > 8 && memcmp(data, "CONNECT ", 8) == 0) {
		run->connect_sent = true;
		return 0;
	}
	run->connecting = false;
	sockets_unwatch(&run->full);
	if (type == CURLINFO_HEADER_OUT && len > method && memcmp(data, x->method, method) == 0)
		x->sent++;
	else if (!x->sent)
		x->sent = 1;
	return 0;
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct run *run = ctx;
	int fd = sockets_open(address->socktype, address->protocol, &address->addr,
			      address->addrlen, run->peer, &run->full);

	(void)purpose;
	/* the time for connecting begins again when a kept connection was found dead */
	if (!run->connecting)
		run->began = coder_clock();
	run->connecting = true;
	run->opened = true;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		run->no_descriptor = errno;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/*
 * Called before libcurl looks up a name that it has no address for, and for an address in the place
 * of a name. Returns non-zero to forbid the look-up; then the exchange fails.
 */
static int on_resolve(void *state, void *reserved, void *ctx)
{
	struct run *run = ctx;

	(void)state;
	(void)reserved;
	return !lookup_has_addresses(run->o);
}

/* Does not get the run: libcurl calls this for a kept connection long after the run has ended. */
static int on_close(void *ctx, curl_socket_t fd)
{
	(void)ctx;
	sockets_close(fd);
	return 0;
}

/* --------------------------------------------------------------- options */

#define SET(option, value) (rc = rc ? rc : run->curl->easy_setopt(run->easy, option, value))

/*
 * Sets what is the same for all exchanges: the callbacks, and that libcurl does only one plain
 * exchange.
 */
static CURLcode set_basics(struct run *run)
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
	SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_PATH_AS_IS, 1L);
	/* HTTP/2 does not speed up few requests, and its tables would keep the token */
	SET(CURLOPT_HTTP_VERSION,
	    (long)(run->x->extra ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
	/* without TLS there is no HTTP/2, so waiting for the first connection gains nothing */
	SET(CURLOPT_PIPEWAIT, (long)(run->x->extra && run->o->tls));
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* no token in the CONNECT for a proxy */
	SET(CURLOPT_NOSIGNAL, 1L);
	/* the smallest: each request over TLS allocates this buffer, by default of 64 KiB, and it is wiped */
	SET(CURLOPT_UPLOAD_BUFFERSIZE, 16384L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, 24 * 60 * 60 * 1000L); /* see run_time_limit() */
	return rc;
}

bool run_has_ca_file(const struct libcurl *curl)
{
	const curl_version_info_data *info = curl->info;

	return info->age >= CURLVERSION_SEVENTH && info->cainfo && access(info->cainfo, R_OK) == 0;
}

bool run_uses_tls(const struct run *run)
{
	return run->o->tls || (run->o->proxy && run->o->proxy->tls);
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
	/* libcurl reuses parsed CA certificates (which saves 20 ms) only without a CA directory */
	if (o->ca_file || run_has_ca_file(run->curl))
		SET(CURLOPT_CAPATH, NULL);
	/* like Go's client, trusts the same authorities for the TLS of a proxy */
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

	if (!o->fresh && !run->x->extra)
		SET(CURLOPT_SHARE, kept_share(run->curl));
	if (o->fresh || run->x->own_connection) {
		SET(CURLOPT_FRESH_CONNECT, 1L);
		SET(CURLOPT_FORBID_REUSE, 1L);
	}
	/* "" means no proxy. no_proxy is not read: the choice has been made */
	SET(CURLOPT_PROXY, o->proxy ? o->proxy->url : "");
	SET(CURLOPT_NOPROXY, "");
	if (rc ||
	    !add_to_list(run, &run->addresses, (const char *const *)addresses->v, addresses->n))
		return rc ? rc : CURLE_OUT_OF_MEMORY;
	SET(CURLOPT_RESOLVE, run->addresses);
	return rc;
}

static CURLcode set_request(struct run *run)
{
	const struct transfer_options *o = run->o;
	const struct transfer_exchange *x = run->x;
	/* without a body, PUT and POST have a Content-Length of 0, which proxies expect */
	const bool sends_body =
		x->body || strcmp(x->method, "PUT") == 0 || strcmp(x->method, "POST") == 0;
	/* "Name:" keeps libcurl from sending a header of its own */
	const char *const own[] = { "Expect:",
				    x->body ? "Content-Type: application/json" : "Content-Type:" };
	struct buf CLEANUP(buf_done) url = { 0 };
	CURLcode rc = CURLE_OK;

	if (!buf_add_str(&url, o->origin) || !buf_add_str(&url, x->path) ||
	    !add_to_list(run, &run->headers, o->headers, o->n_headers) ||
	    !add_to_list(run, &run->headers, own, sends_body ? 2 : 1))
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
	run->expects_ack = !run->o->fresh && !run->x->own_connection;
	if (run->expects_ack)
		sockets_expect_ack();
	(void)((rc = set_basics(run)) || (run_uses_tls(run) && (rc = set_tls(run, bundle))) ||
	       (rc = set_connection(run, addresses)) || (rc = set_request(run)));
	return rc;
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
	}
	sockets_unwatch(&run->full);
	end_expecting_ack(run);
	free_list(run, run->headers);
	free_list(run, run->addresses);
}
