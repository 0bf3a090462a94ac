/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.c - parses URLs; see url.h. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "origin.h"
#include "text.h"
#include "url.h"

/* Fails. The error does not repeat a text that may contain a password; text may be NULL. */
static int refuse_url(struct coder_error *err, const char *what, const char *text)
{
	if (!text || strchr(text, '@'))
		coder_error_set(err, CODER_ERR_USAGE, "%s", what);
	else
		coder_error_set(err, CODER_ERR_USAGE, "%s: '%.200s'", what, text);
	return coder_error_cause(err, CODER_CAUSE_URL_FORM, NULL, NULL);
}

bool url_split(const char *text, struct url_parts *ret)
{
	const char *at, *end;
	size_t len = 0;

	while (ascii_is_alnum(text[len]) || (text[len] && strchr("+-.", text[len])))
		len++;
	*ret = (struct url_parts){ .scheme = text };
	if (strncmp(text + len, "://", 3) == 0)
		ret->scheme_len = len;
	text += ret->scheme_len ? ret->scheme_len + 3 : 0;
	ret->path = text + strcspn(text, "/?#");
	at = memrchr(text, '@', (size_t)(ret->path - text));
	if (at) {
		ret->user = text;
		ret->user_len = (size_t)(at - text);
		text = at + 1;
	}
	ret->v6 = *text == '[';
	end = ret->v6 ? memchr(text, ']', (size_t)(ret->path - text)) :
			text + strcspn(text, ":/?#");
	if (!end)
		return false;
	ret->host = text + ret->v6;
	ret->host_len = (size_t)(end - ret->host);
	end += ret->v6;
	if (end == ret->path)
		return true;
	ret->port = end + 1;
	ret->port_len = (size_t)(ret->path - ret->port);
	return *end == ':';
}

/*
 * Whether it has only letters, digits, "-", ".", "_" and non-ASCII characters (in international
 * names).
 */
static bool is_name(const char *host)
{
	for (; *host; host++)
		if (!ascii_is_alnum(*host) && (unsigned char)*host < 0x80 && !strchr("-._", *host))
			return false;
	return true;
}

bool url_host(const struct url_parts *parts, char out[URL_HOST_SIZE])
{
	struct in_addr v4;

	if (parts->host_len == 0 || parts->host_len >= URL_HOST_SIZE)
		return false;
	memcpy(out, parts->host, parts->host_len);
	out[parts->host_len] = '\0';
	for (char *p = out; *p && *p != '%'; p++) /* the name of an interface keeps its case */
		*p = ascii_lower(*p);
	if (parts->v6) {
		const char *zone = strchrnul(out, '%'); /* an interface: "fe80::1%25eth0" */
		char address[INET6_ADDRSTRLEN];
		struct in6_addr v6;

		if ((size_t)(zone - out) >= sizeof(address))
			return false;
		snprintf(address, sizeof(address), "%.*s", (int)(zone - out), out);
		return inet_pton(AF_INET6, address, &v6) == 1 && is_name(zone + (*zone == '%'));
	}
	/* resolvers and some releases of libcurl take "127.1" and "0x7f000001" for addresses */
	if (inet_pton(AF_INET, out, &v4) != 1 && inet_aton(out, &v4))
		inet_ntop(AF_INET, &v4, out, URL_HOST_SIZE);
	return is_name(out);
}

int url_port(const struct url_parts *parts, int own)
{
	int64_t port;

	if (!parts->port)
		return own;
	if (parts->port_len > 5)
		return -1;
	port = coder_decimal(parts->port, parts->port_len, 65535);
	return port >= 1 ? (int)port : -1;
}

bool url_scheme_is(const struct url_parts *parts, const char *scheme)
{
	return ascii_is(parts->scheme, parts->scheme_len, scheme);
}

/* Writes text at `to`, and returns where it ends. */
static char *put(char *to, const char *text)
{
	return mempcpy(to, text, strlen(text));
}

/* Writes the three strings into one block. */
static int compose(const char *host, bool v6, int port, bool tls, struct url *ret,
		   struct coder_error *err)
{
	size_t len = strlen(host), room = len + 32;
	char *block = calloc(3, room), *to;
	char digits[6] = "", *first = digits + sizeof(digits) - 1;
	bool own_port = port == (tls ? 443 : 80);

	if (!block)
		return coder_error_memory(err);
	for (int left = port; left; left /= 10)
		*--first = (char)('0' + left % 10);
	ret->tls = tls;
	ret->origin = block;
	ret->host = put(block + room, host) - len;
	ret->port = block + 2 * room;
	put(ret->port, first);
	to = put(put(block, tls ? "https://" : "http://"), v6 ? "[" : "");
	to = put(put(to, host), v6 ? "]" : "");
	put(put(to, own_port ? "" : ":"), own_port ? "" : first);
	return 0;
}

int url_parse(const char *text, struct url *ret, struct coder_error *err)
{
	struct url_parts parts;
	char host[URL_HOST_SIZE];
	bool whole, tls;
	int port;

	for (const char *p = text; *p; p++)
		if (*p == ' ' || ascii_is_control(*p))
			return refuse_url(err, "has a blank or control character in it", NULL);
	whole = url_split(text, &parts);
	tls = url_scheme_is(&parts, "https");
	if (!parts.scheme_len)
		return refuse_url(err, "has no scheme", text);
	if (!tls && !url_scheme_is(&parts, "http"))
		return refuse_url(err, "is neither https nor http", text);
	if (parts.user)
		return refuse_url(err, "must not contain a user name or password", text);
	if (whole && parts.host_len == 0)
		return refuse_url(err, "has no host", text);
	if (!whole || !url_host(&parts, host))
		return refuse_url(err, "has a broken host", text);
	port = url_port(&parts, tls ? 443 : 80);
	if (port < 0)
		return refuse_url(err, "has a bad port", text);
	return compose(host, parts.v6, port, tls, ret, err);
}

void url_done(struct url *url)
{
	free(url->origin);
	*url = (struct url){ 0 };
}

bool url_is_loopback(const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6) ||
		       (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == IN_LOOPBACKNET);
	return strcmp(host, "localhost") == 0 || strcmp(host, "localhost.") == 0;
}

bool coder_url_has_scheme(const char *url, const char *scheme)
{
	struct url_parts parts;

	url_split(url, &parts);
	return url_scheme_is(&parts, scheme);
}

int coder_url_origin(const char *url, char **ret, struct coder_error *err)
{
	struct url parsed;
	char *origin;

	if (url_parse(url, &parsed, err) < 0)
		return -1;
	origin = strdup(parsed.origin);
	url_done(&parsed);
	if (!origin)
		return coder_error_memory(err);
	*ret = origin;
	return 0;
}
