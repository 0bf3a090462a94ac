/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * undo.c - deletes a new token whose secret was not delivered.
 *
 * It does not mistake an older token for the new one. Names are unique per user. The token must
 * have been created after the request began, by the server's own clock, and must have the
 * requested permissions. If that is not certain, the error reports it with the token's name.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/interrupts.h"
#include "base/text.h"
#include "grant.h"
#include "lookup.h"
#include "net/config.h"
#include "net/http.h"
#include "remove.h"
#include "request.h"
#include "token.h"
#include "tokens.h"
#include "undo.h"

#define UNDO_NS (5 * CODER_NS)

/* Sets the cause, about the id of the token or, if that is not known, its name. */
static void name_token(const struct coder_create *create, enum coder_cause cause, const char *id,
		       struct coder_error *err)
{
	err->cause = CODER_CAUSE_NONE; /* that of the failure no longer matters */
	err->about[0] = err->also[0] = '\0';
	coder_error_cause(err, cause, id ? id : create->name, NULL);
}

/*
 * Appends what happened to the token to the message of the failure. If the code is
 * CODER_ERR_INTERRUPTED, the error has the first signal, for which the shell ends its loops.
 */
static int conclude(struct coder_client *client, enum coder_code code, const char *finding,
		    struct coder_error *err)
{
	char *text = err->detail[0] ? err->detail : err->message; /* the one that is printed last */
	size_t len = strnlen(text, 700);

	err->code = code;
	err->signal = code == CODER_ERR_INTERRUPTED ? client->interrupts->signal : 0;
	if (len && text[len - 1] == '.') /* the end of a sentence of the server */
		len--;
	text[len] = '\0';
	text_append(text, sizeof(err->message), "; ");
	text_append(text, sizeof(err->message), finding);
	err->report = code == CODER_ERR_INTERRUPTED;
	return -1;
}

static int nothing_left(struct coder_client *client, enum coder_code code, const char *finding,
			struct coder_error *err)
{
	(void)coder_interrupts_pending(client->interrupts); /* takes a signal that has just come */
	return conclude(client, client->interrupts->signal ? CODER_ERR_INTERRUPTED : code, finding,
			err);
}

static int not_sure(struct coder_client *client, const struct coder_create *create, const char *id,
		    const struct coder_error *failed, struct coder_error *err)
{
	char finding[256];
	bool interrupted = failed && failed->code == CODER_ERR_INTERRUPTED;

	snprintf(finding, sizeof(finding),
		 "it is not known whether token %.120s%s%s%s exists now%s", create->name,
		 id ? " (id " : "", id ? id : "", id ? ")" : "",
		 interrupted ? ": interrupted again" : "");
	name_token(create, CODER_CAUSE_MAY_BE_LEFT, id, err);
	return conclude(client, interrupted ? CODER_ERR_INTERRUPTED : CODER_ERR_OUTCOME, finding,
			err);
}

/* Deletes the token, after coder_interrupts_acknowledge(). */
static int delete_it(struct coder_client *client, const struct coder_create *create, const char *id,
		     enum coder_code code, struct coder_error *err)
{
	struct coder_error failed;
	char finding[128];

	/* the token exists, so "no such token" means that the deletion is not permitted */
	if (coder_token_delete(client, create->user, id, &failed) < 0)
		return not_sure(client, create, id, &failed, err);
	snprintf(finding, sizeof(finding),
		 "the new token (id %s) was deleted again: no new token exists", id);
	return nothing_left(client, code, finding, err);
}

/* Whether the call was asked to end. Then a notice has to explain why it goes on. */
static bool given_up(const struct coder_error *err)
{
	return err->timeout || err->code == CODER_ERR_INTERRUPTED;
}

static void announce(struct coder_client *client, const struct coder_create *create,
		     const char *does)
{
	char notice[256];

	snprintf(notice, sizeof(notice), "token %.120s %s", create->name, does);
	client->hooks.notice(client->hooks.ctx, CODER_NOTICE_UNDO, notice);
}

int coder_token_undo(struct coder_client *client, const struct coder_create *create, const char *id,
		     enum coder_code code, struct coder_error *err)
{
	if (given_up(err))
		announce(client, create, "was created: removing it again");
	coder_interrupts_acknowledge(client->interrupts, UNDO_NS);
	return delete_it(client, create, id, code, err);
}

/* A token of that name exists. Deletes it if it is certainly the one of the lost response. */
static int judge(struct coder_client *client, const struct coder_create *create, int64_t began,
		 const struct coder_token *token, struct coder_error *err)
{
	const struct grant grant = grant_of(create, token, 0);
	const unsigned rights = GRANT_SCOPES | GRANT_ALLOW_LIST;
	bool as_asked = !((grant.more | grant.less) & rights) &&
			(create->lifetime_ns == 0 ||
			 token->lifetime_seconds == create->lifetime_ns / CODER_NS);
	char finding[256];

	if (began && token->created_epoch >= began && !grant.foreign && as_asked)
		return delete_it(client, create, token->id, CODER_ERR_OUTCOME, err);
	/* the name was free before the POST, so even a token that seems older may be ours */
	snprintf(finding, sizeof(finding),
		 "it is not known whether token %.120s (id %s), which exists now, was created by "
		 "this call",
		 create->name, token->id);
	name_token(create, CODER_CAUSE_MAY_BE_OURS, token->id, err);
	return conclude(client, CODER_ERR_OUTCOME, finding, err);
}

/*
 * The server may have acted on the POST, whose response is lost. What closed the connection may be
 * in front of the server, and may have passed the request on; so the token is looked for several
 * times. After a timeout or an interrupt, or if a gateway gave up, the server may act at any time.
 */
int undo_lost(struct coder_client *client, const struct coder_create *create, int64_t began,
	      struct coder_error *err)
{
	static const int64_t pauses[] = { CODER_NS / 4, CODER_NS / 2, CODER_NS };
	bool may_act_yet = err->http_status == 504 || given_up(err);
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_error failed = { 0 };

	announce(client, create, "may have been created: looking for it, to remove it again");
	coder_interrupts_acknowledge(client->interrupts, UNDO_NS);
	if (!err->http_status)
		err->cause = CODER_CAUSE_NONE; /* the undo finds out more about the connection */
	for (size_t i = 0;; i++) {
		if (lookup_by_name(client, create->user, create->name, &token, &failed) == 0)
			return judge(client, create, began, &token, err);
		if (failed.code != CODER_ERR_NOT_FOUND)
			return not_sure(client, create, NULL, &failed, err);
		if (i == sizeof(pauses) / sizeof(pauses[0]))
			break;
		if (http_sleep(client->http, pauses[i], &failed) < 0)
			return not_sure(client, create, NULL, &failed, err);
	}
	if (may_act_yet || !client_may_read_tokens(client, &failed))
		return not_sure(client, create, NULL, &failed, err);
	return nothing_left(client, err->code, "no new token exists", err);
}
