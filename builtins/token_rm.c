/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_rm.c - the builtin that removes API tokens. */
#include <stdio.h>
#include <string.h>

#include "../lib/coder.h"
#include "command.h"
#include "output.h"

#define PROGRESS_FROM 20 /* so many removals take long enough to show how far they are */

struct rm_options {
	struct common_options common;
	bool expire, delete, include_self, dry_run;
	const char *user, *removed, *from;
};

#define AT(field) offsetof(struct rm_options, field)

static const struct opts_option rm_table[] = {
	{ "expire", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(expire), .group = "how",
	  .help = "End the token but keep it for audit; its name stays taken." },
	{ "delete", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(delete), .group = "how",
	  .help = "Delete the token. This is the default." },
	{ "user", 'u', OPTS_TEXT, OPTS_VALUE_USER, OPTS_NONEMPTY, AT(user), .arg = "USER",
	  .help = "Look among the tokens of this user: a username or UUID." },
	{ "include-self", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(include_self),
	  .help = "Remove the token in use, too, if it is named: last." },
	{ "dry-run", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(dry_run),
	  .help = "Say what would be removed, and remove nothing." },
	{ "variable", 'v', OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_TARGET, AT(removed), .arg = "REMOVED",
	  .help = "Assign the ids of what was removed to an indexed array (with --dry-run, of what "
		  "would be); print nothing." },
	{ "from", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_NONEMPTY, AT(from), .arg = "ARRAY",
	  .help = "Take names, ids or tokens from an array, too. An empty one removes nothing." },
	{ .name = NULL },
};

static const char *const rm_description[] = {
	"Deletes API tokens, where coder tokens rm of today only expires them: give --expire for "
	"that. Deleting is final and removes the token's audit trail.",
	"Each token is named by the token itself, of which only the id is sent, by its id or by its "
	"name, exactly. They are tried in this order: what is an id is not taken for a name. All "
	"are looked up first: if any is not found, nothing is removed. A failure while removing "
	"does not stop the rest. The token in use is refused unless --include-self.",
	NULL,
};

static const char *const rm_examples[] = {
	"Remove a token by its name:",
	"token_rm ci-1234",
	"Remove what nobody used for 90 days:",
	"token_list --unused-for 90d -v stale && token_rm --from stale",
	NULL,
};

struct rm_state {
	struct coder_strings arguments;
	struct coder_tokens tokens;
	struct coder_strings removed; /* ids */
};

static int rm_check(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;

	if (!call->operands.n && !options->from)
		return command_misused(call, "missing operand: a name, id or token, or --from",
				       err);
	for (size_t i = 0; i < call->operands.n; i++)
		if (coder_strings_add(&state->arguments, call->operands.v[i], err) < 0)
			return -1;
	if (options->from && command_array(options->from, &state->arguments, err) < 0)
		return coder_error_wrap(err, "--from");
	return 0;
}

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

static int report(struct call *call, const struct coder_token *token, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	struct buf *out = &call->result.text;
	const char *what = options->dry_run ?
				   (options->expire ? "would be expired" : "would be deleted") :
			   options->expire ? "has been expired" :
					     "has been deleted";
	bool ok = buf_addf(out, "Token %s", what);

	if (ok && (state->arguments.n > 1 || options->dry_run))
		ok = buf_add_str(out, ": ") && output_escape(out, token->name) &&
		     buf_addf(out, " (%s)", token->id);
	else
		ok = ok && buf_add_char(out, '.');
	return ok && buf_add_char(out, '\n') ? 0 : coder_error_memory(err);
}

static int remove_one(struct call *call, const struct coder_token *token, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;
	const char *user = options->user ? options->user : "me";
	int rc = 0;

	if (!options->dry_run && options->expire)
		rc = coder_token_expire(call->client, user, token->id, err);
	else if (!options->dry_run)
		rc = coder_token_delete(call->client, user, token->id, err);
	if (rc < 0)
		return coder_error_wrap(err, "%s (%s)", token->name, token->id);
	if (coder_strings_add(&state->removed, token->id, err) < 0)
		return -1;
	return options->removed ? 0 : report(call, token, err);
}

/* Of several a failure is printed and the rest goes on; an interrupt ends it. */
static int remove_all(struct call *call, struct coder_error *err)
{
	const struct rm_state *state = call->state;
	const struct coder_tokens *tokens = &state->tokens;
	bool progress = tokens->n >= PROGRESS_FROM && shio_error_is_terminal();
	char text[64];

	for (size_t i = 0; i < tokens->n; i++) {
		if (progress) {
			snprintf(text, sizeof(text), "removing %zu of %zu", i + 1, tokens->n);
			shio_progress(text);
		}
		if (remove_one(call, &tokens->v[i], err) == 0)
			continue;
		if (progress)
			shio_progress(NULL);
		if (state->arguments.n == 1 || err->code == CODER_ERR_MEMORY)
			return -1;
		if (err->code == CODER_ERR_INTERRUPTED) {
			shio_error("interrupted: %zu of %zu removed", i, tokens->n);
			return -1;
		}
		command_explain(call, err);
		command_print_error(err);
		if (call->some_failed.code == CODER_OK)
			call->some_failed = *err;
		call->some_failed.code = CODER_ERR_SOME_FAILED;
	}
	if (progress)
		shio_progress(NULL);
	return 0;
}

static int rm_run(struct call *call, struct coder_error *err)
{
	const struct rm_options *options = call->options;
	struct rm_state *state = call->state;

	if (find_all(call, err) < 0 || remove_all(call, err) < 0)
		return -1;
	return options->removed ?
		       result_indexed(&call->result, options->removed, &state->removed, err) :
		       0;
}

static void rm_done(void *data)
{
	struct rm_state *state = data;

	for (size_t i = 0; i < state->arguments.n; i++) /* may be tokens */
		explicit_bzero(state->arguments.v[i], strlen(state->arguments.v[i]));
	coder_strings_done(&state->arguments);
	coder_tokens_done(&state->tokens);
	coder_strings_done(&state->removed);
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
		.see_also = command_see_also,
	},
	.options_size = sizeof(struct rm_options),
	.state_size = sizeof(struct rm_state),
	.check = rm_check,
	.run = rm_run,
	.done = rm_done,
};

BUILTIN(token_rm)
