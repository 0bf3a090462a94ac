/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coder.h - API client for the session tokens of a Coder deployment.
 *
 * The library knows nothing of bash, options or terminals. It never prints,
 * never exits, never reads the environment and never jumps out of a call.
 *
 * Conventions, for every function below:
 *
 *  - Returns 0, or -1 with *err filled in. Outputs are named ret_* and are
 *    untouched on failure; *err says nothing after a success. err is always
 *    the last parameter and never NULL.
 *  - Strings are UTF-8 and NUL-terminated. A string inside a struct belongs to
 *    that struct; a const char * that is returned belongs to its argument.
 *  - _new/_free make and end heap objects, _init/_done their contents. Both
 *    _free and _done accept NULL and half-built objects; zeroed memory is a
 *    valid empty object for every _done.
 *  - Durations are int64_t nanoseconds, as on the wire; points in time are
 *    int64_t seconds since the epoch (years beyond 2100 are normal).
 *  - Every buffer that held a secret is wiped before it is released.
 */
#ifndef CODER_H
#define CODER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define CODER_NS INT64_C(1000000000) /* nanoseconds in a second */

/* Monotonic nanoseconds, for deadlines. */
static inline int64_t coder_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * CODER_NS + now.tv_nsec;
}

/* The coder_clock() in ns from now, INT64_MAX if it does not go so far. */
static inline int64_t coder_deadline(int64_t ns)
{
	int64_t deadline;

	return __builtin_add_overflow(coder_clock(), ns, &deadline) ? INT64_MAX : deadline;
}

/* ---------------------------------------------------------------- errors */

enum coder_code {
	CODER_OK = 0,
	CODER_ERR_REFUSED, /* the server refused, or none of the others fits */
	CODER_ERR_USAGE, /* a value that cannot be; nothing was changed */
	CODER_ERR_NOT_FOUND, /* no such token, user or resource, or not permitted to see it */
	CODER_ERR_AUTH, /* no credential, not signed in, expired, not permitted */
	CODER_ERR_CONFLICT, /* the name is taken */
	CODER_ERR_UNAVAILABLE, /* 429, 502-504, 520-526, 530 beyond the time allowed */
	CODER_ERR_NO_ANSWER, /* DNS, connect, TLS, timeout, redirect, broken, oversized, not Coder's */
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

/* ---------------------------------------------------------------- hashes */

#define CODER_HASH_BEGIN UINT64_C(0xcbf29ce484222325)
/* FNV-1a of text and its NUL. To hash several texts, give the hash of one as the next one's begin. */
uint64_t coder_hash(uint64_t begin, const char *text);

/* ------------------------------------------------------ lists of strings */

/* A growing list of owned strings. Zeroed memory is the empty list. */
struct coder_strings {
	char **v; /* n strings; not NULL-terminated */
	size_t n;
	size_t cap;
};

void coder_strings_done(struct coder_strings *list);
/* Appends a copy of s. */
int coder_strings_add(struct coder_strings *list, const char *s, struct coder_error *err);
/* Appends a copy of the len bytes at s. */
int coder_strings_add_len(struct coder_strings *list, const char *s, size_t len,
			  struct coder_error *err);
/* Appends copies of all strings of from. */
int coder_strings_add_all(struct coder_strings *list, const struct coder_strings *from,
			  struct coder_error *err);
bool coder_strings_has(const struct coder_strings *list, const char *s);
/* Sorts bytewise, as the reference CLI sorts scopes and allow lists for display. */
void coder_strings_sort(struct coder_strings *list);

/*
 * The candidate nearest to word by edit distance, or NULL if none is near
 * enough to be meant (more than a third of the word would have to change).
 */
const char *coder_nearest(const char *word, const char *const *candidates, size_t n);

/* ----------------------------------------------------------------- UTF-8 */

/* Bytes of the character at text, its code point in *ret; 0: none begins there. */
size_t coder_utf8_decode(const char *text, uint32_t *ret);

/* Whether text is UTF-8 throughout: servers replace what is not, and names would differ. */
bool coder_is_utf8(const char *text);

/* ------------------------------------------------------ durations, times */

/* Long enough for any coder_duration_format() text, with its NUL. */
#define CODER_DURATION_SIZE 32

/*
 * Reads a duration: Go units (ns us µs ms s m h) plus d (24h), w (7d) and y
 * (365d), with fractions and sums: "1d12h30m", "1.5h". The whole of text must
 * parse; no sign, no blanks, no bare number. Overflow of int64_t nanoseconds
 * is an error. The result may be 0 ("0s"). Fails with CODER_ERR_USAGE.
 */
int coder_duration_parse(const char *text, int64_t *ret_ns, struct coder_error *err);

/* Writes ns (>= 0) as Go does, "168h0m0s", "1m30s", "1.5s", "0s", "250ms". */
void coder_duration_format(int64_t ns, char out[CODER_DURATION_SIZE]);

/*
 * Reads RFC 3339 as the server sends it: 0-9 fraction digits, Z or an offset,
 * any year 0001-9999. The fraction is dropped (towards the past). Fails with
 * CODER_ERR_NO_ANSWER, because only servers send times.
 */
int coder_time_parse(const char *text, int64_t *ret_seconds, struct coder_error *err);

/*
 * Reads a date of a header of HTTP, in any of the three forms of RFC 9110, 5.6.7.
 * Returns seconds since the epoch, or -1 if the text is no such date or before
 * 1970. (libcurl's function would return a time_t, whose size may differ there.)
 */
int64_t coder_http_date(const char *text);

/*
 * Writes the time as the reference CLI shows it in tables: RFC 3339, seconds
 * precision, the zone as sent. text is one that coder_time_parse() accepts.
 * out holds at least 40 bytes.
 */
void coder_time_display(const char *text, char out[40]);

/* ---------------------------------------------------------------- scopes */

/* "all" and "application_connect" become their coder: names; others stay. */
const char *coder_scope_canonical(const char *scope);

/*
 * The public scope names known when this was built, sorted: what completion
 * falls back to. The server's own catalogue is coder_scopes_list().
 */
const char *const *coder_scopes_builtin(size_t *ret_n);

/* ------------------------------------------------------------ allow list */

#define CODER_ALLOW_MAX 128 /* entries that a server takes in one list */
#define CODER_UUID_SIZE 37 /* 36 characters and a NUL */

enum coder_type_flags {
	CODER_TYPE_NAMED = 1 << 0, /* names resolve to ids: workspace, template, user, ... */
	CODER_TYPE_WILDCARD_ONLY = 1 << 1, /* servers never match an id of it: only TYPE:* works */
};

struct coder_type {
	const char *name; /* as on the wire, "workspace"; "*" is the first */
	unsigned flags; /* enum coder_type_flags */
};

/* Every resource type known when this was built, "*" first, then sorted. */
const struct coder_type *coder_types(size_t *ret_n);

/*
 * One entry of an allow list: what is allowed to be touched.
 * Exactly one of these holds: any, id set, or name set.
 */
struct coder_target {
	const struct coder_type *type;
	bool any; /* TYPE:* */
	char id[CODER_UUID_SIZE]; /* canonical lower case, or "" */
	char *owner; /* of OWNER/NAME or ORG/NAME, NULL if not given */
	char *name; /* to be resolved by coder_target_resolve(), else NULL */
};

void coder_target_done(struct coder_target *target);

/*
 * Reads "type:id", "type:*", "*:id", "*:*", or for types with CODER_TYPE_NAMED
 * "type:name" and, for workspace, template and group, "type:owner/name".
 * Blanks around the whole are trimmed. The tests come in the server's order:
 * shape, type, id. Ids are UUIDs of 36 characters; other spellings of a UUID,
 * which servers store and never match, are refused. All errors are
 * CODER_ERR_USAGE and hold "invalid allow_list entry"; an empty entry is
 * "allow list entry cannot be empty".
 */
int coder_target_parse(const char *text, struct coder_target *ret, struct coder_error *err);

/* The wire form "type:id" of a resolved target, to be freed by the caller; NULL: no memory. */
char *coder_target_text(const struct coder_target *target);

/* Whether an allow list permits what target names: wildcards counted on the list's side. */
bool coder_allow_permits(const struct coder_strings *allow_list, const struct coder_target *target);

/* ----------------------------------------------------------------- token */

#define CODER_ID_LEN 10 /* characters of a token's public id */

/*
 * A token's record as a server sent it. The strings live in one block that
 * belongs to the token; those that may be NULL say so.
 */
struct coder_token {
	char *id;
	char *user_id;
	char *username; /* NULL where the server did not send one */
	char *owner; /* set by coder_token_fill_owner(): a heap string of its own, else NULL */
	char *name;
	char *login_type; /* "token" for API tokens */
	char *scope; /* deprecated summary */
	char *created_at, *updated_at, *last_used, *expires_at; /* RFC 3339 as sent */
	int64_t created_epoch, last_used_epoch, expires_epoch; /* last_used 0: never used */
	int64_t lifetime_seconds;
	bool has_scopes, has_allow_list; /* whether the server sent them: old ones do not */
	struct coder_strings scopes, allow_list; /* in the order sent */
};

void coder_token_done(struct coder_token *token);

/*
 * For how many seconds a token is still valid; 0 or less: it is expired. One
 * without an expiry, or with Go's zero time, never is: INT64_MAX. now is that of
 * the deployment's clock: coder_client_now(), or coder_tokens.now.
 */
int64_t coder_token_left(const struct coder_token *token, int64_t now);

/* Appends to *ret, which is empty, what the token may do: legacy summary mapped, sorted. */
int coder_token_scopes(const struct coder_token *token, struct coder_strings *ret,
		       struct coder_error *err);
/* The same for its allow list; a server too old to send one means "*:*". */
int coder_token_allow_list(const struct coder_token *token, struct coder_strings *ret,
			   struct coder_error *err);

/*
 * Whether text has the shape of a token, whole or truncated:
 * ^[0-9A-Za-z]{10}-[0-9A-Za-z]{11,}$. Its first CODER_ID_LEN characters are the
 * public id; the rest is secret and must never enter a URL.
 */
bool coder_token_shaped(const char *text);

/*
 * Writes "[secret]" over the secret of whatever in a text that is to be shown is
 * coder_token_shaped() between characters that are no letters or digits.
 */
void coder_hide_tokens(char *text);

/* Whether text could be a public id: ^[0-9A-Za-z]{10}$. */
bool coder_id_shaped(const char *text);

/* What a text that names a token may mean, by its shape. */
enum coder_meaning {
	CODER_MEANS_NAME, /* a name and nothing else */
	CODER_MEANS_ID, /* an id, or else a name */
	CODER_MEANS_TOKEN, /* a token, whole or truncated, or else a name; it may hold a secret */
};
/* Blanks around the text do not count. The public id goes to ret_id, but for a mere name. */
enum coder_meaning coder_meaning(const char *text, char ret_id[CODER_ID_LEN + 1]);

/* A new secret, whole: id, "-", secret. Wiped by coder_secret_done(). */
struct coder_secret {
	char text[64];
};
void coder_secret_done(struct coder_secret *secret);

#define CODER_NAME_MAX 2048 /* bytes of a name: what a server's index takes, with room */
#define CODER_NAME_SIZE 48 /* of a generated name, with its NUL */

/* A readable name that nobody else has, "brisk-otter-k3x9q": "" if there is no randomness. */
void coder_name_generate(char out[CODER_NAME_SIZE]);

/* What coder_token_create() asks for. The strings belong to the caller. */
struct coder_create {
	const char *user; /* UUID, username or "me" */
	const char *user_id; /* of that user; NULL: not known, and not compared */
	const char *name; /* never empty: the token must be found again */
	int64_t lifetime_ns; /* 0: the server's default */
	struct coder_strings scopes; /* canonical names; empty: all */
	struct coder_strings allow_list; /* "type:id"; empty: "*:*" */
};

/*
 * The request body, as the reference CLI writes it: lifetime, scopes (if any),
 * token_name, allow_list (if any), then a newline. To be freed by the caller.
 */
int coder_create_body(const struct coder_create *create, char **ret_json, struct coder_error *err);

/* --------------------------------------------------------------- signals */

/*
 * The signals that would end the process if they came from outside now: neither
 * blocked nor ignored nor handled. Who must not be ended before something is
 * done blocks these.
 */
void coder_signals_deadly(sigset_t *ret);
/* A signal among these that is blocked and has come, or 0. */
int coder_signals_pending(const sigset_t *among);

/*
 * From now on the signals of coder_signals_deadly() do not end the process: each
 * is noted, and ends a wait early. Not to be called twice before the release.
 */
void coder_signals_hold(void);
/* The first signal noted and not yet taken, and the coder_clock() of its arrival; 0: none. */
int coder_signals_held(int64_t *ret_when);
/* The same, and takes it: the next call is about the next signal. */
int coder_signals_take(int64_t *ret_when);
/* Ends the hold: all signals noted are raised again, taken or not, in the order of arrival. */
void coder_signals_release(void);

/* ---------------------------------------------------------------- client */

/* What the caller does for the library while it waits. */
struct coder_hooks {
	void *ctx;
	/*
	 * Called between slices of at most 100 ms: the number of a signal that asks
	 * the call to end, or 0. Must not allocate, print or jump.
	 */
	int (*pending)(void *ctx);
	/*
	 * Takes one of the signals that pending() is about: its number, or 0. It is
	 * not reported again, but acted on when the call is over.
	 */
	int (*take)(void *ctx);
	/* A line for the person who waits ("rate limited, trying again in 12 s"). */
	void (*notice)(void *ctx, const char *text);
};

struct coder_config {
	const char *url; /* scheme://host[:port]; what follows is dropped, as the CLI does */
	const char *url_source; /* what named it, for texts; NULL: "the URL" */
	const char *token; /* session token; refused if it has control characters */
	const char *user_agent;
	const char *const *headers; /* n_headers of "Name: value", see coder_header_check() */
	size_t n_headers;
	const char *ca_file; /* replaces the system's roots; NULL: the system's */
	const char *more_cas; /* PEM text of further roots; NULL: none */
	const char *cert_file, *key_file; /* client certificate: both or neither */
	const char *
		proxy; /* [scheme://][user[:password]@]host[:port], as libcurl reads it; NULL: none */
	const char *proxy_source; /* what named the proxy, for texts; NULL: "the configuration" */
	int64_t timeout_ns; /* bounds the whole client, waits included; 0: no limit */
	int64_t began; /* the coder_clock() from which timeout_ns counts; 0: the client's making */
	int64_t connect_timeout_ns; /* 0: 10 s */
	/*
	 * What the libraries that libcurl loads are configured by, "OPENSSL_CONF", if a
	 * user has: as they may read anything then, loading is tried in a child first.
	 */
	const char *libraries_variable; /* NULL: nothing */
	bool fresh; /* a connection per request, none kept open between calls */
	bool no_retry; /* one try for each request (completion) */
	struct coder_hooks hooks;
};

/*
 * Whether a header field may be added to every request: not one with a broken
 * name or control characters, nor one that replaces the token, the deployment or
 * the request's length (CODER_ERR_USAGE; the value, maybe a secret, is not shown).
 */
int coder_header_check(const char *name, size_t name_len, const char *value, size_t value_len,
		       struct coder_error *err);

struct coder_client;

/*
 * A client for one call of a command. Makes no request. Checks the URL
 * (scheme http or https, a host, no user info), the token and the headers for
 * characters that would break out of a header. The strings of config are
 * copied.
 */
int coder_client_new(const struct coder_config *config, struct coder_client **ret,
		     struct coder_error *err);
void coder_client_free(struct coder_client *client);
/* The coder_clock() after which nothing new begins; INT64_MAX: none. */
int64_t coder_client_deadline(const struct coder_client *client);

/*
 * "Now" by the deployment's clock, in seconds since the epoch: what the last
 * response of its own said (Date, and Age if a cache has kept it), and the time
 * since then by the monotonic clock. Dates are whole seconds, so it is up to a
 * second behind that clock. Without such a response it is the local clock's.
 */
int64_t coder_client_now(const struct coder_client *client);
/* How many seconds the local clock is ahead of the deployment's; negative: behind it. */
int64_t coder_client_clock_ahead(const struct coder_client *client);
/* "scheme://host[:port]" of the deployment. */
const char *coder_client_origin(const struct coder_client *client);

/* Closes the connections that are kept between the calls of this process. */
void coder_disconnect(void);

/*
 * "scheme://host[:port]" in lower case: what a config file's url is compared with.
 * An error says "has no scheme: 'x'": the caller puts in front what has none.
 */
int coder_url_origin(const char *url, char **ret, struct coder_error *err);

/*
 * Whether requests to the deployment at url go past a proxy of the environment:
 * its host is this machine (localhost, 127.0.0.0/8, ::1), or in the list
 * no_proxy (may be NULL), which is read as libcurl reads it.
 */
bool coder_proxy_bypassed(const char *url, const char *no_proxy);

/* Whether requests go unencrypted to a host that is not loopback: worth a warning. */
bool coder_client_insecure(const struct coder_client *client);

/*
 * The number of a signal that asks this client's call to end, or 0: for callers
 * that wait on something else than the network between two requests.
 */
int coder_client_pending(struct coder_client *client);

/*
 * From now on signals that would end the process by default are held, and count
 * as pending: for who has to report first what was done. coder_client_free()
 * ends that, and raises those that came meanwhile again.
 */
void coder_client_hold(struct coder_client *client);

/* A growing list of tokens. Zeroed memory is the empty list. */
struct coder_tokens {
	struct coder_token *v;
	size_t n, cap;
	size_t arrived; /* by coder_token_list(): how many the server sent, before any were left out */
	int64_t now; /* by coder_token_list(): coder_client_now() as the list began to arrive */
};
void coder_tokens_done(struct coder_tokens *tokens);
/* Moves a token to the end of the list; *token is zeroed. */
int coder_tokens_move(struct coder_tokens *tokens, struct coder_token *token,
		      struct coder_error *err);

/* Whether a list keeps a token: pure. now: coder_tokens.now of the list. */
typedef bool coder_keep_fn(const void *ctx, const struct coder_token *token, int64_t now);

/*
 * Lists API tokens: of user, or with all of every user the caller may see.
 * Expired ones come only with expired (servers that ignore the parameter are
 * filtered by expires_at). Only those that keep(ctx) says are kept (NULL: all),
 * decided while they arrive, so that memory holds no others. They come in the
 * server's order, which is unspecified. ret is empty before the call.
 */
int coder_token_list(struct coder_client *client, const char *user, bool all, bool expired,
		     coder_keep_fn *keep, const void *ctx, struct coder_tokens *ret,
		     struct coder_error *err);

/*
 * Whether an empty list is the truth, of user's tokens or (user: "me") of those of all: a
 * server gives one also to a token that is not permitted to read tokens. It is not true
 * if the token in use is an API token and user, under whatever name, is its owner, as that
 * token would be in it. So the token in use is asked for by its id, and for another user than
 * "me" first who the caller is. Fails with AUTH if the list is not true, and with what went
 * wrong if that cannot be found out. A token in use that has not the shape of a token has no
 * id to be asked for, and nothing is known of other users: then the list counts as true.
 */
int coder_list_is_true(struct coder_client *client, const char *user, struct coder_error *err);

/* One token by its name, which must be coder_name_routable(). Any login type. */
int coder_token_by_name(struct coder_client *client, const char *user, const char *name,
			struct coder_token *ret, struct coder_error *err);
/* One token by id; servers ignore user but for having to be readable. Any login type. */
int coder_token_by_id(struct coder_client *client, const char *user, const char *id,
		      struct coder_token *ret, struct coder_error *err);
/*
 * Whether name can stand in a path: not empty, ".", "..", "tokenconfig", and
 * without "/". Others are found through the list.
 */
bool coder_name_routable(const char *name);

/*
 * Finds the API tokens (login type "token") that texts name. What a text means is
 * decided in this order:
 *
 *  1. What coder_meaning() takes for a token goes by its id. If there is no such
 *     id, the text as it is, blanks and all, is looked for in the list. It is in no URL.
 *  2. What coder_meaning() takes for an id, and is the id of a token, means that token.
 *  3. Everything else is a name, as it is, blanks and all.
 *
 * With user not NULL the tokens must be that user's. An id of something else (a
 * login session, or with user a token of another user) is not found, and is not taken for a
 * name either: only somebody who wants to mislead gives a token such a name.
 *
 * ret gets each token once, in the order of the texts that named it first. Fails
 * if any text names none, NOT_FOUND; an empty text is a USAGE error. Where the
 * list had to be asked for, and shows that a text is the id of one token and the name
 * of another, the hook notice() gets a line that names the other.
 */
int coder_tokens_find(struct coder_client *client, const char *user,
		      const struct coder_strings *texts, struct coder_tokens *ret,
		      struct coder_error *err);
/* The same for one text. */
int coder_token_find(struct coder_client *client, const char *user, const char *text,
		     struct coder_token *ret, struct coder_error *err);

/* The token in use, if it is an API token. */
int coder_token_self(struct coder_client *client, struct coder_token *ret, struct coder_error *err);
/* The public id of the token in use; "" if it has not the shape of a token. */
const char *coder_self_id(const struct coder_client *client);

/*
 * Asks for the name of the token's owner, where the server did not send one
 * with the token: token->owner. A user that may not be read leaves it NULL.
 */
int coder_token_fill_owner(struct coder_client *client, struct coder_token *token,
			   struct coder_error *err);

/*
 * Asks whether the token in use is restricted by scopes or an allow list; one
 * that may not even see itself is.
 */
bool coder_self_restricted(struct coder_client *client);

/*
 * Both remove a token. After a signal no request begins, and one that has gone out is
 * given half a second. Where err->sent is set on a failure INTERRUPTED or
 * NO_ANSWER, it is not known whether the token was removed.
 */
int coder_token_expire(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err);
int coder_token_delete(struct coder_client *client, const char *user, const char *id,
		       struct coder_error *err);

/* The longest lifetime that the server gives to user's tokens. */
int coder_token_max_lifetime(struct coder_client *client, const char *user, int64_t *ret_ns,
			     struct coder_error *err);

/*
 * Whether a token of this name exists (expired ones keep their names).
 * Sets *ret_taken. A caller who may not read tokens sees none.
 */
int coder_token_name_taken(struct coder_client *client, const char *user, const char *name,
			   bool *ret_taken, struct coder_error *err);

/* What coder_token_create() made. */
struct coder_created {
	struct coder_secret secret;
	char id[CODER_ID_LEN + 1];
	struct coder_token token; /* the server's record of it, or what was requested */
	char why_not[512]; /* why it could not be verified, or "" */
	char shortfall[128]; /* "fewer scopes than requested", or "" */
};
void coder_created_done(struct coder_created *created);

/*
 * Creates a token, once. The POST goes out on a connection of its own and is
 * repeated only after a 429, which was not acted on. The token is then read
 * back. One that may do more, or lives longer, than requested is deleted again,
 * and the call fails with CODER_ERR_REFUSED. One that has another name, owner or
 * login type, or is older than the request, may be somebody else's: it is neither
 * delivered nor deleted (CODER_ERR_OUTCOME). One that falls short of the request,
 * or cannot be read, is delivered, and *ret says so.
 *
 * From the POST on, signals that would end the process by default are held
 * (they count as pending): the process must not die between the POST and the
 * delivery of the secret. coder_client_free() ends that, and raises those that
 * came meanwhile again: deliver or undo the secret before. On a failure
 * whose POST may have been acted on, the undo has been done when this returns:
 * CODER_ERR_OUTCOME if a token was found and deleted,
 * or if it is not sure (the message says which, and names the token);
 * CODER_ERR_NO_ANSWER, CODER_ERR_UNAVAILABLE if surely nothing is left.
 * CODER_ERR_INTERRUPTED, with the first signal, stands for each of these if a
 * signal came and the outcome is known, or if a second one ended the undo.
 */
int coder_token_create(struct coder_client *client, const struct coder_create *create,
		       struct coder_created *ret, struct coder_error *err);

/*
 * Deletes a token whose secret could not be delivered, within 5 s, also after
 * an interrupt. *err, which says why it was not delivered, is completed with
 * how that went and becomes CODER_ERR_OUTCOME (or stays CODER_ERR_INTERRUPTED).
 * Always returns -1.
 */
int coder_token_undo(struct coder_client *client, const struct coder_create *create, const char *id,
		     struct coder_error *err);

/* The names of the scopes that this server's tokens can be given. */
int coder_scopes_list(struct coder_client *client, struct coder_strings *ret,
		      struct coder_error *err);

/* Whether a text can name a user in a request: it is not empty, has no slash and is not . or .. */
bool coder_user_is_name(const char *user);

/* Whether text is a UUID in the form that servers write: 36 characters. */
bool coder_is_uuid(const char *text);

/* A user's id and name; user is a UUID, a username or "me". Strings owned by ret. */
struct coder_user {
	char *id, *username;
};
void coder_user_done(struct coder_user *user);
int coder_user_get(struct coder_client *client, const char *user, struct coder_user *ret,
		   struct coder_error *err);

/*
 * Turns a target's name into its id with requests to the server; one that has
 * none to turn is left alone. owner is whose workspaces a bare name means.
 */
int coder_target_resolve(struct coder_client *client, const char *owner,
			 struct coder_target *target, struct coder_error *err);

/* ---------------------------------------------------------------- search */

/*
 * An object that an allow-list entry can name, as a list of the server shows
 * it. The strings live in one block that belongs to the object.
 */
struct coder_object {
	char *id; /* what entries are matched by: a UUID */
	char *name; /* "" where it has none */
	char *owner; /* whom it belongs to: a user's or an organization's name, or "" */
	char *note; /* what else a person would like to know: a template, an e-mail, or "" */
};

/* A growing list of objects. Zeroed memory is the empty list. */
struct coder_objects {
	struct coder_object *v;
	size_t n, cap;
	size_t size; /* bytes of all strings */
};
/* Wipes every string, too. */
void coder_objects_done(struct coder_objects *objects);
/* Appends copies; NULL counts as "". */
int coder_objects_add(struct coder_objects *objects, const struct coder_object *object,
		      struct coder_error *err);

/* What a search is for; NULL or "": whatever it be. */
struct coder_query {
	const char *name; /* a part of the name; the server may find more, never less */
	const char *owner; /* exactly: a username or "me"; of templates, an organization */
};

#define CODER_SEARCH_MAX 5000 /* the most objects that one search asks for */

/* Whether servers list objects of this type with the ids that entries are matched by. */
bool coder_type_listed(const char *type);

/*
 * Lists the objects of a resource type for which coder_type_listed() holds,
 * asking the server only for those that the query is about, where it can
 * tell, and never holding more of an answer than one element. ret is empty
 * before the call. Members of an organization stand for users: id is theirs.
 */
int coder_search(struct coder_client *client, const char *type, const struct coder_query *query,
		 struct coder_objects *ret, struct coder_error *err);

/*
 * How often this process, or a subshell of it since the first call of this,
 * has asked a deployment to change something: a number to tell old answers by.
 */
unsigned coder_changes(void);

#endif
