/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.c - a client of one deployment: what all its requests have in common, and what is secret. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/strings.h"
#include "base/text.h"
#include "base/url.h"
#include "header.h"
#include "http.h"
#include "http_client.h"
#include "proxy.h"
#include "transfer.h"

#define CONNECT_NS (10 * CODER_NS)

/* -------------------------------------------------------------- new, free */

static int add_field(struct http *http, const char *name, const char *value,
		     struct coder_error *err)
{
	struct buf CLEANUP(buf_done) line = { 0 };
	size_t len = strlen(value);

	/* in the form that is sent, so that a response that repeats it is recognised */
	while (len && value[len - 1] == ' ')
		len--;
	/* libcurl sends an empty header for "Name;", and none for "Name:" */
	if (!buf_add_str(&line, name) || !buf_add_str(&line, len ? ": " : ";") ||
	    !buf_add(&line, value, len))
		return coder_error_memory(err);
	return coder_strings_add(&http->headers, line.data, err);
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
	for (size_t i = 0; i < config->n_headers; i++) {
		const char *line = config->headers[i], *colon = strchrnul(line, ':');
		const char *value = *colon ? colon + 1 + strspn(colon + 1, " ") : colon;
		char CLEANUP(cleanup_free) *name = strndup(line, (size_t)(colon - line));

		if (!name)
			return coder_error_memory(err);
		/* the value may be a secret: the error does not repeat it */
		if (coder_header_check(name, strlen(name), value, strlen(value), err) < 0)
			return coder_error_wrap(err, "a header that was to be added");
		if (add_field(http, name, value, err) < 0)
			return -1;
	}
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

int http_new(const struct coder_config *config, struct http **ret, struct coder_error *err)
{
	struct http *http = calloc(1, sizeof(*http));
	struct transfer_options options;

	if (!http)
		return coder_error_memory(err);
	http->hooks = config->hooks;
	http->no_retry = config->no_retry;
	http->interrupts = config->interrupts;
	if (copy_strings(http, config, err) < 0)
		goto fail;
	if (url_parse(config->url, &http->url, err) < 0) {
		coder_error_wrap(err, "%s", http->url_source);
		goto fail;
	}
	if (add_headers(http, config, err) < 0)
		goto fail;
	options = (struct transfer_options){
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
	if (!http->transfer) {
		coder_error_memory(err);
		goto fail;
	}
	*ret = http;
	return 0;
fail:
	http_free(http);
	return -1;
}

void http_close(struct http *http)
{
	transfer_close(http->transfer);
}

void http_free(struct http *http)
{
	if (!http)
		return;
	transfer_free(http->transfer);
	request_free_all(http);
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

const char *http_version(const struct http *http)
{
	return http->version;
}

bool http_insecure(const struct http *http)
{
	return !http->url.tls && !url_is_loopback(http->url.host);
}

/* ------------------------------------------------------------------ clock */

int64_t http_date(const struct http *http)
{
	return http->date;
}

int64_t http_now(const struct http *http)
{
	if (!http->date)
		return coder_time();
	return http->date + (coder_clock() - http->date_at) / CODER_NS;
}

int http_keep_secret(struct http *http, const char *secret, struct coder_error *err)
{
	buf_free_string(http->new_secret);
	return copy_string(secret, &http->new_secret, err);
}
