/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * find.c - which API token a text names: a token, an id or a name; see tokens.h.
 *
 * Ids come from the server, but anybody can give a token of theirs any name. A text
 * that is the id of something that exists therefore never means a name. Otherwise
 * somebody who holds a leaked token could have a decoy removed in its place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/shape.h"
#include "base/strings.h"
#include "client.h"
#include "net/config.h"
#include "request.h"
#include "token.h"
#include "tokens.h"

/* ------------------------------------------------------------------ by id */

/*
 * Requests the API token with that id, which must be user's, if user is not NULL. *ret_exists tells
 * whether anything has that id, also if it is no such token.
 */
static int find_by_id(struct coder_client *client, const char *user, const char *id,
		      bool *ret_exists, struct coder_token *ret, struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_user CLEANUP(coder_user_done) owner = { 0 };

	*ret_exists = false;
	if (coder_token_by_id(client, user ? user : "me", id, &token, err) < 0)
		return -1;
	*ret_exists = true;
	if (!token_is_api(&token))
		return coder_error_set(err, CODER_ERR_NOT_FOUND,
				       "not found among API tokens: it is a login session (%s)",
				       token.login_type);
	if (user) {
		if (coder_user_get(client, user, &owner, err) < 0)
			return -1;
		if (strcmp(owner.id, token.user_id) != 0)
			return coder_error_set(err, CODER_ERR_NOT_FOUND,
					       "not found among the tokens of %s", user);
	}
	*ret = token;
	memset(&token, 0, sizeof(token));
	return 0;
}

int coder_token_self(struct coder_client *client, struct coder_token *ret, struct coder_error *err)
{
	bool exists;

	if (!client->self_id[0])
		return coder_error_set(
			err, CODER_ERR_AUTH,
			"the token in use does not have the form of a session token");
	if (find_by_id(client, NULL, client->self_id, &exists, ret, err) < 0)
		return coder_error_wrap(err, "the token in use, %s", client->self_id);
	return 0;
}

/* ---------------------------------------------------------------- by name */

static int no_such_name(struct coder_error *err)
{
	return coder_error_set(err, CODER_ERR_NOT_FOUND, "no token of that name was found");
}

static bool has_name(const void *name, const struct coder_token *token, int64_t now)
{
	(void)now;
	return token_is_api(token) && strcmp(token->name, name) == 0;
}

int client_token_named(struct coder_client *client, const char *user, const char *name,
		       struct coder_token *ret, struct coder_error *err)
{
	struct coder_tokens CLEANUP(coder_tokens_done) found = { 0 };

	if (coder_name_routable(name)) {
		struct coder_token CLEANUP(coder_token_done) token = { 0 };

		if (coder_token_by_name(client, user, name, &token, err) < 0)
			return -1;
		if (token_is_api(&token)) {
			*ret = token;
			memset(&token, 0, sizeof(token));
			return 0;
		}
		/* the route also finds login sessions, which may hide a token of the same name */
	}
	if (coder_token_list(client, user, false, true, has_name, name, &found, err) < 0)
		return -1;
	if (!found.n)
		return no_such_name(err);
	*ret = found.v[0];
	memset(&found.v[0], 0, sizeof(found.v[0]));
	return 0;
}

int coder_token_name_taken(struct coder_client *client, const char *user, const char *name,
			   bool *ret_taken, struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };

	if (client_token_named(client, user, name, &token, err) == 0) {
		*ret_taken = true;
		return 0;
	}
	if (err->code != CODER_ERR_NOT_FOUND)
		return coder_error_wrap(err, "looking up the name %s", name);
	*ret_taken = false;
	return 0;
}

/* ------------------------------------------------------------- several texts */

struct search {
	struct coder_client *client;
	const char *user; /* NULL: the caller's by name, anybody's by id */
	const struct coder_strings *texts;
	const char **sorted; /* the texts, bytewise */
	bool listed; /* the list has been requested */
	struct coder_tokens list; /* those of its tokens that have any of these names */
};

static void search_done(struct search *search)
{
	free(search->sorted);
	coder_tokens_done(&search->list);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_any_name(const void *ctx, const struct coder_token *token, int64_t now)
{
	const struct search *search = ctx;

	(void)now;
	return token_is_api(token) && bsearch(&token->name, search->sorted, search->texts->n,
					      sizeof(*search->sorted), compare) != NULL;
}

/* Requests the list once for all texts. */
static int fetch_list(struct search *search, struct coder_error *err)
{
	const char *user = search->user ? search->user : "me";
	size_t n = search->texts->n;

	if (search->listed)
		return 0;
	search->sorted = calloc(n, sizeof(*search->sorted));
	if (!search->sorted)
		return coder_error_memory(err);
	for (size_t i = 0; i < n; i++)
		search->sorted[i] = search->texts->v[i];
	qsort(search->sorted, n, sizeof(*search->sorted), compare);
	if (coder_token_list(search->client, user, false, true, has_any_name, search, &search->list,
			     err) < 0)
		return -1;
	search->listed = true;
	return 0;
}

static struct coder_token *listed_as(struct search *search, const char *name)
{
	for (size_t i = 0; i < search->list.n; i++)
		if (search->list.v[i].name && strcmp(search->list.v[i].name, name) == 0)
			return &search->list.v[i];
	return NULL;
}

/* Moves the token out of the list. Leaves *ret empty if an earlier, equal text has taken it. */
static int take_listed(struct search *search, size_t i, struct coder_token *ret,
		       struct coder_error *err)
{
	char *const *texts = search->texts->v;
	struct coder_token *found;

	if (fetch_list(search, err) < 0)
		return -1;
	found = listed_as(search, texts[i]);
	if (found) {
		*ret = *found;
		memset(found, 0, sizeof(*found));
		return 0;
	}
	for (size_t j = 0; j < i; j++)
		if (strcmp(texts[j], texts[i]) == 0)
			return 0;
	return no_such_name(err);
}

/* Tries the meanings of a text in turn, the next one only after "no such token". */
static int find_one(struct search *search, size_t i, struct coder_token *ret,
		    struct coder_error *err)
{
	const char *text = search->texts->v[i], *user = search->user ? search->user : "me";
	char id[CODER_ID_LEN + 1];
	enum coder_meaning meaning = coder_meaning(text, id);
	struct coder_error by_id;
	bool exists;

	if (!*text)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "empty: a name, id or token is wanted");
	if (meaning != CODER_MEANS_NAME) {
		if (find_by_id(search->client, search->user, id, &exists, ret, err) == 0)
			return 0;
		if (exists || err->code != CODER_ERR_NOT_FOUND)
			return -1;
		by_id = *err;
	}
	if (meaning != CODER_MEANS_TOKEN && coder_name_routable(text))
		return client_token_named(search->client, user, text, ret, err);
	/* a text with the shape of a token may be a secret, and must not be in a URL */
	if (take_listed(search, i, ret, err) == 0)
		return 0;
	if (meaning == CODER_MEANS_TOKEN && err->code == CODER_ERR_NOT_FOUND)
		*err = by_id;
	return -1;
}

/* Puts the text in front of the message, in quotes if it begins or ends with a blank. */
static int wrap(const char *text, struct coder_error *err)
{
	char id[CODER_ID_LEN + 1];

	if (!*text)
		return -1;
	if (coder_meaning(text, id) == CODER_MEANS_TOKEN)
		return coder_error_wrap(err, "%s", id); /* the rest is secret */
	if (ascii_is_blank(text[0]) || ascii_is_blank(text[strlen(text) - 1]))
		return coder_error_wrap(err, "'%s'", text);
	return coder_error_wrap(err, "%s", text);
}

static const struct coder_token *with_id(const struct coder_tokens *tokens, const char *id)
{
	for (size_t i = 0; i < tokens->n; i++)
		if (strcmp(tokens->v[i].id, id) == 0)
			return &tokens->v[i];
	return NULL;
}

/* Reports texts that are the id of one token and the name of another, if the list shows any. */
static void notice_namesakes(struct search *search, const struct coder_tokens *found)
{
	const struct coder_hooks *hooks = &search->client->hooks;

	for (size_t i = 0; i < search->texts->n && search->list.n && hooks->notice; i++) {
		const char *text = search->texts->v[i];
		char id[CODER_ID_LEN + 1], notice[256];
		enum coder_meaning meaning = coder_meaning(text, id);
		const struct coder_token *other;

		if (meaning == CODER_MEANS_NAME || !with_id(found, id))
			continue;
		other = listed_as(search, text);
		if (!other || strcmp(other->id, id) == 0)
			continue;
		snprintf(
			notice, sizeof(notice),
			"'%s%s' means the token with this id; another token (id %s) has it as its name",
			id, meaning == CODER_MEANS_TOKEN ? "-..." : "", other->id);
		hooks->notice(hooks->ctx, CODER_NOTICE_PLAIN, notice);
	}
}

int coder_tokens_find(struct coder_client *client, const char *user,
		      const struct coder_strings *texts, struct coder_tokens *ret,
		      struct coder_error *err)
{
	struct search CLEANUP(search_done) search = {
		.client = client,
		.user = user,
		.texts = texts,
	};
	struct coder_tokens CLEANUP(coder_tokens_done) found = { 0 };

	for (size_t i = 0; i < texts->n; i++) {
		struct coder_token CLEANUP(coder_token_done) token = { 0 };

		if (find_one(&search, i, &token, err) < 0)
			return wrap(texts->v[i], err);
		if (token.id && !with_id(&found, token.id) &&
		    coder_tokens_move(&found, &token, err) < 0)
			return -1;
	}
	notice_namesakes(&search, &found);
	*ret = found;
	found = (struct coder_tokens){ 0 };
	return 0;
}

int coder_token_find(struct coder_client *client, const char *user, const char *text,
		     struct coder_token *ret, struct coder_error *err)
{
	struct coder_tokens CLEANUP(coder_tokens_done) found = { 0 };

	if (coder_tokens_find(client, user, &(struct coder_strings){ (char **)&text, 1, 1 }, &found,
			      err) < 0)
		return -1;
	*ret = found.v[0];
	memset(&found.v[0], 0, sizeof(found.v[0]));
	return 0;
}
