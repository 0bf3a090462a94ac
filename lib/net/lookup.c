/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - looks names up without a thread: in a child, which can be stopped at any time. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "child.h"
#include "lookup.h"
#include "proxy.h"

#define RESPONSE_MAX 1024 /* fits a pipe whole, and some 20 addresses */

struct lookup {
	struct child child;
	char answer[RESPONSE_MAX]; /* "address,address", or "!" and why there is none */
};

/* Appends ",address" if it fits. */
static void add_address(char *answer, const struct addrinfo *ai)
{
	char text[INET6_ADDRSTRLEN + 3];
	size_t len = strlen(answer);
	bool v6 = ai->ai_family == AF_INET6;

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST))
		return;
	if (len + strlen(text) + 4 > RESPONSE_MAX || strchr(text, '%'))
		return;
	snprintf(answer + len, RESPONSE_MAX - len, v6 ? "%s[%s]" : "%s%s", len ? "," : "", text);
}

#ifndef AI_IDN
#define AI_IDN 0 /* glibc's: others know no international names */
#endif

/* In the child: writes the addresses, or "!" and what the resolver said. */
static void response_in_child(const void *name, int fd)
{
	const char *host = name;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_ADDRCONFIG | AI_IDN };
	struct addrinfo *list = NULL;
	char answer[RESPONSE_MAX] = "";
	int rc;

	rc = getaddrinfo(host, NULL, &hints, &list);
	for (struct addrinfo *ai = list; !rc && ai; ai = ai->ai_next)
		add_address(answer, ai);
	if (!answer[0])
		snprintf(answer, sizeof(answer), "!%.100s", rc ? gai_strerror(rc) : "no address");
	child_write(fd, answer);
}

/* Fills lookup->answer, or says why nobody could be asked. */
static enum transfer_end ask(struct lookup *lookup, const char *host)
{
	snprintf(lookup->answer, RESPONSE_MAX, "!the lookup failed");
	return child_run(&lookup->child, response_in_child, host, lookup->answer, RESPONSE_MAX);
}

static bool is_address(const char *host)
{
	struct in_addr addr;

	return strchr(host, ':') || inet_pton(AF_INET, host, &addr) == 1;
}

/* libcurl writes international names otherwise than they are given: "*" is any name. */
static const char *name_for_libcurl(const char *host)
{
	for (const char *p = host; *p; p++)
		if ((unsigned char)*p >= 0x80)
			return "*";
	return host;
}

/* Appends "name:port:addresses"; releases differ in whether a dot at its end is a part of a name. */
static bool add_entry(const char *name, int len, const char *port, const char *addresses,
		      struct coder_strings *ret)
{
	struct buf CLEANUP(buf_done) entry = { 0 };
	struct coder_error ignored;

	return buf_addf(&entry, "%.*s:%s:%s", len, name, port, addresses) &&
	       coder_strings_add(ret, entry.data, &ignored) == 0;
}

/* Says why there is no address of a host; what is "host" or "proxy". */
static int no_address(const struct lookup *lookup, const char *what, const char *host,
		      const char *source, struct coder_error *err)
{
	if (lookup->child.no_process) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"cannot look up the %s %s: no process can be started: %s", what,
				host, strerror(lookup->child.no_process));
		return coder_error_cause(err, CODER_CAUSE_PROCESSES, NULL, NULL);
	}
	if (lookup->child.no_pipe) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"cannot look up the %s %s: no pipe can be opened: %s", what, host,
				strerror(lookup->child.no_pipe));
		return coder_error_cause(err, CODER_CAUSE_OPEN_FILES, NULL, NULL);
	}
	coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot find the %s %s: %.100s", what, host,
			lookup->answer + 1);
	return coder_error_cause(err, CODER_CAUSE_NETWORK, source, NULL);
}

static enum transfer_end add_name(struct lookup *lookup, const char *what, const char *host,
				  const char *port, const char *source, struct coder_strings *ret,
				  struct coder_error *err)
{
	const char *name = name_for_libcurl(host);
	int len = (int)strlen(name);
	enum transfer_end end;

	if (!*host || is_address(host))
		return TRANSFER_ANSWERED;
	end = ask(lookup, host);
	if (end != TRANSFER_ANSWERED)
		return end;
	if (lookup->child.no_process || lookup->child.no_pipe || lookup->answer[0] == '!') {
		no_address(lookup, what, host, source, err);
		return TRANSFER_FAILED;
	}
	if (add_entry(name, len, port, lookup->answer, ret) &&
	    (name[len - 1] != '.' || add_entry(name, len - 1, port, lookup->answer, ret)))
		return TRANSFER_ANSWERED;
	coder_error_memory(err);
	return TRANSFER_FAILED;
}

static bool needs_host(const struct transfer_options *o)
{
	return !o->proxy || !o->proxy->finds_hosts;
}

bool lookup_is_needed(const struct transfer_options *o)
{
	return (needs_host(o) && !is_address(o->host)) ||
	       (o->proxy && o->proxy->host[0] && !is_address(o->proxy->host));
}

bool lookup_meets_addresses(const struct transfer_options *o)
{
	return (needs_host(o) && is_address(o->host)) || (o->proxy && is_address(o->proxy->host));
}

enum transfer_end lookup_names(const struct transfer_options *o, const struct transfer_exchange *x,
			       int64_t deadline, const struct blocked_signals *quiet,
			       struct coder_strings *ret, struct coder_error *err)
{
	struct lookup lookup = { .child = { .x = x, .quiet = quiet, .deadline = deadline } };
	const struct proxy *proxy = o->proxy;
	enum transfer_end end = TRANSFER_ANSWERED;

	if (proxy)
		end = add_name(&lookup, "proxy", proxy->host, proxy->port, proxy->source, ret, err);
	if (end == TRANSFER_ANSWERED && needs_host(o))
		end = add_name(&lookup, "host", o->host, o->port, o->url_source, ret, err);
	return end;
}
