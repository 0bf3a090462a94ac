/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trial.c - loads libcurl with libraries that the user has configured; see trial.h. */
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "child.h"
#include "trial.h"

#define HANG_S 2 /* loading takes a hundredth of this */
#define INTERRUPT_US 100000

static enum trial refuse_libraries(const char *variable, const char *why, struct coder_error *err)
{
	coder_error_set(err, CODER_ERR_REFUSED, "cannot load libcurl: %s", why);
	coder_error_cause(err, CODER_CAUSE_LIBRARIES, variable, NULL);
	return TRIAL_FAILED;
}

/*
 * Runs in the child. Does not report an error: the shell will get the same error, and reports it.
 */
static void load_in_child(const void *unused, int fd)
{
	struct coder_error ignored;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)unused;
	/* the terminal belongs to the shell */
	if (null >= 0)
		for (int std = STDIN_FILENO; std <= STDERR_FILENO; std++)
			dup2(null, std);
	(void)libcurl_load(&ignored);
	child_write(fd, "done");
}

static volatile sig_atomic_t interrupted, foreign;

static void on_alarm(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	if (info->si_code == SI_KERNEL)
		interrupted = 1;
	else
		foreign = 1;
}

/*
 * Loads libcurl in the shell itself. It may hang although the child did not: at a FIFO whose writer
 * has gone meanwhile. Then SIGALRM interrupts each wait, and *ret_broken becomes true. The caller
 * blocks all signals.
 */
static const struct libcurl *load_interruptibly(bool *ret_broken, struct coder_error *err)
{
	const struct itimerval repeated = { .it_interval = { .tv_usec = INTERRUPT_US },
					    .it_value = { .tv_sec = HANG_S } };
	struct sigaction action = { .sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO }, old;
	const struct libcurl *curl;
	struct itimerval old_timer;
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	interrupted = foreign = 0;
	sigaction(SIGALRM, &action, &old);
	setitimer(ITIMER_REAL, &repeated, &old_timer);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	curl = libcurl_load(err);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	setitimer(ITIMER_REAL, &old_timer, NULL);
	sigaction(SIGALRM, &old, NULL);
	if (foreign)
		kill(getpid(), SIGALRM);
	*ret_broken = interrupted;
	return curl;
}

/*
 * Finds out whether a child can load libcurl: TRIAL_LOADED. If no child can be started, this counts
 * as yes.
 */
static enum trial try_in_child(const char *variable, struct coder_interrupts *interrupts,
			       int64_t deadline, const struct blocked_signals *blocked,
			       int64_t limit_ns, struct coder_error *err)
{
	const int64_t limit = coder_deadline(limit_ns);
	struct child child = { 0 };
	enum child_wait wait;
	char said[8] = "";

	if (child_start(&child, load_in_child, NULL) < 0)
		return TRIAL_LOADED;
	wait = child_wait(&child, interrupts, limit < deadline ? limit : deadline, blocked, said,
			  sizeof(said));
	child_end(&child);
	if (coder_interrupts_pending(interrupts))
		return TRIAL_SIGNAL;
	if (wait == CHILD_LATE && coder_clock() >= deadline)
		return TRIAL_DEADLINE;
	if (wait == CHILD_LATE)
		return refuse_libraries(variable, "its libraries wait for a file that they read",
					err);
	return said[0] ? TRIAL_LOADED : refuse_libraries(variable, "it crashes", err);
}

enum trial trial_load(const char *variable, struct coder_interrupts *interrupts, int64_t deadline,
		      const struct blocked_signals *blocked, int64_t limit_ns,
		      const struct libcurl **ret, struct coder_error *err)
{
	static bool broken; /* loaded, but a part of its configuration may not have been read */

	if (!variable || libcurl_is_loaded()) {
		*ret = libcurl_load(err);
	} else {
		enum trial tried =
			try_in_child(variable, interrupts, deadline, blocked, limit_ns, err);

		if (tried != TRIAL_LOADED)
			return tried;
		*ret = load_interruptibly(&broken, err);
	}
	if (!*ret || !broken)
		return *ret ? TRIAL_LOADED : TRIAL_FAILED;
	coder_error_set(err, CODER_ERR_REFUSED,
			"libcurl was loaded, but its libraries waited too long for a file that "
			"they read");
	coder_error_cause(err, CODER_CAUSE_LIBRARIES_HANG, NULL, NULL);
	return TRIAL_FAILED;
}
