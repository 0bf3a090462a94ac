/* SPDX-License-Identifier: GPL-3.0-or-later */
/* faults.h - a table of everything that can happen to one request. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "deployment.h"
#include "network.h"

enum methods { GET = 1, POST = 2, REMOVE = 4, CHANGES = POST | REMOVE, ANY = GET | CHANGES };

/* What the deployment does about the request. */
enum action { ACTS, ACTS_NOT, ACTS_TWICE, ACTS_SOON, ACTS_LATE, ACTS_AGAIN_LATE, ACTS_LAGGING };

/* What comes back. */
enum outcome {
	RESPONSE, /* the deployment's */
	SLOW, /* that, 0.4 s later */
	REFUSED, /* nobody took the connection */
	CLOSED, /* the connection is closed */
	SILENCE, /* nothing comes until the caller gives up */
	PAGE, /* a page of something in front, with .status */
	FRONT_JSON, /* the same in JSON */
	OUTAGE, /* a page, also for look-ups of names in the next three seconds */
	CODERS, /* an error response of Coder, with .status */
	BROKEN, /* a success that cannot be read */
	EARLIER, /* the response to the request before, once more */
	RESENT, /* the response after libcurl has sent the request again */
};

struct fault {
	const char *text; /* for the story */
	enum methods methods;
	enum action action;
	enum outcome outcome;
	int status;
	enum grant grant;
	enum other other;
};

/*
 * For the caller, the first n_common faults differ from each other. Each of the others is like one
 * of these: they are tried alone, and in random schedules.
 */
extern const struct fault faults[];
/* What happens during an outage to a look-up of a name for which no other fault was chosen. */
extern const struct fault outage;
extern const size_t n_faults, n_common;

#endif
