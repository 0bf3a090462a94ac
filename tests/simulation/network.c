/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network.c - see network.h; what can go wrong is in faults.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/interrupts.h"
#include "deployment.h"
#include "faults.h"
#include "net/transfer.h"
#include "network.h"
#include "reply.h"
#include "schedule.h"
#include "world.h"

#define FLIGHTS 16
#define WAY_NS (5 * MS) /* how long a request or a response is on its way */
#define SOON_NS CODER_NS
#define LATE_NS (8 * CODER_NS)
#define OUTAGE_NS (3 * CODER_NS)
#define LAG_NS (3 * CODER_NS)
#define LOOKS_NS (1750 * MS) /* how long a lost create is looked for */

#define SENT 32 /* removals, at most */

struct network network;
static char sent_paths[SENT][128]; /* of the removals that were sent */
static int n_sent;

enum phase { LEAVES, ARRIVES, RETURNS };

/* An exchange in progress. */
struct flight {
	struct transfer_exchange *x; /* NULL: none */
	const struct fault *fault; /* NULL: nothing unusual happens to it */
	enum methods method;
	enum phase phase;
	int64_t next; /* when the next phase begins */
	int64_t moved; /* when something last moved */
	bool sent, acted, slowed, ended;
	struct response response;
};

struct transfer {
	struct transfer_options o;
	struct flight flights[FLIGHTS]; /* in the order in which they began */
	int n;
	struct response last; /* the last response on a kept connection; status 0: there was none */
};

/* ------------------------------------------------ requests that act later */

#define COPIES 32

static struct copy {
	char method[8], path[512], body[1024];
	bool has_body;
	enum grant grant;
	int64_t ended; /* when its connection was closed */
} copies[COPIES];
static int n_copies;

static void act_on_copy(int n)
{
	static struct response ignored;
	const struct copy *copy = &copies[n];
	const struct request request = { copy->method, copy->path,
					 copy->has_body ? copy->body : NULL, CALL, NULL };

	world_tell("... the deployment acts on the %s only now", copy->method);
	network.acted_late |= world_time() - copy->ended > LOOKS_NS;
	deployment.grant = copy->grant;
	deployment_act(&request, &ignored);
}

/* The deployment will act on the request after ns, even if the caller has given up by then. */
static void act_later(const struct flight *flight, int64_t ns)
{
	const struct transfer_exchange *x = flight->x;
	struct copy *copy;

	if (n_copies == COPIES)
		return;
	copy = &copies[n_copies];
	snprintf(copy->method, sizeof(copy->method), "%s", x->method);
	snprintf(copy->path, sizeof(copy->path), "%s", x->path);
	snprintf(copy->body, sizeof(copy->body), "%.*s", (int)x->body_len, x->body ? x->body : "");
	copy->has_body = x->body != NULL;
	copy->grant = flight->fault ? flight->fault->grant : GRANT_AS_ASKED;
	copy->ended = world_time();
	world_later(world_time() + ns, act_on_copy, n_copies++);
}

/* --------------------------------------------------------------- a flight */

static void land(struct flight *flight, enum transfer_end how)
{
	enum action action = flight->fault ? flight->fault->action : ACTS;
	struct transfer_exchange *x = flight->x;

	flight->ended = true;
	x->end = how;
	if (flight->method == POST && flight->sent) {
		network.post_ended = world_time();
		network.post_given_up = how == TRANSFER_SIGNAL || how == TRANSFER_DEADLINE ||
					x->err.timeout ||
					(flight->fault && flight->fault->status == 504);
	}
	if (!flight->sent || flight->method == GET)
		return;
	if (action == ACTS_SOON)
		act_later(flight, SOON_NS);
	else if (action == ACTS_LATE || action == ACTS_AGAIN_LATE)
		act_later(flight, LATE_NS);
	else if (action != ACTS_NOT && !flight->acted) /* it is on its way nevertheless */
		act_later(flight, WAY_NS);
}

static void fail(struct flight *flight, bool refused)
{
	struct transfer_exchange *x = flight->x;

	coder_error_set(&x->err, CODER_ERR_NO_RESPONSE, "%s",
			refused ? "nobody takes the connection" : "the connection was closed");
	x->worth_retrying = refused;
	land(flight, TRANSFER_FAILED);
}

/* Whether it uses a kept connection. */
static bool is_kept(const struct transfer_exchange *x)
{
	return !x->own_connection && !x->extra;
}

static bool is_available(const struct fault *fault, const struct flight *flight,
			 const struct transfer *transfer)
{
	if (!(fault->methods & flight->method))
		return false;
	if (fault->other && !network.may_other(fault->other))
		return false;
	/* only on a connection that was used before */
	if (fault->outcome == EARLIER || fault->outcome == RESENT)
		return is_kept(flight->x) && transfer->last.status;
	return fault->outcome != OUTAGE || network.outage_ends <= world_time();
}

static bool is_by_name(const struct flight *flight)
{
	return flight->method == GET && strstr(flight->x->path, "/keys/tokens/");
}

/* Chooses what happens to the request. */
static void choose_fault(struct transfer *transfer, struct flight *flight)
{
	const struct fault *available[64];
	int n = 0, common = 0, chosen;

	for (size_t i = 0; i < n_faults; i++) {
		if (!is_available(&faults[i], flight, transfer))
			continue;
		available[n++] = &faults[i];
		common = i < n_common ? n : common;
	}
	chosen = schedule_choose(SCHEDULE_FAULT, common, n);
	flight->fault = chosen ? available[chosen - 1] : NULL;
	if (flight->fault && flight->fault->outcome == OUTAGE)
		network.outage_ends = world_time() + OUTAGE_NS;
	if (!flight->fault && network.outage_ends > world_time() && is_by_name(flight))
		flight->fault = &outage;
	if (flight->fault)
		world_tell("    %s", flight->fault->text);
}

static void note_request(const struct flight *flight)
{
	const struct transfer_exchange *x = flight->x;
	const char *body = x->body ? x->body : ""; /* bodies of the library end with a NUL */

	world_tell("the call sends %s %s", x->method, x->path);
	network.secret_sent |= deployment_is_secret(x->path) || deployment_is_secret(body);
}

static void leave(struct transfer *transfer, struct flight *flight)
{
	int64_t when;

	choose_fault(transfer, flight);
	if (flight->fault && flight->fault->outcome == REFUSED) {
		fail(flight, true);
		return;
	}
	flight->sent = true;
	flight->x->sent = 1;
	if (flight->method == POST) {
		network.heard = network.last_heard;
		network.posts++;
		network.shared_post |= !flight->x->own_connection;
		network.post_began = world_time();
	}
	network.removals += flight->method == REMOVE;
	if (flight->method == REMOVE && n_sent < SENT)
		snprintf(sent_paths[n_sent++], sizeof(*sent_paths), "%s", flight->x->path);
	network.removals_after_signal |= flight->method == REMOVE && world_first_signal(&when);
	flight->phase = ARRIVES;
	flight->next = world_time() + WAY_NS;
}

static void arrive(struct flight *flight)
{
	const struct transfer_exchange *x = flight->x;
	const struct fault *fault = flight->fault;
	enum action action = fault ? fault->action : ACTS;
	const struct request request = { x->method, x->path, x->body, CALL, NULL };

	flight->phase = RETURNS;
	flight->next = world_time() + WAY_NS;
	if (fault && fault->other) {
		network.others = true;
		network.do_other(fault->other);
	}
	if (action == ACTS_NOT || action == ACTS_SOON || action == ACTS_LATE)
		return;
	deployment.grant = fault ? fault->grant : GRANT_AS_ASKED;
	deployment.lag_ns = action == ACTS_LAGGING ? LAG_NS : 0;
	deployment_act(&request, &flight->response);
	deployment.lag_ns = 0;
	if (action == ACTS_TWICE)
		deployment_act(&request, &flight->response);
	network.post_twice |= flight->method == POST && action != ACTS;
	network.removal_twice |= action == ACTS_TWICE && fault->outcome == RESPONSE;
	network.lagged += action == ACTS_LAGGING && network.removals > 0;
	flight->acted = true;
}

static void give_success(struct transfer *transfer, struct flight *flight)
{
	struct response *last = &transfer->last;

	if (flight->fault && flight->fault->outcome == BROKEN)
		reply_break(&flight->response);
	if (flight->fault && flight->fault->outcome == RESENT)
		flight->x->sent = 2;
	reply_give(flight->x, &flight->response, false, false);
	if (!is_kept(flight->x))
		return;
	last->status = flight->response.status;
	last->len = flight->response.len;
	memcpy(last->body, flight->response.body, last->len);
}

/* Counts the look-ups for a lost create, and those that could have found something. */
static void note_look(const struct flight *flight)
{
	enum outcome outcome = flight->fault ? flight->fault->outcome : RESPONSE;

	/* only Coder's own responses prove anything about the token */
	if (!network.post_ended || !is_by_name(flight) ||
	    (outcome != RESPONSE && outcome != CODERS))
		return;
	network.looks++;
	network.looks_in_time += flight->acted && flight->response.status == 200;
}

static void come_back(struct transfer *transfer, struct flight *flight)
{
	const struct fault *fault = flight->fault;
	enum outcome outcome = fault ? fault->outcome : RESPONSE;

	note_look(flight);
	switch (outcome) {
	case CLOSED:
		fail(flight, false);
		return;
	case SILENCE:
		flight->next = INT64_MAX;
		return;
	case SLOW:
		if (!flight->slowed) {
			flight->slowed = true;
			flight->next += 400 * MS;
			return;
		}
		give_success(transfer, flight);
		break;
	case PAGE:
	case OUTAGE:
	case FRONT_JSON:
		reply_give_front(flight->x, fault->status, outcome != FRONT_JSON);
		break;
	case CODERS:
		reply_give_coders(flight->x, fault->status);
		break;
	case EARLIER:
		network.stale |= network.removals > 0; /* it is a removal, or looks into one */
		reply_give(flight->x, &transfer->last, false, false);
		break;
	default:
		give_success(transfer, flight);
	}
	if (fault && fault->status == 429) {
		network.posts -= flight->method == POST;
		network.removals -= flight->method == REMOVE;
	}
	land(flight, flight->x->end);
}

/* ----------------------------------------------------------- all flights */

/*
 * Like the real one: ends all flights if a signal is pending, except those that were sent and have
 * grace_ns left.
 */
static void end_by_signal(struct transfer *transfer)
{
	struct coder_interrupts *interrupts = transfer->o.interrupts;
	int signal = coder_interrupts_pending(interrupts);

	for (int i = 0; i < transfer->n && signal; i++) {
		struct flight *flight = &transfer->flights[i];
		struct transfer_exchange *x = flight->x;

		if (flight->ended ||
		    (x->sent && coder_clock() - interrupts->signal_when < x->grace_ns))
			continue;
		x->signal = signal;
		land(flight, TRANSFER_SIGNAL);
	}
}

/* When a flight ends if no response comes. */
static int64_t limit_of(const struct transfer *transfer, const struct flight *flight)
{
	struct coder_interrupts *interrupts = transfer->o.interrupts;
	int64_t limit = flight->moved + TRANSFER_SILENCE_S * CODER_NS;

	if (flight->x->deadline < limit)
		limit = flight->x->deadline;
	if (coder_interrupts_pending(interrupts) &&
	    interrupts->signal_when + flight->x->grace_ns < limit)
		limit = interrupts->signal_when + flight->x->grace_ns;
	return limit;
}

static void end_late(struct flight *flight)
{
	struct transfer_exchange *x = flight->x;

	if (world_time() >= x->deadline) {
		land(flight, TRANSFER_DEADLINE);
	} else if (world_time() >= flight->moved + TRANSFER_SILENCE_S * CODER_NS) {
		coder_error_set(&x->err, CODER_ERR_NO_RESPONSE, "the server sent nothing for %d s",
				TRANSFER_SILENCE_S);
		x->err.timeout = true;
		land(flight, TRANSFER_FAILED);
	}
}

/* Lets the next event of any flight happen, if it happens by `until`. */
static void step(struct transfer *transfer, int64_t until)
{
	static const char *const where[] = { "before it leaves", "on its way", "as it comes back" };
	struct flight *next = NULL;
	int64_t when = INT64_MAX, limit;

	for (int i = 0; i < transfer->n; i++) {
		struct flight *flight = &transfer->flights[i];

		limit = limit_of(transfer, flight);
		if (limit > flight->next)
			limit = flight->next;
		if (!flight->ended && limit < when) {
			when = limit;
			next = flight;
		}
	}
	world_wait_until(when < until ? when : until);
	end_by_signal(transfer);
	if (when > until)
		return;
	if (!next->ended && next->next > world_time())
		end_late(next);
	if (next->ended)
		return;
	if (next->phase == LEAVES)
		note_request(next);
	/* for a request that changes nothing, it makes no difference whether it has arrived */
	if (next->method != GET || next->phase != ARRIVES)
		world_signal_point(where[next->phase], next->phase == RETURNS);
	end_by_signal(transfer);
	if (!next->ended && world_time() >= next->x->deadline)
		end_late(next);
	if (next->ended)
		return;
	next->moved = world_time();
	if (next->phase == LEAVES)
		leave(transfer, next);
	else if (next->phase == ARRIVES)
		arrive(next);
	else
		come_back(transfer, next);
}

static struct transfer_exchange *take_ended(struct transfer *transfer)
{
	for (int i = 0; i < transfer->n; i++) {
		struct transfer_exchange *x = transfer->flights[i].x;

		if (!transfer->flights[i].ended)
			continue;
		transfer->n--;
		memmove(&transfer->flights[i], &transfer->flights[i + 1],
			(size_t)(transfer->n - i) * sizeof(struct flight));
		return x;
	}
	return NULL;
}

/* ------------------------------------------------------ public functions */

void network_begin(void)
{
	network = (struct network){ .may_other = network.may_other, .do_other = network.do_other };
	n_copies = n_sent = 0;
}

bool network_was_sent(const char *id)
{
	for (int i = 0; i < n_sent; i++)
		if (strstr(sent_paths[i], id))
			return true;
	return false;
}

struct transfer *transfer_new(const struct transfer_options *options)
{
	static struct transfer only;

	only.o = *options;
	only.n = 0;
	only.last.status = 0;
	return &only;
}

void transfer_close(struct transfer *transfer)
{
	(void)transfer;
}

void transfer_free(struct transfer *transfer)
{
	(void)transfer;
}

void transfer_disconnect(void)
{
}

void transfer_begin(struct transfer *transfer, struct transfer_exchange *x)
{
	struct flight *flight = &transfer->flights[transfer->n];

	if (transfer->n == FLIGHTS)
		abort();
	transfer->n++;
	flight->x = x;
	flight->fault = NULL;
	flight->method = strcmp(x->method, "GET") == 0	? GET :
			 strcmp(x->method, "POST") == 0 ? POST :
							  REMOVE;
	flight->phase = LEAVES;
	flight->next = flight->moved = world_time();
	flight->sent = flight->acted = flight->slowed = flight->ended = false;
	x->sent = 0;
	x->signal = 0;
	x->worth_retrying = false;
}

struct transfer_exchange *transfer_wait(struct transfer *transfer, int64_t until)
{
	struct transfer_exchange *x;

	while (!(x = take_ended(transfer)) && transfer->n && world_time() < until)
		step(transfer, until);
	return x;
}

void transfer_connect_ahead(struct transfer *transfer, size_t n)
{
	(void)transfer;
	(void)n;
}

size_t transfer_room(size_t n)
{
	return n;
}
