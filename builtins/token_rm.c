/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_rm.c - the builtin that removes API tokens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "command.h"
#include "errors.h"
#include "options/opts.h"
#include "output/progress.h"
#include "output/result.h"
#include "shell/io.h"
#include "shell/variables.h"
#include "status.h"

#define JOBS 8
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

struct rm_options {
	struct common_options common;
	bool expire, delete, include_self, dry_run;
	const char *user, *jobs, *removed, *from;
};

#define AT(field) offsetof(struct rm_options, field)

static const struct opts_option rm_table[] = {
	{ "expire", 0, OPTS_FLAG, OPTS_VALUE_NONE, OPTS_UNEXPIRED, AT(expire), .group = "how",
	  .help = "End the token, but keep it for audit. Its name stays in use." },
	{ "delete", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(delete), .group = "how",
	  .help = "Delete the token. This is the default." },
	{ "user", 'u', OPTS_TEXT, OPTS_VALUE_USER, OPTS_NONEMPTY, AT(user), .arg = "USER",
	  .help = "Look among the tokens of this user: a username or UUID." },
	{ "include-self", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(include_self),
	  .help = "Also remove the token in use if it is named. It is removed last." },
	{ "dry-run", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(dry_run),
	  .help = "Print what would be removed, and remove nothing." },
	{ "jobs", 0, OPTS_TEXT, OPTS_VALUE_NONE, OPTS_NONEMPTY, AT(jobs), .arg = "N",
	  .help = "Remove up to N tokens at once, each over a connection of its own or all over one of "
		  "HTTP/2: 1 to " TEXT(CODER_REMOVALS_MAX) ". Default: " TEXT(JOBS) "." },
	{ "variable", 'v', OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_OUTPUT, AT(removed), .arg = "REMOVED",
	  .help = "Assign the ids of the removed tokens (with --dry-run, of those that would be "
		  "removed) to an indexed array, however the call ends. Print nothing." },
	{ "from", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_NONEMPTY, AT(from), .arg = "ARRAY",
	  .help = "Take names, ids or tokens from an array, too. An empty array removes nothing." },
	{ .name = NULL },
};

static const char *const rm_description[] = {
	"Deletes API tokens. Today's coder tokens rm only expires them: use --expire for that. A "
	"deletion is final and removes the token's audit trail.",
	"Each argument is a token itself, of which only the id is sent, or its id, or its exact name. "
	"They are tried in this order: an argument that is the id of a token is not taken for a name. "
	"All tokens are looked up first: if one is not found, nothing is removed. A removal that "
	"fails does not stop the others. The token in use is refused unless --include-self is given.",
	"Several tokens are removed at once (--jobs), and reported in the order of the arguments. If the "
	"server limits the rate of requests, all of them wait for it together. On a terminal, the "
	"removal of many shows how far it is.",
	"The call reports what it removed however it ends, after ^C, --timeout or failures, too. After "
	"^C it starts no further removal and gives those in flight half a second. It names each "
	"token whose removal has an unknown outcome on standard error. Only a usage error that is "
	"found before the first request leaves the array of -v as it was.",
	NULL,
};

static const char *const rm_examples[] = {
	"Remove a token by its name:",
	"token_rm ci-1234",
	"Remove the tokens that nobody used for 90 days:",
	"token_list --unused-for 90d -v stale && token_rm --from stale",
	NULL,
};

/* The outcome of a removal. */
struct rm_outcome {
	enum { RM_NOT_BEGUN, RM_REMOVED, RM_FAILED } what;
	struct coder_error *err; /* of a failure that has not been printed yet */
	size_t line_end; /* in the result's text: the end of its line */
};

struct rm_state {
	struct coder_strings arguments;
	struct coder_tokens tokens;
	size_t jobs;
	struct rm_outcome *outcomes; /* of tokens */
	size_t n_ended, n_removed, n_unknown; /* how many; n_unknown: may have been removed */
	size_t n_printed; /* for how many tokens, from the first on, failures have been printed */
	struct coder_error first; /* the first failure that was printed; code CODER_OK: none */
	bool out_of_memory;
};

/* Finds every token, and moves the token in use to the end if it is among them. */
static int find_all(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	struct coder_tokens *tokens = &state->tokens;
	const char *self = coder_self_id(call->client);
	size_t i = 0;

	if (coder_tokens_find(call->client, options->user, &state->arguments, tokens, err) < 0)
		return -1;
	while (i < tokens->n && strcmp(tokens->v[i].id, self) != 0)
		i++;
	if (i == tokens->n)
		return 0;
	if (!options->include_self)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "%s (%s) is the token in use: give --include-self to remove "
				       "it, too",
				       tokens->v[i].name, self);
	for (; i + 1 < tokens->n; i++) {
		struct coder_token next = tokens->v[i + 1];

		tokens->v[i + 1] = tokens->v[i];
		tokens->v[i] = next;
	}
	return 0;
}

static int add_line(struct call *call, const struct coder_token *token, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	const struct rm_state *state = call->state;
	struct buf *out = &call->result.text;
	const char *what = options->dry_run ?
				   (options->expire ? "would be expired" : "would be deleted") :
			   options->expire ? "has been expired" :
					     "has been deleted";
	bool ok = buf_addf(out, "Token %s", what);

	if (ok && (state->arguments.n > 1 || options->dry_run))
		ok = buf_add_str(out, ": ") && coder_escape(out, token->name, CODER_TERMINAL) &&
		     buf_addf(out, " (%s)", token->id);
	else
		ok = ok && buf_add_char(out, '.');
	return ok && buf_add_char(out, '\n') ? 0 : coder_error_memory(err);
}

/* Puts the token in front of the message, and adds that the outcome is not known if that is so. */
static void explain(struct call *call, const struct coder_token *token, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	bool has_detail = err->detail[0];
	char *text = has_detail ? err->detail : err->message; /* the one that is printed last */
	size_t size = has_detail ? sizeof(err->detail) : sizeof(err->message), len;

	coder_error_wrap(err, "%.200s (%s)", token->name, token->id);
	if (!err->unknown)
		return;
	state->n_unknown++;
	len = strlen(text);
	while (len && strchr(". ", text[len - 1])) /* the end of a sentence of the server */
		len--;
	snprintf(text + len, size - len, "; it is not known whether it has been %s",
		 options->expire ? "expired" : "deleted");
}

/* Prints a failure. Of interruptions it prints only those that leave an outcome unknown. */
static void print_failure(struct call *call, struct coder_error *err)
{
	if (err->code == CODER_ERR_INTERRUPTED && !err->unknown)
		return;
	command_explain(call, err);
	command_print_error(call, err);
}

/* -------------------------------------------------------------- one argument */

static int remove_alone(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	const struct coder_token *token = &state->tokens.v[0];
	const char *user = options->user ? options->user : "me";
	int rc;

	/* a line comes first, because adding it may fail; adding a value to the array cannot */
	if (!options->removed && add_line(call, token, err) < 0)
		return -1;
	rc = options->expire ? coder_token_expire(call->client, user, token->id, err) :
			       coder_token_delete(call->client, user, token->id, err);
	if (rc == 0)
		return options->removed ? result_value(&call->result, token->id, err) : 0;
	buf_reset(&call->result.text);
	explain(call, token, err);
	if (err->code == CODER_ERR_INTERRUPTED)
		print_failure(call, err);
	return -1;
}

/* ------------------------------------------------------------------- several */

/* Allocates the memory for the report before the first removal, as it may run out later. */
static int prepare_report(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	size_t n = state->tokens.n;

	state->outcomes = calloc(n ? n : 1, sizeof(*state->outcomes));
	if (!state->outcomes)
		return coder_error_memory(err);
	for (size_t i = 0; i < n && !options->removed; i++) {
		if (add_line(call, &state->tokens.v[i], err) < 0) {
			buf_reset(&call->result.text);
			return -1;
		}
		state->outcomes[i].line_end = call->result.text.len;
	}
	return 0;
}

/* Prints a failure of several, and keeps the first one for TOKEN_ERROR. */
static void print_and_keep(struct call *call, struct coder_error *err)
{
	struct rm_state *state = call->state;

	print_failure(call, err);
	if (!state->first.code && err->code != CODER_ERR_INTERRUPTED)
		state->first = *err;
}

/* Prints the failures in the order of the tokens, up to the first token that has not ended. */
static void print_failures(struct call *call, bool all)
{
	struct rm_state *state = call->state;

	for (; state->n_printed < state->tokens.n; state->n_printed++) {
		struct rm_outcome *outcome = &state->outcomes[state->n_printed];

		if (outcome->what == RM_NOT_BEGUN && !all)
			return;
		if (outcome->err)
			print_and_keep(call, outcome->err);
		free(outcome->err);
		outcome->err = NULL;
	}
}

/* Records the end of a removal; err->code is CODER_OK if it succeeded. */
static void note_end(struct call *call, size_t i, struct coder_error *err)
{
	struct rm_state *state = call->state;
	struct rm_outcome *outcome = &state->outcomes[i];

	state->n_ended++;
	outcome->what = err->code ? RM_FAILED : RM_REMOVED;
	if (err->code) {
		explain(call, &state->tokens.v[i], err);
		state->out_of_memory |= err->code == CODER_ERR_MEMORY;
		outcome->err = malloc(sizeof(*err));
		if (outcome->err)
			*outcome->err = *err;
		else
			print_and_keep(call, err);
	} else {
		state->n_removed++;
	}
	print_failures(call, false);
}

/* Puts what was removed into the result, in the order of the arguments. */
static void report_removed(struct call *call)
{
	const struct rm_options *options = call->options;
	const struct rm_state *state = call->state;
	struct buf *text = &call->result.text;
	size_t from = 0, len = 0;
	struct coder_error ignored;

	for (size_t i = 0; i < state->tokens.n; i++) {
		const struct rm_outcome *outcome = &state->outcomes[i];
		size_t size = outcome->line_end - from;

		if (outcome->what == RM_REMOVED && options->removed)
			(void)result_value(&call->result, state->tokens.v[i].id, &ignored);
		if (options->removed)
			continue;
		if (outcome->what == RM_REMOVED) {
			memmove(text->data + len, text->data + from, size);
			len += size;
		}
		from = outcome->line_end;
	}
	if (!options->removed)
		buf_truncate(text, len);
}

/* Prints how far a call came that ends before all of its removals have ended. */
static void print_how_far(const struct call *call, bool interrupted)
{
	const struct rm_options *options = call->options;
	const struct rm_state *state = call->state;
	char unknown[64] = "";

	if (state->n_unknown)
		snprintf(unknown, sizeof(unknown), "; of %zu it is not known", state->n_unknown);
	shio_error("%s: %zu of %zu tokens have been %s%s",
		   interrupted ? "interrupted" : "the time is up", state->n_removed,
		   state->tokens.n, options->expire ? "expired" : "deleted", unknown);
}

/* Ends a call about several tokens. Sets *err and returns -1, unless all were removed. */
static int end_several(struct call *call, bool interrupted, struct coder_error *err)
{
	const struct rm_state *state = call->state;
	bool ended = interrupted || state->n_ended < state->tokens.n;

	if (state->out_of_memory)
		return coder_error_memory(err);
	if (!ended && !state->first.code)
		return 0;
	if (ended)
		print_how_far(call, interrupted);
	if (state->first.code)
		*err = state->first;
	else if (!interrupted)
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "the time is up");
	if (interrupted) {
		if (!state->first.code)
			coder_interrupted(call->interrupts->signal, err);
		err->code = CODER_ERR_INTERRUPTED;
		err->signal = call->interrupts->signal;
	} else {
		err->code = CODER_ERR_SOME_FAILED;
		err->signal = 0;
	}
	call->reported = true;
	return -1;
}

/* Removes several tokens. A signal and the deadline stop further removals, a failure does not. */
static int remove_several(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	struct coder_removals *removals = NULL;
	struct progress progress;
	enum coder_removals_state what;
	bool interrupted = false;
	size_t i;

	if (coder_removals_new(call->client, options->user ? options->user : "me", &state->tokens,
			       options->expire, state->jobs, &removals, err) < 0)
		return -1;
	if (prepare_report(call, err) < 0) {
		coder_removals_free(removals);
		return -1;
	}
	progress_begin(&progress, options->expire ? "expiring tokens" : "deleting tokens",
		       state->tokens.n);
	while ((what = coder_removals_next(removals, progress_next(&progress), &i, err)) !=
	       CODER_REMOVALS_OVER) {
		interrupted |= what == CODER_REMOVAL_ENDED && err->code == CODER_ERR_INTERRUPTED;
		if (what == CODER_REMOVAL_ENDED)
			note_end(call, i, err);
		progress_show(&progress, state->n_ended);
	}
	progress_end(&progress);
	coder_removals_free(removals);
	print_failures(call, true);
	report_removed(call);
	interrupted |=
		state->n_ended < state->tokens.n && coder_interrupts_pending(call->interrupts);
	return end_several(call, interrupted, err);
}

/* Reports what would be removed: all of it, or nothing. */
static int rehearse(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	const struct coder_tokens *tokens = &((struct rm_state *)call->state)->tokens;
	int rc = 0;

	for (size_t i = 0; i < tokens->n && rc == 0; i++)
		rc = options->removed ? result_value(&call->result, tokens->v[i].id, err) :
					add_line(call, &tokens->v[i], err);
	if (rc < 0)
		buf_reset(&call->result.text);
	return rc;
}

/* Reads the number of --jobs. */
static int read_jobs(const char *text, size_t *ret, struct coder_error *err)
{
	size_t jobs = 0;

	for (const char *p = text; *p >= '0' && *p <= '9' && jobs <= CODER_REMOVALS_MAX; p++)
		jobs = jobs * 10 + (size_t)(*p - '0');
	if (text[strspn(text, "0123456789")] || jobs < 1 || jobs > CODER_REMOVALS_MAX)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "--jobs: '%s' is no number from 1 to %d", text,
				       CODER_REMOVALS_MAX);
	*ret = jobs;
	return 0;
}

/* Fails if an argument or an element of --from is empty, and tells which one. */
static int check_not_empty(const struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	const struct rm_state *state = call->state;
	const size_t typed = call->operands.n, n = state->arguments.n;
	size_t i = 0;

	while (i < n && *state->arguments.v[i])
		i++;
	if (i == n)
		return 0;
	coder_error_set(err, CODER_ERR_USAGE, "empty: a name, id or token is wanted");
	if (i >= typed)
		return coder_error_wrap(err, "--from: element %zu of %s", i - typed + 1,
					options->from);
	return n > 1 ? coder_error_wrap(err, "argument %zu", i + 1) : -1;
}

static int rm_check(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	struct coder_strings *arguments = &state->arguments;

	if (!call->operands.n && !options->from)
		return command_misused(call, "missing operand: a name, id or token, or --from",
				       err);
	state->jobs = JOBS;
	if (options->jobs && read_jobs(options->jobs, &state->jobs, err) < 0)
		return -1;
	for (size_t i = 0; i < call->operands.n; i++)
		if (coder_strings_add(arguments, call->operands.v[i], err) < 0)
			return -1;
	if (options->from && shvar_get_strings(options->from, arguments, err) < 0)
		return coder_error_wrap(err, "--from");
	if (check_not_empty(call, err) < 0)
		return -1;
	/* what has been removed is reported however the call ends */
	call->result.partial = true;
	return options->removed ? result_indexed(&call->result, options->removed, NULL, err) : 0;
}

static int rm_run(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	const struct rm_state *state = call->state;

	if (find_all(call, err) < 0)
		return -1;
	if (options->dry_run)
		return rehearse(call, err);
	coder_interrupts_hold(call->interrupts);
	return state->arguments.n == 1 ? remove_alone(call, err) : remove_several(call, err);
}

static void rm_done(void *data)
{
	struct rm_state *state = data;

	for (size_t i = 0; i < state->arguments.n; i++) /* they may be tokens */
		explicit_bzero(state->arguments.v[i], strlen(state->arguments.v[i]));
	coder_strings_done(&state->arguments);
	for (size_t i = 0; state->outcomes && i < state->tokens.n; i++)
		free(state->outcomes[i].err);
	free(state->outcomes);
	coder_tokens_done(&state->tokens);
}

static const struct opts_option *const rm_tables[] = { rm_table, command_common_options, NULL };

static const struct command token_rm_command = {
	.opts = {
		.name = "token_rm",
		.summary = "Remove API tokens of a Coder deployment",
		.operands = "[NAME|ID|TOKEN]...",
		.operand_value = OPTS_VALUE_TOKEN,
		.max_operands = OPTS_MANY,
		.tables = rm_tables,
		.description = rm_description,
		.examples = rm_examples,
		.statuses = command_statuses,
		.see_also = command_see_also,
	},
	.options_size = sizeof(struct rm_options),
	.state_size = sizeof(struct rm_state),
	.check = rm_check,
	.run = rm_run,
	.done = rm_done,
};

BUILTIN(token_rm)
