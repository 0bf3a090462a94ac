/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proxy.c - what a proxy's URL contains; see proxy.h.
 *
 * libcurl would read it itself, but its releases differ in the default port. So it is read here, and
 * libcurl gets the result. Then it is known before a transfer which names have to be looked up, and
 * after a failure whether the proxy caused it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "proxy.h"

static const struct scheme {
	const char *name; /* as users write it; the first one is the default */
	const char *known_as; /* the name that every release of libcurl knows */
	int port;
	bool tls, socks, finds_hosts;
} schemes[] = {
	{ "http", "http", 1080, .finds_hosts = true },
	{ "https", "https", 443, .tls = true, .finds_hosts = true },
	{ "socks5h", "socks5h", 1080, .socks = true, .finds_hosts = true },
	{ "socks5", "socks5", 1080, .socks = true },
	{ "socks4a", "socks4a", 1080, .socks = true, .finds_hosts = true },
	{ "socks4", "socks4", 1080, .socks = true },
	{ "socks", "socks4", 1080, .socks = true },
};

/*
 * Fails. The error does not repeat what may be a password: everything up to the last "@" or,
 * without an "@", a port that is not a number.
 */
static int refuse_proxy(struct coder_error *err, const char *source, const char *text,
			const char *what)
{
	const char *at = strrchr(text, '@'), *name = at ? at + 1 : text;
	const char *colon = at || strchr(text, '[') ? NULL : strrchr(text, ':');
	bool is_port = colon && !colon[1 + strspn(colon + 1, ASCII_DIGITS)];
	size_t len = colon && !is_port && colon[1] != '/' ? (size_t)(colon - text) : strlen(name);

	coder_error_set(err, CODER_ERR_NO_RESPONSE, "the proxy %.*s that %s names %s",
			(int)(len < 200 ? len : 200), name, source, what);
	return coder_error_cause(err, CODER_CAUSE_PROXY_FORM, NULL, NULL);
}

/* Appends "host:port", or "localhost/path" for a socket. */
static bool add_place(struct buf *out, const struct proxy *proxy, const struct url_parts *parts)
{
	if (!proxy->host[0])
		return buf_addf(out, "localhost%s", parts->path);
	return buf_addf(out, parts->v6 ? "[%s]:%s" : "%s:%s", proxy->host, proxy->port);
}

/* Writes the URL and the name. */
static int compose(struct proxy *proxy, const struct scheme *scheme, const struct url_parts *parts,
		   struct coder_error *err)
{
	struct buf CLEANUP(buf_done) url = { 0 };
	struct buf CLEANUP(buf_done) name = { 0 };
	bool ok = buf_addf(&url, "%s://", scheme->known_as);

	/* for libcurl, user and password end at the first "@" */
	for (size_t i = 0; ok && i < parts->user_len; i++)
		ok = parts->user[i] == '@' ? buf_add_str(&url, "%40") :
					     buf_add_char(&url, parts->user[i]);
	if (ok && (!parts->user || buf_add_char(&url, '@')) && add_place(&url, proxy, parts))
		proxy->url = buf_detach(&url);
	if (buf_addf(&name, "%s://", scheme->known_as) && add_place(&name, proxy, parts))
		proxy->name = buf_detach(&name);
	if (parts->user)
		proxy->user = strndup(parts->user, parts->user_len);
	if (proxy->url && proxy->name && (proxy->user || !parts->user))
		return 0;
	proxy_done(proxy);
	return coder_error_memory(err);
}

int proxy_parse(const char *text, const char *source, struct proxy *ret, struct coder_error *err)
{
	struct url_parts parts;
	bool whole = url_split(text, &parts);
	const struct scheme *scheme = parts.scheme_len ? NULL : &schemes[0];
	struct proxy proxy = { 0 };
	int port;

	for (size_t i = 0; !scheme && i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (url_scheme_is(&parts, schemes[i].name))
			scheme = &schemes[i];
	snprintf(proxy.source, sizeof(proxy.source), "%s", source ? source : "the configuration");
	if (text_has_control(text) || strchr(text, ' '))
		return refuse_proxy(err, proxy.source, text,
				    "has a blank or control character in its URL");
	if (!scheme)
		return refuse_proxy(err, proxy.source, text,
				    "has a scheme other than http, https and socks");
	if (!whole || !url_host(&parts, proxy.host))
		return refuse_proxy(err, proxy.source, text, "has no host, or a broken one");
	port = url_port(&parts, scheme->port);
	if (port < 0)
		return refuse_proxy(err, proxy.source, text, "has a bad port");
	snprintf(proxy.port, sizeof(proxy.port), "%d", port);
	proxy.tls = scheme->tls;
	proxy.socks = scheme->socks;
	proxy.finds_hosts = scheme->finds_hosts;
	/* to libcurl 7.84 and later "socks5h://localhost/run/socket" is a socket */
	if (proxy.socks && strcmp(proxy.host, "localhost") == 0 && parts.path[0] && parts.path[1])
		proxy.host[0] = '\0';
	if (compose(&proxy, scheme, &parts, err) < 0)
		return -1;
	*ret = proxy;
	return 0;
}

void proxy_done(struct proxy *proxy)
{
	buf_free_string(proxy->url);
	buf_free_string(proxy->user);
	free(proxy->name);
	*proxy = (struct proxy){ 0 };
}

int proxy_wants_user(const struct proxy *proxy, struct coder_error *err)
{
	if (proxy->user) {
		coder_error_set(
			err, CODER_ERR_NO_RESPONSE,
			"the proxy %s does not accept the user name and password that it was given (407)",
			proxy->name);
		return coder_error_cause(err, CODER_CAUSE_SOURCE, proxy->source, NULL);
	}
	coder_error_set(err, CODER_ERR_NO_RESPONSE,
			"the proxy %s asks for a user name and password (407)", proxy->name);
	return coder_error_cause(err, CODER_CAUSE_PROXY_USER, proxy->source, NULL);
}
