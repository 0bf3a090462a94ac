/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.c - time and signals of the simulated world; see world.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "schedule.h"
#include "world.h"

#define BEGIN CODER_NS /* the monotonic time is never 0 */
#define LATER_NS (600 * MS) /* after this, a signal is not a copy of the first any more */
#define EVENTS 64
#define ARRIVALS 64

struct event {
	int64_t when;
	void (*fn)(int what);
	int what;
};

struct arrivals {
	int n;
	int signals[ARRIVALS];
	int64_t when[ARRIVALS];
};

static struct {
	int64_t now;
	int n_events;
	struct event events[EVENTS];
	/* the signals of the process, as the system keeps them */
	sigset_t mask, pending;
	struct sigaction actions[NSIG];
	bool traps;
	struct arrivals came; /* to the process */
	struct arrivals acted; /* those that ended the process or ran a trap */
	struct arrivals of_traps; /* those that reached traps */
	int taken; /* how many of them were taken */
	int64_t deadline_passed;
	bool slept; /* only sleeps since the last point for signals */
	struct coder_interrupts *interrupts;
} w;

int64_t world_local_ahead;

/* ----------------------------------------------------------------- story */

bool world_telling;
static char story[64 * 1024];
static size_t story_len;

void world_tell(const char *fmt, ...)
{
	va_list args;
	int len;

	if (!world_telling || story_len > sizeof(story) - 1024)
		return;
	len = snprintf(story + story_len, sizeof(story) - story_len, "%8.3f s  ",
		       (double)(w.now - BEGIN) / (double)CODER_NS);
	story_len += (size_t)len;
	va_start(args, fmt);
	len = vsnprintf(story + story_len, sizeof(story) - story_len - 2, fmt, args);
	va_end(args);
	story_len += (size_t)len;
	if (story_len > sizeof(story) - 3)
		story_len = sizeof(story) - 3;
	story[story_len++] = '\n';
	story[story_len] = '\0';
}

const char *world_story(void)
{
	return story;
}

/* ------------------------------------------------------------------ time */

int64_t world_time(void)
{
	return w.now;
}

void world_later(int64_t when, void (*fn)(int what), int what)
{
	if (w.n_events < EVENTS)
		w.events[w.n_events++] = (struct event){ when, fn, what };
}

/* Lets the next event up to a time happen. False: there is none. */
static bool happen(int64_t until)
{
	int next = -1;
	struct event event;

	for (int i = 0; i < w.n_events; i++)
		if (w.events[i].when <= until &&
		    (next < 0 || w.events[i].when < w.events[next].when))
			next = i;
	if (next < 0)
		return false;
	event = w.events[next];
	w.events[next] = w.events[--w.n_events];
	if (event.when > w.now)
		w.now = event.when;
	event.fn(event.what);
	return true;
}

void world_wait_until(int64_t when)
{
	while (happen(when))
		;
	if (when > w.now)
		w.now = when;
}

void world_end(void)
{
	while (happen(INT64_MAX))
		;
}

/* These take the place of those of lib/base/clock.c. */

int64_t coder_clock(void)
{
	return w.now;
}

int64_t coder_time(void)
{
	return WORLD_EPOCH + world_local_ahead + w.now / CODER_NS;
}

void coder_sleep(int64_t ns)
{
	int came = w.came.n;

	if (!w.slept)
		world_signal_point("while it sleeps", false);
	w.slept = true;
	if (w.came.n == came) /* a signal ends it early */
		world_wait_until(w.now + ns);
}

/* These take the place of the C library's. */

/* Pauses before another try are random. Here each is 0.2 s, unless the server asks for more. */
ssize_t getrandom(void *buffer, size_t size, unsigned flags)
{
	const uint64_t random = 200 * MS;
	unsigned char *bytes = buffer;

	(void)flags;
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)(i < sizeof(random) ? random >> (8 * i) : i);
	return (ssize_t)size;
}

/* --------------------------------------------------------------- signals */

static void note(struct arrivals *arrivals, int signal)
{
	if (arrivals->n == ARRIVALS)
		return;
	arrivals->signals[arrivals->n] = signal;
	arrivals->when[arrivals->n++] = w.now;
}

/* bash's handler of a signal that has a trap. The trap runs after the call. */
static void on_trapped(int signal)
{
	note(&w.of_traps, signal);
	note(&w.acted, signal);
}

static int traps_pending(void *ctx)
{
	(void)ctx;
	return w.taken < w.of_traps.n ? w.of_traps.signals[w.taken] : 0;
}

static int traps_take(void *ctx)
{
	int signal = traps_pending(ctx);

	w.taken += signal != 0;
	return signal;
}

const struct coder_interrupt_source world_traps = { .pending = traps_pending, .take = traps_take };

/* What the process does when a signal is delivered. */
static void deliver(int signal)
{
	void (*handler)(int) = w.actions[signal].sa_handler;

	if (handler == SIG_IGN)
		return;
	if (handler == SIG_DFL)
		note(&w.acted, signal); /* it would end the process: here this is only recorded */
	else
		handler(signal);
}

int kill(pid_t pid, int signal)
{
	(void)pid;
	if (sigismember(&w.mask, signal) == 1)
		sigaddset(&w.pending, signal);
	else
		deliver(signal);
	return 0;
}

static void let_in(void)
{
	for (int signal = 1; signal < NSIG; signal++)
		if (sigismember(&w.pending, signal) == 1 && sigismember(&w.mask, signal) != 1) {
			sigdelset(&w.pending, signal);
			deliver(signal);
		}
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	if (old)
		*old = w.mask;
	if (!set)
		return 0;
	if (how == SIG_SETMASK)
		w.mask = *set;
	for (int signal = 1; signal < NSIG && how != SIG_SETMASK; signal++) {
		if (sigismember(set, signal) != 1)
			continue;
		if (how == SIG_BLOCK)
			sigaddset(&w.mask, signal);
		else
			sigdelset(&w.mask, signal);
	}
	let_in();
	return 0;
}

int sigaction(int signal, const struct sigaction *action, struct sigaction *old)
{
	if (signal < 1 || signal >= NSIG || signal == SIGKILL || signal == SIGSTOP) {
		errno = EINVAL;
		return -1;
	}
	if (old)
		*old = w.actions[signal];
	if (action)
		w.actions[signal] = *action;
	return 0;
}

void world_begin(bool traps)
{
	static const int trapped[] = { SIGINT, SIGTERM, SIGHUP };

	memset(&w, 0, sizeof(w));
	w.now = BEGIN;
	sigemptyset(&w.mask);
	sigemptyset(&w.pending);
	w.traps = traps;
	w.deadline_passed = INT64_MAX;
	for (size_t i = 0; i < sizeof(trapped) / sizeof(*trapped) && traps; i++)
		w.actions[trapped[i]].sa_handler = on_trapped;
	world_local_ahead = 0;
	story_len = 0;
	story[0] = '\0';
}

void world_set_interrupts(struct coder_interrupts *interrupts)
{
	w.interrupts = interrupts;
}

static const char *name_of(int signal)
{
	return signal == SIGINT ? "INT" : signal == SIGTERM ? "TERM" : "HUP";
}

static void signal_comes(int signal)
{
	world_tell("%s comes", name_of(signal));
	note(&w.came, signal);
	kill(0, signal);
}

/* INT, TERM and HUP differ only in their numbers, so the point decides which one comes. */
static int signal_of_point(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	return signals[(schedule_point() + w.came.n) % 3];
}

void world_signal_point(const char *where, bool may_dawdle)
{
	enum { NOTHING, ONE, DEADLINE, LATER, TWICE };
	struct coder_interrupts *interrupts = w.interrupts;
	bool ends_shell = !w.traps && !interrupts->holding;
	bool has_deadline = interrupts->deadline < INT64_MAX && !interrupts->acknowledged &&
			    !w.came.n && w.deadline_passed == INT64_MAX;
	int alternatives[4] = { 0 }, n = 0, chosen, signal;

	w.slept = false;
	/* a signal that ends the shell before anything was changed need not be tried */
	if (!ends_shell)
		alternatives[n++] = ONE;
	if (has_deadline)
		alternatives[n++] = DEADLINE;
	if (!ends_shell && w.came.n && interrupts->acknowledged && may_dawdle &&
	    w.now + LATER_NS < interrupts->deadline)
		alternatives[n++] = LATER;
	if (!ends_shell && !w.came.n && schedule_may(SCHEDULE_SIGNAL, 2))
		alternatives[n++] = TWICE;
	chosen = n ? schedule_choose(SCHEDULE_SIGNAL, n, n) : 0;
	if (!chosen)
		return;
	signal = signal_of_point();
	switch (alternatives[chosen - 1]) {
	case DEADLINE:
		world_tell("%s the time limit has passed that --timeout leaves", where);
		world_wait_until(interrupts->deadline);
		w.deadline_passed = w.now;
		return;
	case LATER:
		world_tell("%s 0.6 s pass", where);
		world_wait_until(w.now + LATER_NS);
		break;
	case TWICE:
		world_tell("%s a signal comes twice", where);
		schedule_spend(SCHEDULE_SIGNAL);
		signal_comes(signal);
		break;
	default:
		world_tell("%s a signal comes", where);
	}
	signal_comes(signal);
}

int world_first_signal(int64_t *ret_when)
{
	*ret_when = w.came.n ? w.came.when[0] : INT64_MAX;
	return w.came.n ? w.came.signals[0] : 0;
}

int64_t world_deadline_passed(void)
{
	return w.deadline_passed;
}

bool world_signal_again(void)
{
	return w.came.n > 1 && w.came.when[w.came.n - 1] - w.came.when[0] >= CODER_NS / 2;
}

const char *world_signals_wrong(void)
{
	if (w.came.n != w.acted.n)
		return w.came.n > w.acted.n ? "a signal that came was never delivered" :
					      "a signal was delivered twice";
	for (int i = 0; i < w.came.n; i++)
		if (w.came.signals[i] != w.acted.signals[i])
			return "signals were delivered in another order";
	for (int signal = 1; signal < NSIG; signal++) {
		void (*handler)(int) = w.actions[signal].sa_handler;

		if (sigismember(&w.mask, signal) == 1)
			return "the signal mask is not what it was";
		if (handler != SIG_DFL && handler != on_trapped)
			return "the handler of a signal is not what it was";
	}
	return NULL;
}
