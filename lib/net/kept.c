/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kept.c - what outlives a request; see kept.h.
 *
 * Kept connections can become unusable in two ways. After a fork the child has the handles, too,
 * and cleaning them up would write to the connections of the parent. And the user decides about the
 * numbers of descriptors: after `exec 960>&-; exec 960>file` a clean-up would write to the file and
 * close it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "kept.h"
#include "sockets.h"

#define PEERS_MAX 8
#define IDLE_NS (100 * CODER_NS) /* libcurl does not reuse a connection after 118 s */

static struct {
	pid_t owner;
	CURLSH *share;
	CURLM *multi; /* see kept_put_multi() */
	unsigned generation; /* counts how often something was forgotten */
	uint64_t cas; /* see kept_trust() */
} kept;

/* Leaked handles remain reachable, so that a leak checker does not report them. */
struct leaked {
	void *handle;
	struct leaked *next;
};
static struct leaked *leaked;

void kept_leak(void *handle)
{
	struct leaked *entry = handle ? malloc(sizeof(*entry)) : NULL;

	if (!entry)
		return;
	*entry = (struct leaked){ handle, leaked };
	leaked = entry;
}

static void abandon(void)
{
	kept_leak(kept.share);
	kept.share = NULL;
	sockets_drop();
	kept.generation++;
}

unsigned kept_claim(const struct libcurl *curl)
{
	const pid_t self = getpid();

	if (kept.owner != self) {
		abandon();
	} else if (!sockets_intact()) {
		/*
		 * the user's files have some of our numbers: these must not be written to or closed
		 */
		if (sockets_stand_in()) {
			kept_close(curl);
			sockets_stand_in_end();
			kept.generation++;
		} else {
			abandon();
		}
	}
	kept.owner = self;
	return kept.generation;
}

CURLSH *kept_share(const struct libcurl *curl)
{
	static const int what[] = { CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_SSL_SESSION };

	if (kept.share)
		return kept.share;
	kept.share = curl->share_init();
	for (size_t i = 0; kept.share && i < sizeof(what) / sizeof(what[0]); i++)
		/* if this build of libcurl lacks one, only speed is lost */
		(void)curl->share_setopt(kept.share, CURLSHOPT_SHARE, what[i]);
	return kept.share;
}

bool kept_put_multi(CURLM *multi)
{
	if (kept.multi)
		return false;
	kept.multi = multi;
	return true;
}

CURLM *kept_take_multi(void)
{
	CURLM *multi = kept.multi;

	kept.multi = NULL;
	return multi;
}

void kept_close(const struct libcurl *curl)
{
	if (kept.share && curl->share_cleanup(kept.share))
		kept_leak(kept.share);
	kept.share = NULL;
}

void kept_trust(const struct libcurl *curl, uint64_t cas)
{
	if (cas != kept.cas)
		kept_close(curl);
	kept.cas = cas;
}

/* ------------------------------------------------------------- addresses */

static struct peer {
	uint64_t peer; /* 0: none */
	struct coder_strings addresses;
	int64_t used; /* the coder_clock() of the last request's end */
} peers[PEERS_MAX];

static struct peer *find_peer(uint64_t peer)
{
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (peers[i].peer == peer)
			return &peers[i];
	return NULL;
}

void kept_remember(uint64_t peer, const struct coder_strings *addresses)
{
	struct peer *entry = find_peer(peer);
	struct coder_error ignored;

	/* if there is no free place, it replaces the one that was used longest ago */
	for (size_t i = 0; !entry && i < PEERS_MAX; i++)
		if (!peers[i].peer)
			entry = &peers[i];
	if (!entry) {
		entry = &peers[0];
		for (size_t i = 1; i < PEERS_MAX; i++)
			if (peers[i].used < entry->used)
				entry = &peers[i];
	}
	coder_strings_done(&entry->addresses);
	*entry = (struct peer){ .peer = peer, .used = coder_clock() };
	for (size_t i = 0; i < addresses->n; i++)
		if (coder_strings_add(&entry->addresses, addresses->v[i], &ignored) < 0) {
			kept_forget(peer); /* they will be looked up again */
			return;
		}
}

const struct coder_strings *kept_addresses(uint64_t peer)
{
	const struct peer *entry = find_peer(peer);

	if (!kept.share || !entry || !sockets_any(peer) || coder_clock() - entry->used > IDLE_NS)
		return NULL;
	return &entry->addresses;
}

void kept_used(uint64_t peer)
{
	struct peer *entry = find_peer(peer);

	if (entry)
		entry->used = coder_clock();
}

void kept_forget(uint64_t peer)
{
	struct peer *entry = find_peer(peer);

	if (!entry)
		return;
	coder_strings_done(&entry->addresses);
	*entry = (struct peer){ 0 };
}
