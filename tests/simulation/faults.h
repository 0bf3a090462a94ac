/* SPDX-License-Identifier: GPL-3.0-or-later */
/* faults.h - everything that can become of one request, as a table. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "deployment.h"
#include "network.h"

enum methods { GET = 1, POST = 2, REMOVE = 4, CHANGES = POST | REMOVE, ANY = GET | CHANGES };

/* What the deployment does about the request. */
enum action { ACTS, ACTS_NOT, ACTS_TWICE, ACTS_SOON, ACTS_LATE, ACTS_AGAIN_LATE };

/* What comes back. */
enum outcome {
	RESPONSE, /* the deployment's */
	SLOW, /* that, 0.4 s later */
	REFUSED, /* nobody took the connection */
	CLOSED, /* the connection is closed */
	SILENCE, /* nothing, until the caller gives up */
	PAGE, /* a page of something in front, with .status */
	FRONT_JSON, /* the same in JSON */
	OUTAGE, /* a page, as to all look-ups of names for three seconds */
	CODERS, /* an error of Coder's, with .status */
	BROKEN, /* a success that cannot be read */
	EARLIER, /* the response to the request before, once more */
	RESENT, /* a kept connection was closed, libcurl has sent the request again: its response */
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
 * The first n_common of them differ from each other in what a caller has to do about them. The others
 * are, for the caller, as one of these: they are tried alone, and at random.
 */
extern const struct fault faults[];
/* What becomes of a look-up of a name for which nothing else was chosen, during an outage. */
extern const struct fault outage;
extern const size_t n_faults, n_common;

#endif
