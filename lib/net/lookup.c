/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - looks names up in a child process, which can be stopped at any time; see lookup.h. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "lookup.h"
#include "proxy.h"

#define NAME_MAX_TEXT (LOOKUP_TEXT_MAX / 2) /* of the addresses of one name */

/* Appends the address, after a comma unless it is the first one. Ignores it if it does not fit. */
static void add_address(char *addresses, const struct addrinfo *ai)
{
	char text[INET6_ADDRSTRLEN + 3];
	size_t len = strlen(addresses);
	bool v6 = ai->ai_family == AF_INET6;

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST))
		return;
	if (len + strlen(text) + 4 > NAME_MAX_TEXT || strchr(text, '%'))
		return;
	snprintf(addresses + len, NAME_MAX_TEXT - len, v6 ? "%s[%s]" : "%s%s", len ? "," : "",
		 text);
}

#ifndef AI_IDN
#define AI_IDN 0 /* only glibc looks international names up */
#endif

static bool is_address(const char *host)
{
	struct in_addr addr;

	return strchr(host, ':') || inet_pton(AF_INET, host, &addr) == 1;
}

/* Appends "name:port:addresses". */
static bool add_entry(const char *name, int len, const char *port, const char *addresses,
		      int addresses_len, struct coder_strings *ret)
{
	struct buf CLEANUP(buf_done) entry = { 0 };
	struct coder_error ignored;

	return buf_addf(&entry, "%.*s:%s:%.*s", len, name, port, addresses_len, addresses) &&
	       coder_strings_add(ret, entry.data, &ignored) == 0;
}

/* A name that has to be looked up. */
struct name {
	const char *what; /* "host" or "proxy" */
	const char *host, *port;
	const char *source; /* where it comes from, for error texts */
};

/* Fills ret, the proxy's name first. Returns how many names there are. */
static size_t names_of(const struct transfer_options *o, struct name ret[2])
{
	const struct proxy *proxy = o->proxy;
	size_t n = 0;

	if (proxy && proxy->host[0] && !is_address(proxy->host))
		ret[n++] = (struct name){ "proxy", proxy->host, proxy->port, proxy->source };
	if ((!proxy || !proxy->finds_hosts) && !is_address(o->host))
		ret[n++] = (struct name){ "host", o->host, o->port, o->url_source };
	return n;
}

bool lookup_is_needed(const struct transfer_options *o)
{
	struct name names[2];

	return names_of(o, names) > 0;
}

bool lookup_has_addresses(const struct transfer_options *o)
{
	return ((!o->proxy || !o->proxy->finds_hosts) && is_address(o->host)) ||
	       (o->proxy && is_address(o->proxy->host));
}

/* Runs in the child: writes a line for each name, until one has no address. */
static void look_up_in_child(const void *options, int fd)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_ADDRCONFIG | AI_IDN };
	struct name names[2];
	size_t n = names_of(options, names);
	char text[NAME_MAX_TEXT];

	for (size_t i = 0; i < n; i++) {
		struct addrinfo *list = NULL;
		int rc = getaddrinfo(names[i].host, NULL, &hints, &list);

		text[0] = '\0';
		for (struct addrinfo *ai = list; !rc && ai; ai = ai->ai_next)
			add_address(text, ai);
		if (!text[0])
			snprintf(text, sizeof(text), "!%.100s",
				 rc ? gai_strerror(rc) : "no address");
		child_write(fd, text);
		child_write(fd, "\n");
		if (text[0] == '!')
			break;
	}
}

int lookup_begin(struct lookup *lookup, const struct transfer_options *o, struct coder_error *err)
{
	struct child *child = &lookup->child;
	struct name names[2];

	*lookup = (struct lookup){ .text = "" };
	if (child_start(child, look_up_in_child, o) == 0)
		return 0;
	names_of(o, names);
	coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot look up the %s %s: no %s: %s",
			names[0].what, names[0].host,
			child->no_pipe ? "pipe can be opened" : "process can be started",
			strerror(child->no_pipe ? child->no_pipe : child->no_process));
	return coder_error_cause(err,
				 child->no_pipe ? CODER_CAUSE_OPEN_FILES : CODER_CAUSE_PROCESSES,
				 NULL, NULL);
}

bool lookup_is_on(const struct lookup *lookup)
{
	return lookup->child.pid > 0;
}

bool lookup_is_done(struct lookup *lookup)
{
	return !child_read(&lookup->child, lookup->text, sizeof(lookup->text));
}

int lookup_result(const struct lookup *lookup, const struct transfer_options *o,
		  struct coder_strings *ret, struct coder_error *err)
{
	const char *line = lookup->text;
	struct name names[2];
	size_t n = names_of(o, names);

	for (size_t i = 0; i < n; i++) {
		const char *name = names[i].host;
		int len, line_len = (int)strcspn(line, "\n");

		/* libcurl changes how an international name is written; "*" stands for any name */
		for (const char *p = names[i].host; *p; p++)
			if ((unsigned char)*p >= 0x80)
				name = "*";
		len = (int)strlen(name);

		if (!line_len || *line == '!') {
			coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot find the %s %s: %.*s",
					names[i].what, names[i].host, line_len ? line_len - 1 : 100,
					line_len ? line + 1 : "the lookup failed");
			return coder_error_cause(err, CODER_CAUSE_NETWORK, names[i].source, NULL);
		}
		/* only some releases of libcurl keep a dot at the end of a name */
		if (!add_entry(name, len, names[i].port, line, line_len, ret) ||
		    (name[len - 1] == '.' &&
		     !add_entry(name, len - 1, names[i].port, line, line_len, ret)))
			return coder_error_memory(err);
		line += line_len + (line[line_len] == '\n');
	}
	return 0;
}

void lookup_end(struct lookup *lookup)
{
	child_end(&lookup->child);
}
