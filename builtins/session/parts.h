/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h - the parts that session.c puts together; for the files of this room. */
#ifndef SESSION_PARTS_H
#define SESSION_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "coder.h"
#include "tls_files.h"

#define TOKEN_OPTION "--token"
#define TOKEN_VARIABLE "CODER_SESSION_TOKEN"
#define INPUT_MAX (64u << 10) /* of a config file or of the output of a header command */

struct session {
	bool silent; /* no warnings */
	struct coder_interrupts *interrupts;
	char *directory; /* of the config files; NULL: no variable names one */
	char *url, *origin;
	const char *url_source; /* "--url", the variable's name, or url_file */
	char *url_file; /* its path; NULL: it was not needed */
	char *token;
	const char *token_source; /* TOKEN_OPTION, TOKEN_VARIABLE or session_file */
	char *session_file; /* its path; NULL: it was not needed */
	struct coder_strings headers; /* "Name: value" */
	struct tls_files tls;
	char *proxy; /* NULL: none */
	const char *proxy_variable; /* the variable that names it */
	const char *libraries_variable; /* the first of library_variables that is set; or NULL */
};

/* sources.c: the URL and the token, from options (NULL: not given), variables and files. */
int session_find_directory(struct session *s, struct coder_error *err);
int session_find_url(struct session *s, const char *option, struct coder_error *err);
int session_find_token(struct session *s, const char *option, struct coder_error *err);
/* Reads the token from the file `session`. Fails if it is for another deployment. */
int session_read_session_file(struct session *s, struct coder_error *err);
int session_copy_string(const char *text, char **ret, struct coder_error *err);
/* *ret is NULL if the variable is unset or blank. */
int session_copy_variable(const char *name, char **ret, struct coder_error *err);

/* surroundings.c: the environment variables that libcurl and its libraries would read. */
int session_check_libraries(struct session *s, struct coder_error *err);
int session_find_proxy(struct session *s, struct coder_error *err);

/* headers.c: the headers of CODER_HEADER and of CODER_HEADER_COMMAND. */
int session_add_variable_headers(struct session *s, struct coder_error *err);
/* limit_ns: how long the command may take; 0: the time left, or 60 s without a deadline. */
int session_add_command_headers(struct session *s, int64_t limit_ns, struct coder_error *err);

#endif
