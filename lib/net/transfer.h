/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.h - HTTP exchanges over libcurl: signals, descriptors, forks and
 * threads of a shell process. What is asked and what a response is worth is
 * decided in http.c, which alone uses this.
 *
 * Several exchanges can be on at once:
 *
 *	transfer_begin(transfer, &a);
 *	transfer_begin(transfer, &b);
 *	while ((x = transfer_wait(transfer)))
 *		... x->end is how it ended; another one may begin here
 */
#ifndef CODER_TRANSFER_H
#define CODER_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/interrupts.h"
#include "run.h"

struct proxy;

#define TRANSFER_SLICE_NS (CODER_NS / 10) /* the longest wait between two looks for a signal */
#define TRANSFER_SILENCE_S 60 /* an exchange that gets no further for so long is given up */

enum transfer_end {
	TRANSFER_COMPLETE, /* a whole response came, whatever its status */
	TRANSFER_STOPPED, /* header(), data() or between() ended it */
	TRANSFER_SIGNAL, /* a signal is pending: .signal */
	TRANSFER_DEADLINE, /* its deadline passed */
	TRANSFER_FAILED, /* see .err */
};

struct transfer_exchange {
	const char *method;
	const char *path;
	const char *body; /* NULL: none; sent as application/json */
	size_t body_len;
	bool own_connection; /* a new one: libcurl re-sends on a kept one that was closed */
	int64_t deadline; /* coder_clock() at which to give up */
	int64_t grace_ns; /* after a signal: how long its response is waited for, once it has gone out */

	void *ctx; /* of the following */
	/*
	 * These two get each line of the response's headers and each piece of its body
	 * inside libcurl, with all signals blocked; false ends the exchange.
	 */
	bool (*header)(void *ctx, const char *line, size_t len);
	bool (*data)(void *ctx, const char *data, size_t len);
	/* Called outside of libcurl, with the caller's signal mask; false ends the exchange. */
	bool (*between)(void *ctx);

	/* results, once transfer_wait() has returned it */
	enum transfer_end end;
	struct coder_error err; /* of TRANSFER_FAILED */
	int signal; /* of TRANSFER_SIGNAL */
	int sent; /* how often the request went out, by libcurl's own repeating too */
	bool refused; /* failed because nobody took the connection: another try may work */

	/* of the transfer layer */
	struct transfer_exchange *next;
	struct run *run;
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
	bool fresh; /* a connection per exchange, none is kept */
	struct coder_interrupts *interrupts; /* their signals end exchanges */
};

struct transfer;
/* The options' strings must outlive the transfer. NULL: no memory. Makes no connection. */
struct transfer *transfer_new(const struct transfer_options *options);
/* Gives up the exchanges that are on. */
void transfer_free(struct transfer *transfer);

/* Begins an exchange, which must stay until transfer_wait() returns it. */
void transfer_begin(struct transfer *transfer, struct transfer_exchange *x);
/*
 * Lets all exchanges that were begun go on until one of them has ended, and
 * returns that one. NULL: none has been begun.
 */
struct transfer_exchange *transfer_wait(struct transfer *transfer);

/* Closes the connections that are kept. */
void transfer_disconnect(void);

#endif
