/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h - what went wrong, on the caller's stack. */
#ifndef CODER_ERROR_H
#define CODER_ERROR_H

#include <stdbool.h>
#include <stdint.h>

enum coder_code {
	CODER_OK = 0,
	CODER_ERR_REFUSED, /* the server refused, or none of the others fits */
	CODER_ERR_USAGE, /* a value that cannot be; nothing was changed */
	CODER_ERR_NOT_FOUND, /* no such token, user or resource, or not permitted to see it */
	CODER_ERR_AUTH, /* no credential, not signed in, expired, not permitted */
	CODER_ERR_CONFLICT, /* the name is taken */
	CODER_ERR_UNAVAILABLE, /* 429, 502-504, 520-526, 530 beyond the time allowed */
	CODER_ERR_NO_RESPONSE, /* DNS, connect, TLS, timeout, redirect, broken, oversized, not Coder's */
	CODER_ERR_SOME_FAILED, /* several targets: some failed */
	CODER_ERR_OUTCOME, /* a create whose outcome is unknown or whose secret was lost */
	CODER_ERR_INTERRUPTED, /* ended by a signal: error.signal */
	CODER_ERR_MEMORY, /* out of memory */
};

/*
 * Lives on the caller's stack; fixed size, so that reporting an error needs no
 * memory. The texts may hold anything the server sent: escape before printing.
 */
struct coder_error {
	enum coder_code code;
	int signal; /* with CODER_ERR_INTERRUPTED: its number */
	long http_status; /* of the answer, 0 if there was none */
	/*
	 * The response is Coder's own. Only then does a status say anything about
	 * tokens, users, names and rights: NOT_FOUND, AUTH and CONFLICT are used of
	 * no other. An ingress, a gateway, a firewall or a sign-in page that
	 * responds with 401, 403, 404, 409 or 410 is NO_ANSWER.
	 */
	bool own;
	bool no_route; /* own, and about the route: this deployment does not have it (REFUSED) */
	bool inactive; /* own: the token in use is valid, but its user is suspended (AUTH) */
	int64_t retry_after; /* seconds the server asked to wait, -1 if it did not */
	bool sent; /* bytes of the request had left: it may have been acted on */
	bool timeout; /* a time limit ended the wait: the server may act yet */
	char field[64]; /* the first validation's field, or "" */
	char message[1024]; /* what was asked and what went wrong */
	char detail[1024]; /* the server's detail and validations, or "" */
	char hint[512]; /* what to do next, or "" */
};

/* Fills *err (every member; http_status 0, retry_after -1) and returns -1. */
int coder_error_set(struct coder_error *err, enum coder_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts context in front of the message, "context: message". Returns -1. */
int coder_error_wrap(struct coder_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Sets what to do next; a hint that is already there stays. Returns -1. */
int coder_error_hint(struct coder_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Fills *err with CODER_ERR_MEMORY and returns -1. */
int coder_error_memory(struct coder_error *err);

#endif
