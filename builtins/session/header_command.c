/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header_command.c - runs CODER_HEADER_COMMAND; see header_command.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "header_command.h"

struct running_command {
	pid_t pid; /* 0: none, or reaped */
	int fd; /* its standard output; -1: none */
	int64_t deadline;
	struct coder_interrupts *interrupts;
};

/* The exported variables, with url ("CODER_URL=...") instead of the variable of that name. */
static char **make_environment(char *url)
{
	size_t n = 0, kept = 0;
	char **env;

	while (environ && environ[n])
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (!env)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "CODER_URL=", 10) != 0)
			env[kept++] = environ[i];
	env[kept] = url;
	return env;
}

/* Returns 0 or an errno. The child gets a process group of its own, and ignores no signal. */
static int spawn(char *command, char **env, int out, pid_t *ret)
{
	char *argv[] = { (char *)"sh", (char *)"-c", command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t all, none;
	int rc;

	sigfillset(&all);
	sigemptyset(&none);
	rc = posix_spawnattr_init(&attr);
	if (rc)
		return rc;
	rc = posix_spawn_file_actions_init(&files);
	if (rc) {
		posix_spawnattr_destroy(&attr);
		return rc;
	}
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY,
						      0);
	if (!rc)
		rc = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY,
						      0);
	if (!rc)
		rc = posix_spawn(ret, "/bin/sh", &files, &attr, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return rc;
}

static int start(struct running_command *child, char *command, const char *coder_url,
		 struct coder_error *err)
{
	char *url = NULL;
	char **env = NULL;
	int ends[2];
	int rc = ENOMEM;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return coder_error_set(err, CODER_ERR_REFUSED, "CODER_HEADER_COMMAND: %s",
				       strerror(errno));
	child->fd = ends[0];
	if (asprintf(&url, "CODER_URL=%s", coder_url) < 0)
		url = NULL;
	if (url)
		env = make_environment(url);
	if (env)
		rc = spawn(command, env, ends[1], &child->pid);
	close(ends[1]);
	free(env);
	free(url);
	if (rc)
		return coder_error_set(err, CODER_ERR_REFUSED, "CODER_HEADER_COMMAND: %s",
				       strerror(rc));
	return 0;
}

/* Whether the kernel has stopped the child because it used the terminal in the background. */
static bool wants_terminal(const struct running_command *child)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)child->pid, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == child->pid &&
	       (info.si_status == SIGTTIN || info.si_status == SIGTTOU);
}

/* Waits until the command has closed its output and ended. Appends the output to out. */
static int wait_for(struct running_command *child, struct buf *out, struct coder_error *err)
{
	struct pollfd end = { .fd = child->fd, .events = POLLIN };
	int status, signal;
	ssize_t n = 1; /* 0: the output is closed */
	pid_t ended = 0;

	while (ended == 0) {
		signal = coder_interrupts_pending(child->interrupts);
		if (signal)
			return coder_interrupted(signal, err);
		if (coder_clock() >= child->deadline)
			return coder_error_set(err, CODER_ERR_NO_RESPONSE,
					       "CODER_HEADER_COMMAND did not end in time");
		if (wants_terminal(child))
			return coder_error_set(err, CODER_ERR_REFUSED,
					       "CODER_HEADER_COMMAND was stopped, as it wanted to "
					       "use the terminal");
		if (!n && (ended = waitpid(child->pid, &status, WNOHANG)) == 0)
			poll(NULL, 0, 1);
		else if (n && poll(&end, 1, CODER_SLICE_NS / 1000000) > 0)
			n = buf_read(out, child->fd);
		if (n < 0)
			return coder_error_set(err, CODER_ERR_REFUSED,
					       "output of CODER_HEADER_COMMAND: %s",
					       strerror(errno));
	}
	child->pid = 0;
	if (ended < 0)
		return coder_error_set(err, CODER_ERR_REFUSED, "CODER_HEADER_COMMAND: %s",
				       strerror(errno));
	if (WIFSIGNALED(status))
		return coder_error_set(err, CODER_ERR_REFUSED,
				       "CODER_HEADER_COMMAND was ended by signal %d",
				       WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return coder_error_set(err, CODER_ERR_REFUSED,
				       "CODER_HEADER_COMMAND failed with status %d",
				       WEXITSTATUS(status));
	return 0;
}

int header_command_run(char *command, const char *url, int64_t limit_ns,
		       struct coder_interrupts *interrupts, struct buf *out,
		       struct coder_error *err)
{
	struct running_command child = {
		.fd = -1,
		.deadline = coder_deadline(limit_ns),
		.interrupts = interrupts,
	};
	sigset_t block, old;
	int rc;

	/* a signal that ended the shell would leave the command running */
	coder_interrupts_hold(interrupts);
	/* the shell must not reap the child */
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, &old);
	rc = start(&child, command, url, err);
	if (rc == 0)
		rc = wait_for(&child, out, err);
	/* end the command if it still runs, and everything that it has started */
	if (child.pid > 0) {
		kill(-child.pid, SIGKILL);
		while (waitpid(child.pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (child.fd >= 0)
		close(child.fd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return rc;
}
