/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.c - see complete.h. */
#include "complete.h"
#include "base/buf.h"
#include "candidates.h"
#include "context.h"
#include "line.h"
#include "output/result.h"
#include "readline.h"
#include "server.h"
#include "session/session.h"
#include "shell/variables.h"
#include "values.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_NS (CODER_NS / 2)
#define COMMAND_NS (CODER_NS / 2) /* for the header command */

/* -------------------------------------------------------------- descriptor */

/* The options of a call. */
struct complete_options {
	const char *before, *after; /* the command line before the cursor, and behind it */
	const char *array; /* the indexed array that gets the words */
	const char *hint; /* the variable that gets an option for compopt, or "" */
};

#define AT(field) offsetof(struct complete_options, field)

static const struct opts_option table[] = {
	{ "complete", 0, OPTS_TEXT, OPTS_VALUE_NONE, 0, AT(before), .arg = "LINE",
	  .help = "The line up to the cursor." },
	{ "complete-after", 0, OPTS_TEXT, OPTS_VALUE_NONE, 0, AT(after), .arg = "LINE",
	  .help = "The rest of the line." },
	{ "complete-hint", 0, OPTS_TEXT, OPTS_VALUE_VARIABLE, 0, AT(hint), .arg = "VAR",
	  .help = "Gets an option for compopt, or nothing." },
	{ "variable", 'v', OPTS_TEXT, OPTS_VALUE_ARRAY, 0, AT(array), .arg = "ARRAY",
	  .help = "Gets the words." },
	{ .name = NULL },
};

static const struct opts_option *const tables[] = { table, NULL };

/* It is not documented, because only completion/coder_tokens.bash makes such calls. */
static const struct opts_command descriptor = {
	.name = "--complete",
	.summary = "Complete a command line",
	.operands = "",
	.tables = tables,
};

bool complete_is_meant(const char *const *words, size_t n)
{
	return n && strcmp(words[0], "--complete") == 0;
}

static int read_options(const char *const *words, size_t n, struct complete_options *ret,
			struct coder_error *err)
{
	struct opts_result parsed = { 0 };
	char error[OPTS_ERROR_SIZE], why[SHVAR_WHY_SIZE];
	int rc;

	if (opts_parse(&descriptor, ret, words, n, &parsed, error) < 0)
		return *error ? coder_error_set(err, CODER_ERR_USAGE, "%s", error) :
				coder_error_memory(err);
	rc = opts_check_operands(&descriptor, &parsed, error);
	opts_done(&parsed);
	if (rc < 0)
		return coder_error_set(err, CODER_ERR_USAGE, "%s", error);
	if (!ret->array || !ret->hint)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "--complete: want --variable and --complete-hint");
	if (shvar_check(ret->array, SHVAR_INDEXED, why) < 0 ||
	    shvar_check(ret->hint, SHVAR_SCALAR, why) < 0)
		return coder_error_set(err, CODER_ERR_USAGE, "%s", why);
	return 0;
}

/* ----------------------------------------------------------------- options */

/* Whether this option cannot be added: the line has it, or one that excludes it. */
static bool is_excluded(const struct context *c, const struct opts_option *option)
{
	for (size_t i = 0; i < c->n_given; i++) {
		const struct opts_option *other = c->given[i].option;

		if (other == option ? option->kind != OPTS_LIST :
				      other && other->group && option->group &&
					      strcmp(other->group, option->group) == 0)
			return true;
	}
	return false;
}

/* Adds an option, described by the first clause of its help text. */
static int add_option(struct candidates *list, const struct opts_option *o, struct coder_error *err)
{
	const char *value = opts_metavariable(o), *end = o->help;
	struct buf name = { 0 }, description = { 0 };
	int rc = 0;

	/* a period inside a word (1.5h) does not end the clause */
	while (*end && !(strchr(".;:", *end) && (!end[1] || end[1] == ' ')) &&
	       strncmp(end, " (", 2) != 0)
		end++;
	if (!buf_addf(&name, "--%s", o->name) ||
	    (o->letter && !buf_addf(&description, "-%c%s", o->letter, value ? " " : "  ")) ||
	    (value && !buf_addf(&description, "%s  ", value)) ||
	    !buf_add(&description, o->help, (size_t)(end - o->help)))
		rc = coder_error_memory(err);
	else
		rc = candidates_add(list, name.data, description.data, err);
	buf_done(&name);
	buf_done(&description);
	return rc;
}

static int add_options(struct candidates *list, const struct context *c, struct coder_error *err)
{
	const char *word = c->line.word;

	/* short options are already complete */
	if (word[0] == '-' && word[1] && word[1] != '-') {
		if (!opts_find_letter(c->command, word[strlen(word) - 1]))
			return 0;
		return candidates_add(list, word, NULL, err);
	}
	opts_for_each(o, c->command)
	{
		if (o->flags & OPTS_HIDDEN || is_excluded(c, o))
			continue;
		if (add_option(list, o, err) < 0)
			return -1;
	}
	return 0;
}

/* ------------------------------------------------------------------ values */

/* Reads the options of the line that decide which deployment is asked, and for what. */
static void read_settings(const struct context *c, struct wanted *wanted, struct server *server)
{
	for (size_t i = 0; i < c->n_given; i++) {
		const struct opts_option *option = c->given[i].option;
		const char *value = c->given[i].value;

		if (!option)
			continue;
		if (option->flags & OPTS_UNEXPIRED)
			wanted->unexpired = true;
		else if (option->value == OPTS_VALUE_USER)
			wanted->user = value;
		else if (option->value == OPTS_VALUE_URL)
			server->session.url = value;
		else if (option->value == OPTS_VALUE_SESSION_TOKEN)
			server->session.token = value;
		else
			continue;
		if (option->kind != OPTS_FLAG && !value)
			server->unknown = true;
	}
}

/* Adds a value, or all elements of a comma list, to the values that the line has. */
static int note_given(struct coder_strings *given, const struct opts_option *option,
		      const char *text, struct coder_error *err)
{
	struct coder_error ignored;

	if (!option || !(option->flags & OPTS_COMMAS))
		return coder_strings_add(given, text, err);
	coder_strings_split(given, text, "", &ignored); /* up to an empty element */
	return 0;
}

/*
 * Collects the values that are not offered again: the other values of the option, or the
 * other operands. Moves value_at to the last element of a comma list at the cursor.
 */
static int collect_given(struct context *c, struct coder_strings *given, struct coder_error *err)
{
	const struct opts_option *option = c->option;
	const char *value = c->line.word + c->value_at, *comma = strrchr(value, ',');
	char *before;
	int rc;

	for (size_t i = 0; i < c->n_given && (!option || option->kind == OPTS_LIST); i++)
		if (c->given[i].option == option && c->given[i].value &&
		    note_given(given, option, c->given[i].value, err) < 0)
			return -1;
	if (!option || !(option->flags & OPTS_COMMAS) || !comma)
		return 0;
	before = strndup(value, (size_t)(comma - value));
	rc = before ? note_given(given, option, before, err) : coder_error_memory(err);
	free(before);
	c->value_at += (size_t)(comma - value) + 1;
	return rc;
}

/* -------------------------------------------------------------------- call */

/* A call of completion. */
struct completion {
	const struct complete_commands *commands;
	struct complete_options options;
	struct context context;
	struct server server;
	struct coder_strings given;
	struct candidates candidates;
	struct coder_strings words; /* the candidates as readline takes them */
};

/* Collects the candidates for the word at the cursor. */
static int collect(struct completion *p, struct coder_error *err)
{
	struct context *c = &p->context;
	const char *word = c->line.word;
	bool dash = !c->ended && word[0] == '-' && !c->pending;
	struct wanted wanted = { .option = c->option,
				 .user = "me",
				 .reserved = p->commands->reserved };

	p->candidates.given = &p->given;
	p->candidates.prefix = word;
	if (!c->option && (dash || (!*word && !c->command->max_operands))) {
		c->value_at = 0;
		return add_options(&p->candidates, c, err);
	}
	if (!c->option && c->n_operands >= c->command->max_operands)
		return 0;
	read_settings(c, &wanted, &p->server);
	if (collect_given(c, &p->given, err) < 0)
		return -1;
	p->candidates.prefix = word + c->value_at;
	wanted.kind = c->option ? c->option->value : c->command->operand_value;
	return values_add(&p->candidates, &wanted, &p->server, err);
}

static int complete(struct completion *p, struct coder_error *err)
{
	const char *type = shvar_get("COMP_TYPE"), *described, *breaks;
	bool listed = type && strcmp(type, "63") == 0; /* readline lists, and inserts nothing */
	struct line *line = &p->context.line;
	char *before = line_expand_aliases(p->options.before, err);
	int rc = -1;

	described = shvar_get("CODER_TOKENS_COMPLETE_DESCRIPTIONS");
	p->candidates.described = listed && (!described || strcmp(described, "0") != 0);
	breaks = shvar_get("COMP_WORDBREAKS");
	if (before)
		rc = line_read(line, before, p->options.after, breaks ? breaks : "", err);
	free(before);
	if (rc == 0 && !line->redirection && !line->word_expands) {
		rc = context_read(&p->context, p->commands->loaded, err);
		if (rc == 0 && p->context.command)
			rc = collect(p, err);
	}
	if (rc < 0)
		return -1;
	if (p->candidates.described && p->candidates.n > 1)
		return readline_list(&p->candidates, &p->words, err);
	return readline_words(line, p->context.value_at, &p->candidates, &p->words, err);
}

static int publish(struct completion *p, struct coder_error *err)
{
	struct result result = { .interrupts = p->server.session.interrupts };
	const char *hint = "";
	bool ignored;
	int rc;

	if (p->context.line.redirection)
		hint = "default";
	else if (p->candidates.n == 1 && p->candidates.v[0].open)
		hint = "nospace";
	rc = result_indexed(&result, p->options.array, &p->words, err);
	if (rc == 0)
		rc = result_scalar(&result, p->options.hint, hint, err);
	session_unshield();
	if (rc == 0)
		rc = result_publish(&result, &ignored, err);
	result_done(&result);
	return rc;
}

int complete_run(const struct complete_commands *commands, const char *const *words, size_t n,
		 struct coder_interrupts *interrupts, struct coder_error *err)
{
	struct completion p = {
		.commands = commands,
		.options.after = "",
		.server.session = {
			.interrupts = interrupts,
			.connect_timeout_ns = CONNECT_NS,
			.command_timeout_ns = COMMAND_NS,
			.no_retry = true,
			.silent = true,
		},
	};
	int rc = read_options(words, n, &p.options, err);

	if (rc == 0)
		rc = complete(&p, err);
	if (rc == 0)
		rc = publish(&p, err);
	session_unshield();
	coder_client_close(p.server.client);
	coder_strings_done(&p.words);
	candidates_done(&p.candidates);
	coder_strings_done(&p.given);
	coder_client_free(p.server.client);
	context_done(&p.context);
	return rc;
}
