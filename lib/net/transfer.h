/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.h - one HTTP exchange over libcurl: signals, descriptors, forks and
 * threads of a shell process. What is asked and what an answer is worth is
 * decided in http.c, which alone uses this.
 */
#ifndef CODER_WIRE_H
#define CODER_WIRE_H

#include <signal.h>

#include "base/clock.h"
#include "base/error.h"

struct proxy;

#define TRANSFER_SLICE_NS (CODER_NS / 10) /* the longest wait between two looks for a signal */
#define TRANSFER_SILENCE_S 60 /* an exchange that gets no further for so long is given up */

/* Signals are blocked between these two, but for those that a fault raises. */
struct blocked_signals {
	sigset_t old; /* the caller's mask */
	sigset_t all; /* what is blocked meanwhile */
};
void signals_block(struct blocked_signals *quiet);
/* Takes away a SIGPIPE that came meanwhile, then restores the caller's mask. */
void signals_unblock(const struct blocked_signals *quiet);

/* -------------------------------------------------------------- exchange */

enum transfer_end {
	TRANSFER_ANSWERED, /* a whole answer came, whatever its status */
	TRANSFER_STOPPED, /* header(), data() or between() ended it */
	TRANSFER_SIGNAL, /* a signal is pending */
	TRANSFER_DEADLINE, /* the deadline passed */
	TRANSFER_FAILED, /* see *err */
};

struct transfer_exchange {
	const char *method;
	const char *path;
	const char *body; /* NULL: none; sent as application/json */
	size_t body_len;
	bool own_connection; /* a new one: libcurl re-sends on a kept one that was closed */
	int64_t deadline; /* coder_clock() at which to give up */

	void *ctx; /* of the following */
	int (*pending)(void *ctx); /* a signal's number, or 0 */
	/*
	 * These two get each line of the answer's head and each piece of its body
	 * inside libcurl, with all signals blocked; false ends the exchange.
	 */
	bool (*header)(void *ctx, const char *line, size_t len);
	bool (*data)(void *ctx, const char *data, size_t len);
	/* Called outside of libcurl, with the caller's signal mask; false ends the exchange. */
	bool (*between)(void *ctx);

	/* results, whatever the end */
	int sent; /* how often the request went out, by libcurl's own repeating too */
	bool refused; /* failed because nobody took the connection: another try may work */
};

struct transfer_options {
	const char *host, *port, *origin; /* whom to talk to; an IPv6 host without brackets */
	const char *url_source; /* what named it, for texts */
	const char *const *headers; /* n_headers "Name: value" (or "Name;") lines of each request */
	size_t n_headers;
	bool tls; /* https */
	const char *ca_file; /* may be NULL */
	const char *more_cas; /* PEM, beside those of the file; may be NULL */
	const char *cert_file, *key_file; /* each may be NULL */
	const struct proxy *proxy; /* NULL: none, whatever the environment says */
	const char *libraries_variable; /* see trial.h; may be NULL */
	int64_t connect_timeout_ns;
	bool fresh;
};

struct transfer;
/* The options' strings must outlive the wire. NULL: no memory. Makes no connection. */
struct transfer *transfer_new(const struct transfer_options *options);
void transfer_free(struct transfer *wire);
/* Fills *err for TRANSFER_FAILED only. */
enum transfer_end transfer_run(struct transfer *wire, struct transfer_exchange *x,
			       struct coder_error *err);
/* Closes the connections that are kept. */
void transfer_disconnect(void);

#endif
