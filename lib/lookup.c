/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - looks names up without a thread: in a child, which can be stopped at any time. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire.h"

#define ANSWER_MAX 1024 /* fits a pipe whole, and some 20 addresses */

struct lookup {
	const struct wire_exchange *x;
	const struct wire_quiet *quiet;
	int64_t deadline;
	char answer[ANSWER_MAX]; /* "address,address", or "!" and why there is none */
};

/* Appends ",address" if it fits. */
static void add_address(char *answer, const struct addrinfo *ai)
{
	char text[INET6_ADDRSTRLEN + 3];
	size_t len = strlen(answer);
	bool v6 = ai->ai_family == AF_INET6;

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST))
		return;
	if (len + strlen(text) + 4 > ANSWER_MAX || strchr(text, '%'))
		return;
	snprintf(answer + len, ANSWER_MAX - len, v6 ? "%s[%s]" : "%s%s", len ? "," : "", text);
}

#ifndef AI_IDN
#define AI_IDN 0 /* glibc's: others know no international names */
#endif

/* In the child: writes the addresses, or "!" and what the resolver said. Dies with the shell. */
static void __attribute__((noreturn)) answer_in_child(const char *host, pid_t shell, int fd)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
					.ai_flags = AI_ADDRCONFIG | AI_IDN };
	struct addrinfo *list = NULL;
	char answer[ANSWER_MAX] = "";
	int rc;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != shell)
		_exit(1);
	rc = getaddrinfo(host, NULL, &hints, &list);
	for (struct addrinfo *ai = list; !rc && ai; ai = ai->ai_next)
		add_address(answer, ai);
	if (!answer[0])
		snprintf(answer, sizeof(answer), "!%.100s", rc ? gai_strerror(rc) : "no address");
	_exit(write(fd, answer, strlen(answer)) < 0);
}

/* One slice; true: there is something to read. */
static bool readable(int fd, int64_t deadline, const sigset_t *mask)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left = deadline - coder_clock();
	int64_t ns = left < 0 ? 0 : left < WIRE_SLICE_NS ? left : WIRE_SLICE_NS;
	struct timespec slice = { .tv_nsec = ns };

	return ppoll(&pfd, 1, &slice, mask) > 0;
}

/* Reads the child's answer to its end. */
static enum wire_end wait_answer(struct lookup *lookup, int fd)
{
	const struct wire_exchange *x = lookup->x;
	sigset_t mask = lookup->quiet->old;
	size_t len = 0;

	/* SIGCHLD stays blocked: the shell's handler would reap our child */
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGPIPE);
	for (;;) {
		ssize_t n;

		if (x->pending(x->ctx))
			return WIRE_SIGNAL;
		if (coder_clock() >= lookup->deadline)
			return WIRE_DEADLINE;
		if (!readable(fd, lookup->deadline, &mask))
			continue;
		n = read(fd, lookup->answer + len, ANSWER_MAX - 1 - len);
		if (n <= 0)
			return WIRE_ANSWERED;
		len += (size_t)n;
		lookup->answer[len] = '\0';
	}
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static enum wire_end no_child(struct lookup *lookup)
{
	snprintf(lookup->answer, ANSWER_MAX, "!%.100s", strerror(errno));
	return WIRE_ANSWERED;
}

/* Fills lookup->answer. */
static enum wire_end ask(struct lookup *lookup, const char *host)
{
	enum wire_end end = WIRE_ANSWERED;
	const pid_t shell = getpid();
	int fds[2];
	pid_t pid;

	snprintf(lookup->answer, ANSWER_MAX, "!the lookup failed");
	if (pipe2(fds, O_CLOEXEC) < 0)
		return no_child(lookup);
	pid = fork();
	if (pid == 0)
		answer_in_child(host, shell, fds[1]);
	if (pid < 0)
		no_child(lookup);
	close(fds[1]);
	if (pid > 0) {
		end = wait_answer(lookup, fds[0]);
		end_child(pid);
	}
	close(fds[0]);
	return end;
}

bool lookup_is_address(const char *host)
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

/* Appends host:port:addresses. WIRE_STOPPED: there are none, lookup->answer says why. */
static enum wire_end add_name(struct lookup *lookup, const char *host, const char *port,
			      struct coder_strings *ret)
{
	struct buf CLEANUP(buf_done) entry = { 0 };
	struct coder_error ignored;
	enum wire_end end;

	if (lookup_is_address(host))
		snprintf(lookup->answer, ANSWER_MAX, "%s", host);
	else if ((end = ask(lookup, host)) != WIRE_ANSWERED)
		return end;
	if (lookup->answer[0] == '!' ||
	    !buf_addf(&entry, "%s:%s:%s", name_for_libcurl(host), port, lookup->answer) ||
	    coder_strings_add(ret, entry.data, &ignored) < 0)
		return WIRE_STOPPED;
	return WIRE_ANSWERED;
}

/* Splits [scheme://][user@]host[:port][/], with libcurl's default ports; false: no name. */
static bool split_proxy(const char *text, char host[256], char port[8])
{
	const char *mark = strstr(text, "://");
	bool tls = strncasecmp(text, "https://", 8) == 0;
	const char *begin = mark ? mark + 3 : text;
	size_t len = strcspn(begin, "/?#"), host_len;

	for (mark = begin; mark < begin + len; mark++)
		if (*mark == '@') {
			len -= (size_t)(mark + 1 - begin);
			begin = mark + 1;
		}
	host_len = strcspn(begin, ":/?#");
	if (!host_len || host_len > 255 || *begin == '[' || len - host_len > 6)
		return false;
	snprintf(host, 256, "%.*s", (int)host_len, begin);
	snprintf(port, 8, "%s", tls ? "443" : "1080");
	if (len > host_len + 1)
		snprintf(port, 8, "%.*s", (int)(len - host_len - 1), begin + host_len + 1);
	return true;
}

static enum wire_end add_host(struct lookup *lookup, const struct wire_options *o,
			      struct coder_strings *ret, struct coder_error *err)
{
	enum wire_end end = add_name(lookup, o->host, o->port, ret);

	if (end != WIRE_STOPPED)
		return end;
	coder_error_set(err, CODER_ERR_NO_ANSWER, "cannot find the host %s: %.100s", o->host,
			lookup->answer + 1);
	coder_error_hint(err, "check CODER_URL and the network");
	return WIRE_FAILED;
}

/* Which one libcurl chooses is not known here: one that is found may be it. */
static enum wire_end add_proxies(struct lookup *lookup, const struct wire_options *o,
				 struct coder_strings *ret, struct coder_error *err)
{
	bool found = false, failed = false;

	for (size_t i = 0; i < o->proxies->n; i++) {
		char host[256], port[8];
		enum wire_end end;

		if (!split_proxy(o->proxies->v[i], host, port))
			continue;
		end = add_name(lookup, host, port, ret);
		if (end == WIRE_SIGNAL || end == WIRE_DEADLINE)
			return end;
		found = found || end == WIRE_ANSWERED;
		if (end == WIRE_ANSWERED)
			continue;
		failed = true;
		coder_error_set(err, CODER_ERR_NO_ANSWER, "cannot find the proxy %.200s: %.100s",
				host, lookup->answer + 1);
		coder_error_hint(err, "check the variables https_proxy and http_proxy");
	}
	return found || !failed ? WIRE_ANSWERED : WIRE_FAILED;
}

enum wire_end lookup_names(const struct wire_options *o, bool proxies,
			   const struct wire_exchange *x, int64_t deadline,
			   const struct wire_quiet *quiet, struct coder_strings *ret,
			   struct coder_error *err)
{
	struct lookup lookup = { .x = x, .quiet = quiet, .deadline = deadline };

	return proxies ? add_proxies(&lookup, o, ret, err) : add_host(&lookup, o, ret, err);
}
