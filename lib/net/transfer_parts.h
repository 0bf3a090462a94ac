/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer_parts.h - the contents of a transfer, and how exchanges start; for transfer.c and
 * start.c.
 */
#ifndef CODER_TRANSFER_PARTS_H
#define CODER_TRANSFER_PARTS_H

#include "base/signals.h"
#include "base/strings.h"
#include "bundle.h"
#include "lookup.h"
#include "run.h"
#include "transfer.h"

struct transfer {
	struct transfer_options o;
	const struct libcurl *curl; /* NULL: not loaded yet */
	uint64_t peer; /* a number for the server and its proxy, see sockets_open() */
	CURLM *multi; /* also holds the parsed CA certificates */
	bool multi_is_bare; /* it can be kept, see kept_put_multi() */
	unsigned generation; /* the kept_claim() under which multi was made */
	unsigned current; /* the latest kept_claim() */
	struct lookup lookup; /* while it is in progress, exchanges wait for it */
	struct coder_strings addresses; /* "host:port:addresses" */
	bool known; /* all addresses are known, or no name has to be looked up */
	struct bundle bundle; /* all CA certificates, if they come from several sources */
	size_t ahead; /* see transfer_connect_ahead() */
	struct transfer_exchange *exchanges; /* in progress, in the order in which they began */
	struct blocked_signals blocked;
};

static inline bool transfer_has_ended(const struct transfer_exchange *x)
{
	return !x->run || x->run->ended;
}

/* Whether no other exchange than x has been started. */
bool transfer_is_alone(const struct transfer *transfer, const struct transfer_exchange *x);
/* Closes the multi handle and with it the extra connections. No exchange may be in progress. */
void transfer_close_multi(struct transfer *transfer);
/* Keeps it for later calls instead. False: this is not possible. No exchange may be in progress. */
bool transfer_keep_multi(struct transfer *transfer);
/*
 * Starts the work on an exchange that was begun. Afterwards it runs, waits for addresses, or has
 * ended.
 */
void transfer_start(struct transfer *transfer, struct transfer_exchange *x);
/*
 * To be called when the look-up is done: the exchanges that waited for addresses run, or have
 * ended.
 */
void transfer_take_addresses(struct transfer *transfer);

#endif
