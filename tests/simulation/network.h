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
	OTHER_REMOVES,
	OTHER_EXPIRES
};

/* Promises and limits that concern what was sent and what happened to it. */
extern struct network {
	/* set by the scenario */
	bool (*may_other)(enum other what);
	void (*do_other)(enum other what);
	/* what happened */
	int posts; /* that may have been acted on: all but those that got a 429 */
	int removals; /* DELETE and PUT, the same */
	bool removals_after_signal; /* one began after the first signal */
	int64_t post_began, post_ended; /* world_time() of the last one, 0: there was none */
	int64_t outage_ends; /* until then something in front responds to look-ups of names */
	int64_t heard; /* when the deployment's last response came before that POST */
	bool shared_post; /* one was on a connection that is kept */
	bool acted_late; /* a request was carried out more than 1.75 s after its connection ended */
	bool post_twice, removal_twice; /* something on the way sent one twice */
	bool secret_sent; /* a secret was in a path or a body */
	bool others; /* somebody else did something */
	int looks; /* for the token by its name, since the POST */
	int looks_in_time; /* of these, by a server that had the token, if there was one to be seen */
	bool stale; /* a removal got the response of an earlier request */
} network;

void network_begin(void);

#endif
