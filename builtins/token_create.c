/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token_create.c - the builtin that creates a token and delivers its secret. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "coder.h"
#include "command.h"
#include "errors.h"
#include "permissions/goals.h"
#include "look.h"
#include "options/opts.h"
#include "output/advice.h"
#include "output/format.h"
#include "output/message.h"
#include "output/record.h"
#include "output/result.h"
#include "permissions/permissions.h"
#include "shell/io.h"
#include "status.h"

struct create_options {
	struct common_options common;
	const char *name, *user, *lifetime;
	struct opts_list scopes, allow, goals;
	const char *scopes_from, *allow_from, *scopes_into, *allow_into;
	const char *variable, *assoc, *output;
	bool self_readable, dry_run;
};

#define AT(field) offsetof(struct create_options, field)
#define NAMED(type, owner) #type ":" owner "NAME"

static const struct opts_option create_table[] = {
	{ "name", 'n', OPTS_TEXT, OPTS_VALUE_NONE, OPTS_NONEMPTY, AT(name), .arg = "NAME",
	  .env = "CODER_TOKEN_NAME",
	  .help = "The name of the token, on one line. Default: $CODER_TOKEN_NAME, else a "
		  "readable name is generated." },
	{ "user", 'u', OPTS_TEXT, OPTS_VALUE_USER, OPTS_NONEMPTY, AT(user), .arg = "USER",
	  .env = "CODER_TOKEN_USER", .fallback = "me",
	  .help = "The user whose token it is: a username or UUID. Default: $CODER_TOKEN_USER, else "
		  "me." },
	{ "lifetime", 0, OPTS_TEXT, OPTS_VALUE_LIFETIME, OPTS_NONEMPTY, AT(lifetime), .arg = "D",
	  .env = "CODER_TOKEN_LIFETIME", .fallback = "max",
	  .help = "How long the token is valid: a duration such as 12h, 7d or 1d12h30m (units ns us "
		  "ms s m h d w y), max for the server's maximum, or default for the server's "
		  "default. "
		  "Default: $CODER_TOKEN_LIFETIME, else max." },
	{ "scope", 0, OPTS_LIST, OPTS_VALUE_SCOPE, OPTS_COMMAS, AT(scopes), .arg = "S",
	  .help = "What the token may do, such as workspace:read. Repeat the option or separate "
		  "scopes with commas. Without this option the token may do all that its user may." },
	{ "allow", 0, OPTS_LIST, OPTS_VALUE_ENTRY, OPTS_COMMAS, AT(allow), .arg = "TYPE:ID",
	  .help = "What the token may be used on: a resource type and a UUID, * or a name "
		  "(" CODER_NAMED_TYPES(NAMED, ", ") "). Repeat the option or separate entries "
						     "with commas. Quote the *." },
	{ "for", 0, OPTS_LIST, OPTS_VALUE_GOAL, OPTS_COMMAS, AT(goals), .arg = "GOAL",
	  .help = "What the token is for. This adds the scopes that the goal needs, and the allow-list "
		  "entries that it needs beside those of --allow. Repeat the option or separate "
		  "goals with commas." },
	{ "self-readable", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(self_readable),
	  .help = "Add what the token needs to view itself, as with token_view --self." },
	{ "scopes-from", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_NONEMPTY, AT(scopes_from),
	  .arg = "ARRAY",
	  .help = "Take scopes from an array, such as TOKEN_SCOPES, which token_view sets. An empty "
		  "array is an error: it must not lead to an unrestricted token." },
	{ "allow-from", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_NONEMPTY, AT(allow_from),
	  .arg = "ARRAY",
	  .help = "Take allow-list entries from an array, such as TOKEN_ALLOW_LIST." },
	{ "variable", 'v', OPTS_TEXT, OPTS_VALUE_VARIABLE, OPTS_OUTPUT, AT(variable), .arg = "VAR",
	  .help = "Assign the secret to a variable and print nothing." },
	{ "assoc", 'A', OPTS_TEXT, OPTS_VALUE_ASSOC, OPTS_OUTPUT, AT(assoc), .arg = "ASSOC",
	  .help = "Assign the token's record, with the secret as key, to an associative array. "
		  "Print nothing unless -o is given." },
	{ "output", 'o', OPTS_CHOICE, OPTS_VALUE_CHOICE, 0, AT(output), .arg = "FORMAT",
	  .choices = "text|" OUTPUT_JSON,
	  .help = "How to print the token: text prints the secret alone on a line, json an array of "
		  "one record with the secret as key. Default: text." },
	{ "scopes-into", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_OUTPUT, AT(scopes_into),
	  .arg = "ARRAY", .fallback = "TOKEN_SCOPES",
	  .help = "The array that gets the token's scopes. Default: TOKEN_SCOPES." },
	{ "allow-into", 0, OPTS_TEXT, OPTS_VALUE_ARRAY, OPTS_OUTPUT, AT(allow_into), .arg = "ARRAY",
	  .fallback = "TOKEN_ALLOW_LIST",
	  .help = "The array that gets the token's allow list. Default: TOKEN_ALLOW_LIST." },
	{ "dry-run", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(dry_run),
	  .help = "Check everything that can be checked without creating a token, and print the body of "
		  "the request." },
	{ .name = NULL },
};

static const char *const create_description[] = {
	"Creates an API token and prints its secret, which the server shows only once. The name "
	"must not be in use. Expired tokens keep their names.",
	"The token is created exactly once and then read back. If it has more rights or a longer "
	"life than requested, or if the secret cannot be delivered, the token is deleted again and "
	"the call fails. A call that is interrupted looks for the token that it may have created, "
	"and deletes it.",
	"If standard error is a terminal, a line on it reports when the token expires and what it may do.",
	NULL,
};

static const char *const create_examples[] = {
	"Create a token that can stop one workspace for two hours, and keep its secret out of traces "
	"and history:",
	"token_create -v secret --lifetime 2h --for workspace-stop --allow workspace:dev",
	"Create a token with the permissions of an old one:",
	"token_view old && token_create --scopes-from TOKEN_SCOPES "
	"--allow-from TOKEN_ALLOW_LIST",
	NULL,
};

struct create_state {
	struct coder_create request;
	char name[CODER_NAME_SIZE];
	bool longest; /* the lifetime is the server's maximum */
	struct permissions permissions;
	struct coder_plan plan; /* of --for and --self-readable */
	struct buf explanation; /* with --dry-run, of the plan; else, on a terminal, of the token */
	struct coder_user owner; /* requested before the POST; empty if the caller may not see it */
	struct coder_created created;
};

static int check_lifetime(const struct call *call, struct coder_error *err)
{
	const char *text = ((const struct create_options *)call->options)->lifetime;
	struct create_state *state = call->state;

	state->longest = strcmp(text, "max") == 0;
	if (state->longest || strcmp(text, "default") == 0)
		return 0;
	if (coder_duration_parse(text, &state->request.lifetime_ns, err) < 0)
		return command_blame(call, "lifetime", err);
	if (state->request.lifetime_ns >= CODER_NS)
		return 0;
	coder_error_set(err, CODER_ERR_USAGE, "%s is under a second", text);
	return command_blame(call, "lifetime", err);
}

static int check_name(const struct call *call, const char *name, struct coder_error *err)
{
	if (!*name || strlen(name) > CODER_NAME_MAX || !coder_is_utf8(name))
		coder_error_set(err, CODER_ERR_USAGE, "must be 1 to %d bytes of UTF-8",
				CODER_NAME_MAX);
	else if (strpbrk(name, "\r\n")) /* a list with one name on each line would show two */
		coder_error_set(err, CODER_ERR_USAGE, "has a line break in it");
	else if (!name[strspn(name, " \t\v\f")]) /* nobody would see it in a list */
		coder_error_set(err, CODER_ERR_USAGE, "has only blanks in it");
	else
		return 0;
	return command_blame(call, "name", err);
}

/* ---------------------------------------------------------------- asking */

/*
 * Finds the user whose token it will be. The read-back compares the id, goals need it, and -A
 * publishes the name. A caller who may not read users can still create tokens, but not for goals.
 */
static int find_owner(struct call *call, struct coder_error *err)
{
	const struct create_options *options = call->options;
	struct create_state *state = call->state;
	bool needed = permissions_planned(&state->permissions);

	if (state->request.user_id)
		return 0;
	if (!options->assoc && !needed && coder_is_uuid(options->user)) {
		state->request.user_id = options->user;
		return 0;
	}
	if (coder_user_get(call->client, options->user, &state->owner, err) < 0)
		return !needed && (err->code == CODER_ERR_NOT_FOUND ||
				   (err->code == CODER_ERR_AUTH && err->http_status == 403)) ?
			       0 :
			       -1;
	state->request.user_id = state->owner.id;
	return 0;
}

/* Puts the permissions into the request. */
static int settle_permissions(struct call *call, struct coder_error *err)
{
	const struct create_options *options = call->options;
	struct create_state *state = call->state;
	const bool planned = permissions_planned(&state->permissions);

	if (planned && find_owner(call, err) < 0)
		return coder_error_wrap(err, "looking up the user of the new token");
	if (permissions_request(&state->permissions, call->client, &state->request, &state->plan,
				err) < 0)
		return -1;
	if (planned)
		goals_warn(&state->plan);
	if (planned && (shio_error_is_terminal() || !(options->variable || options->assoc)))
		goals_report(&state->plan);
	permissions_warn_of_ids(&state->permissions);
	return 0;
}

static int settle_lifetime(struct call *call, bool dry_run, struct coder_error *err)
{
	struct create_state *state = call->state;
	char asked[CODER_DURATION_SIZE], most[CODER_DURATION_SIZE];
	int64_t *lifetime = &state->request.lifetime_ns, max = 0;

	if (!state->longest && !*lifetime)
		return 0;
	if (coder_token_max_lifetime(call->client, state->request.user, &max, err) < 0) {
		/* without the maximum a token can still be created: the server checks again */
		bool needed = state->longest || dry_run || err->code != CODER_ERR_NOT_FOUND;

		return needed ? -1 : 0;
	}
	if (state->longest)
		*lifetime = max;
	if (*lifetime <= max)
		return 0;
	coder_duration_format(*lifetime, asked);
	coder_duration_format(max, most);
	coder_error_set(err, CODER_ERR_USAGE, "%s exceeds the server's maximum of %s", asked, most);
	return command_blame(call, "lifetime", err);
}

static int check_name_free(struct call *call, struct coder_error *err)
{
	struct create_state *state = call->state;
	const struct coder_create *request = &state->request;
	bool taken = false;

	if (coder_token_name_taken(call->client, request->user, request->name, &taken, err) < 0)
		return -1;
	if (!taken)
		return 0;
	coder_error_set(err, CODER_ERR_CONFLICT, "the name '%s' is taken by another token of %s",
			request->name, strcmp(request->user, "me") ? request->user : "yours");
	return advise(err, CAUSE_NAME_IN_USE, NULL, NULL);
}

/* Checks what a create would be refused for, and makes the body of the request the result. */
static int dry_run(struct call *call, struct coder_error *err)
{
	struct create_state *state = call->state;
	char *body = NULL;
	int rc = 0;

	if ((!permissions_planned(&state->permissions) &&
	     permissions_check_scopes(&state->permissions, call->client, &state->request.scopes,
				      err) < 0) ||
	    coder_create_body(&state->request, &body, err) < 0)
		return -1;
	if (!buf_add_str(&call->result.text, body))
		rc = coder_error_memory(err);
	free(body);
	if (rc < 0 || !permissions_planned(&state->permissions))
		return rc;
	if (goals_explain_plan(call->client, &state->plan, &state->permissions, &state->owner,
			       &state->explanation, err) < 0)
		return -1;
	/* without its last newline, which shio_note() adds */
	buf_truncate(&state->explanation, state->explanation.len - 1);
	call->result.note = state->explanation.data;
	return 0;
}

/* ------------------------------------------------------------- delivering */

static int deliver_record(struct call *call, const char *assoc, struct coder_error *err)
{
	struct create_state *state = call->state;

	state->created.token.owner = state->owner.username;
	state->owner.username = NULL;
	if (output_records_begin(&call->result, assoc, 1, err) < 0 ||
	    output_records_add(&call->result, &state->created.token, false,
			       coder_client_now(call->client), err) < 0)
		return -1;
	return result_pair(&call->result, NULL, "key", state->created.secret.text, err);
}

static int deliver(struct call *call, struct coder_error *err)
{
	const struct create_options *options = call->options;
	struct create_state *state = call->state;
	const struct coder_token *token = &state->created.token;
	const char *secret = state->created.secret.text;
	bool printed = !options->variable && (!options->assoc || options->output);

	if (permissions_add_arrays(&call->result, token, options->scopes_into, options->allow_into,
				   err) < 0)
		return -1;
	/* it is worth no failure */
	if (shio_error_is_terminal() &&
	    look_describe(&state->explanation, token, &state->permissions,
			  coder_client_now(call->client)))
		call->result.note = state->explanation.data;
	if (options->variable && result_scalar(&call->result, options->variable, secret, err) < 0)
		return -1;
	if (options->assoc && deliver_record(call, options->assoc, err) < 0)
		return -1;
	if (!printed)
		return 0;
	if (options->output && strcmp(options->output, OUTPUT_JSON) == 0)
		return output_token(&call->result,
				    &(struct output_how){ .format = OUTPUT_JSON, .secret = secret },
				    token, err);
	return buf_addf(&call->result.text, "%s\n", secret) ? 0 : coder_error_memory(err);
}

static int create_undelivered(struct call *call, struct coder_error *err)
{
	const struct create_state *state = call->state;

	if (!state->created.id[0])
		return -1;
	return coder_token_undo(call->client, &state->request, state->created.id, CODER_ERR_OUTCOME,
				err);
}

static void report_read_back(const struct create_state *state)
{
	const struct coder_created *created = &state->created;

	if (*created->why_not)
		output_warn("token %s could not be verified: %s", state->request.name,
			    created->why_not);
	if (*created->shortfall)
		output_warn("token %s has %s", state->request.name, created->shortfall);
}

static int create_check(struct call *call, struct coder_error *err)
{
	const struct create_options *options = call->options;
	struct create_state *state = call->state;

	state->request.user = options->user;
	state->request.name = options->name ? options->name : state->name;
	if (!options->name)
		coder_name_generate(state->name);
	if (check_name(call, state->request.name, err) < 0)
		return -1;
	if (check_lifetime(call, err) < 0 ||
	    permissions_read_scopes(&state->permissions, &options->scopes, options->scopes_from,
				    err) < 0)
		return -1;
	if (permissions_read_entries(&state->permissions, &options->allow, options->allow_from,
				     err) < 0)
		return -1;
	return permissions_read_goals(&state->permissions, &options->goals, options->self_readable,
				      err);
}

static int create_run(struct call *call, struct coder_error *err)
{
	const struct create_options *options = call->options;
	struct create_state *state = call->state;

	if (settle_permissions(call, err) < 0 || settle_lifetime(call, options->dry_run, err) < 0)
		return -1;
	/* what goals need is left out, because goals_warn() has printed the goals' own warnings */
	permissions_warn(&state->permissions,
			 state->plan.n_goals ? &state->permissions.scopes : &state->request.scopes,
			 &state->request.allow_list);
	if (check_name_free(call, err) < 0)
		return -1;
	if (options->dry_run)
		return dry_run(call, err);
	if (find_owner(call, err) < 0)
		return -1;
	if (coder_token_create(call->client, &state->request, &state->created, err) < 0)
		return err->own && err->http_status == 400 ?
			       permissions_advise_scope(&state->request.scopes, err) :
			       -1;
	report_read_back(state);
	if (deliver(call, err) < 0)
		return create_undelivered(call, err);
	return 0;
}

static void create_done(void *data)
{
	struct create_state *state = data;

	coder_strings_done(&state->request.scopes);
	coder_strings_done(&state->request.allow_list);
	permissions_done(&state->permissions);
	coder_plan_done(&state->plan);
	buf_done(&state->explanation);
	coder_user_done(&state->owner);
	coder_created_done(&state->created);
}

static const struct opts_option *const create_tables[] = { create_table, command_common_options,
							   NULL };

static const struct command token_create_command = {
	.opts = {
		.name = "token_create",
		.summary = "Create an API token of a Coder deployment",
		.operands = "",
		.tables = create_tables,
		.description = create_description,
		.terms = &goals_terms,
		.examples = create_examples,
		.statuses = command_statuses,
		.see_also = command_see_also,
	},
	.options_size = sizeof(struct create_options),
	.state_size = sizeof(struct create_state),
	.check = create_check,
	.run = create_run,
	.undelivered = create_undelivered,
	.done = create_done,
};

BUILTIN(token_create)
