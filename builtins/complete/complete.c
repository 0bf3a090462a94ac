/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.c - which words could stand at the cursor of a command line, from
 * the option tables, in the form in which readline wants them; see complete.h.
 */
#include "complete.h"
#include "output/result.h"
#include "shell/shell.h"

#include <stdlib.h>
#include <string.h>

#define WHOLE_NS (CODER_NS + CODER_NS / 2) /* how long a person waits for a completion at most */
#define CONNECT_NS (CODER_NS / 2)
#define COMMAND_NS (CODER_NS / 2) /* for the header command */

/* What a call of completion is given. */
struct completion {
	const char *before, *after; /* the command line up to the cursor, and from there */
	const char *array; /* gets the words */
	const char *hint; /* variable that gets an option for compopt, or "" */
};

#define AT(field) offsetof(struct completion, field)

static const struct opts_option table[] = {
	{ "complete", 0, OPTS_TEXT, OPTS_VALUE_NONE, 0, AT(before), .arg = "LINE",
	  .help = "The line up to the cursor." },
	{ "complete-after", 0, OPTS_TEXT, OPTS_VALUE_NONE, 0, AT(after), .arg = "LINE",
	  .help = "The rest of it." },
	{ "complete-hint", 0, OPTS_TEXT, OPTS_VALUE_VARIABLE, 0, AT(hint), .arg = "VAR",
	  .help = "Gets an option for compopt, or nothing." },
	{ "variable", 'v', OPTS_TEXT, OPTS_VALUE_ARRAY, 0, AT(array), .arg = "ARRAY",
	  .help = "Gets the words." },
	{ .name = NULL },
};

static const struct opts_option *const tables[] = { table, NULL };

/* Nobody but completion/coder_tokens.bash calls it, so that nothing documents it. */
static const struct opts_command descriptor = {
	.name = "--complete",
	.summary = "Complete a command line",
	.operands = "",
	.tables = tables,
};

/* An option or operand that stands on the line. */
struct given {
	const struct opts_option *option; /* NULL: an operand */
	const char *value; /* NULL: it takes none, or nobody knows it */
};

/* What the line says, but for the word at the cursor. */
struct context {
	const struct opts_command *const *commands; /* those that are known */
	const char *reserved;
	struct server server;
	struct line line;
	const struct opts_command *command;
	struct given *given;
	size_t n_given, n_operands;
	const struct opts_option *pending; /* wants the word at the cursor as its value */
	bool ended; /* behind -- */
	size_t value_at; /* where in the word the value begins that is completed */
	struct coder_strings values; /* that are not to be offered again */
};

static void context_done(struct context *c)
{
	line_done(&c->line);
	free(c->given);
	coder_strings_done(&c->values);
}

/* ------------------------------------------------------- reading the line */

static const struct opts_option *find_long(const struct context *c, const char *name, size_t len)
{
	for (const struct opts_option *const *t = c->command->tables; *t; t++)
		for (const struct opts_option *o = *t; o->name; o++)
			if (strncmp(o->name, name, len) == 0 && !o->name[len])
				return o;
	return NULL;
}

static const struct opts_option *find_letter(const struct context *c, char letter)
{
	for (const struct opts_option *const *t = c->command->tables; *t; t++)
		for (const struct opts_option *o = *t; o->name; o++)
			if (o->letter && o->letter == letter)
				return o;
	return NULL;
}

static int give(struct context *c, const struct opts_option *option, const char *value,
		struct coder_error *err)
{
	struct given *v = reallocarray(c->given, c->n_given + 1, sizeof(*v));

	if (!v)
		return coder_error_memory(err);
	c->given = v;
	v[c->n_given++] = (struct given){ option, value };
	c->n_operands += !option;
	return 0;
}

static bool takes_value(const struct opts_option *option)
{
	return option && option->kind != OPTS_FLAG;
}

static int read_long(struct context *c, const char *word, bool opaque, struct coder_error *err)
{
	const char *end = strchrnul(word, '=');
	const struct opts_option *option = find_long(c, word, (size_t)(end - word));

	if (!option)
		return 0;
	if (takes_value(option) && !*end)
		c->pending = option;
	else
		return give(c, option, *end && !opaque ? end + 1 : NULL, err);
	return 0;
}

/* -abc: the first letter that takes a value takes the rest, or else the next word. */
static int read_letters(struct context *c, const char *letters, bool opaque,
			struct coder_error *err)
{
	for (; *letters; letters++) {
		const struct opts_option *option = find_letter(c, *letters);

		if (takes_value(option) && letters[1])
			return give(c, option, opaque ? NULL : letters + 1, err);
		if (takes_value(option))
			c->pending = option;
		else if (option && give(c, option, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int read_word(struct context *c, size_t i, struct coder_error *err)
{
	const struct opts_option *pending = c->pending;
	const char *word = c->line.words.v[i];
	bool opaque = c->line.opaque[i];

	if (pending) {
		c->pending = NULL;
		return give(c, pending, opaque ? NULL : word, err);
	}
	if (c->ended || word[0] != '-' || !word[1])
		return give(c, NULL, opaque ? NULL : word, err);
	if (strcmp(word, "--") == 0)
		c->ended = true;
	else if (word[1] == '-')
		return read_long(c, word + 2, opaque, err);
	else
		return read_letters(c, word + 1, opaque, err);
	return 0;
}

/* Finds the command, then reads what stands on both sides of the cursor. */
static int read_context(struct context *c, struct coder_error *err)
{
	const struct opts_option *pending;
	size_t first = 0;
	bool ended;

	for (; first < c->line.at && !c->command; first++)
		for (size_t i = 0; c->commands[i]; i++)
			if (strcmp(c->commands[i]->name, c->line.words.v[first]) == 0)
				c->command = c->commands[i];
	if (!c->command)
		return 0;
	for (size_t i = first; i < c->line.at; i++)
		if (read_word(c, i, err) < 0)
			return -1;
	pending = c->pending;
	ended = c->ended;
	c->pending = NULL;
	for (size_t i = c->line.at; i < c->line.words.n; i++)
		if (read_word(c, i, err) < 0)
			return -1;
	c->pending = pending;
	c->ended = ended;
	return 0;
}

/* ------------------------------------------------- what stands at the cursor */

/* The option whose value is at the cursor; sets value_at. NULL: it is no option's value. */
static const struct opts_option *option_at_cursor(struct context *c)
{
	const char *word = c->line.word, *equals = strchr(word, '=');
	const struct opts_option *option = c->pending;

	if (option || c->ended || word[0] != '-')
		return option;
	if (word[1] == '-') {
		if (!equals)
			return NULL;
		c->value_at = (size_t)(equals + 1 - word);
		option = find_long(c, word + 2, (size_t)(equals - word) - 2);
		return takes_value(option) ? option : NULL;
	}
	for (size_t i = 1; word[i]; i++) {
		option = find_letter(c, word[i]);
		c->value_at = i + 1;
		if (takes_value(option))
			return word[i + 1] ? option : NULL;
	}
	return NULL;
}

static int add_values(struct context *c, const struct opts_option *option, const char *value,
		      struct coder_error *err)
{
	struct coder_error ignored;

	if (option && (option->flags & OPTS_COMMAS)) {
		coder_strings_split(&c->values, value, "", &ignored); /* as far as it is one */
		return 0;
	}
	return coder_strings_add(&c->values, value, err);
}

/* Collects what need not be offered again: other values of a list, other operands. */
static int note_values(struct context *c, const struct opts_option *option, struct coder_error *err)
{
	const char *value = c->line.word + c->value_at, *comma = strrchr(value, ',');

	for (size_t i = 0; i < c->n_given; i++)
		if (c->given[i].option == option && c->given[i].value &&
		    (!option || option->kind == OPTS_LIST) &&
		    add_values(c, option, c->given[i].value, err) < 0)
			return -1;
	if (option && (option->flags & OPTS_COMMAS) && comma) {
		char *before = strndup(value, (size_t)(comma - value));
		int rc = before ? add_values(c, option, before, err) : coder_error_memory(err);

		free(before);
		c->value_at += (size_t)(comma - value) + 1;
		return rc;
	}
	return 0;
}

static const struct given *find_given(const struct context *c, const struct opts_option *option)
{
	for (size_t i = 0; i < c->n_given; i++)
		if (c->given[i].option == option)
			return &c->given[i];
	return NULL;
}

/* Whether the line has an option that cannot stand beside this one. */
static bool is_excluded(const struct context *c, const struct opts_option *option)
{
	if (option->kind != OPTS_LIST && find_given(c, option))
		return true;
	for (size_t i = 0; i < c->n_given && option->group; i++) {
		const struct opts_option *other = c->given[i].option;

		if (other && other != option && other->group &&
		    strcmp(other->group, option->group) == 0)
			return true;
	}
	return false;
}

/* Bytes of a help text's first clause: marks inside of a word (workspace:read, 1.5h) end none. */
static size_t clause(const char *help)
{
	size_t n = 0;

	while (help[n] && !(strchr(".;:", help[n]) && (!help[n + 1] || help[n + 1] == ' ')) &&
	       strncmp(help + n, " (", 2) != 0)
		n++;
	return n;
}

static int add_option(struct words *words, const struct wanted *wanted, const struct opts_option *o,
		      struct coder_error *err)
{
	const char *value = o->choices ? o->choices : o->arg;
	struct buf name = { 0 }, note = { 0 };
	int rc = 0;

	if (!buf_addf(&name, "--%s", o->name) ||
	    (o->letter && !buf_addf(&note, "-%c%s", o->letter, value ? " " : "  ")) ||
	    (value && !buf_addf(&note, "%s  ", value)) || !buf_add(&note, o->help, clause(o->help)))
		rc = coder_error_memory(err);
	else
		rc = words_add(words, wanted, name.data, note.data, err);
	buf_done(&name);
	buf_done(&note);
	return rc;
}

static int fill_options(const struct context *c, struct words *words, const struct wanted *wanted,
			struct coder_error *err)
{
	const char *word = c->line.word;
	int rc = 0;

	/* short options, complete as they are */
	if (word[0] == '-' && word[1] && word[1] != '-')
		return find_letter(c, word[strlen(word) - 1]) ?
			       words_add(words, wanted, word, NULL, err) :
			       0;
	for (const struct opts_option *const *t = c->command->tables; *t; t++)
		for (const struct opts_option *o = *t; o->name && rc == 0; o++)
			if (!(o->flags & OPTS_HIDDEN) && !is_excluded(c, o))
				rc = add_option(words, wanted, o, err);
	return rc;
}

/* What other options of the line say about where to ask, and for what. */
static void read_settings(struct context *c, struct wanted *wanted)
{
	struct session_options *session = &c->server.session;

	wanted->user = "me";
	wanted->server = &c->server;
	for (size_t i = 0; i < c->n_given; i++) {
		const struct opts_option *option = c->given[i].option;
		const char *value = c->given[i].value;

		if (!option)
			continue;
		if (option->value == OPTS_VALUE_USER)
			wanted->user = value;
		else if (strcmp(option->name, "expire") == 0)
			wanted->unexpired = true;
		else if (strcmp(option->name, "url") == 0)
			session->url = value;
		else if (strcmp(option->name, "token") == 0)
			session->token = value;
		else
			continue;
		if (takes_value(option) && !value)
			wanted->server = NULL;
	}
}

static int fill(struct context *c, struct words *words, bool notes, struct coder_error *err)
{
	struct wanted wanted = { .reserved = c->reserved, .notes = notes, .given = &c->values };
	const char *word = c->line.word;
	bool dash = !c->ended && word[0] == '-' && !c->pending;

	wanted.option = option_at_cursor(c);
	if (!wanted.option && (dash || (!*word && !c->command->max_operands))) {
		c->value_at = 0;
		wanted.prefix = word;
		return fill_options(c, words, &wanted, err);
	}
	if (!wanted.option && c->n_operands >= c->command->max_operands)
		return 0;
	read_settings(c, &wanted);
	if (note_values(c, wanted.option, err) < 0)
		return -1;
	wanted.kind = wanted.option ? wanted.option->value : c->command->operand_value;
	wanted.prefix = word + c->value_at;
	return words_fill(words, &wanted, err);
}

/* ----------------------------------------------------------------- answer */

/* Whether readline asks for a list only: then nothing of the answer is inserted. */
static bool only_listed(void)
{
	const char *type = shvar_get("COMP_TYPE");

	return type && strcmp(type, "63") == 0;
}

static bool notes_wanted(void)
{
	const char *value = shvar_get("CODER_TOKENS_COMPLETE_DESCRIPTIONS");

	return !value || strcmp(value, "0") != 0;
}

static int complete(struct context *c, const struct completion *options, struct words *words,
		    struct coder_strings *answer, struct coder_error *err)
{
	const char *breaks = shvar_get("COMP_WORDBREAKS");
	bool notes = only_listed() && notes_wanted();
	char *before = line_expand_aliases(options->before, err);
	int rc = before ? line_read(&c->line, before, options->after, breaks ? breaks : "", err) :
			  -1;

	free(before);
	if (rc < 0)
		return -1;
	if (!c->line.redirection && !c->line.word_opaque &&
	    (read_context(c, err) < 0 || (c->command && fill(c, words, notes, err) < 0)))
		return -1;
	if (notes && words->n > 1)
		return answer_list(words, answer, err);
	return answer_words(&c->line, c->value_at, words, answer, err);
}

int server_open(struct server *server, struct coder_error *err)
{
	if (server->client)
		return 0;
	coder_interrupts_limit(server->session.interrupts, WHOLE_NS);
	if (session_open(&server->session, &server->client, err) < 0)
		return -1;
	return session_shield() ? 0 : coder_error_memory(err);
}

static int publish(struct context *c, const struct completion *options, const struct words *words,
		   const struct coder_strings *answer, struct coder_error *err)
{
	struct result result = { .interrupts = c->server.session.interrupts };
	const char *hint = "";
	bool ignored;
	int rc;

	if (c->line.redirection)
		hint = "default";
	else if (words->n == 1 && words->v[0].open)
		hint = "nospace";
	rc = result_indexed(&result, options->array, answer, err);
	if (rc == 0)
		rc = result_scalar(&result, options->hint, hint, err);
	session_unshield();
	if (rc == 0)
		rc = result_publish(&result, &ignored, err);
	result_done(&result);
	return rc;
}

static int check_variable(const char *name, enum shvar_kind kind, struct coder_error *err)
{
	char why[SHVAR_WHY_SIZE];

	return shvar_check(name, kind, why) < 0 ? coder_error_set(err, CODER_ERR_USAGE, "%s", why) :
						  0;
}

/* Takes apart the words of the call, which begin with --complete. */
static int read_call(const char *const *words, size_t n, struct completion *ret,
		     struct coder_error *err)
{
	struct opts_result parsed = { 0 };
	char error[OPTS_ERROR_SIZE];
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
	if (check_variable(ret->array, SHVAR_INDEXED, err) < 0)
		return -1;
	return check_variable(ret->hint, SHVAR_SCALAR, err);
}

bool complete_is_meant(const char *const *words, size_t n)
{
	return n && strcmp(words[0], "--complete") == 0;
}

int complete_run(const struct opts_command *const *commands, const char *reserved,
		 const char *const *words, size_t n, struct coder_interrupts *interrupts,
		 struct coder_error *err)
{
	struct completion options = { .after = "" };
	struct context context = {
		.commands = commands,
		.reserved = reserved,
		.server.session = {
			.interrupts = interrupts,
			.connect_timeout_ns = CONNECT_NS,
			.command_timeout_ns = COMMAND_NS,
			.no_retry = true,
			.silent = true,
		},
	};
	struct words found = { 0 };
	struct coder_strings answer = { 0 };
	int rc = read_call(words, n, &options, err);

	if (rc == 0)
		rc = complete(&context, &options, &found, &answer, err);
	if (rc == 0)
		rc = publish(&context, &options, &found, &answer, err);
	session_unshield();
	coder_strings_done(&answer);
	words_done(&found);
	coder_client_free(context.server.client);
	context_done(&context);
	return rc;
}
