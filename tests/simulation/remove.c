/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remove.c - the scenario of token_rm: what it reports of each token is true, however it goes. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "deployment.h"
#include "network.h"
#include "scenario.h"
#include "world.h"

#define MANY 3
#define AT_ONCE 2
#define GRACE_NS (500 * MS)

enum { SENT_TWICE, RESPONDED_TWICE, LAGGED, N_LIMITS };
static struct limit limits[N_LIMITS] = {
	[SENT_TWICE] = { "If something between sends a removal a second time", 0 },
	[RESPONDED_TWICE] = { "If a response with 404 arrives a second time while a removal", 0 },
	[LAGGED] = { "If the response to a removal is lost, and a server that lags behind", 0 },
};

/* What the call reports of a token. */
enum report { NOT_BEGUN, REMOVED, NOT_REMOVED, NOT_KNOWN };

struct result {
	struct call call;
	bool expire;
	struct coder_tokens tokens;
	enum report reports[MANY];
	bool found_none[MANY]; /* Coder responded that there is no such token (any more) */
	bool self_not_last; /* the token in use was removed before another one */
};

/* ------------------------------------------------------------ other callers */

/* The first token that can be removed or expired, and is not the caller's own; NULL: none. */
static struct token *first_for(enum other what)
{
	for (int i = 1; i < deployment.n_tokens; i++)
		if (deployment.tokens[i].removed_by == NOBODY &&
		    (what == OTHER_REMOVES || deployment.tokens[i].expired_by == NOBODY))
			return &deployment.tokens[i];
	return NULL;
}

static bool may_other(enum other what)
{
	return (what == OTHER_REMOVES || what == OTHER_EXPIRES) && first_for(what);
}

static void do_other(enum other what)
{
	if (what == OTHER_REMOVES)
		deployment_remove(first_for(what), OTHER);
	else
		deployment_expire(first_for(what), OTHER);
}

/* --------------------------------------------------------------- the call */

static void note(struct result *result, size_t i, int rc, const struct coder_error *err)
{
	result->reports[i] = rc == 0 ? REMOVED : err->unknown ? NOT_KNOWN : NOT_REMOVED;
	if (rc < 0) {
		result->found_none[i] =
			err->own && (err->http_status == 404 || err->http_status == 401);
		call_check_text(&result->call, err->message);
		call_check_text(&result->call, err->detail);
	}
}

static int remove_alone(struct result *result)
{
	struct call *call = &result->call;
	const char *id = result->tokens.v[0].id;
	int rc = result->expire ? coder_token_expire(call->client, "me", id, &call->err) :
				  coder_token_delete(call->client, "me", id, &call->err);

	note(result, 0, rc, &call->err);
	return rc;
}

static int remove_several(struct result *result)
{
	struct call *call = &result->call;
	struct coder_removals *removals = NULL;
	enum coder_removals_state what;
	int rc = 0;
	size_t i;

	if (coder_removals_new(call->client, "me", &result->tokens, result->expire, AT_ONCE,
			       &removals, &call->err) < 0)
		return -1;
	while ((what = coder_removals_next(removals, INT64_MAX, &i, &call->err)) !=
	       CODER_REMOVALS_OVER) {
		if (what != CODER_REMOVAL_ENDED)
			continue;
		note(result, i, call->err.code ? -1 : 0, &call->err);
		result->self_not_last |= result->reports[MANY - 1] != NOT_BEGUN &&
					 (!result->reports[0] || !result->reports[1]);
		if (call->err.code)
			rc = -1;
	}
	coder_removals_free(removals);
	for (i = 0; i < result->tokens.n; i++)
		if (result->reports[i] == NOT_BEGUN)
			rc = -1;
	return rc;
}

/* As builtins/token_rm.c goes about it. */
static int remove_all(struct result *result, const struct coder_strings *names)
{
	struct call *call = &result->call;

	if (coder_tokens_find(call->client, NULL, names, &result->tokens, &call->err) < 0)
		return -1;
	coder_interrupts_hold(&call->interrupts);
	return names->n == 1 ? remove_alone(result) : remove_several(result);
}

/* ------------------------------------------------------------- the judgement */

static const struct token *token_of(const char *id)
{
	for (int i = 0; i < deployment.n_tokens; i++)
		if (strcmp(deployment.tokens[i].id, id) == 0)
			return &deployment.tokens[i];
	return NULL;
}

/* Whether the token is removed in the way that was asked for, by whomever. */
static bool is_gone(const struct result *result, const struct token *token)
{
	return token->removed_by != NOBODY || (result->expire && token->expired_by != NOBODY);
}

static bool is_ours(const struct token *token)
{
	return token->removed_by == CALL || token->expired_by == CALL;
}

/* Whether the call has removed it in the way that was not asked for. */
static bool is_mistaken(const struct result *result, const struct token *token)
{
	return result->expire ? token->removed_by == CALL : token->expired_by == CALL;
}

/* Whether one of the documented limits explains that the report of a removal is not true. */
static bool may_be_wrong(const struct result *result, size_t i)
{
	const bool reasons[N_LIMITS] = {
		[SENT_TWICE] = network.removal_twice,
		[RESPONDED_TWICE] = network.stale,
		[LAGGED] = network.lagged,
	};

	for (int limit = 0; limit < N_LIMITS; limit++) {
		bool applies = result->reports[i] == REMOVED ? limit == RESPONDED_TWICE :
							       result->found_none[i];

		if (!applies || !reasons[limit])
			continue;
		limits[limit].reached++;
		return true;
	}
	return false;
}

static const char *report_wrong(const struct result *result, size_t i)
{
	const struct token *token = token_of(result->tokens.v[i].id);
	enum report report = result->reports[i];

	if (report == REMOVED && !is_gone(result, token) && !may_be_wrong(result, i))
		return "a token is reported as removed, but is not";
	if (report == NOT_BEGUN && network_was_sent(token->id))
		return "a removal was sent, but nothing is reported of it";
	if (report == NOT_KNOWN && !network_was_sent(token->id))
		return "a removal was never sent, but is reported as not known";
	if (report == NOT_REMOVED && is_ours(token) && !may_be_wrong(result, i))
		return "a token is reported as not removed, but the call has removed it";
	return NULL;
}

static const char *wrong(const struct result *result, const struct coder_strings *names)
{
	bool nothing_happened = !schedule_spent(SCHEDULE_FAULT) && !schedule_spent(SCHEDULE_SIGNAL);
	const char *what = call_wrong(&result->call);

	if (what)
		return what;
	if (nothing_happened && result->call.rc < 0)
		return "nothing went wrong, but the call failed";
	if (network.removals_after_signal)
		return "a removal began after a signal";
	if (result->self_not_last)
		return "the token in use was removed before another one";
	for (int i = 0; i < deployment.n_tokens; i++) {
		const struct token *token = &deployment.tokens[i];

		if (!coder_strings_has(names, token->name) && is_ours(token))
			return "a token was removed that nobody named";
		if (is_mistaken(result, token))
			return "a token was deleted instead of expired, or expired instead of deleted";
	}
	for (size_t i = 0; i < result->tokens.n && !what; i++)
		what = report_wrong(result, i);
	return what;
}

static void tell_reports(const struct result *result)
{
	static const char *const words[] = { "not begun", "removed", "not removed", "not known" };

	for (size_t i = 0; i < result->tokens.n; i++)
		world_tell("it reports of token %s (%s): %s", result->tokens.v[i].name,
			   result->tokens.v[i].id, words[result->reports[i]]);
}

static bool run(void)
{
	static char *all[] = { (char *)"first", (char *)"second", (char *)"self" };
	static const char *const ways[] = { "delete one token", "expire one token",
					    "delete three tokens", "expire three tokens" };
	static struct result result;
	struct coder_strings names = { all, 1, 1 };
	int way = schedule_choose(SCHEDULE_SETTING, 2, 3);

	network.may_other = may_other;
	network.do_other = do_other;
	result = (struct result){ .expire = way & 1, .call.rc = -1 };
	if (way >= 2)
		names.n = MANY;
	if (call_begin(&result.call)) {
		world_tell("it is to %s", ways[way]);
		deployment_add("first", "[\"coder:all\"]", "[\"*:*\"]", 86400, BEFORE);
		deployment_add("second", "[\"coder:all\"]", "[\"*:*\"]", 86400, BEFORE);
		deployment_add("third", "[\"coder:all\"]", "[\"*:*\"]", 86400, BEFORE);
		result.call.grace_ns = GRACE_NS;
		result.call.rc = remove_all(&result, &names);
	}
	call_end(&result.call);
	tell_reports(&result);
	call_tell_end(&result.call, result.call.rc ? 1 : 0);
	scenario_wrong = wrong(&result, &names);
	coder_tokens_done(&result.tokens);
	return !scenario_wrong;
}

const struct scenario scenario_remove = {
	.name = "remove",
	.title = "removing tokens",
	.run = run,
	.limits = limits,
	.n_limits = N_LIMITS,
};
