/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupts.c - what ends a call early; see interrupts.h. */
#include <signal.h>

#include "clock.h"
#include "interrupts.h"
#include "signals.h"

#define ECHO_NS (CODER_NS / 2) /* so long after the first signal another may be its copy */

void coder_interrupts_init(struct coder_interrupts *interrupts,
			   const struct coder_interrupt_source *source)
{
	*interrupts = (struct coder_interrupts){ .deadline = INT64_MAX };
	if (source)
		interrupts->source = *source;
}

void coder_interrupts_limit(struct coder_interrupts *interrupts, int64_t ns)
{
	int64_t deadline = coder_deadline(ns);

	if (deadline >= interrupts->deadline)
		return;
	interrupts->deadline = deadline;
	interrupts->budget_ns = ns;
}

int64_t coder_interrupts_time_left(const struct coder_interrupts *interrupts)
{
	if (interrupts->deadline == INT64_MAX)
		return INT64_MAX;
	return interrupts->deadline - coder_clock();
}

static void note(struct coder_interrupts *interrupts, int signal, int64_t when)
{
	/* it may be a copy of the first signal */
	bool echo = (signal == SIGINT || signal == SIGTERM || signal == SIGHUP) &&
		    when - interrupts->signal_when < ECHO_NS;

	if (!interrupts->signal) {
		interrupts->signal = signal;
		interrupts->signal_when = when;
	} else if (interrupts->acknowledged && !echo) {
		interrupts->ended_again = true;
	}
}

/* Takes and records all signals that have come. */
static void take_all(struct coder_interrupts *interrupts)
{
	const struct coder_interrupt_source *source = &interrupts->source;
	int64_t when;
	int signal;

	while (interrupts->holding && (signal = coder_signals_take(&when)))
		note(interrupts, signal, when);
	while (source->take && (signal = source->take(source->ctx)))
		note(interrupts, signal, coder_clock());
}

int coder_interrupts_pending(struct coder_interrupts *interrupts)
{
	const struct coder_interrupt_source *source = &interrupts->source;
	int signal;

	if (interrupts->acknowledged) {
		take_all(interrupts);
		return interrupts->ended_again ? interrupts->signal : 0;
	}
	if (interrupts->holding) {
		/* bash would end the shell if it still had this signal when another one comes */
		take_all(interrupts);
		return interrupts->signal;
	}
	signal = source->pending ? source->pending(source->ctx) : 0;
	if (signal)
		note(interrupts, signal, coder_clock());
	return signal;
}

void coder_interrupts_hold(struct coder_interrupts *interrupts)
{
	if (interrupts->holding)
		return;
	coder_signals_hold();
	interrupts->holding = true;
}

void coder_interrupts_acknowledge(struct coder_interrupts *interrupts, int64_t ns)
{
	take_all(interrupts);
	interrupts->deadline = coder_deadline(ns);
	interrupts->budget_ns = ns;
	interrupts->acknowledged = true;
}

void coder_interrupts_release(struct coder_interrupts *interrupts)
{
	if (!interrupts->holding)
		return;
	interrupts->holding = false;
	coder_signals_release();
}

int coder_interrupted(int signal, struct coder_error *err)
{
	coder_error_set(err, CODER_ERR_INTERRUPTED, "interrupted");
	err->signal = signal;
	return -1;
}
