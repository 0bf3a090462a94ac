/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child.c - a function in a child process; see child.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "child.h"

int child_start(struct child *child, void (*fn)(const void *arg, int fd), const void *arg)
{
	const pid_t shell = getpid();
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0) {
		child->no_pipe = errno;
		return -1;
	}
	child->pid = fork();
	if (child->pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == shell)
			fn(arg, fds[1]);
		_exit(0);
	}
	close(fds[1]);
	if (child->pid < 0) {
		child->pid = 0;
		child->no_process = errno;
		close(fds[0]);
		return -1;
	}
	child->fd = fds[0];
	return 0;
}

bool child_read(const struct child *child, char *ret, size_t size)
{
	size_t len = strlen(ret);
	ssize_t n = read(child->fd, ret + len, size - 1 - len);

	if (n <= 0)
		return false;
	ret[len + (size_t)n] = '\0';
	return true;
}

void child_end(struct child *child)
{
	if (!child->pid)
		return;
	kill(child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(child->fd);
	*child = (struct child){ 0 };
}

enum child_wait child_wait(const struct child *child, struct coder_interrupts *interrupts,
			   int64_t deadline, const struct blocked_signals *blocked, char *ret,
			   size_t size)
{
	struct pollfd readable = { .fd = child->fd, .events = POLLIN };
	sigset_t mask = blocked->old;

	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGPIPE);
	for (;;) {
		int64_t left = deadline - coder_clock();
		struct timespec slice = { .tv_nsec =
						  left < CODER_SLICE_NS ? left : CODER_SLICE_NS };

		if (coder_interrupts_pending(interrupts))
			return CHILD_SIGNAL;
		if (left <= 0)
			return CHILD_LATE;
		if (ppoll(&readable, 1, &slice, &mask) > 0 && !child_read(child, ret, size))
			return CHILD_ENDED;
	}
}

void child_write(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		_exit(1);
}
