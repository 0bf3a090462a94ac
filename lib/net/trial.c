/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trial.c - libcurl with libraries that the user has configured; see trial.h. */
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "child.h"
#include "trial.h"

#define HANG_S 2 /* what a child could load takes a hundredth of it */
#define NUDGE_US 100000

static enum transfer_end refuse(const char *variable, const char *why, struct coder_error *err)
{
	coder_error_set(err, CODER_ERR_REFUSED, "cannot load libcurl: %s", why);
	coder_error_cause(err, CODER_CAUSE_LIBRARIES, variable, NULL);
	return TRANSFER_FAILED;
}

/* In the child. What fails here fails in the shell, too, and is said there. */
static void load_in_child(const void *unused, int fd)
{
	struct coder_error ignored;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)unused;
	/* the user's own input and screen are the shell's */
	if (null >= 0)
		for (int std = STDIN_FILENO; std <= STDERR_FILENO; std++)
			dup2(null, std);
	(void)libcurl_load(&ignored);
	child_write(fd, "done");
}

static volatile sig_atomic_t nudged, foreign;

static void on_nudge(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	if (info->si_code == SI_KERNEL)
		nudged = 1;
	else
		foreign = 1;
}

/*
 * Loads in the shell itself. What a child could read may keep the shell waiting
 * all the same: a FIFO whose writer has gone. Then a signal breaks into each
 * wait. *ret_broken: it had to. The caller blocks all signals.
 */
static const struct libcurl *load_nudged(bool *ret_broken, struct coder_error *err)
{
	const struct itimerval nudges = { .it_interval = { .tv_usec = NUDGE_US },
					  .it_value = { .tv_sec = HANG_S } };
	struct sigaction action = { .sa_sigaction = on_nudge, .sa_flags = SA_SIGINFO }, old;
	const struct libcurl *curl;
	struct itimerval old_timer;
	sigset_t alarm;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	nudged = foreign = 0;
	sigaction(SIGALRM, &action, &old);
	setitimer(ITIMER_REAL, &nudges, &old_timer);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	curl = libcurl_load(err);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	setitimer(ITIMER_REAL, &old_timer, NULL);
	sigaction(SIGALRM, &old, NULL);
	if (foreign)
		kill(getpid(), SIGALRM);
	*ret_broken = nudged;
	return curl;
}

/* Whether a child could load it, or none could be had to try. */
static enum transfer_end try_in_child(const char *variable, struct child *child,
				      struct coder_error *err)
{
	char said[8] = "";
	enum transfer_end end = child_run(child, load_in_child, NULL, said, sizeof(said));

	if (end == TRANSFER_DEADLINE && coder_clock() < child->x->deadline)
		return refuse(variable, "a file that its libraries read keeps it waiting", err);
	if (end == TRANSFER_ANSWERED && !said[0] && !child->no_pipe && !child->no_process)
		return refuse(variable, "it crashes", err);
	return end;
}

enum transfer_end trial_load(const char *variable, const struct transfer_exchange *x,
			     const struct blocked_signals *quiet, int64_t limit_ns,
			     const struct libcurl **ret, struct coder_error *err)
{
	static bool broken; /* loaded, but who knows what of its configuration was read */
	const int64_t limit = coder_deadline(limit_ns);
	struct child child = {
		.x = x,
		.quiet = quiet,
		.deadline = limit < x->deadline ? limit : x->deadline,
	};
	enum transfer_end end = TRANSFER_ANSWERED;

	if (variable && !libcurl_is_loaded()) {
		end = try_in_child(variable, &child, err);
		if (end == TRANSFER_ANSWERED)
			*ret = load_nudged(&broken, err);
	} else {
		*ret = libcurl_load(err);
	}
	if (end != TRANSFER_ANSWERED || !*ret)
		return end != TRANSFER_ANSWERED ? end : TRANSFER_FAILED;
	if (!broken)
		return TRANSFER_ANSWERED;
	coder_error_set(err, CODER_ERR_REFUSED,
			"a file that the libraries of libcurl read kept it waiting");
	coder_error_cause(err, CODER_CAUSE_LIBRARIES_HANG, NULL, NULL);
	return TRANSFER_FAILED;
}
