/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_back.c - reads a new token back, and decides whether its secret may be delivered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/interrupts.h"
#include "base/strings.h"
#include "base/text.h"
#include "client.h"
#include "create.h"
#include "grant.h"
#include "net/http.h"
#include "read_back.h"
#include "request.h"
#include "token.h"
#include "tokens.h"

#define READ_BACK_NS (10 * CODER_NS)

/*
 * Reads the new token. A deployment can have several servers, and the one that gets this request
 * may not know the token yet. So a 404 is tried again.
 */
static int read_token(struct coder_client *client, const struct coder_create *create,
		      struct coder_created *created, struct coder_error *err)
{
	static const int64_t pauses[] = { CODER_NS / 4, CODER_NS / 2 };
	const int64_t deadline = coder_deadline(READ_BACK_NS);

	for (size_t i = 0;; i++) {
		struct coder_error stopped;

		if (coder_token_by_id(client, create->user, created->id, deadline - coder_clock(),
				      &created->token, err) == 0)
			return 0;
		if (err->http_status != 404 || i == sizeof(pauses) / sizeof(pauses[0]) ||
		    coder_clock() + pauses[i] >= deadline)
			return -1;
		if (http_sleep(client->http, pauses[i], &stopped) < 0) {
			*err = stopped;
			return -1;
		}
	}
}

static void format_time(int64_t seconds, char out[32])
{
	time_t t = (time_t)seconds;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/*
 * Fills in the record of a token that could not be read back: what was requested, and the time of
 * the server's last response as the time of its creation.
 */
static int assume(struct coder_client *client, const struct coder_create *create,
		  struct coder_created *created, struct coder_error *err)
{
	const int64_t date = http_date(client->http);
	char none[] = "", all[] = "all", type[] = "token", now[32] = "", then[32] = "";
	struct coder_token token = {
		.id = created->id,
		.user_id = none,
		.name = (char *)create->name,
		.login_type = type,
		.scope = create->scopes.n ? none : all,
		.created_at = now,
		.updated_at = now,
		.last_used = none,
		.expires_at = then,
		.lifetime_seconds = create->lifetime_ns / CODER_NS,
		.has_scopes = create->scopes.n > 0,
		.has_allow_list = create->allow_list.n > 0,
		.scopes = create->scopes,
		.allow_list = create->allow_list,
	};

	if (date) {
		token.created_epoch = date;
		format_time(token.created_epoch, now);
	}
	if (date && token.lifetime_seconds) {
		token.expires_epoch = date + token.lifetime_seconds;
		format_time(token.expires_epoch, then);
	}
	return coder_token_copy(&token, &created->token, err);
}

/* Called if the token could not be read. Delivers it nevertheless, unless the call has to end. */
static int unread(struct coder_client *client, const struct coder_create *create,
		  struct coder_created *created, struct coder_error *err)
{
	bool late = coder_interrupts_time_left(client->interrupts) <= 0;

	if (err->code == CODER_ERR_INTERRUPTED || late) {
		err->timeout = late;
		coder_error_wrap(err, "creating token %.120s", create->name);
		return coder_token_undo(client, create, created->id, CODER_ERR_OUTCOME, err);
	}
	snprintf(created->why_not, sizeof(created->why_not), "%.500s", err->message);
	if (assume(client, create, created, err) < 0)
		return coder_token_undo(client, create, created->id, CODER_ERR_OUTCOME, err);
	return 0;
}

/* The server granted more than was requested: deletes the token. */
static int exceeds(struct coder_client *client, const struct coder_create *create, unsigned more,
		   const struct coder_created *created, struct coder_error *err)
{
	const char *expires = created->token.expires_at;

	coder_error_set(err, CODER_ERR_REFUSED,
			"creating token %.120s: the server granted more than the requested %s",
			create->name,
			more & GRANT_SCOPES	? "scopes" :
			more & GRANT_ALLOW_LIST ? "allow list" :
						  "lifetime");
	if (more & (GRANT_SCOPES | GRANT_ALLOW_LIST))
		coder_error_cause(err, CODER_CAUSE_IGNORES, NULL, NULL);
	else if (created->token.expires_epoch > 0)
		coder_error_cause(err, CODER_CAUSE_LIVES_LONGER, expires, NULL);
	return coder_token_undo(client, create, created->id, CODER_ERR_REFUSED, err);
}

static void note_shortfall(unsigned less, struct coder_created *created)
{
	static const struct {
		enum grant_part part;
		const char *text;
	} parts[] = {
		{ GRANT_SCOPES, "fewer scopes" },
		{ GRANT_ALLOW_LIST, "a narrower allow list" },
		{ GRANT_LIFETIME, "a shorter life" },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!(less & parts[i].part))
			continue;
		if (*created->shortfall)
			text_append(created->shortfall, sizeof(created->shortfall), " and ");
		text_append(created->shortfall, sizeof(created->shortfall), parts[i].text);
	}
	if (less)
		text_append(created->shortfall, sizeof(created->shortfall), " than requested");
}

int read_back(struct coder_client *client, const struct coder_create *create, int64_t began,
	      struct coder_created *created, struct coder_error *err)
{
	struct grant grant;
	bool owner, life; /* whether these are missing in the record */

	if (read_token(client, create, created, err) < 0)
		return unread(client, create, created, err);
	grant = grant_of(create, &created->token, began);
	if (grant.foreign) {
		coder_error_set(err, CODER_ERR_OUTCOME,
				"creating token %.120s: the server's new token (id %s) %s: it may "
				"be somebody else's, so it was neither delivered nor deleted",
				create->name, created->id, grant.foreign);
		return coder_error_cause(err, CODER_CAUSE_FOREIGN, created->id, NULL);
	}
	if (grant.more)
		return exceeds(client, create, grant.more, created, err);
	note_shortfall(grant.less, created);
	owner = !*created->token.user_id;
	life = create->lifetime_ns && !*created->token.created_at;
	if (owner || life)
		snprintf(created->why_not, sizeof(created->why_not),
			 "the server's record of it has %s%s%s", owner ? "no owner" : "",
			 owner && life ? " and " : "", life ? "no time of creation" : "");
	return 0;
}
