/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.c - one HTTP exchange at a time over libcurl, inside a shell.
 *
 *  signals  All are blocked while libcurl runs, so that the threads it starts
 *           take none; they are let in only while it sleeps, and SIGPIPE not
 *           even then. A signal is looked for after each slice of sleep.
 *  fork     A subshell inherits the connections. Two processes on one of them
 *           would get each other's answers, so a child forgets them all.
 *  threads  libcurl looks names up in a thread that cannot be stopped: it would
 *           outlive a call that is given up, and close descriptors that are the
 *           user's by then. So libcurl looks up nothing; see on_resolve().
 *  time     Limits are kept here: of connecting, of the exchange, of silence.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/strings.h"
#include "bundle.h"
#include "failure.h"
#include "kept.h"
#include "libcurl.h"
#include "lookup.h"
#include "proxy.h"
#include "sockets.h"
#include "transfer.h"
#include "trial.h"

#define KEPT_CONNECTIONS 5L
#define DESCRIPTORS 8 /* that libcurl may need to begin with */
#define DEAD_MS 4500 /* what a kept connection has to show a sign of life */

static const struct libcurl *curl; /* once loaded */

struct transfer {
	struct transfer_options o;
	CURLM *multi; /* made under that kept_claim(); caches the parsed CAs */
	unsigned generation, current; /* of kept_claim(): when it was made, and the last one */
	struct coder_strings resolved; /* host:port:addresses */
	bool known; /* all addresses are, or are in no need of being looked up */
	struct bundle bundle; /* all CA certificates, if they are of several sources */
};

/* One run of the wire: what must be undone at its end. */
struct run {
	struct transfer *wire;
	struct transfer_exchange *x;
	struct blocked_signals quiet;
	CURL *easy;
	struct curl_slist *headers, *resolved;
	int64_t began, moved; /* connecting; and when the exchange last got any further */
	bool connecting; /* the request has not gone out on the connection that is made */
	bool in_body;
	bool hurried; /* kept connections have DEAD_MS */
	bool connect_sent, tls_sent; /* see struct failure */
	int tls_alert, no_descriptor, full;
	bool stopped; /* by a callback */
	bool unresolved; /* by on_resolve(): a name has to be looked up */
	CURLcode code; /* that libcurl ended with */
	char detail[CURL_ERROR_SIZE];
};

static struct run *current; /* for callbacks that outlive it */

/* --------------------------------------------------------------- signals */

void signals_block(struct blocked_signals *quiet)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

	sigfillset(&quiet->all);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&quiet->all, faults[i]);
	sigprocmask(SIG_SETMASK, &quiet->all, &quiet->old);
}

/* If the caller blocks SIGPIPE, one that is pending may be the caller's: it stays. */
static void eat_sigpipe(const struct blocked_signals *quiet)
{
	const struct timespec now = { 0 };
	sigset_t set;

	if (sigismember(&quiet->old, SIGPIPE))
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	while (sigtimedwait(&set, NULL, &now) < 0 && errno == EINTR)
		;
}

void signals_unblock(const struct blocked_signals *quiet)
{
	eat_sigpipe(quiet);
	sigprocmask(SIG_SETMASK, &quiet->old, NULL);
}

/* ----------------------------------------------------- dead connections */

/*
 * A kept connection may have died without a word: the network has changed, or
 * a firewall has forgotten it. Then the peer's system acknowledges nothing. One
 * that is slow to answer does acknowledge, and is waited for.
 */
static void hurry(struct run *run)
{
	run->hurried = !run->wire->o.fresh && !run->x->own_connection;
	if (run->hurried)
		sockets_limit_silence(DEAD_MS);
}

static void patience(struct run *run)
{
	if (run->hurried)
		sockets_limit_silence(0);
	run->hurried = false;
}

/* ------------------------------------------------------------- callbacks */

/* Whether TLS is spoken to the proxy only, as yet. */
static bool is_to_proxy(const struct run *run)
{
	const struct proxy *proxy = run->wire->o.proxy;

	return proxy && proxy->tls && !run->connect_sent;
}

static size_t on_header(char *line, size_t one, size_t len, void *ctx)
{
	struct run *run = ctx;

	(void)one;
	run->moved = coder_clock();
	patience(run);
	run->in_body =
		line[0] == '\r' || line[0] == '\n'; /* or another head, after an interim one */
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
	int fd = sockets_open(address->family, address->socktype, address->protocol);

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
	run->unresolved = !run->wire->known;
	return run->unresolved || !lookup_meets_addresses(&run->wire->o);
}

/*
 * Outlives the run: libcurl calls it for a kept connection much later. While one
 * is closed that did not come about, everything is open that was when it failed.
 */
static int on_close(void *ctx, curl_socket_t fd)
{
	(void)ctx;
	if (current && current->connecting && !current->full)
		current->full = sockets_exhausted(1);
	sockets_close(fd);
	return 0;
}

/* --------------------------------------------------------------- options */

#define SET(option, value) (rc = rc ? rc : curl->easy_setopt(run->easy, option, value))

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
	/* one request at a time gains nothing from HTTP/2 */
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* no token for a proxy's CONNECT */
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, 24 * 60 * 60 * 1000L); /* see too_late() */
	return rc;
}

/* Whether libcurl has a file of CA certificates built in that is there. */
static bool has_ca_file(void)
{
	const curl_version_info_data *info = curl->version_info(CURLVERSION_NOW);

	return info->age >= CURLVERSION_SEVENTH && info->cainfo && access(info->cainfo, R_OK) == 0;
}

/*
 * Makes one file of the CA certificates of all sources. A kept connection that
 * was made with others is closed: libcurl tells them apart by their path alone.
 */
static int gather_cas(struct transfer *wire, struct coder_error *err)
{
	const struct transfer_options *o = &wire->o;
	const char *file = o->ca_file	 ? o->ca_file :
			   has_ca_file() ? curl->version_info(CURLVERSION_NOW)->cainfo :
					   NULL;
	static uint64_t last; /* what the last one was made of */
	uint64_t hash;

	if (!o->more_cas || wire->bundle.fd >= 0)
		return 0;
	hash = coder_hash(coder_hash(CODER_HASH_BEGIN, o->more_cas), file ? file : "");
	if (hash != last)
		kept_close(curl);
	last = hash;
	return bundle_open(&wire->bundle, file, o->more_cas, err);
}

static CURLcode set_tls(struct run *run)
{
	const struct transfer_options *o = &run->wire->o;
	const char *ca_file = run->wire->bundle.fd < 0 ? o->ca_file : run->wire->bundle.path;
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (libcurl_has_openssl3(curl))
		SET(CURLOPT_SSL_CTX_FUNCTION, libcurl_cleanse_tls);
	if (ca_file)
		SET(CURLOPT_CAINFO, ca_file);
	/* libcurl keeps the parsed CAs (20 ms) only if there is no directory of them */
	if (o->ca_file || has_ca_file())
		SET(CURLOPT_CAPATH, NULL);
	/* Go's client, too, trusts the same authorities for a proxy's own TLS */
	if (o->proxy && o->proxy->tls) {
		SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
		if (ca_file)
			SET(CURLOPT_PROXY_CAINFO, ca_file);
		if (o->ca_file || has_ca_file())
			SET(CURLOPT_PROXY_CAPATH, NULL);
	}
	if (!o->cert_file)
		return rc;
	SET(CURLOPT_SSLCERT, o->cert_file);
	SET(CURLOPT_SSLKEY, o->key_file);
	SET(CURLOPT_KEYPASSWD, ""); /* or OpenSSL would ask on the terminal */
	return rc;
}

static bool add_to_list(struct curl_slist **list, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct curl_slist *longer = curl->slist_append(*list, v[i]);

		if (!longer)
			return false;
		*list = longer;
	}
	return true;
}

static CURLcode set_connection(struct run *run)
{
	const struct transfer_options *o = &run->wire->o;
	CURLcode rc = CURLE_OK;

	if (!o->fresh)
		SET(CURLOPT_SHARE, kept_share(curl));
	if (o->fresh || run->x->own_connection) {
		SET(CURLOPT_FRESH_CONNECT, 1L);
		SET(CURLOPT_FORBID_REUSE, 1L);
	}
	/* "": none, and no_proxy is not looked at: the choice has been made */
	SET(CURLOPT_PROXY, o->proxy ? o->proxy->url : "");
	SET(CURLOPT_NOPROXY, "");
	if (rc || !add_to_list(&run->resolved, (const char *const *)run->wire->resolved.v,
			       run->wire->resolved.n))
		return rc ? rc : CURLE_OUT_OF_MEMORY;
	SET(CURLOPT_RESOLVE, run->resolved);
	return rc;
}

/* "Name:" keeps libcurl from sending a header of its own. */
static bool add_headers(struct run *run, bool sends_body)
{
	const struct transfer_options *o = &run->wire->o;
	const char *type = run->x->body ? "Content-Type: application/json" : "Content-Type:";

	return add_to_list(&run->headers, o->headers, o->n_headers) &&
	       add_to_list(&run->headers, &(const char *){ "Expect:" }, 1) &&
	       (!sends_body || add_to_list(&run->headers, &type, 1));
}

/* A PUT without a body says so (Content-Length: 0), as proxies expect of it. */
static CURLcode set_request(struct run *run)
{
	const struct transfer_exchange *x = run->x;
	bool sends_body =
		x->body || strcmp(x->method, "PUT") == 0 || strcmp(x->method, "POST") == 0;
	struct buf CLEANUP(buf_done) url = { 0 };
	CURLcode rc = CURLE_OK;

	if (!buf_add_str(&url, run->wire->o.origin) || !buf_add_str(&url, x->path) ||
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

/* ---------------------------------------------------------------- errors */

static bool uses_tls(const struct transfer_options *o)
{
	return o->tls || (o->proxy && o->proxy->tls);
}

static struct failure failure_of(struct run *run)
{
	struct failure f = {
		.o = &run->wire->o,
		.code = run->code,
		.detail = run->detail[0] ? run->detail : curl->easy_strerror(run->code),
		.sent = run->x->sent,
		.in_head = run->x->sent && !run->in_body,
		.tls_sent = run->tls_sent,
		.tls_alert = run->tls_alert,
		.connect_sent = run->connect_sent,
		.no_descriptor = run->no_descriptor,
		.full = run->full,
		.no_memory = libcurl_ran_out(),
		.no_algorithms = uses_tls(&run->wire->o) && libcurl_lacks_algorithms(),
	};
	long system_error = 0;

	(void)curl->easy_getinfo(run->easy, CURLINFO_HTTP_CONNECTCODE, &f.connect_status);
	(void)curl->easy_getinfo(run->easy, CURLINFO_OS_ERRNO, &system_error);
	f.system_error = (int)system_error;
	return f;
}

/* A limit of time has passed: the caller's, or one of time_limit(). */
static enum transfer_end too_late(struct run *run, struct coder_error *err)
{
	struct failure f;

	if (coder_clock() >= run->x->deadline)
		return TRANSFER_DEADLINE;
	f = failure_of(run);
	f.sent = f.sent && !run->connecting;
	failure_too_late(&f, err);
	return TRANSFER_FAILED;
}

/* What libcurl needs is not to be had: memory, or descriptors. */
static enum transfer_end cannot_begin(struct coder_error *err)
{
	int no_descriptor = libcurl_ran_out() ? 0 : sockets_exhausted(DESCRIPTORS);

	if (no_descriptor)
		failure_no_descriptor(no_descriptor, err);
	else
		coder_error_memory(err);
	return TRANSFER_FAILED;
}

/* ------------------------------------------------------------------- run */

/* Connecting has its time; then the exchange has to go on, in the head byte by byte. */
static int64_t time_limit(const struct run *run)
{
	int64_t limit = run->connecting ? run->began + run->wire->o.connect_timeout_ns :
					  run->moved + TRANSFER_SILENCE_S * CODER_NS;

	return limit < run->x->deadline ? limit : run->x->deadline;
}

/* Lets the caller see to what has come, with its own signal mask. */
static bool let_between(struct run *run)
{
	bool go_on;

	eat_sigpipe(&run->quiet);
	sigprocmask(SIG_SETMASK, &run->quiet.old, NULL);
	go_on = run->x->between(run->x->ctx);
	sigprocmask(SIG_SETMASK, &run->quiet.all, NULL);
	return go_on;
}

/* Sleeps until something moves, with signals let in. TRANSFER_ANSWERED: go on. */
static enum transfer_end rest(struct run *run, struct coder_error *err)
{
	struct transfer_exchange *x = run->x;
	int64_t left = time_limit(run) - coder_clock();
	int64_t slice = left < TRANSFER_SLICE_NS ? left : TRANSFER_SLICE_NS;
	sigset_t mask = run->quiet.old;
	CURLMcode failed = CURLM_OK;
	int signal, ready = 0;

	if (left <= 0)
		return too_late(run, err);
	if (!let_between(run))
		return TRANSFER_STOPPED;
	sigaddset(&mask, SIGPIPE);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	signal = x->pending(x->ctx);
	if (!signal) {
		errno = 0;
		failed = curl->multi_poll(run->wire->multi, NULL, 0, (int)(slice / 1000000) + 1,
					  &ready);
		if (errno == EINTR) /* a failure to 7.84.0 */
			failed = CURLM_OK;
		signal = x->pending(x->ctx);
	}
	if (ready && !run->in_body) /* bytes between chunks are none of the body's */
		run->moved = coder_clock();
	sigprocmask(SIG_SETMASK, &run->quiet.all, NULL);
	if (signal)
		return TRANSFER_SIGNAL;
	if (!failed)
		return TRANSFER_ANSWERED;
	/* or this would go round without a rest */
	if (failed == CURLM_OUT_OF_MEMORY)
		coder_error_memory(err);
	else
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot wait for %s",
				run->wire->o.origin);
	return TRANSFER_FAILED;
}

static enum transfer_end transfer(struct run *run, struct coder_error *err)
{
	CURLM *multi = run->wire->multi;
	int running = 1, left;
	CURLMsg *msg;

	if (curl->multi_add_handle(multi, run->easy))
		return cannot_begin(err);
	for (;;) {
		enum transfer_end end;

		if (curl->multi_perform(multi, &running) || !running || run->stopped)
			break;
		end = rest(run, err);
		if (end != TRANSFER_ANSWERED)
			return end;
	}
	if (run->stopped)
		return TRANSFER_STOPPED;
	msg = curl->multi_info_read(multi, &left);
	if (!msg)
		return cannot_begin(err);
	run->code = msg->data.result;
	if (!run->code)
		return let_between(run) ? TRANSFER_ANSWERED : TRANSFER_STOPPED;
	if (!run->unresolved) {
		const struct failure f = failure_of(run);

		failure_describe(&f, &run->x->refused, err);
	}
	return TRANSFER_FAILED;
}

static bool open_multi(struct transfer *wire)
{
	if (wire->multi && wire->generation != wire->current) {
		kept_leak(wire->multi);
		wire->multi = NULL;
	}
	if (wire->multi)
		return true;
	wire->generation = wire->current;
	sockets_keep_above();
	wire->multi = curl->multi_init(); /* opens a pair of sockets to wake itself by */
	sockets_keep_above_end();
	if (!wire->multi) /* or there are too few descriptors for that */
		wire->multi = curl->multi_init();
	if (!wire->multi)
		return false;
	(void)curl->multi_setopt(wire->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
	return true;
}

/* Looks up all that has to be, now that libcurl wants an address. */
static enum transfer_end look_up(struct run *run, struct coder_error *err)
{
	struct transfer *wire = run->wire;
	enum transfer_end end =
		lookup_names(&wire->o, run->x, time_limit(run), &run->quiet, &wire->resolved, err);

	wire->known = end == TRANSFER_ANSWERED;
	return end == TRANSFER_DEADLINE ? too_late(run, err) : end;
}

static enum transfer_end begin(struct run *run, struct coder_error *err)
{
	struct transfer *wire = run->wire;
	enum transfer_end end = trial_load(wire->o.libraries_variable, run->x, &run->quiet,
					   wire->o.connect_timeout_ns, &curl, err);
	CURLcode rc;

	if (end != TRANSFER_ANSWERED)
		return end;
	(void)libcurl_ran_out();
	wire->current = kept_claim(curl);
	/* what came unasked would be taken for this request's answer */
	if (wire->o.fresh || !sockets_silent())
		kept_close(curl);
	if (gather_cas(wire, err) < 0)
		return TRANSFER_FAILED;
	run->easy = curl->easy_init();
	if (!run->easy || !open_multi(wire) || (!wire->o.fresh && !kept_share(curl)))
		return cannot_begin(err);
	hurry(run);
	(void)((rc = set_callbacks(run)) || (rc = set_limits(run)) || (rc = set_tls(run)) ||
	       (rc = set_connection(run)) || (rc = set_request(run)));
	if (rc == CURLE_OUT_OF_MEMORY)
		coder_error_memory(err);
	else if (rc)
		coder_error_set(err, CODER_ERR_REFUSED, "this libcurl cannot do it: %s",
				curl->easy_strerror(rc));
	return rc ? TRANSFER_FAILED : TRANSFER_ANSWERED;
}

static void free_list(struct curl_slist *list)
{
	/* libcurl may have been set up with other memory functions than ours */
	for (struct curl_slist *item = list; item; item = item->next)
		explicit_bzero(item->data, strlen(item->data));
	if (list)
		curl->slist_free_all(list);
}

static void close_multi(struct transfer *wire)
{
	if (!wire->multi)
		return;
	if (wire->generation != wire->current || curl->multi_cleanup(wire->multi))
		kept_leak(wire->multi);
	wire->multi = NULL;
}

static void finish(struct run *run, enum transfer_end end)
{
	if (run->easy) {
		(void)curl->multi_remove_handle(run->wire->multi, run->easy);
		curl->easy_cleanup(run->easy);
	}
	free_list(run->headers);
	free_list(run->resolved);
	if (end != TRANSFER_ANSWERED)
		close_multi(run->wire);
	sockets_prune(); /* it was nobody else: a user's commands do not run meanwhile */
	patience(run);
	if (sockets_low())
		kept_close(curl);
}

/* One go, which looking a name up may make the first of several. */
static enum transfer_end go(struct run *run, struct coder_error *err)
{
	enum transfer_end end;

	current = run;
	end = begin(run, err);
	if (end == TRANSFER_ANSWERED)
		end = transfer(run, err);
	finish(run, end);
	current = NULL;
	return end;
}

enum transfer_end transfer_run(struct transfer *wire, struct transfer_exchange *x,
			       struct coder_error *err)
{
	const int64_t began = coder_clock();
	struct blocked_signals quiet;
	enum transfer_end end;

	x->sent = 0;
	x->refused = false;
	signals_block(&quiet);
	for (;;) {
		struct run run = {
			.wire = wire,
			.x = x,
			.quiet = quiet,
			.began = began,
			.moved = coder_clock(),
			.connecting = true,
		};

		end = go(&run, err);
		if (end != TRANSFER_FAILED || !run.unresolved)
			break;
		end = look_up(&run, err);
		if (end != TRANSFER_ANSWERED)
			break;
	}
	signals_unblock(&quiet);
	return end;
}

void transfer_disconnect(void)
{
	struct blocked_signals quiet;

	if (!curl)
		return;
	signals_block(&quiet);
	(void)kept_claim(curl);
	kept_close(curl);
	signals_unblock(&quiet);
}

struct transfer *transfer_new(const struct transfer_options *options)
{
	struct transfer *wire = calloc(1, sizeof(*wire));

	if (!wire)
		return NULL;
	wire->o = *options;
	wire->bundle.fd = -1;
	wire->known = !lookup_is_needed(options);
	return wire;
}

void transfer_free(struct transfer *wire)
{
	struct blocked_signals quiet;

	if (!wire)
		return;
	signals_block(&quiet);
	if (wire->multi)
		wire->current = kept_claim(curl);
	close_multi(wire);
	signals_unblock(&quiet);
	coder_strings_done(&wire->resolved);
	bundle_close(&wire->bundle);
	free(wire);
}
