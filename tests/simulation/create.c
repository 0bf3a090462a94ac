/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create.c - the scenario of token_create: what a create leaves behind, whatever happens. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "deployment.h"
#include "network.h"
#include "scenario.h"
#include "status.h"
#include "world.h"

#define NAME "ci-build"
#define LOOKS 4 /* how often a lost create is looked for */
#define LIFE_S 7200
#define SCOPES "[\"workspace:read\",\"workspace:ssh\"]"
#define ENTRY "workspace:ea55eef0-e505-4854-98ef-d65cb8f2d469"

enum { TWO_CREATES, LATE, DATE_WRONG, SENT_TWICE, N_LIMITS };
static struct limit limits[N_LIMITS] = {
	[TWO_CREATES] = { "Two calls create a token of one name at the same time", 0 },
	[LATE] = { "If the deployment carries it out more than 1.75 s later, a token is left", 0 },
	[DATE_WRONG] = { "If `Date` is more than a second ahead of the clock", 0 },
	[SENT_TWICE] = { "If something between sends the POST a second time", 0 },
};

/* What the call reports about the token. */
enum claim { DELIVERED, NOTHING_LEFT, MAY_BE_LEFT };

struct result {
	struct call call;
	struct coder_created created;
	enum claim claim;
	bool owner_is_known; /* who may not see the owner creates tokens all the same */
};

/* ------------------------------------------------------------ other callers */

static struct token *of_name(void)
{
	struct token *token = deployment_named(0, NAME);

	return token && strcmp(token->login_type, "token") == 0 ? token : NULL;
}

static bool may_other(enum other what)
{
	bool creates = what == OTHER_CREATES_SAME || what == OTHER_CREATES_DIFFERENT ||
		       what == OTHER_CREATED_BEFORE;

	if (what == OTHER_CREATED_BEFORE && network.post_began)
		return false;
	return creates ? !deployment_named(0, NAME) : of_name() != NULL;
}

static void do_other(enum other what)
{
	struct token *token = of_name();

	switch (what) {
	case OTHER_CREATES_SAME:
		deployment_add(NAME, SCOPES, "[\"" ENTRY "\"]", LIFE_S, OTHER);
		break;
	case OTHER_CREATED_BEFORE:
		token = deployment_add(NAME, SCOPES, "[\"" ENTRY "\"]", LIFE_S, OTHER);
		deployment_age(token, 2 * CODER_NS);
		break;
	case OTHER_CREATES_DIFFERENT:
		deployment_add(NAME, "[\"coder:all\"]", "[\"*:*\"]", 60, OTHER);
		break;
	case OTHER_REMOVES:
		deployment_remove(token, OTHER);
		break;
	case OTHER_EXPIRES:
		deployment_expire(token, OTHER);
		break;
	default:
		break;
	}
}

/* --------------------------------------------------------------- the call */

/* Does the same as builtins/token_create.c, from the look-up of the name to the delivery. */
static int create(struct result *result, const struct coder_create *request)
{
	struct coder_user CLEANUP(coder_user_done) owner = { 0 };
	struct call *call = &result->call;
	struct coder_create create = *request;
	struct coder_error *err = &call->err;
	bool taken = false;
	int signal;

	if (coder_token_name_taken(call->client, create.user, create.name, &taken, err) < 0)
		return -1;
	if (taken)
		return coder_error_set(err, CODER_ERR_CONFLICT, "the name is taken");
	if (coder_user_get(call->client, create.user, &owner, err) < 0 &&
	    err->code != CODER_ERR_NOT_FOUND &&
	    !(err->code == CODER_ERR_AUTH && err->http_status == 403))
		return -1;
	create.user_id = owner.id;
	result->owner_is_known = owner.id != NULL;
	if (coder_token_create(call->client, &create, &result->created, err) < 0)
		return -1;
	world_signal_point("before the secret is delivered", false);
	signal = coder_interrupts_pending(&call->interrupts);
	if (!signal && coder_interrupts_time_left(&call->interrupts) > 0 &&
	    !schedule_choose(SCHEDULE_FAULT, 1, 1))
		return 0;
	if (signal) {
		coder_interrupted(signal, err);
	} else {
		world_tell("the secret cannot be written");
		coder_error_set(err, CODER_ERR_REFUSED, "cannot write");
	}
	return coder_token_undo(call->client, &create, result->created.id, CODER_ERR_OUTCOME, err);
}

static bool says(const struct coder_error *err, const char *words)
{
	return strstr(err->message, words) || strstr(err->detail, words);
}

static enum claim claim_of(const struct call *call)
{
	const struct coder_error *err = &call->err;

	if (call->rc == 0)
		return DELIVERED;
	if (says(err, "no new token exists"))
		return NOTHING_LEFT;
	if (err->code == CODER_ERR_OUTCOME || says(err, "not known"))
		return MAY_BE_LEFT;
	return NOTHING_LEFT;
}

/* ------------------------------------------------------------- the judgement */

/* A token that the call created and that still exists, or NULL. */
static const struct token *left(void)
{
	for (int i = 0; i < deployment.n_tokens; i++)
		if (deployment.tokens[i].made_by == CALL &&
		    deployment.tokens[i].removed_by == NOBODY)
			return &deployment.tokens[i];
	return NULL;
}

/* A token that the call removed although it did not create it, or NULL. */
static const struct token *removed_unasked(void)
{
	for (int i = 0; i < deployment.n_tokens; i++)
		if (deployment.tokens[i].made_by != CALL &&
		    (deployment.tokens[i].removed_by == CALL ||
		     deployment.tokens[i].expired_by == CALL))
			return &deployment.tokens[i];
	return NULL;
}

static const struct token *delivered(const struct result *result)
{
	for (int i = 0; i < deployment.n_tokens; i++) {
		const struct token *token = &deployment.tokens[i];
		char text[64];

		snprintf(text, sizeof(text), "%s-%s", token->id, token->secret);
		if (strcmp(text, result->created.secret.text) == 0)
			return token;
	}
	return NULL;
}

static const char *delivery_wrong(const struct result *result)
{
	const struct token *token = delivered(result);
	const struct coder_created *created = &result->created;
	int64_t life_us;

	if (!token || token->made_by != CALL)
		return "the secret that was delivered belongs to no token of this call";
	if (token->removed_by == CALL)
		return "the token whose secret was delivered has been deleted by the call";
	if (*created->why_not) /* and the caller knows that it could not be verified */
		return NULL;
	life_us = token->expires_us - token->created_us;
	if (strcmp(token->name, NAME) != 0 || (result->owner_is_known && token->user != 0) ||
	    strcmp(token->login_type, "token") != 0)
		return "another token than the requested one was delivered";
	if (strstr(token->scopes, "coder:all") || strstr(token->allow_list, "*:*") ||
	    life_us > (LIFE_S + 1) * INT64_C(1000000))
		return "the token that was delivered may do more, or lives longer, than requested";
	if (!*created->shortfall &&
	    (strcmp(token->scopes, SCOPES) != 0 || life_us < (LIFE_S - 1) * INT64_C(1000000)))
		return "the token falls short of the request, and nobody is told";
	return NULL;
}

/* How many tokens the call's request has created. */
static int creations(void)
{
	int n = 0;

	for (int i = 0; i < deployment.n_tokens; i++)
		n += deployment.tokens[i].made_by == CALL;
	return n;
}

/* Whether one of the documented limits explains that a token is left. */
static bool may_leave(const struct result *result)
{
	/* nothing could find the token, or both the second deletion and the look-up for it missed it */
	bool missed = network.looks >= LOOKS && !network.looks_in_time && deployment.may_read &&
		      !network.post_given_up;

	if (removed_unasked()) /* it took somebody else's token for its own */
		return true;
	if (missed || network.lagged > 1) {
		limits[LATE].reached++;
		return true;
	}
	if (network.post_twice &&
	    (result->call.err.code == CODER_ERR_CONFLICT || creations() > 1)) {
		limits[SENT_TWICE].reached++;
		return true;
	}
	return false;
}

static const char *failure_wrong(const struct result *result)
{
	const struct coder_error *err = &result->call.err;
	const struct token *token = left();

	if (says(err, "interrupted again") && !world_signal_again())
		return "the undo was given up, but no second signal came";
	if (!token)
		return NULL;
	if (result->claim == NOTHING_LEFT)
		return may_leave(result) ? NULL :
					   "it reports that no new token exists, but one does";
	if (!says(err, NAME) && !says(err, token->id) && !strstr(err->about, token->id))
		return "the message names neither the name nor the id of the token that is left";
	if (!says(err, "neither delivered nor deleted") || token->granted >= GRANT_OTHER_NAME)
		return NULL;
	if (deployment.date_ahead <= 0)
		return "a token that is as requested is taken for somebody else's";
	limits[DATE_WRONG].reached++;
	return NULL;
}

static const char *removal_wrong(void)
{
	const struct token *token = removed_unasked();

	if (!token)
		return NULL;
	if (token->made_by == OTHER && deployment.has_date && strcmp(token->scopes, SCOPES) == 0) {
		if (token->made_at + CODER_NS >= network.heard) {
			limits[TWO_CREATES].reached++;
			return NULL;
		}
		if (deployment.date_ahead < 0) {
			limits[DATE_WRONG].reached++;
			return NULL;
		}
	}
	return "a token was deleted that the call had not made";
}

static const char *wrong(const struct result *result)
{
	const struct call *call = &result->call;
	bool nothing_happened = !schedule_spent(SCHEDULE_FAULT) && !schedule_spent(SCHEDULE_SIGNAL);
	const char *what;

	if (network.posts > 1)
		return "a second POST was sent";
	if (network.shared_post)
		return "the POST was sent on a connection that is kept";
	if (nothing_happened && call->rc < 0)
		return "nothing went wrong, but the call failed";
	what = call_wrong(call);
	if (!what)
		what = removal_wrong();
	if (what)
		return what;
	return result->claim == DELIVERED ? delivery_wrong(result) : failure_wrong(result);
}

static bool run(void)
{
	static char *scopes[] = { (char *)"workspace:read", (char *)"workspace:ssh" };
	static char *entries[] = { (char *)ENTRY };
	static struct result result;
	const struct coder_create request = {
		.user = "me",
		.name = NAME,
		.lifetime_ns = LIFE_S * CODER_NS,
		.scopes = { scopes, 2, 2 },
		.allow_list = { entries, 1, 1 },
	};

	network.may_other = may_other;
	network.do_other = do_other;
	memset(&result.created, 0, sizeof(result.created));
	result.call.rc = -1;
	result.owner_is_known = false;
	if (call_begin(&result.call))
		result.call.rc = create(&result, &request);
	result.claim = claim_of(&result.call);
	call_check_text(&result.call, result.created.why_not);
	call_end(&result.call);
	call_tell_end(&result.call, result.call.rc ? command_status(&result.call.err) : 0);
	scenario_wrong = wrong(&result);
	if (result.claim == DELIVERED && scenario_wrong == NULL && *result.created.why_not)
		world_tell("it warns that the token could not be verified");
	coder_created_done(&result.created);
	return !scenario_wrong;
}

const struct scenario scenario_create = {
	.name = "create",
	.title = "creating a token",
	.run = run,
	.limits = limits,
	.n_limits = N_LIMITS,
};
