/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.c - requests to one deployment: what is sent, what counts as an answer,
 * when to try again, and which signals wait meanwhile.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/interrupts.h"
#include "base/shape.h"
#include "base/strings.h"
#include "base/text.h"
#include "header.h"
#include "http.h"
#include "proxy.h"
#include "redact.h"
#include "response.h"
#include "transfer.h"
#include "url.h"

#define TRIES 3
#define BACKOFF_NS (CODER_NS / 2) /* the first pause is anything up to this, then twice as much */
#define WAITS_MAX_NS (120 * CODER_NS) /* all waits of a request together */
#define NOTICE_NS (2 * CODER_NS) /* longer waits are announced */
#define CONNECT_NS (10 * CODER_NS)

struct http {
	struct url url;
	char *url_source;
	char *token;
	char *new_secret; /* NULL, or what http_keep_secret() was given */
	char *ca_file, *more_cas, *cert_file, *key_file, *libraries_variable;
	struct proxy proxy;
	struct coder_strings headers; /* lines of every request; the token is in one */
	size_t configured; /* of those: the first that the configuration added */
	struct coder_hooks hooks;
	struct coder_interrupts *interrupts;
	struct transfer *transfer;
	bool no_retry;
	int64_t date; /* by the deployment's clock at the coder_clock() date_at; 0: not known */
	int64_t date_at;
};

/* One try of a request. */
struct call {
	struct http *http;
	const struct http_request *request;
	struct http_response *response;
	struct response answer;
	struct buf chunk; /* for the sink, not yet given to it */
	bool may_pass; /* why it failed: another try may work */
	struct coder_error why; /* if one of our callbacks ended the exchange */
};

void http_response_done(struct http_response *response)
{
	if (response)
		buf_done(&response->body);
}

void http_disconnect(void)
{
	transfer_disconnect();
}

/* ---------------------------------------------------------------- making */

/* Appends a line, wiping ours of it. */
static int add_line(struct http *http, struct buf *line, struct coder_error *err)
{
	int rc = coder_strings_add(&http->headers, line->data, err);

	buf_done(line);
	return rc;
}

static int add_field(struct http *http, const char *name, const char *value,
		     struct coder_error *err)
{
	struct buf line = { 0 };
	size_t len = strlen(value);

	/* as they are sent, so that an echo is known */
	while (len && value[len - 1] == ' ')
		len--;
	/* "Name;" is libcurl's way to send an empty field, "Name:" would send none */
	if (!buf_addf(&line, len ? "%s: %.*s" : "%s;", name, (int)len, value)) {
		buf_done(&line);
		return coder_error_memory(err);
	}
	return add_line(http, &line, err);
}

/* Adds "Name: value" of the configuration. The value may be a secret: it is not shown. */
static int add_configured(struct http *http, const char *line, struct coder_error *err)
{
	const char *colon = strchrnul(line, ':');
	const char *value = *colon ? colon + 1 + strspn(colon + 1, " ") : colon;
	char *name;
	int rc;

	if (coder_header_check(line, (size_t)(colon - line), value, strlen(value), err) < 0)
		return coder_error_wrap(err, "a header that was to be added");
	name = strndup(line, (size_t)(colon - line));
	if (!name)
		return coder_error_memory(err);
	rc = add_field(http, name, value, err);
	free(name);
	return rc;
}

static int add_headers(struct http *http, const struct coder_config *config,
		       struct coder_error *err)
{
	if (config->token && text_has_control(config->token))
		return coder_error_set(err, CODER_ERR_USAGE,
				       "the session token has a control character in it");
	if (config->user_agent && text_has_control(config->user_agent))
		return coder_error_set(err, CODER_ERR_USAGE,
				       "the user agent has a control character in it");
	if (config->token && add_field(http, "Coder-Session-Token", config->token, err) < 0)
		return -1;
	if (config->user_agent && add_field(http, "User-Agent", config->user_agent, err) < 0)
		return -1;
	if (add_field(http, "Accept", "application/json", err) < 0)
		return -1;
	http->configured = http->headers.n;
	for (size_t i = 0; i < config->n_headers; i++)
		if (add_configured(http, config->headers[i], err) < 0)
			return -1;
	return 0;
}

static int copy_string(const char *s, char **ret, struct coder_error *err)
{
	*ret = s ? strdup(s) : NULL;
	return s && !*ret ? coder_error_memory(err) : 0;
}

static int copy_strings(struct http *http, const struct coder_config *config,
			struct coder_error *err)
{
	if (!config->cert_file != !config->key_file)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "a client certificate and its key must be given together");
	if (copy_string(config->url_source ? config->url_source : "the URL", &http->url_source,
			err) < 0 ||
	    copy_string(config->token, &http->token, err) < 0 ||
	    copy_string(config->ca_file, &http->ca_file, err) < 0 ||
	    copy_string(config->more_cas, &http->more_cas, err) < 0 ||
	    copy_string(config->libraries_variable, &http->libraries_variable, err) < 0 ||
	    copy_string(config->cert_file, &http->cert_file, err) < 0 ||
	    copy_string(config->key_file, &http->key_file, err) < 0)
		return -1;
	return config->proxy ? proxy_parse(config->proxy, config->proxy_source, &http->proxy, err) :
			       0;
}

static int parse_url(struct http *http, const struct coder_config *config, struct coder_error *err)
{
	if (url_parse(config->url, &http->url, err) < 0)
		return coder_error_wrap(err, "%s", http->url_source);
	return 0;
}

static int make_transfer(struct http *http, const struct coder_config *config,
			 struct coder_error *err)
{
	const struct transfer_options options = {
		.host = http->url.host,
		.port = http->url.port,
		.origin = http->url.origin,
		.url_source = http->url_source,
		.tls = http->url.tls,
		.headers = (const char *const *)http->headers.v,
		.n_headers = http->headers.n,
		.ca_file = http->ca_file,
		.more_cas = http->more_cas,
		.cert_file = http->cert_file,
		.key_file = http->key_file,
		.proxy = http->proxy.url ? &http->proxy : NULL,
		.connect_timeout_ns =
			config->connect_timeout_ns > 0 ? config->connect_timeout_ns : CONNECT_NS,
		.libraries_variable = http->libraries_variable,
		.fresh = config->fresh,
		.interrupts = config->interrupts,
	};

	http->transfer = transfer_new(&options);
	return http->transfer ? 0 : coder_error_memory(err);
}

int http_new(const struct coder_config *config, struct http **ret, struct coder_error *err)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http)
		return coder_error_memory(err);
	http->hooks = config->hooks;
	http->no_retry = config->no_retry;
	http->interrupts = config->interrupts;
	if (copy_strings(http, config, err) < 0 || parse_url(http, config, err) < 0 ||
	    add_headers(http, config, err) < 0 || make_transfer(http, config, err) < 0) {
		http_free(http);
		return -1;
	}
	*ret = http;
	return 0;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	transfer_free(http->transfer);
	for (size_t i = 0; i < http->headers.n; i++)
		explicit_bzero(http->headers.v[i], strlen(http->headers.v[i]));
	coder_strings_done(&http->headers);
	buf_free_string(http->token);
	buf_free_string(http->new_secret);
	free(http->ca_file);
	free(http->more_cas);
	free(http->libraries_variable);
	free(http->cert_file);
	free(http->key_file);
	proxy_done(&http->proxy);
	url_done(&http->url);
	free(http->url_source);
	free(http);
}

const char *http_origin(const struct http *http)
{
	return http->url.origin;
}

bool http_insecure(const struct http *http)
{
	return !http->url.tls && !url_is_loopback(&http->url);
}

/* --------------------------------------------------------------- callbacks */

static bool on_header(void *ctx, const char *line, size_t len)
{
	struct call *call = ctx;

	return response_header(&call->answer, line, len, &call->why) == 0;
}

static bool on_data(void *ctx, const char *data, size_t len)
{
	struct call *call = ctx;
	bool to_sink = call->request->sink && response_is_success(&call->answer);
	struct buf *to = to_sink ? &call->chunk : &call->response->body;

	if (response_body(&call->answer, len, to_sink ? HTTP_LIST_MAX : HTTP_BODY_MAX, &call->why) <
	    0)
		return false;
	if (buf_add(to, data, len))
		return true;
	coder_error_memory(&call->why);
	return false;
}

/*
 * The deployment's clock is that of its own responses. What is in front of it
 * sits on a machine of its own, and dates its error pages by that machine's clock.
 */
static void note_clock(struct call *call)
{
	int64_t date = response_date(&call->answer);

	if (!date)
		return;
	call->response->date = date;
	call->http->date = date;
	call->http->date_at = call->answer.arrived;
}

int64_t http_now(const struct http *http)
{
	if (!http->date)
		return (int64_t)time(NULL);
	return http->date + (coder_clock() - http->date_at) / CODER_NS;
}

int64_t http_clock_ahead(const struct http *http)
{
	return (int64_t)time(NULL) - http_now(http);
}

static bool on_between(void *ctx)
{
	struct call *call = ctx;
	int rc;

	if (!call->chunk.len)
		return true;
	note_clock(call); /* it is a list that came as it should: filters of time need it now */
	rc = call->request->sink(call->request->sink_ctx, call->chunk.data, call->chunk.len,
				 &call->why);
	buf_reset(&call->chunk);
	return rc == 0;
}

static int timed_out(int64_t limit_ns, struct coder_error *err)
{
	char limit[32];

	text_wait(limit_ns, limit);
	coder_error_set(err, CODER_ERR_NO_RESPONSE, "no answer within %s", limit);
	err->timeout = true;
	return -1;
}

/* ------------------------------------------------------- secrets in texts */

/* "user:password" of a proxy's URL. */
static void hide_proxy(const struct proxy *proxy, struct coder_error *err)
{
	const char *colon = proxy->user ? strchr(proxy->user, ':') : NULL;

	redact_secret(err, proxy->user);
	redact_secret(err, colon ? colon + 1 : NULL);
}

void http_hide_secrets(const struct http *http, struct coder_error *err)
{
	const char *dash = http->token ? strchr(http->token, '-') : NULL;

	redact_secret(err, http->token);
	redact_secret(err, dash ? dash + 1 : NULL);
	redact_secret(err, http->new_secret);
	for (size_t i = http->configured; i < http->headers.n; i++) {
		const char *colon = strstr(http->headers.v[i], ": ");

		/* what the deployment is called is no secret, "staging" */
		if (colon && !strstr(http->url.origin, colon + 2))
			redact_secret(err, colon + 2);
	}
	hide_proxy(&http->proxy, err);
	redact_shapes(err);
}

int http_keep_secret(struct http *http, const char *secret, struct coder_error *err)
{
	buf_free_string(http->new_secret);
	return copy_string(secret, &http->new_secret, err);
}

/*
 * A token is sent in its header only: servers and proxies log URLs, and others
 * see names. So a name, user or target that has one in it is not asked for.
 */
static int check_no_token(const struct http *http, const struct http_request *request,
			  struct coder_error *err)
{
	struct buf CLEANUP(buf_done) text = { 0 };
	const char *in_use = http->token && strlen(http->token) >= REDACT_MIN ? http->token : NULL;

	if (!buf_add_decoded(&text, request->path) || !buf_add_char(&text, '\n') ||
	    !buf_add_str(&text, request->body ? request->body : ""))
		return coder_error_memory(err);
	if (in_use && coder_token_shaped(in_use))
		in_use += CODER_ID_LEN + 1;
	if ((!in_use || !strcasestr(text.data, in_use)) && !coder_token_in_text(text.data))
		return 0;
	return coder_error_set(err, CODER_ERR_USAGE,
			       "a session token cannot be a name, a user or a target: "
			       "it would be seen");
}

/* --------------------------------------------------------------- requests */

struct limit {
	int64_t deadline, ns; /* when to give up, and how long that was from the start */
};

static struct limit limit_of(const struct http *http, const struct http_request *request)
{
	struct limit limit = { http->interrupts->deadline, http->interrupts->budget_ns };
	int64_t own = coder_deadline(request->timeout_ns);

	if (request->timeout_ns > 0 && own < limit.deadline)
		limit = (struct limit){ own, request->timeout_ns };
	return limit;
}

/* A POST is repeated only if it was surely not acted on. */
static bool status_may_pass(const struct call *call)
{
	return call->answer.status == 429 ||
	       (!call->request->once && response_is_unavailable(&call->answer));
}

static int fill_error(struct call *call, const struct transfer_exchange *x,
		      const struct limit *limit, struct coder_error *err)
{
	switch (x->end) {
	case TRANSFER_COMPLETE:
		return response_judge(&call->answer, &call->response->body, err);
	case TRANSFER_STOPPED:
		*err = call->why;
		return -1;
	case TRANSFER_SIGNAL:
		return coder_interrupted(x->signal, err);
	case TRANSFER_DEADLINE:
		return timed_out(limit->ns, err);
	default:
		*err = x->err;
		return -1;
	}
}

/* One try. */
static int send_once(struct call *call, const struct limit *limit, struct coder_error *err)
{
	const struct http_request *request = call->request;
	struct transfer_exchange x = {
		.method = request->method,
		.path = request->path,
		.body = request->body,
		.body_len = request->body_len,
		.own_connection = request->once || call->http->interrupts->acknowledged,
		.deadline = limit->deadline,
		.grace_ns = call->http->interrupts->acknowledged ? 0 : request->grace_ns,
		.ctx = call,
		.header = on_header,
		.data = on_data,
		.between = on_between,
	};
	int rc;

	transfer_begin(call->http->transfer, &x);
	(void)transfer_wait(call->http->transfer);
	rc = fill_error(call, &x, limit, err);
	explicit_bzero(&x.err, sizeof(x.err)); /* it may repeat what was sent */
	call->response->status = call->answer.status;
	if (rc == 0 || err->own)
		note_clock(call);
	if (x.sent > 1) /* libcurl has repeated it, on a kept connection that was closed */
		call->response->earlier_unknown = true;
	if (rc == 0)
		return 0;
	call->may_pass =
		x.end == TRANSFER_COMPLETE ? status_may_pass(call) : x.refused && !request->once;
	err->sent = x.sent;
	err->http_status = call->answer.status;
	err->retry_after = response_retry_after(&call->answer);
	return -1;
}

/* Sleeps to its end (0), or until a signal: its number. */
static int sleep_until(struct http *http, int64_t end)
{
	int64_t left;

	while ((left = end - coder_clock()) > 0) {
		struct timespec slice = { .tv_nsec = left < TRANSFER_SLICE_NS ? left :
										TRANSFER_SLICE_NS };
		int signal = coder_interrupts_pending(http->interrupts);

		if (signal)
			return signal;
		nanosleep(&slice, NULL);
	}
	return coder_interrupts_pending(http->interrupts);
}

int http_sleep(struct http *http, int64_t ns, struct coder_error *err)
{
	int64_t end = coder_clock() + ns;
	const struct coder_interrupts *interrupts = http->interrupts;
	bool late = end > interrupts->deadline;
	int signal = sleep_until(http, late ? interrupts->deadline : end);

	if (signal)
		return coder_interrupted(signal, err);
	return late ? timed_out(interrupts->budget_ns, err) : 0;
}

/* Anything up to the backoff of that try: callers that failed together come back apart. */
static int64_t jitter(int tries)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint64_t)coder_clock();
	return (int64_t)(random % (uint64_t)(BACKOFF_NS << (tries - 1)));
}

static void announce(const struct http *http, const struct coder_error *err, int64_t ns)
{
	long long seconds = (ns + CODER_NS - 1) / CODER_NS;
	char text[128];

	if (ns <= NOTICE_NS || !http->hooks.notice)
		return;
	if (err->http_status == 429)
		snprintf(text, sizeof(text), "rate limited by the server, trying again in %lld s",
			 seconds);
	else
		snprintf(text, sizeof(text),
			 "the server is unavailable (%ld), trying again in %lld s",
			 err->http_status, seconds);
	http->hooks.notice(http->hooks.ctx, CODER_NOTICE_PLAIN, text);
}

/* Waits for another try. -1: there is none, for the reason in *err. */
static int wait_to_retry(struct call *call, const struct limit *limit, int64_t *waited,
			 struct coder_error *err)
{
	struct http *http = call->http;
	int64_t ns = jitter(call->response->tries), now = coder_clock();
	bool sent = err->sent && err->http_status != 429; /* 429: surely not acted on */
	int signal;

	if (err->retry_after > WAITS_MAX_NS / CODER_NS)
		ns = INT64_MAX;
	else if (err->retry_after * CODER_NS > ns)
		ns = err->retry_after * CODER_NS;
	if (ns > WAITS_MAX_NS - *waited || ns >= limit->deadline - now) {
		if (err->retry_after > 0)
			coder_error_cause(err, CODER_CAUSE_BUSY, NULL, NULL);
		return -1;
	}
	announce(http, err, ns);
	*waited += ns;
	signal = sleep_until(http, now + ns);
	if (!signal)
		return 0;
	coder_interrupted(signal, err);
	err->sent = sent;
	return -1;
}

/* A proxy passes TLS on: only what is not encrypted can be its own answer. */
static struct response new_answer(const struct http *http)
{
	bool takes_requests = http->proxy.url && !http->proxy.socks && !http->url.tls;

	return (struct response){ .origin = http->url.origin,
				  .url_source = http->url_source,
				  .proxy = takes_requests ? &http->proxy : NULL };
}

/* Forgets the last try's answer. */
static void restart(struct call *call)
{
	const struct http_request *request = call->request;

	if (call->answer.status != 429 && call->answer.status)
		call->response->earlier_unknown = true;
	call->answer = new_answer(call->http);
	buf_reset(&call->chunk);
	buf_reset(&call->response->body);
	if (request->sink_restart)
		request->sink_restart(request->sink_ctx);
}

int http_request(struct http *http, const struct http_request *request, struct http_response *ret,
		 struct coder_error *err)
{
	struct call call = {
		.http = http,
		.request = request,
		.response = ret,
		.answer = new_answer(http),
	};
	const struct limit limit = limit_of(http, request);
	struct coder_error why = { 0 };
	int64_t waited = 0;
	int signal = coder_interrupts_pending(http->interrupts);
	int rc;

	*ret = (struct http_response){ .body.max = HTTP_BODY_MAX };
	if (signal)
		return coder_interrupted(signal, err);
	if (check_no_token(http, request, err) < 0)
		return -1;
	for (;;) {
		ret->tries++;
		rc = send_once(&call, &limit, &why);
		if (rc == 0 || !call.may_pass || http->no_retry || ret->tries == TRIES)
			break;
		if (wait_to_retry(&call, &limit, &waited, &why) < 0)
			break;
		restart(&call);
	}
	buf_done(&call.chunk);
	if (rc < 0) {
		http_hide_secrets(http, &why);
		*err = why;
	}
	explicit_bzero(&call, sizeof(call)); /* heads and errors may repeat what was sent */
	explicit_bzero(&why, sizeof(why));
	return rc;
}
