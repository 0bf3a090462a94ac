/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transfer.h - HTTP exchanges: a request goes out, a response comes in.
 *
 * This header separates what a client decides from the world outside. Below it are libcurl,
 * sockets, name look-ups, child processes, and what forks and threads of a shell process require.
 * The code above it uses the world only through base/clock.h (time, sleeping), base/interrupts.h
 * (signals) and getrandom(). So a program that defines the seven functions at the end of this header
 * and those of clock.h runs the whole client in a world of its own.
 *
 * Several exchanges can be in progress at the same time:
 *
 *	transfer_begin(transfer, &a);
 *	transfer_begin(transfer, &b);
 *	while ((x = transfer_wait(transfer, INT64_MAX)))
 *		... x->end is how it ended; another one may begin here
 */
#ifndef CODER_TRANSFER_H
#define CODER_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/interrupts.h"

struct proxy;
struct run;

#define TRANSFER_SILENCE_S 60 /* an exchange fails after so long without any progress */

enum transfer_end {
	TRANSFER_COMPLETE, /* the response arrived; response_judge() decides what it means */
	TRANSFER_STOPPED, /* header(), data() or between() returned false */
	TRANSFER_SIGNAL, /* a signal is pending: .signal */
	TRANSFER_DEADLINE, /* .deadline passed */
	TRANSFER_FAILED, /* no response, or not all of it, for the reason in .err */
};

struct transfer_exchange {
	const char *method;
	const char *path;
	const char *body; /* NULL: none; sent as application/json */
	size_t body_len;
	bool own_connection; /* a new one: if a kept one was closed, libcurl sends again */
	/*
	 * It uses no kept connection. Its own connection is closed with the transfer. Exchanges of
	 * this kind share an HTTP/2 connection if the server offers one over TLS.
	 */
	bool extra;
	int64_t deadline; /* the coder_clock() at which to give up */
	int64_t grace_ns; /* after a signal: how long to wait for the response to what was sent */

	void *ctx; /* for the functions below */
	/*
	 * The next two get each line of the response's headers and each piece of its body. They are
	 * called inside libcurl, with all signals blocked; false ends the exchange.
	 */
	bool (*header)(void *ctx, const char *line, size_t len);
	bool (*data)(void *ctx, const char *data, size_t len);
	/*
	 * Called after data(), outside of libcurl and with the caller's signal mask; false ends
	 * the exchange. May be NULL.
	 */
	bool (*between)(void *ctx);

	/* The results, once transfer_wait() has returned it. */
	enum transfer_end end;
	struct coder_error err; /* of TRANSFER_FAILED */
	int signal; /* of TRANSFER_SIGNAL */
	int sent; /* how often the request went out; libcurl may have sent it again */
	bool worth_retrying; /* of TRANSFER_FAILED: there was no connection, but may be soon */

	/* These belong to the transfer layer. */
	struct transfer_exchange *next;
	struct run *run;
};

struct transfer_options {
	const char *host, *port, *origin; /* of the server; an IPv6 host without brackets */
	const char *url_source; /* where it comes from, for error texts */
	const char *const *headers; /* n_headers "Name: value" (or "Name;") lines of each request */
	size_t n_headers;
	bool tls; /* https */
	const char *ca_file; /* may be NULL */
	const char *more_cas; /* PEM text, in addition to the file's; may be NULL */
	const char *cert_file, *key_file; /* each may be NULL */
	const struct proxy *proxy; /* NULL: none, whatever the environment contains */
	const char *libraries_variable; /* see trial.h; may be NULL */
	int64_t connect_timeout_ns;
	bool fresh; /* each exchange has a connection of its own, and none is kept */
	struct coder_interrupts *interrupts; /* their signals end exchanges */
};

struct transfer;
/* The options' strings must outlive the transfer. NULL: no memory. Opens no connection. */
struct transfer *transfer_new(const struct transfer_options *options);
/*
 * Gives up the exchanges that are in progress, and closes all connections that are not kept. Nothing
 * may begin afterwards.
 */
void transfer_close(struct transfer *transfer);
/* It has been closed, if an exchange has begun. */
void transfer_free(struct transfer *transfer);

/* Begins an exchange. The caller keeps it in place until transfer_wait() returns it. */
void transfer_begin(struct transfer *transfer, struct transfer_exchange *x);
/*
 * Lets all exchanges that were begun go on until one of them has ended, and returns that one. NULL:
 * no exchange is in progress, or none has ended when coder_clock() reaches `until`. If a name is
 * being looked up then, it returns after that.
 */
struct transfer_exchange *transfer_wait(struct transfer *transfer, int64_t until);
/*
 * n extra exchanges are going to follow the next one. While that one waits for its response,
 * connections for them are opened (over TLS only one, because they may share it). Those that
 * are not used are closed with the transfer.
 */
void transfer_connect_ahead(struct transfer *transfer, size_t n);
/* How many of n further connections can be open at once under the limit of open files. */
size_t transfer_room(size_t n);

/* Closes the kept connections. */
void transfer_disconnect(void);

#endif
