/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network.h - the simulated transfer layer: it takes the place of lib/net/transfer.c, and brings
 * each request to the simulated deployment, with whatever can go wrong on the way.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stdint.h>

/* What somebody else does at the deployment just before a request arrives. */
enum other {
	OTHER_NOTHING,
	OTHER_CREATES_SAME,
	OTHER_CREATES_DIFFERENT,
	OTHER_CREATED_BEFORE, /* two seconds ago */
	OTHER_REMOVES,
	OTHER_EXPIRES
};

/* What was sent, and what happened to it: promises and limits depend on this. */
extern struct network {
	/* set by the scenario */
	bool (*may_other)(enum other what);
	void (*do_other)(enum other what);
	/* what happened */
	int posts; /* those that may have been acted on: all but those with a 429 */
	int removals; /* the same for DELETE and PUT */
	bool removals_after_signal; /* one began after the first signal */
	int64_t post_began, post_ended; /* world_time() of the last one, 0: there was none */
	int64_t outage_ends; /* the time until which look-ups of names get a page */
	int64_t heard; /* when the deployment's last response came before that POST */
	int64_t last_heard; /* when its last response came */
	bool post_given_up; /* by a signal, a timeout or a gateway: it may be acted on at any time */
	bool shared_post; /* a POST was sent on a kept connection */
	bool acted_late; /* a request was carried out more than 1.75 s after its connection ended */
	bool post_twice, removal_twice; /* something on the way sent one twice */
	bool secret_sent; /* a secret was in a path or a body */
	bool others; /* somebody else did something */
	int looks; /* look-ups of the token by its name since the POST */
	int looks_in_time; /* those of them at which the deployment had the token */
	int lagged; /* removals, and look-ups after them, that reached a server that lags behind */
	bool stale; /* a removal, or a look-up after it, got the response of an earlier request */
} network;

void network_begin(void);
/* Whether a removal of the token of that id was sent. */
bool network_was_sent(const char *id);

#endif
