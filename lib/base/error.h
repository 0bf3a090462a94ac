/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h - the errors that functions return, and their causes. */
#ifndef CODER_ERROR_H
#define CODER_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum coder_code {
	CODER_OK = 0,
	CODER_ERR_REFUSED, /* the server refused, or no other code fits */
	CODER_ERR_USAGE, /* a value is wrong; nothing was changed */
	CODER_ERR_NOT_FOUND, /* no such token, user or resource, or not permitted to see it */
	CODER_ERR_AUTH, /* no URL or token, not signed in, expired, not permitted */
	CODER_ERR_CONFLICT, /* the name is taken */
	CODER_ERR_UNAVAILABLE, /* 429, 502-504, 520-526, 530 beyond the time allowed */
	CODER_ERR_NO_RESPONSE, /* no connection, TLS, timeout, redirect, broken, not Coder's */
	CODER_ERR_SOME_FAILED, /* some of several removals failed */
	CODER_ERR_OUTCOME, /* a create whose outcome is unknown or whose secret was lost */
	CODER_ERR_INTERRUPTED, /* ended by a signal: error.signal */
	CODER_ERR_MEMORY, /* out of memory */
};

/*
 * The cause of an error. The library does not know the options, variables and commands of the
 * program that uses it. The program makes advice from the cause. The comments state what
 * coder_error.about (and .also) hold; otherwise these are "".
 */
enum coder_cause {
	CODER_CAUSE_NONE,
	/* what was asked for */
	CODER_CAUSE_NEAREST, /* there is no such word; about: the one that was probably meant */
	CODER_CAUSE_AMBIGUOUS, /* several objects have the name; about: all of them, with commas */
	CODER_CAUSE_TOO_MANY, /* a list is too long to be kept (about: "") */
	/* the configuration; about: the source of the value, such as coder_config.url_source */
	CODER_CAUSE_URL_FORM, /* it is not a URL (about: "") */
	CODER_CAUSE_SOURCE, /* the value is probably wrong */
	CODER_CAUSE_NETWORK, /* the value is wrong, or the network does not work */
	CODER_CAUSE_NO_TLS, /* the value is wrong, or the server there does not speak TLS */
	CODER_CAUSE_SCHEME, /* the value should have http instead of https, or the reverse */
	CODER_CAUSE_REDIRECT, /* the server redirects */
	CODER_CAUSE_MOVED, /* the server redirects to another deployment; also: its URL */
	CODER_CAUSE_FRONT, /* something in front of the deployment responded (about: "") */
	CODER_CAUSE_PROXY_RESPONDED, /* the same, and it may be the proxy; also: its name */
	CODER_CAUSE_PROXY_FORM, /* it is not the URL of a proxy (about: "") */
	CODER_CAUSE_PROXY_REFUSES, /* the proxy does not connect to the deployment */
	CODER_CAUSE_PROXY_USER, /* the proxy wants a user name and password */
	CODER_CAUSE_LIBRARIES, /* libraries cannot be loaded as the variable configures them */
	/* this machine; about: "" */
	CODER_CAUSE_CA_FILE, /* a file of CA certificates cannot be read */
	CODER_CAUSE_NO_CA, /* there are no CA certificates */
	CODER_CAUSE_UNKNOWN_CA, /* the server's certificate is not trusted */
	CODER_CAUSE_NO_CERTIFICATE, /* the server wants a client certificate */
	CODER_CAUSE_CERTIFICATE, /* the client certificate or its key cannot be used */
	CODER_CAUSE_OPEN_FILES, /* the limit of open files is reached */
	CODER_CAUSE_PROCESSES, /* the limit of processes is reached */
	CODER_CAUSE_NO_LIBCURL, /* there is no libcurl that can be used */
	CODER_CAUSE_NO_ALGORITHMS, /* OpenSSL's configuration leaves it without algorithms */
	CODER_CAUSE_LIBRARIES_HANG, /* loading libraries waited for a file */
	/* the deployment; about: "" */
	CODER_CAUSE_BUSY, /* it asked the client to wait (about: so many seconds) */
	CODER_CAUSE_NO_EXPIRE, /* it is too old to expire tokens */
	CODER_CAUSE_NO_GROUPS, /* it has no groups */
	CODER_CAUSE_IGNORES, /* it ignored scopes or the allow list, as old ones do */
	CODER_CAUSE_NAME_TAKEN, /* the name was free a moment before the request */
	CODER_CAUSE_GOALS_CONFLICT, /* two goals together would permit more than was asked for */
	CODER_CAUSE_CANNOT_READ_TOKENS, /* the token in use may not read tokens */
	/* a new token; about: its id, or its name if the id is not known */
	CODER_CAUSE_LIVES_LONGER, /* it would have been valid for too long (about: until when) */
	CODER_CAUSE_MAY_BE_LEFT, /* it may exist now */
	CODER_CAUSE_MAY_BE_OURS, /* it exists, and may be the one that was created */
	CODER_CAUSE_FOREIGN, /* it may be somebody else's (about: its id) */
	CODER_CAUSE_CALLER, /* this and greater numbers are causes that only that program knows */
};

/* The texts of an error: TEXT(MEMBER, SIZE). Secrets are removed from all of them. */
/* clang-format off */
#define CODER_ERROR_TEXTS(TEXT) \
	TEXT(message, 1024) /* what was requested, and what went wrong */ \
	TEXT(detail, 1024) /* the server's detail and validations, or "" */ \
	TEXT(field, 64) /* the field of the first validation, or "" */ \
	TEXT(about, 512) /* see enum coder_cause */ \
	TEXT(also, 256) /* see enum coder_cause */
/* clang-format on */

/*
 * An error. It is on the caller's stack and has a fixed size, so that no memory has to be allocated
 * to report it. The texts may contain anything that the server sent: escape them before printing.
 */
struct coder_error {
	enum coder_code code;
	int signal; /* with CODER_ERR_INTERRUPTED: its number */
	long http_status; /* of the response, 0 if there was none */
	/*
	 * The response is Coder's own. Only such a response proves anything about
	 * tokens, users, names and permissions, and only it gets the codes NOT_FOUND,
	 * AUTH and CONFLICT. If an ingress, a gateway, a firewall or a sign-in page
	 * responds with 401, 403, 404, 409 or 410, the code is NO_RESPONSE.
	 */
	bool own;
	bool no_route; /* own: this deployment does not have the route (REFUSED) */
	bool inactive; /* own: the token in use is valid, but its user is suspended (AUTH) */
	int64_t retry_after; /* how many seconds the server asked to wait; -1: it did not ask */
	bool sent; /* some of the request was sent, so the server may have acted on it */
	bool unknown; /* the removal may have been carried out nevertheless */
	bool report; /* with CODER_ERR_INTERRUPTED: the message has to be printed nevertheless */
	bool timeout; /* a time limit ended the wait, and the server may still act */
	enum coder_cause cause;
#define CODER_ERROR_TEXT(member, size) char member[size];
	CODER_ERROR_TEXTS(CODER_ERROR_TEXT)
#undef CODER_ERROR_TEXT
};

/* Fills *err (every member; http_status 0, retry_after -1) and returns -1. */
int coder_error_set(struct coder_error *err, enum coder_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts context in front of the message, "context: message". Returns -1. */
int coder_error_wrap(struct coder_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Sets the cause, about and also (NULL: ""), unless the error has a cause already. Returns -1. */
int coder_error_cause(struct coder_error *err, enum coder_cause cause, const char *about,
		      const char *also);

/* Fills *err with CODER_ERR_MEMORY and returns -1. */
int coder_error_memory(struct coder_error *err);

#endif
