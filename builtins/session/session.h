/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - where requests go, and as whom. Everything is read again at each
 * call, so that one assignment switches to another deployment:
 *
 *   URL    --url, else $CODER_URL, else the file `url`
 *   token  --token, else $CODER_SESSION_TOKEN, else the file `session`
 *   files  in $CODER_CONFIG_DIR, else ${XDG_CONFIG_HOME:-$HOME/.config}/coderv2
 *
 * Shell variables count whether they are exported or not. An empty variable counts
 * as unset; an empty option is CODER_ERR_USAGE. Blanks at both ends of a token are
 * removed. A token that then contains anything but visible ASCII is refused, and
 * the error names its source. A token from the file `session` is sent only to the
 * deployment that the file `url` beside it names. (The reference CLI sends it to
 * any deployment.)
 */
#ifndef SESSION_H
#define SESSION_H

#include "coder.h"

/* From the command line; NULL: not given. */
struct session_options {
	const char *url;
	const char *token;
	struct coder_interrupts *interrupts; /* they end all waits, and are lent to the client */
	int64_t connect_timeout_ns; /* 0: the default of coder_config */
	int64_t command_timeout_ns; /* of the header command; 0: the time left, or 60 s without a deadline */
	bool no_retry; /* one try for each request */
	bool silent; /* no warnings and no notices */
};

/*
 * Gathers the configuration and creates a client. It reads:
 *
 *   CODER_HEADER           a comma list of key=value with CSV quoting
 *   CODER_HEADER_COMMAND   run as header_command.h describes; prints one key=value a
 *                          line; refused in a restricted shell
 *   CODER_TOKENS_KEEPALIVE
 *   the files of tls_files.h, if TLS is used
 *
 * It warns of a session file that others can read, once for each shell and file, and of
 * http:// to a host that is not loopback, once for each shell and deployment. Without a
 * URL or a token it fails with CODER_ERR_AUTH, and advises what to set.
 *
 * *ret_token_source: where the token came from ("--token", a variable's name, or a path), for
 * session_find_cause(); the caller frees it. NULL: not wanted.
 */
int session_open(const struct session_options *options, struct coder_client **ret,
		 char **ret_token_source, struct coder_error *err);

/*
 * In a restricted shell, session_shield() hides from the libraries that libcurl loads the
 * variables that can make them run code or write files, until session_unshield() is called.
 * Both may be called more than once. false: no memory.
 */
bool session_shield(void);
void session_unshield(void);

/*
 * Call it when the deployment (origin) has refused the token. Sets the cause in *err by where the
 * token came from.
 */
void session_find_cause(const char *token_source, const char *origin, struct coder_error *err);

/*
 * A number that identifies the deployment and the token that session_open() would use.
 * 0: it would find none. Runs no header command and prints nothing.
 */
uint64_t session_identity(const struct session_options *options);

#endif
