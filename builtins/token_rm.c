/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_rm.c - the builtin that removes API tokens. */
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "command.h"
#include "errors.h"
#include "options/opts.h"
#include "output/progress.h"
#include "output/result.h"
#include "rm_report.h"
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
	  .help = "Search only the tokens of this user: a username or UUID." },
	{ "include-self", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(include_self),
	  .help = "Also remove the token in use if it is named. It is removed last." },
	{ "dry-run", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(dry_run),
	  .help = "Print what would be removed, and remove nothing." },
	{ "jobs", 0, OPTS_TEXT, OPTS_VALUE_NONE, OPTS_NONEMPTY, AT(jobs), .arg = "N",
	  .help = "Remove up to N tokens at once. Each removal has a connection of its own, or all share "
		  "one HTTP/2 connection. N is 1 to " TEXT(CODER_REMOVALS_MAX) ". Default: " TEXT(
			  JOBS) "." },
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
	"They are tried in this order: an argument that is the id of a token is not used as a name. "
	"All tokens are looked up first: if one is not found, nothing is removed. A removal that "
	"fails does not stop the others. The token in use is refused unless --include-self is given.",
	"Several tokens are removed at once (--jobs), and reported in the order of the arguments. If the "
	"server limits the rate of requests, all of them wait together. On a terminal, the "
	"removal of many shows its progress.",
	"However the call ends, it reports what it removed: also after ^C, --timeout and failures. After "
	"^C it starts no further removal and gives those in flight half a second. On standard error it "
	"names each token of which it is not known whether it was removed. Only a usage error that is "
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

struct rm_state {
	struct coder_strings arguments;
	struct coder_tokens tokens;
	size_t jobs;
	struct rm_report report;
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

static int remove_alone(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	const struct coder_token *token = &state->tokens.v[0];
	const char *user = options->user ? options->user : "me";
	int rc;

	/* a line comes first, because adding it may fail; adding an id to the array cannot */
	if (!options->removed && rm_report_add(&state->report, token, err) < 0)
		return -1;
	rc = options->expire ? coder_token_expire(call->client, user, token->id, err) :
			       coder_token_delete(call->client, user, token->id, err);
	if (rc == 0)
		return options->removed ? rm_report_add(&state->report, token, err) : 0;
	buf_reset(&call->result.text);
	rm_report_name(&state->report, token, err);
	if (err->code == CODER_ERR_INTERRUPTED)
		rm_report_print(&state->report, err);
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
	if (rm_report_begin(&state->report, err) < 0) {
		coder_removals_free(removals);
		return -1;
	}
	progress_begin(&progress, options->expire ? "expiring tokens" : "deleting tokens",
		       state->tokens.n);
	while ((what = coder_removals_next(removals, progress_next(&progress), &i, err)) !=
	       CODER_REMOVALS_OVER) {
		interrupted |= what == CODER_REMOVAL_ENDED && err->code == CODER_ERR_INTERRUPTED;
		if (what == CODER_REMOVAL_ENDED)
			rm_report_ended(&state->report, i, err);
		progress_show(&progress, state->report.n_ended);
	}
	progress_end(&progress);
	coder_removals_free(removals);
	return rm_report_end(&state->report, interrupted, err);
}

/* Reports what would be removed: all of it, or nothing. */
static int dry_run(struct call *call, struct coder_error *err)
{
	const struct rm_state *state = call->state;

	for (size_t i = 0; i < state->tokens.n; i++)
		if (rm_report_add(&state->report, &state->tokens.v[i], err) < 0) {
			buf_reset(&call->result.text);
			return -1;
		}
	return 0;
}

/* Reads the number of --jobs. */
static int read_jobs(const char *text, size_t *ret, struct coder_error *err)
{
	int64_t jobs = coder_decimal(text, strlen(text), CODER_REMOVALS_MAX);

	if (jobs < 1)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "--jobs: '%s' is not a number from 1 to %d", text,
				       CODER_REMOVALS_MAX);
	*ret = (size_t)jobs;
	return 0;
}

/* Fails if an argument or an element of --from is empty, and names it. */
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
	coder_error_set(err, CODER_ERR_USAGE, "empty: neither a name nor an id nor a token");
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
	struct rm_state *state = call->state;

	if (!options->dry_run)
		coder_removals_expect(call->client, state->arguments.n, state->jobs);
	if (find_all(call, err) < 0)
		return -1;
	state->report = (struct rm_report){
		.call = call,
		.tokens = &state->tokens,
		.expire = options->expire,
		.dry_run = options->dry_run,
		.names = options->dry_run || state->arguments.n > 1,
		.ids = options->removed,
	};
	if (options->dry_run)
		return dry_run(call, err);
	coder_interrupts_hold(call->interrupts);
	return state->arguments.n == 1 ? remove_alone(call, err) : remove_several(call, err);
}

static void rm_done(void *data)
{
	struct rm_state *state = data;

	for (size_t i = 0; i < state->arguments.n; i++) /* they may be tokens */
		explicit_bzero(state->arguments.v[i], strlen(state->arguments.v[i]));
	coder_strings_done(&state->arguments);
	rm_report_done(&state->report);
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
