/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * advice.h - what a user can do about an error. The library reports causes, and the commands add
 * those that only they can know. One table in advice.c has the advice for each cause; it names
 * options, variables and commands.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include <stddef.h>

#include "coder.h"

#define ADVICE_SIZE 1024

/*
 * The causes that only the commands know. The comments state what coder_error.about (and .also)
 * hold; otherwise these are "".
 */
enum cause {
	/* the session */
	CAUSE_EMPTY_OPTION = CODER_CAUSE_CALLER, /* --url or --token is empty */
	CAUSE_NO_URL, /* nothing names a deployment */
	CAUSE_NO_TOKEN, /* there is no session token (about: the deployment's origin) */
	CAUSE_TOKEN_FOR_OTHER, /* the token of coder login is not known to be for this deployment */
	CAUSE_TOKEN_DAMAGED, /* the token contains what no token contains */
	CAUSE_TOKEN_FILE_DAMAGED, /* so does the file of coder login (about: the origin) */
	/* the deployment has refused the session token */
	CAUSE_USER_SUSPENDED, /* because its user is suspended (about: where the token came from) */
	CAUSE_OPTION_REFUSED, /* it came from --token */
	CAUSE_FILE_REFUSED, /* it came from a file (about: its path; also: the origin) */
	CAUSE_VARIABLE_REFUSED, /* it came from CODER_SESSION_TOKEN (about: the origin) */
	CAUSE_VARIABLE_HIDES_FILE, /* so it did, but a file has one, too (about: its directory) */
	/* a request */
	CAUSE_RESTRICTED, /* it was refused, and the session token is restricted */
	CAUSE_NO_ROUTE, /* the deployment does not know it */
	CAUSE_LATE, /* the time limit passed before the result was complete */
	/* the arguments of a command */
	CAUSE_ARRAY_FULL, /* there are more tokens than -A takes */
	CAUSE_NAME_IN_USE, /* another token has the name */
	CAUSE_UNKNOWN_GOAL, /* no goal has a name like this one */
	CAUSE_END
};

/* Sets the cause, about and also (NULL: ""), unless the error has a cause already. Returns -1. */
static inline int advise(struct coder_error *err, enum cause cause, const char *about,
			 const char *also)
{
	return coder_error_cause(err, (enum coder_cause)cause, about, also);
}

/*
 * Writes the advice on an error, or "" if there is none. user: the user whose tokens the
 * call is about ("me", a name or an id), for the commands that the advice names.
 */
void advice_text(const struct coder_error *err, const char *user, char out[ADVICE_SIZE]);

#endif
