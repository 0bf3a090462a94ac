/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_rm.c - the builtin that removes API tokens. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "command.h"
#include "options/opts.h"
#include "output/result.h"
#include "shell/io.h"
#include "status.h"

#define PROGRESS_FROM 20 /* so many removals take long enough to show how far they are */

struct rm_options {
	struct common_options common;
	bool expire, delete, include_self, dry_run;
	const char *user, *removed, *from;
};

#define AT(field) offsetof(struct rm_options, field)

static const struct opts_option rm_table[] = {
	{ "expire", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(expire), .group = "how",
	  .help = "End the token, but keep it for audit. Its name stays in use." },
	{ "delete", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(delete), .group = "how",
	  .help = "Delete the token. This is the default." },
	{ "user", 'u', OPTS_TEXT, OPTS_VALUE_USER, OPTS_NONEMPTY, AT(user), .arg = "USER",
	  .help = "Look among the tokens of this user: a username or UUID." },
	{ "include-self", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(include_self),
	  .help = "Also remove the token in use if it is named. It is removed last." },
	{ "dry-run", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(dry_run),
	  .help = "Print what would be removed, and remove nothing." },
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
	"The call reports what it removed however it ends, after ^C, --timeout or failures, too. After "
	"^C it starts no further removal and gives the one in flight half a second. It names each "
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

struct rm_state {
	struct coder_strings arguments;
	struct coder_tokens tokens;
	size_t n_removed, n_unknown; /* of tokens; unknown: a removal whose response is missing */
};

/* Finds every token; the token in use, if it is among them, goes last. */
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

/* Notes a removal in the result. */
static int note(struct call *call, const struct coder_token *token, struct coder_error *err)
{
	const struct rm_options *options = call->options;

	return options->removed ? result_value(&call->result, token->id, err) :
				  add_line(call, token, err);
}

/*
 * Whether a removal that failed may have been carried out all the same. Who
 * redirects a request or limits its rate has not acted on it; a gateway that
 * got no response from the deployment may have passed it on.
 */
static bool is_unknown(const struct coder_error *err)
{
	long status = err->http_status;

	if (!err->sent || (status >= 300 && status < 400) || status == 407 || status == 429)
		return false;
	return err->code == CODER_ERR_INTERRUPTED || err->code == CODER_ERR_NO_RESPONSE ||
	       (err->code == CODER_ERR_UNAVAILABLE && !err->own);
}

/* Puts the token in front of what went wrong, and behind it what nobody can tell. */
static int explain(struct call *call, const struct coder_token *token, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	size_t len;

	coder_error_wrap(err, "%.200s (%s)", token->name, token->id);
	if (!is_unknown(err))
		return -1;
	state->n_unknown++;
	len = strlen(err->message);
	snprintf(err->message + len, sizeof(err->message) - len,
		 "; it is not known whether it has been %s",
		 options->expire ? "expired" : "deleted");
	return -1;
}

static int remove_one(struct call *call, const struct coder_token *token, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	const char *user = options->user ? options->user : "me";
	struct buf *text = &call->result.text;
	size_t text_len = text->len;
	int rc;

	/* a line comes first, as memory may run out; a value of the array cannot fail */
	if (!options->removed && add_line(call, token, err) < 0)
		return -1;
	rc = options->expire ? coder_token_expire(call->client, user, token->id, err) :
			       coder_token_delete(call->client, user, token->id, err);
	if (rc < 0) {
		buf_truncate(text, text_len);
		return explain(call, token, err);
	}
	state->n_removed++;
	return options->removed ? result_value(&call->result, token->id, err) : 0;
}

/* Whether nothing more is to be removed; then why. */
static bool has_to_end(struct call *call, struct coder_error *err)
{
	int signal = coder_interrupts_pending(call->interrupts);

	if (!signal && coder_interrupts_time_left(call->interrupts) > 0)
		return false;
	if (signal)
		coder_interrupted(signal, err);
	else
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "the time is up");
	return true;
}

/* The end of several, before all were tried. */
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

/* The end of an interrupted call is silent, but what is not known of a token is not. */
static void print_failure(struct call *call, struct coder_error *err)
{
	if (err->code == CODER_ERR_INTERRUPTED && !err->sent)
		return;
	command_explain(call, err);
	command_print_error(call, err);
}

static int remove_alone(struct call *call, struct coder_error *err)
{
	const struct rm_state *state = call->state;

	if (has_to_end(call, err))
		return -1;
	if (remove_one(call, &state->tokens.v[0], err) == 0)
		return 0;
	if (err->code == CODER_ERR_INTERRUPTED)
		print_failure(call, err);
	return -1;
}

/* Ends a call about several; first: the first failure, if there was one. */
static int end_several(struct call *call, bool ended, const struct coder_error *first,
		       struct coder_error *err)
{
	bool interrupted = ended && err->code == CODER_ERR_INTERRUPTED;
	int signal = err->signal;

	if (!ended && !first->code)
		return 0;
	if (ended)
		print_how_far(call, interrupted);
	if (first->code)
		*err = *first;
	err->code = interrupted ? CODER_ERR_INTERRUPTED : CODER_ERR_SOME_FAILED;
	err->signal = interrupted ? signal : 0;
	call->reported = true;
	return -1;
}

/* A failure of several does not stop the rest; a signal does, and the end of the time. */
static int remove_several(struct call *call, struct coder_error *err)
{
	const struct coder_tokens *tokens = &((struct rm_state *)call->state)->tokens;
	bool progress = tokens->n >= PROGRESS_FROM && shio_error_is_terminal();
	struct coder_error first = { 0 };
	bool ended = false;
	char text[64];

	for (size_t i = 0; i < tokens->n && !ended; i++) {
		if (progress) {
			snprintf(text, sizeof(text), "removing %zu of %zu", i + 1, tokens->n);
			shio_progress(text);
		}
		ended = has_to_end(call, err);
		if (ended || remove_one(call, &tokens->v[i], err) == 0)
			continue;
		if (progress)
			shio_progress(NULL);
		if (err->code == CODER_ERR_MEMORY)
			return -1;
		print_failure(call, err);
		ended = err->code == CODER_ERR_INTERRUPTED;
		if (!ended && !first.code)
			first = *err;
	}
	if (progress)
		shio_progress(NULL);
	return end_several(call, ended, &first, err);
}

/* What would be removed is told whole or not at all. */
static int rehearse(struct call *call, struct coder_error *err)
{
	const struct coder_tokens *tokens = &((struct rm_state *)call->state)->tokens;

	for (size_t i = 0; i < tokens->n; i++)
		if (note(call, &tokens->v[i], err) < 0) {
			buf_reset(&call->result.text);
			return -1;
		}
	return 0;
}

static int rm_check(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	struct coder_strings *arguments = &state->arguments;

	if (!call->operands.n && !options->from)
		return command_misused(call, "missing operand: a name, id or token, or --from",
				       err);
	for (size_t i = 0; i < call->operands.n; i++)
		if (coder_strings_add(arguments, call->operands.v[i], err) < 0)
			return -1;
	if (options->from && command_array(options->from, arguments, err) < 0)
		return coder_error_wrap(err, "--from");
	if (coder_strings_has(arguments, ""))
		return coder_error_set(err, CODER_ERR_USAGE,
				       "empty: a name, id or token is wanted");
	/* what has been removed is told however the call ends */
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

	for (size_t i = 0; i < state->arguments.n; i++) /* may be tokens */
		explicit_bzero(state->arguments.v[i], strlen(state->arguments.v[i]));
	coder_strings_done(&state->arguments);
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
