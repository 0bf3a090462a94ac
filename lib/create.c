/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * create.c - creating a token exactly once, and never one that nobody knows of.
 *
 * The POST goes out once, on a connection of its own: libcurl would send it
 * again by itself where a kept connection turns out to be closed. From then on
 * there are three ways out: the secret is delivered; or it is known that no
 * token was made; or the undo runs, which looks for the token by its name and
 * deletes it. The undo cannot take an older token for the new one: names are
 * unique per user, and the record must have been made after the request began,
 * by the server's own clock, with the limits that were asked for. What is not
 * sure is said, with the token's name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client.h"

#define READ_BACK_NS (10 * CODER_NS)
#define UNDO_NS (5 * CODER_NS)

/* ------------------------------------------------------------------ undo */

/* As the shell wants it: as it is, or in single quotes. */
static bool add_word(struct buf *text, const char *word)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789_.,:/@%+-";

	if (*word && strspn(word, safe) == strlen(word))
		return buf_add_str(text, word);
	if (!buf_add_char(text, '\''))
		return false;
	for (; *word; word++)
		if (!(*word == '\'' ? buf_add_str(text, "'\\''") : buf_add_char(text, *word)))
			return false;
	return buf_add_char(text, '\'');
}

/* Hints at a command about the token of that id, or if it is NULL, of the name; begin: up to there. */
static void hint_at(const struct coder_create *create, const char *begin, const char *id,
		    struct coder_error *err)
{
	const char *word = id ? id : create->name;
	struct buf CLEANUP(buf_done) text = { 0 };

	err->hint[0] = '\0';
	if (text_has_control(word) || strlen(word) > 120) /* not to be copied from a message */
		coder_error_hint(err, "look for it with token_list, and remove it by its id");
	else if (buf_add_str(&text, begin) &&
		 (strcmp(create->user, "me") == 0 ||
		  (buf_add_str(&text, " -u ") && add_word(&text, create->user))) &&
		 buf_add_str(&text, *word == '-' ? " -- " : " ") && add_word(&text, word))
		coder_error_hint(err, "%s", text.data);
}

/* What went wrong stays in front, what became of the token comes behind it. */
static int conclude(struct coder_client *client, enum coder_code code, const char *finding,
		    struct coder_error *err)
{
	char *text = err->detail[0] ? err->detail : err->message; /* what is printed last */
	size_t len = strnlen(text, 700);

	err->code = code;
	if (len && text[len - 1] == '.') /* servers end their sentences */
		len--;
	text[len] = '\0';
	text_append(text, sizeof(err->message), "; ");
	text_append(text, sizeof(err->message), finding);
	/* the end of an interrupted call is silent, what became of the token is not */
	if (code == CODER_ERR_INTERRUPTED) {
		char notice[sizeof(err->message) + sizeof(err->hint) + 4];

		snprintf(notice, sizeof(notice), "%s%s%s", err->message, err->hint[0] ? "; " : "",
			 err->hint);
		client->hooks.notice(client->hooks.ctx, notice);
	}
	return -1;
}

static int nothing_left(struct coder_client *client, enum coder_code code, const char *finding,
			struct coder_error *err)
{
	/* an interrupt stays one: the shell has to end its loops */
	return conclude(client, err->code == CODER_ERR_INTERRUPTED ? err->code : code, finding,
			err);
}

static int not_sure(struct coder_client *client, const struct coder_create *create, const char *id,
		    const struct coder_error *failed, struct coder_error *err)
{
	char finding[256];
	bool again = failed && failed->code == CODER_ERR_INTERRUPTED;

	snprintf(finding, sizeof(finding),
		 "it is not known whether token %.120s%s%s%s exists now%s", create->name,
		 id ? " (id " : "", id ? id : "", id ? ")" : "",
		 again ? ": interrupted again" : "");
	if (again)
		err->signal = failed->signal;
	hint_at(create, "look for it and remove it: token_rm --delete", id, err);
	return conclude(client, again ? CODER_ERR_INTERRUPTED : CODER_ERR_OUTCOME, finding, err);
}

static int delete_it(struct coder_client *client, const struct coder_create *create, const char *id,
		     enum coder_code code, struct coder_error *err)
{
	struct coder_error failed;
	char finding[128];

	/* that it is there is known: "no such token" means that it is not permitted */
	if (coder_token_delete(client, create->user, id, &failed) < 0)
		return not_sure(client, create, id, &failed, err);
	snprintf(finding, sizeof(finding),
		 "the new token (id %s) was deleted again: nothing is left", id);
	return nothing_left(client, code, finding, err);
}

int coder_token_undo(struct coder_client *client, const struct coder_create *create, const char *id,
		     struct coder_error *err)
{
	http_begin_undo(client->http, UNDO_NS);
	return delete_it(client, create, id, CODER_ERR_OUTCOME, err);
}

/* There is a token, but nothing proves that this call made it. */
static int not_proven(struct coder_client *client, const struct coder_create *create,
		      const char *id, struct coder_error *err)
{
	char finding[256];

	snprintf(finding, sizeof(finding),
		 "it is not known whether token %.120s (id %s), which exists now, is this call's",
		 create->name, id);
	hint_at(create, "look at it before you remove it: token_view", id, err);
	return conclude(client, CODER_ERR_OUTCOME, finding, err);
}

/* A token of the name is there: is it the one that the lost answer was about? */
static int judge(struct coder_client *client, const struct coder_create *create, int64_t began,
		 const struct coder_token *token, struct coder_error *err)
{
	bool as_asked = !coder_create_widened(create, token) &&
			(create->lifetime_ns == 0 ||
			 token->lifetime_seconds == create->lifetime_ns / CODER_NS);

	/* an older one would have been found before the POST: it may be ours by a wrong clock */
	if (!began || token->created_epoch < began || !as_asked)
		return not_proven(client, create, token->id, err);
	return delete_it(client, create, token->id, CODER_ERR_OUTCOME, err);
}

/*
 * The POST may have been acted on and its answer is lost. Whoever closed the
 * connection is given a moment to act, as it may stand in front of the server.
 * One that was given up on, or sits behind a gateway that gave up, may act any
 * time.
 */
static int undo_unknown(struct coder_client *client, const struct coder_create *create,
			int64_t began, struct coder_error *err)
{
	static const int64_t pauses[] = { CODER_NS / 4, CODER_NS / 2, CODER_NS };
	bool may_act_yet =
		err->timeout || err->http_status == 504 || err->code == CODER_ERR_INTERRUPTED;
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_error failed = { 0 };
	char notice[256];

	snprintf(
		notice, sizeof(notice),
		"token %.120s may have been created: looking for it, to remove it again (^C leaves at once)",
		create->name);
	client->hooks.notice(client->hooks.ctx, notice);
	http_begin_undo(client->http, UNDO_NS);
	if (!err->http_status)
		err->hint[0] = '\0'; /* about the connection: the undo will tell */
	for (size_t i = 0;; i++) {
		if (client_token_named(client, create->user, create->name, &token, &failed) == 0)
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
	return nothing_left(client, err->code, "no such token is there: nothing is left", err);
}

/* ---------------------------------------------------------------- create */

/* Whether a failed POST surely made no token. */
static bool surely_refused(const struct coder_error *err)
{
	long status = err->http_status;

	if (!err->sent)
		return true;
	if (status == 500) /* Coder's own, and from before the token was stored */
		return strstr(err->detail, "rbac: forbidden") ||
		       strstr(err->detail, "generate API key: ");
	return status >= 300 && status < 500 && status != 408;
}

/* Takes the secret out of {"key":"<id>-<secret>"}. */
static int read_key(const struct http_response *response, struct coder_created *created,
		    struct coder_error *err)
{
	struct json CLEANUP(client_json_done) *doc = NULL;
	const struct json *key = NULL;
	const char *text;

	if (json_parse(response->body.data, response->body.len, &doc, err) < 0 ||
	    json_member(doc, "key", &key, err) < 0)
		return -1;
	text = json_string(key);
	if (!text || !coder_token_shaped(text) || strlen(text) >= sizeof(created->secret.text))
		return coder_error_set(err, CODER_ERR_NO_ANSWER,
				       "broken answer: no token in the server's answer");
	snprintf(created->secret.text, sizeof(created->secret.text), "%s", text);
	snprintf(created->id, sizeof(created->id), "%.*s", CODER_ID_LEN, text);
	return 0;
}

static int post(struct coder_client *client, const struct coder_create *create, int64_t began,
		struct coder_created *created, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	char CLEANUP(cleanup_free) *body = NULL;
	const char *const parts[] = { "users", create->user, "keys", "tokens", NULL };
	struct http_request request = { .method = "POST", .once = true };
	int rc;

	if (coder_create_body(create, &body, err) < 0 || client_path(&path, err, parts) < 0)
		return -1;
	request.path = path.data;
	request.body = body;
	request.body_len = strlen(body);
	http_hold(client->http);
	rc = client_call(client, &request, &response, err);
	if (rc == 0 && read_key(&response, created, err) == 0)
		return 0;
	if (rc == 0) {
		err->sent = true;
		err->http_status = response.status;
	}
	coder_error_wrap(err, "creating token %.120s", create->name);
	if (err->code == CODER_ERR_CONFLICT)
		coder_error_hint(err,
				 "the name was free a moment before: another call has taken it, "
				 "or this one's request was repeated on its way");
	if (surely_refused(err))
		return -1;
	return undo_unknown(client, create, began, err);
}

static void format_time(int64_t seconds, char out[32])
{
	time_t t = (time_t)seconds;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/*
 * What is known of a token that could not be read back, in the server's own
 * form: as asked for, made by the server's clock at its last answer.
 */
static int assume(struct coder_client *client, const struct coder_create *create,
		  struct coder_created *created, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) text = { 0 };
	char CLEANUP(cleanup_free) *body = NULL;
	char now[32], then[32];
	int64_t seconds = create->lifetime_ns / CODER_NS;

	format_time(client->date, now);
	format_time(client->date + seconds, then);
	if (coder_create_body(create, &body, err) < 0)
		return -1;
	/* the body is an object: its members go on behind these */
	if (!buf_addf(&text, "{\"id\":\"%s\",\"login_type\":\"token\",\"lifetime_seconds\":%lld,",
		      created->id, (long long)seconds) ||
	    (client->date &&
	     !buf_addf(&text, "\"created_at\":\"%s\",\"updated_at\":\"%s\",", now, now)) ||
	    (client->date && seconds && !buf_addf(&text, "\"expires_at\":\"%s\",", then)) ||
	    (!create->scopes.n && !buf_add_str(&text, "\"scope\":\"all\",")) ||
	    !buf_add_str(&text, body + 1))
		return coder_error_memory(err);
	return token_decode(text.data, text.len, &created->token, err);
}

/* Reads the new token back; -1 only if it must not be delivered. */
static int read_back(struct coder_client *client, const struct coder_create *create,
		     struct coder_created *created, struct coder_error *err)
{
	const char *widened;
	int rc = client_token_by_id(client, create->user, created->id, READ_BACK_NS,
				    &created->token, err);

	if (rc < 0) {
		bool late = coder_clock() >= client->deadline;

		if (err->code == CODER_ERR_INTERRUPTED || late) {
			coder_error_wrap(err, "creating token %.120s", create->name);
			return coder_token_undo(client, create, created->id, err);
		}
		snprintf(created->why_not, sizeof(created->why_not), "%.500s", err->message);
		if (assume(client, create, created, err) < 0)
			return coder_token_undo(client, create, created->id, err);
		return 0;
	}
	widened = coder_create_widened(create, &created->token);
	if (!widened) {
		created->verified = true;
		return 0;
	}
	coder_error_set(err, CODER_ERR_REFUSED,
			"creating token %.120s: the server did not keep to the %s asked for",
			create->name, widened);
	coder_error_hint(err, "servers before v2.27 ignore scopes, before v2.28 the allow list");
	http_begin_undo(client->http, UNDO_NS);
	return delete_it(client, create, created->id, CODER_ERR_REFUSED, err);
}

int coder_token_create(struct coder_client *client, const struct coder_create *create,
		       struct coder_created *ret, struct coder_error *err)
{
	struct coder_created CLEANUP(coder_created_done) created = { 0 };

	/* the server's clock at its last answer: the look-up of the name */
	if (post(client, create, client->date, &created, err) < 0 ||
	    read_back(client, create, &created, err) < 0)
		return -1;
	*ret = created;
	explicit_bzero(&created, sizeof(created));
	return 0;
}
