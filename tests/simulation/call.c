/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.c - the part of a call that all scenarios share; see scenario.h. */
#include <string.h>

#include "deployment.h"
#include "network.h"
#include "scenario.h"
#include "world.h"

#define HOURS_S (5 * 3600)
#define UNDO_NS (5 * CODER_NS)
#define SLACK_NS (300 * MS)
#define LONGEST_NS (400 * CODER_NS) /* the longest call that nobody asks to end */

const char *scenario_wrong;

static void on_notice(void *ctx, enum coder_notice kind, const char *text)
{
	(void)kind;
	call_check_text(ctx, text);
	world_tell("the call prints: %s", text);
}

void call_check_text(struct call *call, const char *text)
{
	call->secret_shown |= deployment_is_secret(text);
}

/* Chooses the clocks of the world and the permissions of the caller. */
static void choose_world(void)
{
	switch (schedule_choose(SCHEDULE_FAULT, 6, 8)) {
	case 1:
		world_tell("the Date of responses is five hours ahead of the tokens' clock");
		deployment.date_ahead = HOURS_S;
		break;
	case 2:
		world_tell("the Date of responses is five hours behind the tokens' clock");
		deployment.date_ahead = -HOURS_S;
		break;
	case 3:
		world_tell("responses have no Date");
		deployment.has_date = false;
		break;
	case 4:
		world_tell("the caller may not read tokens");
		deployment.may_read = false;
		break;
	case 5:
		world_tell("the caller may not remove tokens");
		deployment.may_remove = false;
		break;
	case 6:
		world_tell("the caller may neither read nor remove tokens");
		deployment.may_read = deployment.may_remove = false;
		break;
	case 7:
		world_tell("this machine's clock is five hours ahead");
		world_local_ahead = HOURS_S;
		break;
	case 8:
		world_tell("this machine's clock is five hours behind");
		world_local_ahead = -HOURS_S;
		break;
	default:
		break;
	}
}

bool call_begin(struct call *call)
{
	static const char *const headers[] = { "X-Sim: 1" };
	struct coder_config config = {
		.url = "https://coder.example",
		.token = SELF_ID "-" SELF_SECRET,
		.user_agent = "simulation",
		.headers = headers,
		.n_headers = 1,
		.hooks = { .ctx = call, .notice = on_notice },
		.interrupts = &call->interrupts,
	};
	int setting = schedule_choose(SCHEDULE_SETTING, 1, 1);

	memset(call, 0, sizeof(*call));
	call->grace_ns = UNDO_NS;
	world_begin(setting == 1);
	world_tell("a call begins in a shell with%s",
		   setting == 1 ? " traps for INT, TERM and HUP, and with --timeout 30" :
				  "out traps");
	deployment_begin();
	network_begin();
	choose_world();
	coder_interrupts_init(&call->interrupts, setting == 1 ? &world_traps : NULL);
	call->timeout = setting == 1;
	if (call->timeout)
		coder_interrupts_limit(&call->interrupts, CALL_TIMEOUT_NS);
	world_set_interrupts(&call->interrupts);
	return coder_client_new(&config, &call->client, &call->err) == 0;
}

void call_end(struct call *call)
{
	call->ended = world_time();
	coder_client_close(call->client);
	coder_client_free(call->client);
	call->client = NULL;
	coder_interrupts_release(&call->interrupts);
	if (call->rc < 0) {
		call_check_text(call, call->err.message);
		call_check_text(call, call->err.detail);
		call_check_text(call, call->err.about);
		call_check_text(call, call->err.also);
	}
	world_end();
}

void call_tell_end(const struct call *call, int status)
{
	const struct coder_error *err = &call->err;

	world_tell("the call has ended with status %d%s%s%s%s", status, call->rc < 0 ? ": " : "",
		   call->rc < 0 ? err->message : "", call->rc < 0 && err->detail[0] ? ": " : "",
		   call->rc < 0 ? err->detail : "");
}

/* Whether the call took longer than it may. */
static bool is_late(const struct call *call)
{
	int64_t signal_when, begun = CODER_NS, asked;

	(void)world_first_signal(&signal_when);
	asked = world_deadline_passed();
	if (call->timeout && begun + CALL_TIMEOUT_NS < asked)
		asked = begun + CALL_TIMEOUT_NS;
	if (signal_when < asked)
		asked = signal_when;
	if (asked < INT64_MAX && call->ended > asked + call->grace_ns + SLACK_NS)
		return true;
	return call->ended > begun + LONGEST_NS;
}

const char *call_wrong(const struct call *call)
{
	if (network.secret_sent)
		return "a secret is in a path or a body";
	if (call->secret_shown)
		return "a secret is in a text";
	if (is_late(call))
		return "the call took longer than it may";
	return world_signals_wrong();
}
