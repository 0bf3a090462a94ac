/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c - the one path every call takes; see command.h. */
#include "command.h"
#include "base/buf.h"
#include "complete/complete.h"
#include "output/advice.h"
#include "output/message.h"
#include "session/session.h"
#include "shell/io.h"
#include "shell/signals.h"
#include "shell/variables.h"
#include "status.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* CODER_TOKENS_BUILTINS(ROW) is ROW(NAME) for each builtin. */
#if !defined(CODER_TOKENS_VERSION) || !defined(CODER_TOKENS_BUILTINS)
#error "CODER_TOKENS_VERSION and CODER_TOKENS_BUILTINS come from the Makefile"
#endif

#define ERROR_VARIABLE "TOKEN_ERROR"

const struct opts_option command_common_options[] = {
	{ .name = "url",
	  .kind = OPTS_TEXT,
	  .offset = offsetof(struct common_options, url),
	  .arg = "URL",
	  .help = "The URL of the deployment. Default: $CODER_URL, else that of coder login." },
	{ .name = "token",
	  .kind = OPTS_TEXT,
	  .offset = offsetof(struct common_options, token),
	  .arg = "TOKEN",
	  .help = "The session token to act with. Default: $CODER_SESSION_TOKEN, else that of "
		  "coder login, for its own deployment only. A variable keeps it out of traces." },
	{ .name = "timeout",
	  .kind = OPTS_TEXT,
	  .value = OPTS_VALUE_DURATION,
	  .offset = offsetof(struct common_options, timeout),
	  .arg = "D",
	  .help = "Give up after this time, which includes waits and writing the output: seconds, or "
		  "a duration such as 1m30s." },
	{ .name = "help",
	  .letter = 'h',
	  .kind = OPTS_FLAG,
	  .offset = offsetof(struct common_options, help),
	  .help = "Show this help." },
	{ .name = "version",
	  .kind = OPTS_FLAG,
	  .offset = offsetof(struct common_options, version),
	  .help = "Show the version." },
	{ .name = "doc",
	  .kind = OPTS_CHOICE,
	  .flags = OPTS_HIDDEN,
	  .offset = offsetof(struct common_options, doc),
	  .arg = "FORMAT",
	  .choices = "text|man|markdown|markdown-terms|markdown-common|markdown-statuses",
	  .help = "Print the documentation in a format." },
	{ .name = NULL },
};

#define MAN_PAGE(name) #name "(1)",
const char *const command_see_also[] = { CODER_TOKENS_BUILTINS(MAN_PAGE) "bash(1)", NULL };

/* --------------------------------------------------------------- messages */

/* What the command line says of the session, but for its time. */
static struct session_options session_options(const struct call *call)
{
	const struct common_options *common = call->options;

	return (struct session_options){ .url = common->url, .token = common->token };
}

void command_explain(const struct call *call, struct coder_error *err)
{
	struct session_options session = session_options(call);

	if (err->code == CODER_ERR_AUTH && err->http_status == 401)
		session_explain(&session, err);
}

/* The value of an option that has one; NULL: it was not given. */
static const char *text_of(const struct call *call, const struct opts_option *option)
{
	const char *value = NULL;

	if (option->kind == OPTS_TEXT || option->kind == OPTS_CHOICE)
		memcpy(&value, (const char *)call->options + option->offset, sizeof(value));
	return value;
}

/* Servers end their sentences: "Failed to create API key." Returns the bytes before such ends. */
static int unended(const char *text)
{
	size_t len = strlen(text);

	while (len && strchr(". ", text[len - 1]))
		len--;
	return (int)len;
}

void command_print_error(const struct call *call, const struct coder_error *err)
{
	const struct opts_option *user = opts_find(&call->command->opts, "user");
	const char *owner = user ? text_of(call, user) : NULL;
	char text[sizeof(err->message) + sizeof(err->detail) + ADVICE_SIZE + 8];
	char advice[ADVICE_SIZE];
	bool more;

	advice_text(err, owner ? owner : "me", advice);
	more = err->detail[0] || advice[0];

	snprintf(text, sizeof(text), "%.*s%s%.*s%s%s",
		 more ? unended(err->message) : (int)sizeof(err->message), err->message,
		 err->detail[0] ? ": " : "",
		 advice[0] ? unended(err->detail) : (int)sizeof(err->detail), err->detail,
		 advice[0] ? "; " : "", advice);
	output_error(text);
}

/* Describes the error in TOKEN_ERROR, which is empty after a success. */
static void publish_error(struct coder_error *err)
{
	char status[16], http[24], retry_after[24] = "";
	const struct shvar_pair pairs[] = {
		{ "status", status },	   { "http", http },	    { "message", err->message },
		{ "detail", err->detail }, { "field", err->field }, { "retry_after", retry_after },
	};

	coder_hide_tokens(err->message);
	coder_hide_tokens(err->detail);
	coder_hide_tokens(err->field);
	snprintf(status, sizeof(status), "%d", command_status(err));
	snprintf(http, sizeof(http), "%ld", err->http_status);
	if (err->retry_after >= 0)
		snprintf(retry_after, sizeof(retry_after), "%lld", (long long)err->retry_after);
	shvar_own_set(ERROR_VARIABLE, pairs,
		      err->code == CODER_OK ? 0 : sizeof(pairs) / sizeof(*pairs));
}

/* ------------------------------------------------------------ the one path */

static const char *environment(void *ctx, const char *name)
{
	struct call *call = ctx;
	struct coder_error err;
	const char *value = shvar_get(name);

	if (!value)
		return NULL;
	if (coder_strings_add(&call->environment, value, &err) < 0) {
		call->environment_lost = true;
		return NULL;
	}
	return call->environment.v[call->environment.n - 1];
}

static int document(struct call *call, struct coder_error *err)
{
	const struct common_options *common = call->options;
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	bool ok;

	if (common->version && !common->help)
		return buf_addf(&call->result.text, "%s (coder_tokens) %s\n",
				call->command->opts.name, CODER_TOKENS_VERSION) ?
			       0 :
			       coder_error_memory(err);
	out = open_memstream(&text, &len);
	if (!out)
		return coder_error_memory(err);
	ok = opts_print(&call->command->opts, common->help ? "text" : common->doc, out) == 0;
	ok = fclose(out) == 0 && ok && buf_add(&call->result.text, text, len);
	free(text);
	return ok ? 0 : coder_error_memory(err);
}

static enum shvar_kind target_kind(const struct opts_option *option)
{
	switch (option->value) {
	case OPTS_VALUE_ARRAY:
		return SHVAR_INDEXED;
	case OPTS_VALUE_ASSOC:
		return SHVAR_ASSOC;
	default:
		return SHVAR_SCALAR;
	}
}

/* Bash would notice some of these only at the assignment: too late for a secret. */
static int check_target(struct coder_strings *names, const struct opts_option *option,
			const char *name, struct coder_error *err)
{
	const char *variable = shvar_resolve(name);
	char why[SHVAR_WHY_SIZE];

	if (strcmp(variable, ERROR_VARIABLE) == 0)
		snprintf(why, sizeof(why), "%s: reserved for errors", name);
	else if (coder_strings_has(names, variable))
		snprintf(why, sizeof(why), "%s: given for two results", name);
	else if (shvar_check(name, target_kind(option), why) == 0)
		return coder_strings_add(names, variable, err);
	return coder_error_set(err, CODER_ERR_USAGE, "--%s: %s", option->name, why);
}

static int check_targets(struct call *call, struct coder_error *err)
{
	struct coder_strings names = { 0 };
	int rc = 0;

	for (const struct opts_option *const *t = call->command->opts.tables; *t && rc == 0; t++)
		for (const struct opts_option *o = *t; o->name && rc == 0; o++) {
			const char *name = o->flags & OPTS_OUTPUT ? text_of(call, o) : NULL;

			if (name)
				rc = check_target(&names, o, name, err);
		}
	coder_strings_done(&names);
	return rc;
}

/* Durations; --timeout alone also takes plain seconds, as read -t does. */
static int read_timeout(const char *text, int64_t *ret_ns, struct coder_error *err)
{
	const char *duration = text;
	char plain[64];

	if (text[0] && strlen(text) < sizeof(plain) - 1 && !text[strspn(text, "0123456789.")]) {
		snprintf(plain, sizeof(plain), "%ss", text);
		duration = plain;
	}
	if (coder_duration_parse(duration, ret_ns, err) < 0)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "--timeout: invalid duration '%s': want seconds, or a "
				       "number with a unit, as in 1m30s; at most 292 years",
				       text);
	if (*ret_ns == 0)
		return coder_error_set(err, CODER_ERR_USAGE, "--timeout: 0 leaves no time");
	return 0;
}

static int open_session(struct call *call, struct coder_error *err)
{
	const struct common_options *common = call->options;
	struct session_options session = session_options(call);

	if (common->timeout) {
		int64_t ns;

		if (read_timeout(common->timeout, &ns, err) < 0)
			return -1;
		coder_interrupts_limit(call->interrupts, ns);
	}
	session.interrupts = call->interrupts;
	if (session_open(&session, &call->client, err) < 0)
		return -1;
	return session_shield() ? 0 : coder_error_memory(err);
}

int command_array(const char *name, struct coder_strings *ret, struct coder_error *err)
{
	char why[SHVAR_WHY_SIZE];
	char **values = NULL;
	size_t n = 0;
	int rc = 0;

	if (shvar_get_indexed(name, &values, &n, why) < 0)
		return coder_error_set(err, CODER_ERR_USAGE, "%s", why);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			rc = coder_strings_add(ret, values[i], err);
		buf_free_string(values[i]); /* may be a token */
	}
	free(values);
	return rc;
}

int command_blame(const struct call *call, const char *option, struct coder_error *err)
{
	const struct opts_option *o = opts_find(&call->command->opts, option);
	const char *value = o ? text_of(call, o) : NULL;

	for (size_t i = 0; i < call->environment.n; i++)
		if (call->environment.v[i] == value)
			return coder_error_wrap(err, "%s", o->env);
	return coder_error_wrap(err, "--%s", option);
}

/* What cannot be a user is refused here, where it is known who named it. */
static int check_users(const struct call *call, struct coder_error *err)
{
	opts_for_each(o, &call->command->opts)
	{
		const char *user = o->value == OPTS_VALUE_USER ? text_of(call, o) : NULL;

		if (!user || coder_user_is_name(user))
			continue;
		coder_error_set(err, CODER_ERR_USAGE, "'%s' cannot be a user", user);
		return command_blame(call, o->name, err);
	}
	return 0;
}

int command_misused(struct call *call, const char *text, struct coder_error *err)
{
	call->misused = true;
	return coder_error_set(err, CODER_ERR_USAGE, "%s", text);
}

/* Of a usage error before any request not even a partial result is published. */
static int never_began(struct call *call)
{
	result_done(&call->result);
	return -1;
}

/* From words to a result that waits to be published. */
static int work(struct call *call, struct opts_result *parsed, const char *const *words, size_t n,
		struct coder_error *err)
{
	const struct command *command = call->command;
	const struct common_options *common = call->options;
	char error[OPTS_ERROR_SIZE];
	bool forbidden;

	if (opts_parse(&command->opts, call->options, words, n, parsed, error) < 0)
		return *error ? command_misused(call, error, err) : coder_error_memory(err);
	if (common->help || common->version || common->doc)
		return document(call, err);
	if (opts_check_operands(&command->opts, parsed, error) < 0)
		return command_misused(call, error, err);
	call->operands = parsed->operands;
	opts_fill_defaults(&command->opts, call->options, environment, call);
	if (call->environment_lost)
		return coder_error_memory(err);
	if (command->check(call, err) < 0 || check_users(call, err) < 0 ||
	    check_targets(call, err) < 0)
		return never_began(call);
	if (open_session(call, err) < 0)
		return err->code == CODER_ERR_USAGE ? never_began(call) : -1;
	if (command->run(call, err) == 0)
		return 0;
	command_explain(call, err);
	/* what a restricted token may not see does not exist for it */
	forbidden = err->code == CODER_ERR_AUTH && err->http_status && err->http_status != 401;
	if ((err->code == CODER_ERR_NOT_FOUND || forbidden) && coder_self_restricted(call->client))
		advise(err, "the token in use is restricted: its scopes or its allow list "
			    "may be the cause");
	if (err->no_route)
		advise(err, "this deployment does not know the request: it is too old, or "
			    "something in front of it rewrites paths");
	return -1;
}

#define CLOCK_DIFFERENCE 60 /* seconds by which clocks may differ without a word */
#define CENTURIES (INT64_MAX / CODER_NS / 60 * 60) /* the most seconds that are shown */

/* What this machine says elsewhere is then not what ttl and filters go by. */
static void warn_of_clock(const struct call *call)
{
	int64_t ahead = call->client ? coder_client_clock_ahead(call->client) : 0;
	int64_t difference = ahead < 0 ? -ahead : ahead;
	char text[CODER_DURATION_SIZE];

	if (difference <= CLOCK_DIFFERENCE)
		return;
	difference = difference > CENTURIES - 60 ? CENTURIES : (difference + 30) / 60 * 60;
	coder_duration_format(difference * CODER_NS, text);
	output_warn_once("clock", coder_client_origin(call->client),
			 "this machine's clock is %s %s that of %s: ttl, expired and filters of "
			 "time go by the deployment's",
			 text, ahead < 0 ? "behind" : "ahead of",
			 coder_client_origin(call->client));
}

/* Publishes what there is, and gives the call its end: a failure of the work came first, and stays. */
static int publish(struct call *call, int rc, bool *ret_pipe, struct coder_error *err)
{
	const struct command *command = call->command;
	struct coder_error late = { 0 };
	bool pipe_broke = false;

	session_unshield();
	if ((rc < 0 && !call->result.partial) ||
	    result_publish(&call->result, &pipe_broke, &late) == 0)
		return rc;
	if (rc < 0 && late.code != CODER_ERR_INTERRUPTED) {
		command_print_error(call, &late);
		return -1;
	}
	*ret_pipe = pipe_broke;
	*err = late;
	if (command->undelivered && call->client) {
		(void)session_shield();
		(void)command->undelivered(call, err);
		session_unshield();
	}
	return -1;
}

/* Runs a call with its memory given; returns the exit status. */
static int perform(struct call *call, const char *const *words, size_t n)
{
	struct opts_result parsed = { 0 };
	struct coder_error err = { .retry_after = -1 };
	bool pipe_broke = false;
	int rc = publish(call, work(call, &parsed, words, n, &err), &pipe_broke, &err);

	opts_done(&parsed);
	if (rc == 0)
		err.code = CODER_OK;
	publish_error(&err);
	/* in a pipeline whose reader has gone, writers end in silence */
	if (pipe_broke && err.code == CODER_ERR_REFUSED && !shell_is_main())
		return command_status(&err) | SHELL_EPIPE;
	if (err.code != CODER_ERR_INTERRUPTED)
		warn_of_clock(call);
	if (rc < 0 && (err.code != CODER_ERR_INTERRUPTED || err.report) && !call->reported)
		command_print_error(call, &err);
	if (call->misused)
		shio_usage();
	return command_status(&err);
}

/* The commands that were loaded into this shell; NULL-terminated. */
#define ONE(name) +1
static const struct opts_command *loaded[CODER_TOKENS_BUILTINS(ONE) + 1];

/* Completion prints nothing and leaves TOKEN_ERROR alone; only words that it does not know are an error. */
static int call_completion(const char *const *words, size_t n, struct coder_interrupts *interrupts)
{
	struct coder_error err;
	const struct complete_commands commands = { loaded, ERROR_VARIABLE };
	int rc = complete_run(&commands, words, n, interrupts, &err);

	buf_wipe_stack();
	if (rc == 0)
		return 0;
	if (err.code == CODER_ERR_USAGE)
		output_error(err.message);
	return command_status(&err);
}

static int call_words(const struct command *command, const char *const *words, size_t n,
		      struct coder_interrupts *interrupts)
{
	struct call call = {
		.command = command,
		.interrupts = interrupts,
		.result.interrupts = interrupts,
	};
	int status = 1;

	call.options = calloc(1, command->options_size);
	call.state = calloc(1, command->state_size ? command->state_size : 1);
	if (call.options && call.state)
		status = perform(&call, words, n);
	else
		shio_error("out of memory");
	if (call.state && command->done)
		command->done(call.state);
	result_done(&call.result);
	coder_strings_done(&call.environment);
	free(call.state);
	free(call.options);
	coder_client_free(call.client);
	buf_wipe_stack();
	return status;
}

int command_main(const struct command *command, void *words)
{
	static const struct coder_interrupt_source source = {
		.pending = shell_pending,
		.take = shell_take_signal,
	};
	struct coder_interrupts interrupts;
	unsigned filled;
	const char **v;
	size_t n = 0;
	int status = 1;

	shell_enter();
	coder_interrupts_init(&interrupts, &source);
	filled = shell_fill_std();
	v = shell_words(words, &n);
	if (!v)
		shio_error("out of memory");
	else if (complete_is_meant(v, n))
		status = call_completion(v, n, &interrupts);
	else
		status = call_words(command, v, n, &interrupts);
	free(v);
	shell_close_std(filled);
	/* nothing is owned any more: a signal that was held may end the process here */
	coder_interrupts_release(&interrupts);
	return shell_leave(status);
}

/* ----------------------------------------------------------- load, unload */

static void note_loaded(const struct opts_command *command)
{
	size_t i = 0;

	while (loaded[i] && loaded[i] != command)
		i++;
	loaded[i] = command;
}

int command_load(const struct command *command, struct shell_builtin *builtin)
{
	if (!shell_supported(command->opts.name))
		return 0;
	note_loaded(&command->opts);
	output_share_warnings();
	/* from now on "${TOKEN_ERROR[status]-}" is safe: of what is no such array bash evaluates the key */
	shvar_own_global(ERROR_VARIABLE);
	/* the texts stay for good: bash keeps pointers to them */
	if (!builtin->long_doc)
		builtin->long_doc = opts_long_doc(&command->opts);
	if (!builtin->short_doc)
		builtin->short_doc = opts_usage(&command->opts);
	return builtin->long_doc && builtin->short_doc;
}

void command_unload(void)
{
	/* commands that stay loaded connect anew */
	coder_disconnect();
}
