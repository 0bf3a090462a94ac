/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.h - a deployment's URL taken apart; for http.c. */
#ifndef CODER_URL_H
#define CODER_URL_H

#include "internal.h"

/* All in one block that belongs to origin. */
struct url {
	char *origin; /* "scheme://host[:port]", lower case, without the scheme's own port */
	char *host; /* an IPv6 address without its brackets */
	char *port; /* always there, decimal */
	bool tls;
};

/* Reads scheme://host[:port]; what follows is dropped. Fails with CODER_ERR_USAGE. */
int url_parse(const char *text, struct url *ret, struct coder_error *err);
void url_done(struct url *url);
/* Whether the host is this machine, whatever the network does. */
bool url_is_loopback(const struct url *url);

#endif
