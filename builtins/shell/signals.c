/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.c - see signals.h. */
#include "bash.h"

#include <signal.h>
#include <string.h>

#include "signals.h"

/* Declared in a header that bash does not install. */
extern int pending_traps[];
/* Weak, because not every build of bash has them. */
extern int rl_pending_signal(void) __attribute__((weak));
extern void rl_check_signals(void) __attribute__((weak));
extern void rl_cleanup_after_signal(void) __attribute__((weak));

static const int ending_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define N_ENDING (sizeof(ending_signals) / sizeof(ending_signals[0]))

/* What take_signal() has taken; shell_leave() gives it back to bash. */
static struct {
	bool interrupt; /* interrupt_state was set */
	int terminating; /* the first value of terminating_signal, or 0 */
	int traps[N_ENDING]; /* how many of pending_traps[], which does not change */
	int readline; /* what readline had caught, or 0 */
} taken;

/* The signal that readline has caught and not yet handled, or 0. */
static int readline_signal(void)
{
	int sig = rl_pending_signal ? rl_pending_signal() : 0;

	for (size_t i = 0; i < N_ENDING; i++)
		if (sig == ending_signals[i])
			return sig;
	return 0;
}

static int pending(void *unused)
{
	int sig = readline_signal();

	(void)unused;
	if (terminating_signal)
		return terminating_signal;
	if (interrupt_state)
		return SIGINT;
	for (size_t i = 0; i < N_ENDING; i++)
		if (pending_traps[ending_signals[i]] > taken.traps[i])
			return ending_signals[i];
	return sig == taken.readline ? 0 : sig;
}

/*
 * Before bash 5.3 readline would act on a ^C during completion only at the next key. This
 * makes it bash's interrupt at once. bash then expects the terminal in its own state.
 */
static void hand_over_interrupt(void)
{
	if (readline_signal() != SIGINT || !rl_check_signals || !rl_cleanup_after_signal)
		return;
	rl_check_signals();
	if (interrupt_state)
		rl_cleanup_after_signal();
}

/* bash's flags do not count signals. They are cleared, so that a second signal can be noticed. */
static int take_signal(void *unused)
{
	int sig;

	(void)unused;
	hand_over_interrupt();
	if (terminating_signal) {
		sig = terminating_signal;
		terminating_signal = 0;
		if (!taken.terminating)
			taken.terminating = sig;
		return sig;
	}
	if (interrupt_state) {
		interrupt_state = 0;
		taken.interrupt = true;
		return SIGINT;
	}
	for (size_t i = 0; i < N_ENDING; i++)
		if (pending_traps[ending_signals[i]] > taken.traps[i]) {
			taken.traps[i]++;
			return ending_signals[i];
		}
	sig = readline_signal();
	if (sig == taken.readline)
		return 0;
	taken.readline = sig;
	return sig;
}

const struct coder_interrupt_source shell_signals = { .pending = pending, .take = take_signal };

void shell_enter(void)
{
	memset(&taken, 0, sizeof(taken));
}

int shell_leave(int status)
{
	if (taken.interrupt)
		interrupt_state = 1;
	if (taken.terminating) /* the first one ends the shell */
		terminating_signal = taken.terminating;
	shell_enter();
	hand_over_interrupt();
	if (status & SHELL_EPIPE)
		raise(SIGPIPE);
	QUIT;
	return status & ~SHELL_EPIPE;
}
