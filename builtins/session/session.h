/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - where to talk to, and as whom. Everything is read anew at each
 * call, so that switching deployments is one assignment:
 *
 *   URL    --url, else $CODER_URL, else the file `url`
 *   token  --token, else $CODER_SESSION_TOKEN, else the file `session`
 *   files  in $CODER_CONFIG_DIR, else ${XDG_CONFIG_HOME:-$HOME/.config}/coderv2
 *
 * Shell variables count whether exported or not; an empty one counts as unset, an
 * empty option is CODER_ERR_USAGE. A token loses blanks at both ends; one that then
 * has anything but visible ASCII in it is refused by the name of its source.
 * A token from the file `session` goes only to the deployment that the file
 * `url` beside it names (the reference CLI sends it anywhere).
 */
#ifndef SESSION_H
#define SESSION_H

#include "coder.h"

/* What the command line says of it; NULL: nothing. */
struct session_options {
	const char *url;
	const char *token;
	struct coder_interrupts *interrupts; /* end what it waits for, and are lent to the client */
	int64_t connect_timeout_ns; /* 0: that of coder_config */
	int64_t command_timeout_ns; /* of the header command; 0: all the time left, or 60 s without a deadline */
	bool no_retry; /* one try for each request */
	bool silent; /* no warnings and no notices */
};

/*
 * Gathers the configuration and opens a client. Reads CODER_HEADER (comma
 * list of key=value, CSV quoting), CODER_HEADER_COMMAND (run by sh -c with
 * CODER_URL in its environment, standard error to /dev/null, one key=value a
 * line; ended by a pending signal or after its time; refused in a restricted
 * shell), for https the files of tls_files.h,
 * CODER_TOKENS_KEEPALIVE. Warns of a session file that others can read, once per
 * shell and file, and of http:// to a host that is not loopback, once per shell
 * and deployment. No URL or no token is
 * CODER_ERR_AUTH with what to set.
 */
int session_open(const struct session_options *options, struct coder_client **ret,
		 struct coder_error *err);

/*
 * In a restricted shell, between these two the libraries that libcurl loads see
 * no variable that would have them run code or write files. Both may be called
 * more than once. false: no memory.
 */
bool session_shield(void);
void session_unshield(void);

/*
 * Completes *err, for which the deployment refused the token, with where the
 * token came from and what to do about it.
 */
void session_explain(const struct session_options *options, struct coder_error *err);

/*
 * The deployment and the token that session_open() would use, as a number to
 * tell them apart by; 0 if it would find none. Runs no header command and
 * says nothing.
 */
uint64_t session_identity(const struct session_options *options);

#endif
