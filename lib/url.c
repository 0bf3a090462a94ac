/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.c - a deployment's URL: what is accepted as one, and its origin. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "url.h"

#define HOST_MAX 255

/* The parts of a URL's text, not yet looked into. */
struct parts {
	const char *host, *port; /* port NULL: none given */
	size_t host_len, port_len;
	bool tls, v6;
};

/* The text is not repeated if it is NULL, or could hold a password. */
static int refuse(struct coder_error *err, const char *what, const char *text)
{
	if (!text || strchr(text, '@'))
		coder_error_set(err, CODER_ERR_USAGE, "CODER_URL %s", what);
	else
		coder_error_set(err, CODER_ERR_USAGE, "CODER_URL %s: %.200s", what, text);
	return coder_error_hint(err, "give it as https://coder.example.com");
}

static int check_characters(const char *text, struct coder_error *err)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return refuse(err, "has a blank or control character in it", NULL);
	return 0;
}

static const char *skip_scheme(const char *text, bool *ret_tls)
{
	*ret_tls = strncasecmp(text, "https://", 8) == 0;
	if (*ret_tls)
		return text + 8;
	return strncasecmp(text, "http://", 7) == 0 ? text + 7 : NULL;
}

static int split(const char *text, struct parts *ret, struct coder_error *err)
{
	const char *authority = skip_scheme(text, &ret->tls);
	const char *end;
	size_t len;

	if (!authority && !strstr(text, "://"))
		return refuse(err, "has no scheme", text);
	if (!authority)
		return refuse(err, "is neither https nor http", text);
	len = strcspn(authority, "/?#");
	if (memchr(authority, '@', len))
		return refuse(err, "must not hold a user name or password", text);
	ret->v6 = *authority == '[';
	end = ret->v6 ? memchr(authority, ']', len) : authority + strcspn(authority, ":/?#");
	if (!end)
		return refuse(err, "has a broken host", text);
	ret->host = authority + ret->v6;
	ret->host_len = (size_t)(end - ret->host);
	end += ret->v6;
	ret->port_len = len - (size_t)(end - authority);
	if (ret->port_len && *end != ':')
		return refuse(err, "has a broken host", text);
	ret->port = ret->port_len ? end + 1 : NULL;
	ret->port_len -= ret->port != NULL;
	return 0;
}

/* Letters, digits, "-", ".", "_" and what is not ASCII (international names). */
static bool name_is_fine(const char *host, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)host[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');

		if (!alnum && c < 0x80 && c != '-' && c != '.' && c != '_')
			return false;
	}
	return true;
}

static bool host_is_fine(const struct parts *parts)
{
	char host[HOST_MAX + 1];
	struct in6_addr addr;

	if (parts->host_len == 0 || parts->host_len > HOST_MAX)
		return false;
	if (!parts->v6)
		return name_is_fine(parts->host, parts->host_len);
	snprintf(host, sizeof(host), "%.*s", (int)parts->host_len, parts->host);
	return inet_pton(AF_INET6, host, &addr) == 1;
}

/* 1-65535, or the scheme's own; -1: broken. */
static int read_port(const struct parts *parts)
{
	int port = 0;

	if (!parts->port)
		return parts->tls ? 443 : 80;
	if (!parts->port_len || parts->port_len > 5)
		return -1;
	for (size_t i = 0; i < parts->port_len; i++) {
		if (parts->port[i] < '0' || parts->port[i] > '9')
			return -1;
		port = port * 10 + (parts->port[i] - '0');
	}
	return port >= 1 && port <= 65535 ? port : -1;
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s |= 32;
}

/* The three strings in one block. */
static int compose(const struct parts *parts, int port, struct url *ret, struct coder_error *err)
{
	size_t room = parts->host_len + 32;
	char *block = malloc(3 * room);
	bool own_port = port == (parts->tls ? 443 : 80);
	int n;

	if (!block)
		return coder_error_memory(err);
	ret->tls = parts->tls;
	ret->origin = block;
	ret->host = block + room;
	ret->port = block + 2 * room;
	snprintf(ret->host, room, "%.*s", (int)parts->host_len, parts->host);
	snprintf(ret->port, room, "%d", port);
	n = snprintf(ret->origin, room, parts->v6 ? "http%s://[%s]" : "http%s://%s",
		     parts->tls ? "s" : "", ret->host);
	if (!own_port)
		snprintf(ret->origin + n, room - (size_t)n, ":%d", port);
	lower(ret->host);
	lower(ret->origin);
	return 0;
}

int url_parse(const char *text, struct url *ret, struct coder_error *err)
{
	struct parts parts = { 0 };
	int port;

	if (check_characters(text, err) < 0 || split(text, &parts, err) < 0)
		return -1;
	if (!host_is_fine(&parts))
		return refuse(err, parts.host_len ? "has a broken host" : "has no host", text);
	port = read_port(&parts);
	if (port < 0)
		return refuse(err, "has a bad port", text);
	return compose(&parts, port, ret, err);
}

void url_done(struct url *url)
{
	free(url->origin);
	*url = (struct url){ 0 };
}

bool url_is_loopback(const struct url *url)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, url->host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, url->host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return strcmp(url->host, "localhost") == 0;
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
