/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * internal.h - what the files of lib/ share with each other and with nobody
 * else: cleanup macros, HTTP, JSON. The conventions of coder.h hold.
 */
#ifndef CODER_INTERNAL_H
#define CODER_INTERNAL_H

#include <stdarg.h>
#include <time.h>

#include "buf.h"
#include "coder.h"

/* Runs fn(&variable) at the end of the variable's scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void cleanup_free(void *p)
{
	extern void free(void *);
	free(*(void **)p);
}

/* ------------------------------------------------------------------ text */

/*
 * Appends as much of s as fits to the text in the size bytes at out (which begin
 * as a string), never cutting a UTF-8 sequence: for the fields of coder_error.
 */
void text_append(char *out, size_t size, const char *s);
/* Whether it has a C0 control character or DEL in it. */
bool text_has_control(const char *s);
/* "10 s", "500 ms": to a hundredth of a second, rounded up. */
void text_wait(int64_t ns, char out[32]);

/* Nanoseconds behind the second in a time that coder_time_parse() accepts, 0 in "". */
int64_t time_fraction(const char *text);

/* ------------------------------------------------------------------ http */

/*
 * Whatever is decided about requests and answers is decided here: redirects
 * (never followed), protocols (http, https), connections, timeouts, retries,
 * content types and sizes. http.c has the requests, answer.c what answers mean,
 * url.c and proxy.c who is talked to, wire.c one exchange inside a shell process
 * (with kept.c and sockets.c for its connections, lookup.c for names, failure.c
 * for what went wrong). libcurl.h is the one file that includes curl.h; the
 * library is loaded by the first request of the process, not before.
 */

#define HTTP_BODY_MAX (4u << 20) /* the most a single object's answer may have */
#define HTTP_LIST_MAX (256u << 20) /* the most a streamed list may have in all */
#define HTTP_HEADERS_MAX (256u << 10) /* all header lines of one answer together */
#define HTTP_HEADER_LINES_MAX 4096 /* libcurl has limits of its own: above both */

/* Gets the body of a 2xx JSON answer as it arrives. -1 with *err ends the transfer. */
typedef int http_sink_fn(void *ctx, const char *data, size_t len, struct coder_error *err);

struct http_request {
	const char *method; /* GET, POST, PUT, DELETE */
	const char *path; /* absolute, percent-encoded, with its query */
	const char *body; /* NULL: none; sent as application/json */
	size_t body_len;
	bool once; /* a POST: connection of its own, repeated after a 429 only */
	http_sink_fn *sink; /* NULL: the body goes to the response */
	void (*sink_restart)(void *ctx); /* a retry begins the body anew */
	void *sink_ctx;
	int64_t timeout_ns; /* for this request with its retries; 0: the client's alone */
	int64_t grace_ns; /* after a signal: how long its response is waited for, once it has gone out */
};

struct http_response {
	long status;
	struct buf body; /* of at most HTTP_BODY_MAX; for a sink, of errors only */
	int64_t date; /* the deployment's clock as it was sent, seconds; 0 if it did not say */
	int tries; /* how many there were, connections refused included */
	bool earlier_unknown; /* an earlier try may have been acted on */
};
void http_response_done(struct http_response *response);

struct http;
int http_new(const struct coder_config *config, struct http **ret, struct coder_error *err);
void http_free(struct http *http);
void http_disconnect(void); /* coder_disconnect() */
bool http_insecure(const struct http *http);
const char *http_origin(const struct http *http); /* of the deployment */
/* The coder_clock() at which requests are given up; INT64_MAX: none. */
int64_t http_deadline(const struct http *http);
/* See coder_client_now() and coder_client_clock_ahead(). */
int64_t http_now(const struct http *http);
int64_t http_clock_ahead(const struct http *http);
/*
 * A pending signal's number, or 0; while signals are held, the first that came. In
 * an undo: see http_begin_undo().
 */
int http_pending(struct http *http);
/* From now on the signals of coder_signals_deadly() are held. */
void http_hold(struct http *http);
/*
 * Begins an undo: signals that came so far no longer count as pending, and the
 * client's deadline is budget_ns from now. Each request has a connection of its
 * own: no late answer to an earlier one can be taken for its own. From now on
 * http_pending() is the number of the first signal of all once a second one has
 * come; further INT, TERM and HUP within half a second of the first, which
 * terminals, wrappers and supervisors send twice, do not count.
 */
void http_begin_undo(struct http *http, int64_t budget_ns);
/* The first signal that came and asked the call to end, taken or not; 0: none. */
int http_first_signal(const struct http *http);
/* Ends http_hold(): see coder_signals_release(). */
void http_release(struct http *http);

/*
 * Makes a request and waits for its answer. 0 for any 2xx whose content type
 * is JSON (or 204 without a body). Everything else is an error, described as
 * interface users read it: message from the server's error object (or what was
 * wrong with the answer), code by status. *ret is then filled as far as known,
 * too, and to be released by the caller all the same. What the error object
 * holds is read by json_error(). A request that has the token in use, or
 * anything of a token's shape, in its path or body is not made (USAGE), nor one
 * while a signal is pending.
 */
int http_request(struct http *http, const struct http_request *request, struct http_response *ret,
		 struct coder_error *err);

/*
 * The secret of a token that the server has just made: from now on it is hidden
 * in the texts of errors, as the token in use is.
 */
int http_keep_secret(struct http *http, const char *secret, struct coder_error *err);

/*
 * Writes "[secret]" over all that was sent and is secret, and whatever has a token's
 * shape: servers, and error pages of proxies, may repeat it. http_request() has
 * done it; for errors that are made of a response afterwards.
 */
void http_hide_secrets(const struct http *http, struct coder_error *err);

/* Sleeps, ended early by a pending signal or the client's deadline (both errors). */
int http_sleep(struct http *http, int64_t ns, struct coder_error *err);

/* Appends s to a path, percent-encoded but for unreserved characters (RFC 3986 2.3). */
bool http_add_encoded(struct buf *path, const char *s);

/* ------------------------------------------------------------------ json */

/*
 * json.c is the one file that includes cJSON.h. A document is refused as a
 * whole (CODER_ERR_NO_ANSWER, "not JSON ...") if anything follows it, if it
 * has a NUL or \u0000 in it, or if it nests too deep or has too many values. Lookups are
 * case-sensitive; a key that stands twice in an object is refused at lookup.
 */

struct json; /* a value inside a document */

/* Parses len bytes at text, which must stay for json_int64(); ended by json_free(). */
int json_parse(const char *text, size_t len, struct json **ret, struct coder_error *err);
/* Wipes every string of the document, then frees it. */
void json_free(struct json *doc);

bool json_is_null(const struct json *v);
bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);
/* The string's text, or NULL if v is NULL or no string. */
const char *json_string(const struct json *v);
/* Member of an object; sets *ret NULL if it is absent. Fails if it stands twice. */
int json_member(const struct json *object, const char *key, const struct json **ret,
		struct coder_error *err);
/* Elements of an array: for (e = json_first(a); e; e = json_next(e)). */
const struct json *json_first(const struct json *array);
const struct json *json_next(const struct json *element);
/*
 * The exact integer at a top-level key of the object in text (cJSON's numbers
 * are doubles and lose digits past 2^53). A number with a fraction or an
 * exponent is refused, absent or null gives absent.
 */
int json_int64(const char *text, size_t len, const char *key, int64_t absent, int64_t *ret,
	       struct coder_error *err);

/* Appends s as a JSON string with quotes; <, > and & are escaped as Go does. */
bool json_add_string(struct buf *b, const char *s);

/* Reads a server's error object into message, detail and field; false: it is none. */
bool json_error(const char *text, size_t len, struct coder_error *err);

/*
 * Splits an array that arrives in pieces into its elements, without ever
 * holding more than one of them. The array is the document or, with a key, a
 * member of the object that is; other members are skipped.
 */
#define JSON_ELEMENT_MAX (1u << 20) /* bytes of one element */
typedef int json_element_fn(void *ctx, const char *text, size_t len, struct coder_error *err);
struct json_list {
	json_element_fn *fn;
	void *ctx;
	const char *key; /* NULL: the document itself is the array */
	/* the reader's own state; zero to begin */
	struct buf element;
	int state;
	int depth;
	bool in_string, escaped;
	bool found; /* the array of the key has been there */
	size_t matched;
};
void json_list_done(struct json_list *list);
/* Begins anew, as for another try of a request. */
void json_list_restart(struct json_list *list);
/* Takes the next piece. "null" is an empty array. */
int json_list_feed(struct json_list *list, const char *data, size_t len, struct coder_error *err);
/* After the last piece: fails if the array did not end. */
int json_list_end(struct json_list *list, struct coder_error *err);

/* ----------------------------------------------------------------- allow */

/*
 * Whether entry would change nothing if it were added to list: it is there, or
 * servers, which bring lists into a normal form, would let a wildcard of list
 * swallow it. Lists that cover each other's entries are the same in that form.
 */
bool allow_covers(const struct coder_strings *list, const char *entry);

/* ----------------------------------------------------------------- token */

/* Whether a whole token, as servers make them or longer, is anywhere in text. */
bool token_in_text(const char *text);

/* Reads one token object; unknown members and unknown allow-list types are let be. */
int token_decode(const char *text, size_t len, struct coder_token *ret, struct coder_error *err);

#endif
