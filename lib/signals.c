/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.c - the signals that would end the process; see coder.h. */
#include "coder.h"

/* Whether it ends a process, if nothing is done about it, and comes from outside. */
static bool is_deadly(int signal)
{
	static const int others[] = {
		SIGCHLD, SIGCONT, SIGURG,  SIGWINCH, /* ignored */
		SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, /* stop */
		SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,   SIGTRAP, SIGABRT, SIGSYS, /* faults */
		SIGPIPE, SIGXFSZ, /* a write's own */
		SIGKILL,
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (signal == others[i])
			return false;
	return true;
}

/* A signal with a handler is none of them: the handler tells the one that waits. */
void coder_signals_deadly(sigset_t *ret)
{
	sigset_t blocked;

	sigemptyset(ret);
	sigemptyset(&blocked);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int signal = 1; signal < NSIG; signal++) {
		struct sigaction action;

		if (is_deadly(signal) && sigismember(&blocked, signal) == 0 &&
		    sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
			sigaddset(ret, signal);
	}
}

int coder_signals_pending(const sigset_t *among)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return 0;
	for (int signal = 1; signal < NSIG; signal++)
		if (sigismember(among, signal) == 1 && sigismember(&pending, signal) == 1)
			return signal;
	return 0;
}
