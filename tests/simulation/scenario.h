/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h - what is simulated, and what must hold at the end of each run. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/interrupts.h"
#include "coder.h"
#include "schedule.h"

/* A limit that tests/RELIABILITY.md names: the only ways in which a promise may fail. */
struct limit {
	const char *text; /* words of that file */
	uint64_t reached; /* in how many runs */
};

struct scenario {
	const char *name;
	const char *title;
	bool (*run)(void);
	struct limit *limits; /* n_limits of them */
	int n_limits;
};

extern const struct scenario scenario_create, scenario_remove;

/* Whether tests/RELIABILITY.md names the limits of the scenarios, and no other. Prints differences. */
bool limits_are_documented(const struct scenario *const *scenarios, size_t n);

/* Why the promises did not hold in the last run; NULL: they did. */
extern const char *scenario_wrong;

/* The part that all scenarios share: a call with a client, from its beginning to its end. */
struct call {
	struct coder_interrupts interrupts;
	struct coder_client *client;
	struct coder_error err;
	int rc;
	int64_t ended; /* world_time() */
	int64_t grace_ns; /* how long it may go on once it is asked to end */
	bool timeout; /* --timeout is given */
	bool secret_shown; /* a secret was in a text */
};

#define CALL_TIMEOUT_NS (30 * CODER_NS)

/*
 * Begins a world and a call in it. Chooses the shell, its time limit and the deployment's clocks.
 */
bool call_begin(struct call *call);
/* Ends the call: delivers its signals, and lets all later events happen. */
void call_end(struct call *call);
/* Which of the promises for every call did not hold; NULL: all held. */
const char *call_wrong(const struct call *call);
/* Adds the end of the call to the story. */
void call_tell_end(const struct call *call, int status);
/* Looks for secrets in a text that users can read. */
void call_check_text(struct call *call, const char *text);

#endif
