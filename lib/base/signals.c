/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.c - the signals that would end the process; see signals.h. */
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "clock.h"
#include "signals.h"

/* Whether it ends a process by default and is sent from outside. */
static bool is_fatal(int signal)
{
	static const int others[] = {
		SIGCHLD, SIGCONT, SIGURG,  SIGWINCH, /* ignored */
		SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, /* stop */
		SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,   SIGTRAP, SIGABRT, SIGSYS, /* faults */
		SIGPIPE, SIGXFSZ, /* raised by a write */
		SIGKILL,
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (signal == others[i])
			return false;
	return true;
}

/*
 * The signals that would end the process if they were sent to it now: neither blocked nor ignored
 * nor handled. (Signals that have a handler reach the library through struct
 * coder_interrupt_source.)
 */
static void find_fatal(sigset_t *ret)
{
	sigset_t blocked;

	sigemptyset(ret);
	sigemptyset(&blocked);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int signal = 1; signal < NSIG; signal++) {
		struct sigaction action;

		if (is_fatal(signal) && sigismember(&blocked, signal) == 0 &&
		    sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
			sigaddset(ret, signal);
	}
}

/* --------------------------------------------------------------- blocking */

void coder_signals_block(struct blocked_signals *blocked)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

	sigfillset(&blocked->all);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&blocked->all, faults[i]);
	sigprocmask(SIG_SETMASK, &blocked->all, &blocked->old);
}

void coder_signals_unblock(const struct blocked_signals *blocked)
{
	const struct timespec now = { 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	/* if the caller blocks SIGPIPE, one that is pending may be the caller's: it stays */
	while (!sigismember(&blocked->old, SIGPIPE) && sigtimedwait(&set, NULL, &now) < 0 &&
	       errno == EINTR)
		;
	sigprocmask(SIG_SETMASK, &blocked->old, NULL);
}

/* ---------------------------------------------------------------- holding */

#define ARRIVALS_MAX 64

/* What the handler records, in the order of arrival. Signals that do not fit are lost. */
static struct {
	sigset_t set; /* what is held */
	struct {
		int signal;
		int64_t when;
	} arrivals[ARRIVALS_MAX];
	volatile sig_atomic_t n;
	sig_atomic_t taken;
} held;

/* Records a held signal. The other held signals are blocked while it runs. */
static void on_signal(int signal)
{
	int saved = errno;

	if (held.n < ARRIVALS_MAX) {
		held.arrivals[held.n].signal = signal;
		held.arrivals[held.n].when = coder_clock();
		held.n++;
	}
	errno = saved;
}

void coder_signals_hold(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	held.n = held.taken = 0;
	find_fatal(&held.set);
	action.sa_mask = held.set;
	for (int signal = 1; signal < NSIG; signal++)
		if (sigismember(&held.set, signal) == 1)
			sigaction(signal, &action, NULL);
}

int coder_signals_take(int64_t *ret_when)
{
	sig_atomic_t next = held.taken;

	if (next == held.n)
		return 0;
	held.taken++;
	*ret_when = held.arrivals[next].when;
	return held.arrivals[next].signal;
}

void coder_signals_release(void)
{
	const struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t old;

	sigprocmask(SIG_BLOCK, &held.set, &old);
	for (int signal = 1; signal < NSIG; signal++)
		if (sigismember(&held.set, signal) == 1)
			sigaction(signal, &action, NULL);
	/* the first one ends the process, unless it is an init process, which survives */
	for (sig_atomic_t i = 0; i < held.n; i++) {
		sigset_t one;

		sigemptyset(&one);
		sigaddset(&one, held.arrivals[i].signal);
		kill(getpid(), held.arrivals[i].signal);
		sigprocmask(SIG_UNBLOCK, &one, NULL);
		sigprocmask(SIG_BLOCK, &one, NULL);
	}
	held.n = held.taken = 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
}
