/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remove.c - deleting and expiring tokens; see remove.h. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "changes.h"
#include "net/http.h"
#include "net/transfer.h"
#include "remove.h"
#include "request.h"

#define GRACE_NS \
	(CODER_NS / 2) /* how long the response to a removal is waited for after a signal */

struct removal {
	struct coder_client *client;
	const char *user, *id;
	bool expire;
};

/* ----------------------------------------------------------- one removal */

static const char *method_of(const struct removal *removal)
{
	return removal->expire ? "PUT" : "DELETE";
}

static int add_path(const struct removal *removal, struct buf *path, struct coder_error *err)
{
	const char *const parts[] = {
		"users", removal->user, "keys", removal->id, removal->expire ? "expire" : NULL, NULL
	};

	return client_path(path, err, parts);
}

/*
 * Whether a lost try has removed the token in use: Coder then no longer accepts it. The detail of
 * the response shows that this is the reason for the 401.
 */
static bool removed_self(const struct removal *removal, const struct coder_error *err)
{
	return err->own && err->http_status == 401 &&
	       strcmp(removal->id, removal->client->self_id) == 0 &&
	       strstr(err->detail, removal->expire ? "API key expired" : "API key is invalid");
}

/*
 * Coder does not find the token, and the response to an earlier try was lost. Either that try has
 * removed the token, or no try was permitted: the response is the same for both.
 */
static int look_into(const struct removal *removal, struct coder_error *err)
{
	struct coder_token CLEANUP(coder_token_done) token = { 0 };
	struct coder_error look = { 0 };

	if (coder_token_by_id(removal->client, removal->user, removal->id, 0, &token, &look) == 0)
		return -1;
	if (look.code == CODER_ERR_NOT_FOUND && client_may_read_tokens(removal->client, &look))
		return 0;
	if (look.code != CODER_ERR_NOT_FOUND) {
		*err = look;
		err->sent = true; /* the removal was sent */
	}
	err->unknown = true;
	return -1;
}

/* Whether the removal may have been carried out although it failed. */
static bool is_unknown(const struct coder_error *err)
{
	long status = err->http_status;

	/* whoever redirects a request or limits its rate has not acted on it */
	if (!err->sent || (status >= 300 && status < 400) || status == 407 || status == 429)
		return false;
	/* something in front may have passed it on, and an error may come after the database acted */
	return !err->own || (status == 500 && err->code != CODER_ERR_AUTH);
}

/* What the end of the request means: 0 if the token is removed. */
static int conclude(const struct removal *removal, int rc, const struct http_response *response,
		    struct coder_error *err)
{
	bool lost = response->earlier_unknown;

	changes_count(); /* also after a failure: the server may have acted on the request */
	if (rc == 0 && response->status == 204)
		return 0;
	if (rc == 0) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "unexpected response %ld to a %s",
				response->status, method_of(removal));
		err->sent = true;
		err->http_status = response->status;
	}
	err->unknown =
		is_unknown(err) || (lost && (removal->expire || err->code != CODER_ERR_NOT_FOUND));
	if (lost && removed_self(removal, err))
		return 0;
	if (err->code == CODER_ERR_NOT_FOUND && lost && !removal->expire)
		return look_into(removal, err);
	if (err->no_route && removal->expire)
		coder_error_cause(err, CODER_CAUSE_NO_EXPIRE, NULL, NULL);
	return -1;
}

static int remove_one(const struct removal *removal, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) path = { 0 };
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct http_request request = { .method = method_of(removal), .grace_ns = GRACE_NS };
	int rc;

	if (add_path(removal, &path, err) < 0)
		return -1;
	request.path = path.data;
	rc = http_request(removal->client->http, &request, &response, err);
	return conclude(removal, rc, &response, err);
}

int coder_token_expire(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err)
{
	return remove_one(&(struct removal){ client, user, id, true }, err);
}

int coder_token_delete(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err)
{
	return remove_one(&(struct removal){ client, user, id, false }, err);
}

/* ------------------------------------------------------------ many at once */

/* A removal in progress, or room for one. Only the first slot uses the kept connection. */
struct slot {
	bool on;
	size_t i; /* of the token */
	struct buf path;
};

struct coder_removals {
	struct coder_client *client;
	const char *user;
	const struct coder_tokens *tokens;
	bool expire;
	bool self_is_last;
	bool stopped; /* no further removal begins */
	size_t next; /* the index of the token that comes next */
	size_t again[CODER_REMOVALS_MAX],
		n_again; /* those before it that have to begin once more */
	size_t at_once, n_in_flight;
	struct slot slots[CODER_REMOVALS_MAX];
};

void coder_removals_expect(struct coder_client *client, size_t n, size_t at_once)
{
	const size_t slots = n < at_once ? n : at_once;

	http_expect(client->http,
		    slots ? slots - 1 : 0); /* the first one has the kept connection */
}

int coder_removals_new(struct coder_client *client, const char *user,
		       const struct coder_tokens *tokens, bool expire, size_t at_once,
		       struct coder_removals **ret, struct coder_error *err)
{
	struct coder_removals *removals = calloc(1, sizeof(*removals));
	size_t room;

	if (!removals)
		return coder_error_memory(err);
	if (at_once > tokens->n)
		at_once = tokens->n;
	room = at_once > 1 ? transfer_room(at_once) : 1;
	removals->client = client;
	removals->user = user;
	removals->tokens = tokens;
	removals->expire = expire;
	removals->at_once = room < 1 ? 1 : room < at_once ? room : at_once;
	removals->self_is_last =
		tokens->n > 1 && strcmp(tokens->v[tokens->n - 1].id, client->self_id) == 0;
	*ret = removals;
	return 0;
}

void coder_removals_free(struct coder_removals *removals)
{
	if (!removals)
		return;
	for (size_t i = 0; i < CODER_REMOVALS_MAX; i++)
		buf_done(&removals->slots[i].path);
	free(removals);
}

/* Whether another removal can begin. */
static bool may_begin(struct coder_removals *removals)
{
	struct coder_interrupts *interrupts = removals->client->interrupts;
	size_t n = removals->tokens->n;

	if (removals->stopped || removals->n_in_flight >= removals->at_once)
		return false;
	if (!removals->n_again &&
	    (removals->next == n ||
	     (removals->self_is_last && removals->next == n - 1 && removals->n_in_flight)))
		return false;
	removals->stopped =
		coder_interrupts_pending(interrupts) || coder_interrupts_time_left(interrupts) <= 0;
	return !removals->stopped;
}

/* Begins the removal of the i-th token. */
static int begin(struct coder_removals *removals, size_t i, struct coder_error *err)
{
	const struct removal removal = { removals->client, removals->user,
					 removals->tokens->v[i].id, removals->expire };
	struct http_request request = {
		.method = method_of(&removal),
		.grace_ns = GRACE_NS,
		.many = true,
		.more = removals->tokens->n - removals->next + removals->n_again,
	};
	struct slot *slot = removals->slots;

	while (slot->on)
		slot++;
	request.extra = slot != removals->slots;
	buf_reset(&slot->path);
	if (add_path(&removal, &slot->path, err) < 0)
		return -1;
	request.path = slot->path.data;
	if (http_begin(removals->client->http, &request, slot, err) < 0)
		return -1;
	slot->on = true;
	slot->i = i;
	removals->n_in_flight++;
	return 0;
}

enum coder_removals_state coder_removals_next(struct coder_removals *removals, int64_t until,
					      size_t *ret_i, struct coder_error *ret_err)
{
	for (;;) {
		struct http_response CLEANUP(http_response_done) response = { 0 };
		struct removal removal = { removals->client, removals->user, NULL,
					   removals->expire };
		struct slot *slot;
		int rc;

		*ret_err = (struct coder_error){ .retry_after = -1 };
		while (may_begin(removals)) {
			*ret_i = removals->n_again ? removals->again[--removals->n_again] :
						     removals->next++;
			if (begin(removals, *ret_i, ret_err) == 0)
				continue;
			removals->stopped = ret_err->code == CODER_ERR_MEMORY;
			return CODER_REMOVAL_ENDED;
		}
		if (!removals->n_in_flight)
			return CODER_REMOVALS_OVER;
		slot = http_wait(removals->client->http, until, &rc, &response, ret_err);
		if (!slot)
			return CODER_REMOVALS_GO_ON;
		slot->on = false;
		removals->n_in_flight--;
		*ret_i = slot->i;
		/* the call ended while this one was waiting for its turn: it was never sent */
		if (rc < 0 && !response.tries &&
		    (ret_err->code == CODER_ERR_INTERRUPTED || ret_err->timeout)) {
			removals->stopped = true;
			continue;
		}
		/* there are not enough descriptors: fewer at the same time */
		if (rc < 0 && ret_err->cause == CODER_CAUSE_OPEN_FILES && !ret_err->sent &&
		    removals->n_in_flight) {
			removals->at_once = removals->n_in_flight;
			removals->again[removals->n_again++] = slot->i;
			continue;
		}
		removal.id = removals->tokens->v[slot->i].id;
		if (conclude(&removal, rc, &response, ret_err) == 0)
			ret_err->code = CODER_OK;
		removals->stopped |= ret_err->code == CODER_ERR_MEMORY;
		return CODER_REMOVAL_ENDED;
	}
}
