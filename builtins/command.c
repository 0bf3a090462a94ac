/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c - the path that every call takes; see command.h. */
#include "command.h"
#include "base/buf.h"
#include "complete/complete.h"
#include "errors.h"
#include "output/message.h"
#include "session/session.h"
#include "shell/arrays.h"
#include "shell/io.h"
#include "shell/signals.h"
#include "shell/variables.h"
#include "status.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FREE_MORE_NS (CODER_NS / 20) /* how long each call frees what is left of arrays */

/* CODER_TOKENS_BUILTINS(ROW) is ROW(NAME) for each builtin. */
#if !defined(CODER_TOKENS_VERSION) || !defined(CODER_TOKENS_BUILTINS)
#error "CODER_TOKENS_VERSION and CODER_TOKENS_BUILTINS come from the Makefile"
#endif

const struct opts_option command_common_options[] = {
	{ .name = "url",
	  .kind = OPTS_TEXT,
	  .value = OPTS_VALUE_URL,
	  .offset = offsetof(struct common_options, url),
	  .arg = "URL",
	  .help = "The URL of the deployment. Default: $CODER_URL, else that of coder login." },
	{ .name = "token",
	  .kind = OPTS_TEXT,
	  .value = OPTS_VALUE_SESSION_TOKEN,
	  .offset = offsetof(struct common_options, token),
	  .arg = "TOKEN",
	  .help = "The session token to act with. Default: $CODER_SESSION_TOKEN, else that of "
		  "coder login, for its own deployment only. In a variable it does not appear in "
		  "traces." },
	{ .name = "timeout",
	  .kind = OPTS_TEXT,
	  .value = OPTS_VALUE_DURATION,
	  .offset = offsetof(struct common_options, timeout),
	  .arg = "D",
	  .help = "Give up after this time, in seconds or as a duration such as 1m30s. It includes "
		  "waits and the writing of the output." },
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
	  .choices = OPTS_FORMAT_CHOICES,
	  .help = "Print the documentation in a format." },
	{ .name = NULL },
};

#define MAN_PAGE(name) #name "(1)",
const char *const command_see_also[] = { CODER_TOKENS_BUILTINS(MAN_PAGE) "coder_tokens(7)",
					 "bash(1)", NULL };

/* ------------------------------------------------------------ the one path */

/* The value of a shell variable, kept until the end of the call; for opts_fill_defaults(). */
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

/* Writes what --help, --version and --doc print. */
static int document(struct call *call, struct coder_error *err)
{
	const struct common_options *common = call->options;
	const char *format = common->help ? "text" : common->doc;

	if (common->version && !common->help)
		return buf_addf(&call->result.text, "%s (coder_tokens) %s\n",
				call->command->opts.name, CODER_TOKENS_VERSION) ?
			       0 :
			       coder_error_memory(err);
	if (opts_print(&call->command->opts, format, &call->result.text) < 0)
		return coder_error_memory(err);
	return 0;
}

/* Checks an output variable. Bash refuses some only at the assignment, too late for a secret. */
static int check_output(struct coder_strings *names, const struct opts_option *option,
			const char *name, struct coder_error *err)
{
	enum shvar_kind kind = option->value == OPTS_VALUE_ARRAY ? SHVAR_INDEXED :
			       option->value == OPTS_VALUE_ASSOC ? SHVAR_ASSOC :
								   SHVAR_SCALAR;
	const char *variable = shvar_resolve(name);
	char why[SHVAR_WHY_SIZE];

	if (strcmp(variable, ERROR_VARIABLE) == 0)
		snprintf(why, sizeof(why), "%s: reserved for errors", name);
	else if (coder_strings_has(names, variable))
		snprintf(why, sizeof(why), "%s: cannot hold two results", name);
	else if (shvar_check(name, kind, why) == 0)
		return coder_strings_add(names, variable, err);
	return coder_error_set(err, CODER_ERR_USAGE, "--%s: %s", option->name, why);
}

static int check_outputs(struct call *call, struct coder_error *err)
{
	struct coder_strings names = { 0 };
	int rc = 0;

	opts_for_each(o, &call->command->opts)
	{
		const char *name = o->flags & OPTS_OUTPUT ? opts_text(call->options, o) : NULL;

		if (name && rc == 0)
			rc = check_output(&names, o, name, err);
	}
	coder_strings_done(&names);
	return rc;
}

/* Unlike other durations, --timeout also accepts plain seconds, as read -t does. */
static int read_timeout(const char *text, int64_t *ret_ns, struct coder_error *err)
{
	const char *duration = text;
	char plain[64];

	if (text[0] && strlen(text) < sizeof(plain) - 1 && !text[strspn(text, ASCII_DIGITS ".")]) {
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
	const struct session_options session = {
		.url = common->url,
		.token = common->token,
		.interrupts = call->interrupts,
	};

	if (common->timeout) {
		int64_t ns;

		if (read_timeout(common->timeout, &ns, err) < 0)
			return -1;
		coder_interrupts_limit(call->interrupts, ns);
	}
	if (session_open(&session, &call->client, &call->token_source, err) < 0)
		return -1;
	return session_shield() ? 0 : coder_error_memory(err);
}

/* Refuses a user that cannot exist, while it is known which option gave it. */
static int check_users(const struct call *call, struct coder_error *err)
{
	const struct opts_option *o = opts_find_value(&call->command->opts, OPTS_VALUE_USER);
	const char *user = o ? opts_text(call->options, o) : NULL;

	if (!user || coder_is_segment(user))
		return 0;
	coder_error_set(err, CODER_ERR_USAGE, "'%s' cannot be a user", user);
	return command_blame(call, o->name, err);
}

/* Does everything up to publishing: from the words to a complete result. */
static int work(struct call *call, struct opts_result *parsed, const char *const *words, size_t n,
		struct coder_error *err)
{
	const struct command *command = call->command;
	const struct common_options *common = call->options;
	char error[OPTS_ERROR_SIZE];

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
	/* after a usage error not even a partial result is published */
	if (command->check(call, err) < 0 || check_users(call, err) < 0 ||
	    check_outputs(call, err) < 0) {
		result_done(&call->result);
		return -1;
	}
	if (open_session(call, err) < 0) {
		if (err->code == CODER_ERR_USAGE)
			result_done(&call->result);
		return -1;
	}
	if (command->run(call, err) == 0)
		return 0;
	errors_find_cause(call, err);
	return -1;
}

/*
 * Publishes the result. rc: how the work ended. If it failed, *err stays as it is, unless
 * publishing is interrupted. The function is not inlined, because an error is large and the work
 * needs the stack.
 */
__attribute__((noinline)) static int publish(struct call *call, int rc, bool *ret_pipe,
					     struct coder_error *err)
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

/* Runs a call whose options and state are allocated. Returns the exit status. */
static int perform(struct call *call, const char *const *words, size_t n)
{
	struct opts_result parsed = { 0 };
	struct coder_error err = { .retry_after = -1 };
	bool pipe_broke = false;
	int rc = publish(call, work(call, &parsed, words, n, &err), &pipe_broke, &err);

	opts_done(&parsed);
	if (rc == 0)
		err.code = CODER_OK;
	errors_publish(&err);
	/* a writer in a pipeline ends without a message if the reader has ended */
	if (pipe_broke && err.code == CODER_ERR_REFUSED && !shell_is_main())
		return command_status(&err) | SHELL_EPIPE;
	if (err.code != CODER_ERR_INTERRUPTED)
		errors_warn_of_clock(call);
	if (rc < 0 && (err.code != CODER_ERR_INTERRUPTED || err.report) && !call->reported)
		command_print_error(call, &err);
	if (call->misused)
		shio_usage();
	return command_status(&err);
}

/* The commands that were loaded into this shell; NULL-terminated. */
#define ONE(name) +1
static const struct opts_command *loaded[CODER_TOKENS_BUILTINS(ONE) + 1];

/* Completion prints nothing and does not change TOKEN_ERROR. Only wrong words are an error. */
static int call_completion(const char *const *words, size_t n, struct coder_interrupts *interrupts)
{
	struct coder_error err;
	const struct complete_commands commands = { loaded, ERROR_VARIABLE };
	int rc = complete_run(&commands, words, n, interrupts, &err);

	buf_wipe_stack();
	if (rc == 0)
		return 0;
	if (err.code == CODER_ERR_USAGE)
		output_message(err.message);
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
	coder_client_close(call.client);
	result_leave_arrays(&call.result);
	/* from here on, memory is only freed */
	if (call.state && command->done)
		command->done(call.state);
	result_done(&call.result);
	coder_strings_done(&call.environment);
	free(call.state);
	free(call.options);
	coder_client_free(call.client);
	free(call.token_source);
	buf_wipe_stack();
	return status;
}

/* Frees what this call and earlier ones have left of long arrays, if it does not take long. */
static void free_more_arrays(void)
{
	struct coder_interrupts interrupts;

	coder_interrupts_init(&interrupts, &shell_signals);
	coder_interrupts_limit(&interrupts, FREE_MORE_NS);
	shvar_arrays_free_left(&interrupts);
}

int command_main(const struct command *command, void *words)
{
	struct coder_interrupts interrupts;
	unsigned filled;
	const char **v;
	size_t n = 0;
	int status = 1;

	shell_enter();
	coder_interrupts_init(&interrupts, &shell_signals);
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
	/* everything has been freed, so a fatal signal that was caught may end the process here */
	coder_interrupts_release(&interrupts);
	free_more_arrays();
	return shell_leave(status);
}

/* ----------------------------------------------------------- load, unload */

int command_load(const struct command *command, struct shell_builtin *builtin)
{
	size_t i = 0;

	if (!shell_supported(command->opts.name))
		return 0;
	while (loaded[i] && loaded[i] != &command->opts)
		i++;
	loaded[i] = &command->opts;
	output_share_warnings();
	/* scripts read "${TOKEN_ERROR[status]-}"; in another kind of variable bash would evaluate the key */
	shvar_own_global(ERROR_VARIABLE);
	/* the texts are never freed, because bash keeps pointers to them */
	if (!builtin->long_doc)
		builtin->long_doc = opts_long_doc(&command->opts);
	if (!builtin->short_doc)
		builtin->short_doc = opts_usage(&command->opts);
	return builtin->long_doc && builtin->short_doc;
}

void command_unload(void)
{
	/* commands that are still loaded will connect again */
	coder_disconnect();
}
