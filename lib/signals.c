/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.c - the signals that would end the process; see coder.h. */
#include "coder.h"

/* Those that end a process unless something is done about them, and that people send. */
static const int deadly[] = { SIGINT,  SIGTERM,	  SIGHUP,  SIGALRM, SIGUSR1,
			      SIGUSR2, SIGVTALRM, SIGPROF, SIGXCPU };

/* A signal with a handler is none of them: the handler tells the one that waits. */
void coder_signals_deadly(sigset_t *ret)
{
	sigset_t blocked;

	sigemptyset(ret);
	sigemptyset(&blocked);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++) {
		struct sigaction action;

		if (!sigismember(&blocked, deadly[i]) && sigaction(deadly[i], NULL, &action) == 0 &&
		    action.sa_handler == SIG_DFL)
			sigaddset(ret, deadly[i]);
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
