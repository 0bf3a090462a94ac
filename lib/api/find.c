/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * find.c - finds the API tokens that texts mean. Each text is a token, an id or a name; see
 * tokens.h.
 *
 * Ids come from the server, but people can give their tokens any name. A text that is the id of
 * something that exists therefore never means a name. Otherwise somebody who holds a leaked token
 * could name another token like its id, and have that one removed instead.
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
#include "decode.h"
#include "lookup.h"
#include "net/config.h"
#include "request.h"
#include "token.h"
#include "tokens.h"

/*
 * From this number of texts on, the list is requested first. It is one request, but has all tokens
 * of the user: for fewer texts, one request for each text costs less.
 */
#define WORTH_A_LIST 5

struct entry {
	const char *key; /* a name or an id */
	size_t i; /* the index of a token in the list */
};

struct pick {
	bool is_listed;
	size_t i; /* the index of a token: if is_listed in `listed`, else in `requested` */
};

struct search {
	struct coder_client *client;
	const char *user; /* NULL: the caller for names, anybody for ids */
	const struct coder_strings *texts;
	char (*ids)[CODER_ID_LEN + 1]; /* of the texts, "" if a text is a name only */
	struct entry *names, *wanted; /* the texts; and the ids that are not empty; each sorted */
	size_t n_wanted;
	bool is_listed; /* the list has been requested */
	struct coder_tokens listed; /* the tokens in it that a text may mean, sorted by id */
	struct entry *by_name; /* the same tokens, sorted by name */
	bool *is_found; /* for each of them, whether a text means it */
	struct coder_tokens
		requested; /* tokens that were requested one by one; a text means each */
	struct pick *found; /* the tokens that texts mean, in the order of the texts */
	size_t n_found;
};

static void search_done(struct search *search)
{
	free(search->ids);
	free(search->names);
	free(search->wanted);
	free(search->by_name);
	free(search->found);
	free(search->is_found);
	coder_tokens_done(&search->listed);
	coder_tokens_done(&search->requested);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static int compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct coder_token *)a)->id, ((const struct coder_token *)b)->id);
}

static const struct entry *find_entry(const struct entry *entries, size_t n, const char *key)
{
	return n ? bsearch(&(struct entry){ .key = key }, entries, n, sizeof(*entries),
			   compare_entries) :
		   NULL;
}

/* Sorts the texts, and the ids that they may be. */
static int prepare(struct search *search, struct coder_error *err)
{
	size_t n = search->texts->n;

	search->ids = calloc(n + 1, sizeof(*search->ids));
	search->names = calloc(n + 1, sizeof(*search->names));
	search->wanted = calloc(n + 1, sizeof(*search->wanted));
	search->found = calloc(n + 1, sizeof(*search->found));
	if (!search->ids || !search->names || !search->wanted || !search->found)
		return coder_error_memory(err);
	for (size_t i = 0; i < n; i++) {
		search->names[i].key = search->texts->v[i];
		if (coder_meaning(search->texts->v[i], search->ids[i]) != CODER_MEANS_NAME)
			search->wanted[search->n_wanted++].key = search->ids[i];
		else
			search->ids[i][0] = '\0';
	}
	qsort(search->names, n, sizeof(*search->names), compare_entries);
	qsort(search->wanted, search->n_wanted, sizeof(*search->wanted), compare_entries);
	return 0;
}

static bool may_be_meant(const void *ctx, const struct coder_token *token, int64_t now)
{
	const struct search *search = ctx;

	(void)now;
	return token_is_api(token) && (find_entry(search->names, search->texts->n, token->name) ||
				       find_entry(search->wanted, search->n_wanted, token->id));
}

/* Requests the list, once for all texts. */
static int fetch_list(struct search *search, struct coder_error *err)
{
	struct coder_tokens CLEANUP(coder_tokens_done) list = { 0 };

	if (coder_token_list(search->client, search->user ? search->user : "me", false, true,
			     may_be_meant, search, &list, err) < 0)
		return -1;
	search->by_name = calloc(list.n + 1, sizeof(*search->by_name));
	search->is_found = calloc(list.n + 1, sizeof(*search->is_found));
	if (!search->by_name || !search->is_found)
		return coder_error_memory(err);
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), compare_ids);
	for (size_t i = 0; i < list.n; i++)
		search->by_name[i] = (struct entry){ list.v[i].name, i };
	qsort(search->by_name, list.n, sizeof(*search->by_name), compare_entries);
	search->is_listed = true;
	search->listed = list;
	list = (struct coder_tokens){ 0 };
	return 0;
}

/* ------------------------------------------------------------- what is meant */

/* The token of the list with that id, or NULL. */
static const struct coder_token *listed_with_id(const struct search *search, char *id)
{
	if (!search->listed.n)
		return NULL;
	return bsearch(&(struct coder_token){ .id = id }, search->listed.v, search->listed.n,
		       sizeof(*search->listed.v), compare_ids);
}

static bool is_requested(const struct search *search, const char *id)
{
	for (size_t i = 0; i < search->requested.n; i++)
		if (strcmp(search->requested.v[i].id, id) == 0)
			return true;
	return false;
}

/* Records that a text means the i-th token of the list. */
static void find_listed(struct search *search, size_t i)
{
	if (search->is_found[i])
		return;
	search->is_found[i] = true;
	if (!is_requested(search, search->listed.v[i].id))
		search->found[search->n_found++] = (struct pick){ true, i };
}

/* Records that a text means a token that was requested alone. */
static int find_requested(struct search *search, struct coder_token *token, struct coder_error *err)
{
	const struct coder_token *listed = listed_with_id(search, token->id);

	if (listed) {
		find_listed(search, (size_t)(listed - search->listed.v));
		return 0;
	}
	if (is_requested(search, token->id))
		return 0;
	if (coder_tokens_move(&search->requested, token, err) < 0)
		return -1;
	search->found[search->n_found++] = (struct pick){ false, search->requested.n - 1 };
	return 0;
}

/* Finds the token of that name through the list. */
static int find_in_list(struct search *search, const char *name, struct coder_error *err)
{
	const struct entry *entry;

	if (!search->is_listed && fetch_list(search, err) < 0)
		return -1;
	entry = find_entry(search->by_name, search->listed.n, name);
	if (!entry)
		return lookup_no_such_name(err);
	find_listed(search, entry->i);
	return 0;
}

/* Tries the meanings of a text in turn, the next one only after "no such token". */
static int find_one(struct search *search, size_t i, struct coder_error *err)
{
	const char *text = search->texts->v[i], *user = search->user ? search->user : "me";
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	const struct coder_token *listed;
	char id[CODER_ID_LEN + 1];
	enum coder_meaning meaning = coder_meaning(text, id);
	struct coder_error by_id;
	bool exists;

	if (!*text)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "empty: neither a name nor an id nor a token");
	if (meaning != CODER_MEANS_NAME) {
		listed = listed_with_id(search, id);
		if (listed) {
			find_listed(search, (size_t)(listed - search->listed.v));
			return 0;
		}
		if (lookup_by_id(search->client, search->user, id, &exists, &token, err) == 0)
			return find_requested(search, &token, err);
		if (exists || err->code != CODER_ERR_NOT_FOUND)
			return -1;
		by_id = *err;
	}
	if (meaning != CODER_MEANS_TOKEN && coder_name_routable(text) &&
	    !find_entry(search->by_name, search->listed.n, text)) {
		/* old servers leave expired tokens out of lists */
		if (lookup_by_name(search->client, user, text, &token, err) < 0)
			return -1;
		return find_requested(search, &token, err);
	}
	/* a text with the shape of a token may be a secret, and must not be in a URL */
	if (find_in_list(search, text, err) == 0)
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

/* Whether a text means the token with that id. */
static bool is_found(const struct search *search, char *id)
{
	const struct coder_token *listed = listed_with_id(search, id);

	return (listed && search->is_found[listed - search->listed.v]) || is_requested(search, id);
}

/* Reports texts that are the id of one token and the name of another, if the list shows any. */
static void notice_namesakes(struct search *search)
{
	const struct coder_hooks *hooks = &search->client->hooks;

	for (size_t i = 0; i < search->texts->n && search->listed.n && hooks->notice; i++) {
		const char *text = search->texts->v[i];
		const struct entry *other = find_entry(search->by_name, search->listed.n, text);
		char id[CODER_ID_LEN + 1], notice[256];
		enum coder_meaning meaning = coder_meaning(text, id);

		if (!other || meaning == CODER_MEANS_NAME ||
		    strcmp(search->listed.v[other->i].id, id) == 0 || !is_found(search, id))
			continue;
		snprintf(notice, sizeof(notice),
			 "'%s%s' selects the token with this id; another token (id %s) has "
			 "this text as its name",
			 id, meaning == CODER_MEANS_TOKEN ? "-..." : "",
			 search->listed.v[other->i].id);
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

	if (prepare(&search, err) < 0)
		return -1;
	/*
	 * After a failed list the texts are looked up one by one if the server has responded,
	 * because its response to a request for one token may be another.
	 */
	if (texts->n >= WORTH_A_LIST && fetch_list(&search, err) < 0 &&
	    (!err->http_status || err->http_status == 401 || err->code == CODER_ERR_UNAVAILABLE))
		return -1;
	for (size_t i = 0; i < texts->n; i++)
		if (find_one(&search, i, err) < 0)
			return wrap(texts->v[i], err);
	notice_namesakes(&search);
	for (size_t i = 0; i < search.n_found; i++) {
		const struct pick *pick = &search.found[i];
		struct coder_tokens *from = pick->is_listed ? &search.listed : &search.requested;

		if (coder_tokens_move(&found, &from->v[pick->i], err) < 0)
			return -1;
	}
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
