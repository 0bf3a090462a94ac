/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_list.c - the builtin that lists API tokens. */
#include <fnmatch.h>
#include <string.h>

#include "base/ascii.h"
#include "coder.h"
#include "command.h"
#include "errors.h"
#include "options/opts.h"
#include "output/advice.h"
#include "output/columns.h"
#include "output/format.h"
#include "output/record.h"
#include "output/result.h"
#include "look.h"
#include "permissions/permissions.h"
#include "status.h"

#define ASSOC_MAX 100000 /* tokens in one associative array, which take some 250 MiB in the shell */
#define LIMIT_ENOUGH 100000000 /* no list is so long: larger limits mean the same */

struct list_options {
	struct common_options common;
	bool all, include_expired, expired, never_used, no_header, ids_only, count, human;
	const char *user, *name, *expires_within, *unused_for, *sort, *limit, *output, *color, *ids,
		*assoc;
	struct opts_list scopes, allow, columns;
};

#define AT(field) offsetof(struct list_options, field)

static const struct opts_option list_table[] = {
	{ "all", 'a', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(all), .group = "whose",
	  .help = "List the tokens of every user that you may see, with their owners." },
	{ "user", 'u', OPTS_TEXT, OPTS_VALUE_USER, OPTS_NONEMPTY, AT(user), .arg = "USER",
	  .group = "whose",
	  .help = "List the tokens of this user: a username or UUID. Default: me." },
	{ "include-expired", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(include_expired),
	  .help = "List expired tokens, too." },
	{ "name", 0, OPTS_TEXT, OPTS_VALUE_TOKEN_NAME, 0, AT(name), .arg = "GLOB",
	  .help = "List only tokens whose name matches a pattern, such as 'ci-*'." },
	{ "scope", 0, OPTS_LIST, OPTS_VALUE_SCOPE, OPTS_COMMAS, AT(scopes), .arg = "S",
	  .help = "List only tokens that have this scope. Of several scopes, a token must have all." },
	{ "allow", 0, OPTS_LIST, OPTS_VALUE_ENTRY, OPTS_COMMAS, AT(allow), .arg = "TYPE:ID",
	  .help = "List only tokens whose allow list permits this, wildcards included. Of several "
		  "entries, it must permit all. Names are looked up as in token_create." },
	{ "expires-within", 0, OPTS_TEXT, OPTS_VALUE_DURATION, 0, AT(expires_within), .arg = "D",
	  .help = "List only tokens that expire within this time." },
	{ "expired", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(expired),
	  .help = "List only expired tokens (implies --include-expired)." },
	{ "unused-for", 0, OPTS_TEXT, OPTS_VALUE_DURATION, 0, AT(unused_for), .arg = "D",
	  .help = "List only tokens that were not used for this long: since their last use or, if they "
		  "were never used, since their creation. Servers record a use at most once an "
		  "hour." },
	{ "never-used", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(never_used),
	  .help = "List only tokens that were never used." },
	{ "sort", 0, OPTS_TEXT, OPTS_VALUE_SORT, OPTS_NONEMPTY, AT(sort), .arg = "[-]COLUMN",
	  .help = "Sort by a column, shown or not; with - in front of it, in descending order. Times "
		  "are sorted by the time, and texts by their bytes. Tokens that were never used, or "
		  "that do not expire, come last." },
	{ "limit", 0, OPTS_TEXT, OPTS_VALUE_NONE, OPTS_NONEMPTY, AT(limit), .arg = "N",
	  .help = "List only the first N tokens that pass the filters, in the order in which they are "
		  "printed." },
	{ "column", 'c', OPTS_LIST, OPTS_VALUE_COLUMN, OPTS_COMMAS, AT(columns), .arg = "COLUMNS",
	  .group = "columns",
	  .help = "The columns to show, in the order given: a comma list of " OUTPUT_COLUMN_NAMES(
		  ", ") ". Default: all, owner with -a." },
	{ "output", 'o', OPTS_CHOICE, OPTS_VALUE_CHOICE, 0, AT(output), .arg = "FORMAT",
	  .choices = OUTPUT_FORMAT_CHOICES, .help = "How to print the tokens. Default: table." },
	{ "no-header", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(no_header),
	  .help = "Leave out the line of column names." },
	{ "quiet", 'q', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(ids_only), .group = "columns",
	  .help = "Print ids only, one on each line." },
	{ "count", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(count), .group = "columns",
	  .help = "Print only the number of tokens." },
	{ "human", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(human),
	  .help = "Print a table for people. It fits the width of the terminal; where that is narrow, each "
		  "token is a card. Times are relative, such as 'in 3 days', and names replace UUIDs in "
		  "allow lists where you may see them. The column created at is shown only with -c. "
		  "Tokens that expire within a week are marked with !." },
	{ "color", 0, OPTS_CHOICE, OPTS_VALUE_CHOICE, 0, AT(color), .arg = "WHEN",
	  .choices = "auto|always|never",
	  .help = "With --human, show expired tokens in red, and tokens that expire within a week in "
		  "yellow. auto does so on a terminal, unless $NO_COLOR is set. Default: auto." },
	{ "variable", 'v', OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_OUTPUT, AT(ids), .arg = "IDS",
	  .help = "Assign the ids to an indexed array. Print nothing unless -o, -c, "
		  "--human or --count is given." },
	{ "assoc", 'A', OPTS_TEXT, OPTS_VALUE_ASSOC, OPTS_OUTPUT, AT(assoc), .arg = "ASSOC",
	  .help = "Assign the records of all tokens, at most 100,000, to one associative array. The "
		  "keys are ID,FIELD, as in ${T[$id,name]}. Print nothing unless -o, -c, --human "
		  "or --count is given." },
	{ .name = NULL },
};

static const char *const list_description[] = {
	"Lists your API tokens, or with -a those of every user that you may see. A token is listed "
	"if it passes all filters. Filters work the same in every format. The deployment's clock "
	"decides which tokens are expired and how long ago they were used.",
	"Without --sort, the rows of a table that shows ids are sorted by id, and everything else "
	"keeps the server's order. The arrays of -v and -A get the tokens that --limit leaves. json "
	"and jsonl show all fields, as an array and as one object on each line. csv follows RFC "
	"4180, with an apostrophe before what a spreadsheet would take for a formula. In tsv and "
	"csv, the columns have the same names.",
	"If there are no tokens, the status is 0: the table format reports it on standard error, "
	"json prints [], --count prints 0, and the others print nothing. An API token in use would "
	"itself be in your own list and in that of -a. If the server sends such a list empty, the "
	"token is not permitted to read tokens, and the status is 4.",
	"Fields of -A: " OUTPUT_FIELD_NAMES(" ") ".",
	NULL,
};

static const char *const list_examples[] = {
	"List everybody's tokens that expire within a week:",
	"token_list -a --expires-within 7d",
	"Print the names and owners of tokens that nobody uses, with arrays:",
	"token_list -a --unused-for 90d -v ids -A t && "
	"for id in \"${ids[@]}\"; do echo \"${t[$id,owner]} ${t[$id,name]}\"; done",
	"Show the five tokens that expire first:",
	"token_list --sort expires_at --limit 5",
	NULL,
};

struct list_state {
	const struct list_options *options;
	int64_t expires_within, unused_for; /* seconds; -1: not given */
	struct permissions permissions;
	struct output_columns columns;
	struct output_how how;
	struct output_human human;
	struct output_list list;
	bool only_counts; /* nothing of the tokens is kept */
	size_t counted;
};

static int check_limit(const char *text, size_t *ret, struct coder_error *err)
{
	size_t limit = 0;

	for (const char *p = text; *p >= '0' && *p <= '9' && limit < LIMIT_ENOUGH; p++)
		limit = limit * 10 + (size_t)(*p - '0');
	if (text[strspn(text, ASCII_DIGITS)] || limit < 1)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "--limit: '%s' is not a number of tokens: give 1 or more",
				       text);
	*ret = limit;
	return 0;
}

static int check_order(const struct list_options *options, struct pack_order *ret,
		       struct coder_error *err)
{
	const char *column = options->sort;
	const struct output_column *by;

	if (options->limit && check_limit(options->limit, &ret->limit, err) < 0)
		return -1;
	if (!column)
		return 0;
	column += strspn(column, ASCII_BLANKS);
	ret->sorted = true;
	ret->descending = *column == '-';
	if (output_column_parse(column + ret->descending, &by, err) < 0)
		return coder_error_wrap(err, "--sort");
	ret->member = by->member;
	return 0;
}

static int check_span(const char *option, const char *text, int64_t *ret_seconds,
		      struct coder_error *err)
{
	int64_t ns = 0;

	*ret_seconds = -1;
	if (!text)
		return 0;
	if (coder_duration_parse(text, &ns, err) < 0)
		return coder_error_wrap(err, "%s", option);
	*ret_seconds = ns / CODER_NS;
	return 0;
}

static bool passes(const struct list_state *state, const struct coder_token *token, int64_t now)
{
	const struct list_options *options = state->options;
	int64_t used = token->last_used_epoch ? token->last_used_epoch : token->created_epoch;
	int64_t left = coder_token_left(token, now);

	if (options->name && fnmatch(options->name, token->name, 0) != 0)
		return false;
	if (options->expired && left > 0)
		return false;
	if (options->never_used && token->last_used_epoch)
		return false;
	if (state->expires_within >= 0 && left > state->expires_within)
		return false;
	if (state->unused_for >= 0 && now - used < state->unused_for)
		return false;
	return permissions_match(&state->permissions, token);
}

static int take(void *ctx, const struct coder_token *token, int64_t now, struct coder_error *err)
{
	struct list_state *state = ctx;

	if (!passes(state, token, now))
		return 0;
	state->counted++;
	if (state->only_counts)
		return 0;
	return output_list_add(&state->list, token, err) < 0 ? -1 : 1;
}

static void restart(void *ctx)
{
	struct list_state *state = ctx;

	output_list_clear(&state->list);
	state->counted = 0;
}

static int assign(struct call *call, int64_t now, struct coder_error *err)
{
	const struct list_options *options = call->options;
	const struct list_state *state = call->state;
	const struct pack *pack = &state->list.pack;
	const struct pack_order order = output_list_order(&state->list);
	/* otherwise arrays are in the server's order */
	const bool ordered = options->sort || options->limit;
	const size_t n = order.limit && order.limit < pack->n ? order.limit : pack->n;
	struct pack_reader reader;
	int rc = 0;

	if (!options->ids && !options->assoc)
		return 0;
	if (options->assoc && n > ASSOC_MAX) {
		coder_error_set(err, CODER_ERR_REFUSED,
				"-A takes no more than %d tokens, and there are %zu", ASSOC_MAX, n);
		return advise(err, CAUSE_ARRAY_FULL, NULL, NULL);
	}
	if (pack_read(&reader, pack, ordered ? &order : NULL, err) < 0)
		return result_stopped(&call->result, err);
	if (options->ids)
		rc = result_indexed(&call->result, options->ids, NULL, err);
	while (options->ids && rc == 0 && pack_next(&reader))
		rc = result_value(&call->result, reader.token.id, err);
	pack_rewind(&reader);
	if (options->assoc && rc == 0)
		rc = output_records_begin(&call->result, options->assoc, n, err);
	while (options->assoc && rc == 0 && pack_next(&reader))
		rc = output_records_add(&call->result, &reader.token, true, now, err);
	pack_reader_done(&reader);
	return rc;
}

static int list_check(struct call *call, struct coder_error *err)
{
	const struct list_options *options = call->options;
	struct list_state *state = call->state;

	state->options = options;
	if (permissions_read_scopes(&state->permissions, &options->scopes, NULL, err) < 0 ||
	    permissions_read_entries(&state->permissions, &options->allow, NULL, err) < 0 ||
	    check_span("--expires-within", options->expires_within, &state->expires_within, err) <
		    0 ||
	    check_span("--unused-for", options->unused_for, &state->unused_for, err) < 0)
		return -1;
	if (check_order(options, &state->how.order, err) < 0)
		return -1;
	if (options->ids_only && options->output)
		return command_misused(call, "-q and -o exclude each other", err);
	if (options->count && (options->output || options->no_header))
		return command_misused(call, "--count takes no format and prints no header", err);
	if (options->count && (options->sort || options->limit))
		return command_misused(call, "--count takes neither --sort nor --limit", err);
	if (output_refuses_columns(options->output) && (options->columns.n || options->no_header))
		return command_misused(call, "-o jsonl takes no columns and has no header", err);
	if (options->human && (options->output || options->ids_only || options->count))
		return command_misused(call, "--human takes no -o, -q or --count", err);
	if (options->color && !options->human)
		return command_misused(call, "--color needs --human", err);
	if (options->columns.n)
		return output_columns_parse(options->columns.v, options->columns.n, &state->columns,
					    err) < 0 ?
			       coder_error_wrap(err, "--column") :
			       0;
	output_columns_default(&state->columns, options->all, options->human);
	return 0;
}

/* What people see of the tokens that are shown: requests the names of allow-list entries. */
static int prepare_human(struct call *call, int64_t now, struct coder_error *err)
{
	struct list_state *state = call->state;
	const struct pack_order order = output_list_order(&state->list);
	struct pack_reader reader;

	state->human.now = now;
	if (!output_columns_show(&state->columns, offsetof(struct coder_token, allow_list)))
		return 0;
	if (pack_read(&reader, &state->list.pack, &order, err) < 0)
		return result_stopped(&call->result, err);
	while (pack_next(&reader) && result_goes_on(&call->result))
		coder_names_want(&state->human.names, &reader.token.allow_list);
	pack_reader_done(&reader);
	return coder_names_request(call->client, &state->human.names, err);
}

static bool goes_on(void *result)
{
	return result_goes_on(result);
}

static int list_run(struct call *call, struct coder_error *err)
{
	const struct list_options *options = call->options;
	struct list_state *state = call->state;
	const char *user = options->user ? options->user : "me";
	struct coder_listed listed;

	state->how = (struct output_how){
		.format = options->output,
		.ids_only = options->ids_only,
		.columns = &state->columns,
		.no_header = options->no_header,
		.silent = options->count || ((options->ids || options->assoc) && !options->output &&
					     !options->columns.n && !options->human),
		.order = state->how.order,
	};
	state->how.order.goes_on = goes_on;
	state->how.order.ctx = &call->result;
	if (options->human) {
		look_init(&state->human, options->color);
		state->how.human = &state->human;
	}
	state->only_counts = options->count && !options->ids && !options->assoc;
	output_list_init(&state->list, &state->how);
	if (options->assoc)
		pack_want_all(&state->list.pack);
	if (permissions_resolve(&state->permissions, call->client, user, err) < 0 ||
	    coder_tokens_each(call->client, user, options->all,
			      options->include_expired || options->expired, take, restart, state,
			      &listed, err) < 0)
		return -1;
	if (!listed.arrived && coder_list_verify_empty(call->client, user, err) < 0)
		return -1;
	if (assign(call, listed.now, err) < 0)
		return -1;
	if (options->count)
		return buf_addf(&call->result.text, "%zu\n", state->counted) ?
			       0 :
			       coder_error_memory(err);
	if (options->human && prepare_human(call, listed.now, err) < 0)
		return -1;
	return output_list_print(&state->list, &call->result, err);
}

static void list_done(void *data)
{
	struct list_state *state = data;

	permissions_done(&state->permissions);
	output_list_done(&state->list);
	coder_names_done(&state->human.names);
}

static const struct opts_option *const list_tables[] = { list_table, command_common_options, NULL };

static const struct command token_list_command = {
	.opts = {
		.name = "token_list",
		.summary = "List API tokens of a Coder deployment",
		.operands = "",
		.tables = list_tables,
		.description = list_description,
		.examples = list_examples,
		.statuses = command_statuses,
		.see_also = command_see_also,
	},
	.options_size = sizeof(struct list_options),
	.state_size = sizeof(struct list_state),
	.check = list_check,
	.run = list_run,
	.done = list_done,
};

BUILTIN(token_list)
