/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child.c - a function in a child process, waited for as a request is; see child.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "child.h"

/* One slice; true: there is something to read. */
static bool readable(int fd, int64_t deadline, const sigset_t *mask)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int64_t left = deadline - coder_clock();
	int64_t ns = left < 0 ? 0 : left < TRANSFER_SLICE_NS ? left : TRANSFER_SLICE_NS;
	struct timespec slice = { .tv_nsec = ns };

	return ppoll(&pfd, 1, &slice, mask) > 0;
}

/* Reads what the child writes to its end. */
static enum transfer_end wait_for(const struct child *child, int fd, char *ret, size_t size)
{
	const struct transfer_exchange *x = child->x;
	sigset_t mask = child->quiet->old;
	size_t len = 0;

	/* SIGCHLD stays blocked: the shell's handler would reap our child */
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGPIPE);
	for (;;) {
		ssize_t n;

		if (x->pending(x->ctx))
			return TRANSFER_SIGNAL;
		if (coder_clock() >= child->deadline)
			return TRANSFER_DEADLINE;
		if (!readable(fd, child->deadline, &mask))
			continue;
		n = read(fd, ret + len, size - 1 - len);
		if (n <= 0)
			return TRANSFER_ANSWERED;
		len += (size_t)n;
		ret[len] = '\0';
	}
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void child_write(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		_exit(1);
}

enum transfer_end child_run(struct child *child, void (*fn)(const void *arg, int fd),
			    const void *arg, char *ret, size_t size)
{
	enum transfer_end end = TRANSFER_ANSWERED;
	const pid_t shell = getpid();
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		child->no_pipe = errno;
		return TRANSFER_ANSWERED;
	}
	pid = fork();
	if (pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == shell)
			fn(arg, fds[1]);
		_exit(0);
	}
	if (pid < 0)
		child->no_process = errno;
	close(fds[1]);
	if (pid > 0) {
		end = wait_for(child, fds[0], ret, size);
		end_child(pid);
	}
	close(fds[0]);
	return end;
}
