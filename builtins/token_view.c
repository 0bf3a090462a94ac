/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_view.c - the builtin that shows one API token. */
#include "coder.h"
#include "command.h"
#include "errors.h"
#include "permissions/explain.h"
#include "look.h"
#include "options/opts.h"
#include "output/columns.h"
#include "output/format.h"
#include "output/record.h"
#include "permissions/owners.h"
#include "permissions/permissions.h"
#include "status.h"

struct view_options {
	struct common_options common;
	bool self, no_header, explain, human;
	const char *user, *output, *color, *assoc, *scopes_into, *allow_into;
	struct opts_list columns;
};

#define AT(field) offsetof(struct view_options, field)

static const struct opts_option view_table[] = {
	{ "self", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(self), .help = "Show the token in use." },
	{ "user", 'u', OPTS_TEXT, OPTS_VALUE_USER, OPTS_NONEMPTY, AT(user), .arg = "USER",
	  .help = "Search only the tokens of this user: a username or UUID." },
	{ "column", 'c', OPTS_LIST, OPTS_VALUE_COLUMN, OPTS_COMMAS, AT(columns), .arg = "COLUMNS",
	  .help = "The columns to show, in the order given: a comma list of " OUTPUT_COLUMN_NAMES(
		  ", ") ". Default: all." },
	{ "output", 'o', OPTS_CHOICE, OPTS_VALUE_CHOICE, 0, AT(output), .arg = "FORMAT",
	  .choices = OUTPUT_FORMAT_CHOICES, .help = "How to print the token. Default: table." },
	{ "no-header", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(no_header),
	  .help = "Leave out the line of column names." },
	{ "human", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(human),
	  .help = "Print a card for people, with one field on each line. Times are relative, such as "
		  "'in 3 days', and names replace UUIDs in the allow list where you may see them." },
	{ "color", 0, OPTS_CHOICE, OPTS_VALUE_CHOICE, 0, AT(color), .arg = "WHEN",
	  .choices = "auto|always|never",
	  .help = "With --human, show in red that the token has expired, and in yellow that it expires "
		  "within a week. auto does so on a terminal, unless $NO_COLOR is set. Default: auto." },
	{ "assoc", 'A', OPTS_TEXT, OPTS_VALUE_ASSOC, OPTS_OUTPUT, AT(assoc), .arg = "ASSOC",
	  .help = "Assign the token's record to an associative array. Print nothing unless -o, -c "
		  "or --human is given." },
	{ "explain", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(explain),
	  .help = "Print in words what the token can do, and what it lacks for the goals of "
		  "token_create --for that are nearest." },
	{ "scopes-into", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_OUTPUT, AT(scopes_into),
	  .arg = "ARRAY", .fallback = "TOKEN_SCOPES",
	  .help = "The array that gets the token's scopes. Default: TOKEN_SCOPES." },
	{ "allow-into", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_OUTPUT, AT(allow_into), .arg = "ARRAY",
	  .fallback = "TOKEN_ALLOW_LIST",
	  .help = "The array that gets the token's allow list. Default: TOKEN_ALLOW_LIST." },
	{ .name = NULL },
};

static const char *const view_description[] = {
	"Shows one API token. The argument is the token itself, of which only the id is sent, or its "
	"id, or its exact name. They are tried in this order: an argument that is the id of a token "
	"is not used as a name. Expired tokens are found, too. Login sessions are not shown.",
	"The server sends a token without its owner's name, so the name takes a second request. It is "
	"remembered for 30 seconds, and is not requested if it is not shown.",
	"The arrays TOKEN_SCOPES and TOKEN_ALLOW_LIST get the token's scopes and allow list, sorted, "
	"with one entry in each element.",
	"With --explain, a line that begins with 'can' names a goal of token_create --for and the objects "
	"for which the token reaches it. 'lacks' names a goal that it does not reach, and what is lacking. "
	"'may also use' names scopes that none of these goals uses: some requests need no more than "
	"these. A token can never do more than its user may.",
	"Fields of -A: " OUTPUT_FIELD_NAMES(" ") ".",
	NULL,
};

static const char *const view_examples[] = {
	"Print how many seconds the token in use has left:",
	"token_view --self -A t && echo \"${t[ttl]}\"",
	"Show what a token can do:",
	"token_view deploy --explain",
	"Print the allow list of a token, one entry on each line:",
	"token_view deploy >/dev/null && printf '%s\\n' \"${TOKEN_ALLOW_LIST[@]}\"",
	NULL,
};

struct view_state {
	struct output_columns columns;
	struct output_human human;
	struct coder_token token;
};

static int view_check(struct call *call, struct coder_error *err)
{
	const struct view_options *options = call->options;
	struct view_state *state = call->state;

	if (options->self && (call->operands.n || options->user))
		return command_misused(call, "--self takes no name, id, token or user", err);
	if (!options->self && !call->operands.n)
		return command_misused(call, "missing operand: a name, id or token, or --self",
				       err);
	if (options->explain && (options->columns.n || options->output || options->no_header))
		return command_misused(call, "--explain takes no columns or format", err);
	if (options->human && (options->explain || options->output || options->no_header))
		return command_misused(call, "--human takes no --explain, -o or --no-header", err);
	if (options->color && !options->human)
		return command_misused(call, "--color needs --human", err);
	if (output_refuses_columns(options->output) && (options->columns.n || options->no_header))
		return command_misused(call, "-o jsonl takes no columns and has no header", err);
	if (options->columns.n)
		return output_columns_parse(options->columns.v, options->columns.n, &state->columns,
					    err) < 0 ?
			       coder_error_wrap(err, "--column") :
			       0;
	output_columns_default(&state->columns, true, false);
	return 0;
}

/* What people see of the token: requests the names of allow-list entries. */
static int prepare_human(struct call *call, struct coder_error *err)
{
	const struct view_options *options = call->options;
	struct view_state *state = call->state;

	look_init(&state->human, options->color);
	state->human.card = true;
	state->human.now = coder_client_now(call->client);
	if (!output_columns_show(&state->columns, offsetof(struct coder_token, allow_list)))
		return 0;
	coder_names_want(&state->human.names, &state->token.allow_list);
	return coder_names_request(call->client, &state->human.names, err);
}

static int view_run(struct call *call, struct coder_error *err)
{
	const struct view_options *options = call->options;
	struct view_state *state = call->state;
	const struct output_how how = {
		.format = options->output,
		.columns = &state->columns,
		.no_header = options->no_header,
		.human = options->human ? &state->human : NULL,
		.silent = options->assoc && !options->output && !options->columns.n &&
			  !options->human,
	};

	if ((options->self ? coder_token_self(call->client, &state->token, err) :
			     coder_token_find(call->client, options->user, call->operands.v[0],
					      &state->token, err)) < 0)
		return -1;
	if ((options->assoc || (!options->explain && output_needs_owner(&how))) &&
	    owners_fill(call->client, &state->token, err) < 0)
		return -1;
	if (options->human && prepare_human(call, err) < 0)
		return -1;
	if (permissions_add_arrays(&call->result, &state->token, options->scopes_into,
				   options->allow_into, err) < 0)
		return -1;
	if (options->assoc && (output_records_begin(&call->result, options->assoc, 1, err) < 0 ||
			       output_records_add(&call->result, &state->token, false,
						  coder_client_now(call->client), err) < 0))
		return -1;
	return options->explain ?
		       explain_token(call->client, &state->token, &call->result.text, err) :
		       output_token(&call->result, &how, &state->token, err);
}

static void view_done(void *data)
{
	struct view_state *state = data;

	coder_token_done(&state->token);
	coder_names_done(&state->human.names);
}

static const struct opts_option *const view_tables[] = { view_table, command_common_options, NULL };

static const struct command token_view_command = {
	.opts = {
		.name = "token_view",
		.summary = "Show one API token of a Coder deployment",
		.operands = "[NAME|ID|TOKEN]",
		.operand_value = OPTS_VALUE_TOKEN,
		.max_operands = 1,
		.tables = view_tables,
		.description = view_description,
		.examples = view_examples,
		.statuses = command_statuses,
		.see_also = command_see_also,
	},
	.options_size = sizeof(struct view_options),
	.state_size = sizeof(struct view_state),
	.check = view_check,
	.run = view_run,
	.done = view_done,
};

BUILTIN(token_view)
