/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kept.c - see kept.h.
 *
 * Two things can happen to kept connections behind our back. A fork: the child
 * has the handles, too, and cleaning them up would speak on connections that
 * are the parent's. And the user, who owns the numbers of descriptors: after
 * `exec 960>&-; exec 960>file` a clean-up would write to the file and close it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "kept.h"
#include "sockets.h"

static struct {
	pid_t owner;
	CURLSH *share;
	unsigned generation; /* counts what was forgotten */
} kept;

/* Kept reachable, so that leak checkers tell these handles from a mistake. */
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

/* The user has taken numbers of ours: nobody may speak on them, nor close them. */
static void give_up(const struct libcurl *curl)
{
	if (!sockets_stand_in()) {
		abandon();
		return;
	}
	kept_close(curl);
	sockets_stand_in_end();
	kept.generation++;
}

unsigned kept_claim(const struct libcurl *curl)
{
	if (kept.owner != getpid())
		abandon();
	else if (!sockets_intact())
		give_up(curl);
	kept.owner = getpid();
	return kept.generation;
}

CURLSH *kept_share(const struct libcurl *curl)
{
	static const int what[] = { CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_SSL_SESSION };

	if (kept.share)
		return kept.share;
	kept.share = curl->share_init();
	for (size_t i = 0; kept.share && i < sizeof(what) / sizeof(what[0]); i++)
		/* one that this build of libcurl lacks is a loss of speed only */
		(void)curl->share_setopt(kept.share, CURLSHOPT_SHARE, what[i]);
	return kept.share;
}

void kept_close(const struct libcurl *curl)
{
	if (kept.share && curl->share_cleanup(kept.share))
		kept_leak(kept.share);
	kept.share = NULL;
}
