/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts.c - reads the words of a call by the command's option tables; see opts.h. */
#include "opts.h"
#include "coder.h"
#include "opts_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	const struct opts_command *command;
	char *options;
	const char *const *words;
	size_t n, next; /* words, and the one to read next */
	struct opts_list operands;
	const char **unused; /* memory for lists that have no value yet: n values for each */
	char *error;
};

/* ------------------------------------------------------------------- values */

static bool is_set(const char *options, const struct opts_option *o)
{
	const void *field = options + o->offset;

	switch (o->kind) {
	case OPTS_FLAG:
		return *(const bool *)field;
	case OPTS_LIST:
		return ((const struct opts_list *)field)->n > 0;
	default:
		return *(const char *const *)field != NULL;
	}
}

const char *opts_text(const void *options, const struct opts_option *o)
{
	if (o->kind != OPTS_TEXT && o->kind != OPTS_CHOICE)
		return NULL;
	return *(const char *const *)((const char *)options + o->offset);
}

static int check_choice(const struct parser *p, const struct opts_option *o, const char *value)
{
	char shown[OPTS_SHOWN_SIZE], want[OPTS_SHOWN_SIZE] = "";
	size_t len = strlen(value), at = 0;

	for (const char *c = o->choices, *end; at < sizeof(want); c = end + 1) {
		end = strchrnul(c, '|');
		if ((size_t)(end - c) == len && memcmp(c, value, len) == 0)
			return 0;
		at += (size_t)snprintf(want + at, sizeof(want) - at, "%s%.*s",
				       c == o->choices ? "" :
				       *end	       ? ", " :
							 " or ",
				       (int)(end - c), c);
		if (!*end)
			break;
	}
	return opts_fail(p->error, "%s: invalid choice for --%s: want %s",
			 opts_show(value, len, shown), o->name, want);
}

static void add_to_list(struct parser *p, struct opts_list *list, const char *value)
{
	if (!list->v) {
		list->v = p->unused;
		p->unused += p->n;
	}
	list->v[list->n++] = value;
}

/* value is NULL for flags. */
static int store(struct parser *p, const struct opts_option *o, const char *value)
{
	void *field = p->options + o->offset;

	opts_for_each(other, p->command)
	{
		if (other != o && other->group && o->group && strcmp(other->group, o->group) == 0 &&
		    is_set(p->options, other))
			return opts_fail(p->error, "--%s and --%s exclude each other", other->name,
					 o->name);
	}
	if (value && !*value && ((o->flags & OPTS_NONEMPTY) || o->kind == OPTS_CHOICE))
		return opts_fail(p->error, "--%s: value cannot be empty", o->name);
	if (o->kind == OPTS_CHOICE && check_choice(p, o, value) < 0)
		return -1;
	if (o->kind == OPTS_FLAG)
		*(bool *)field = true;
	else if (o->kind == OPTS_LIST)
		add_to_list(p, field, value);
	else
		*(const char **)field = value;
	return 0;
}

/* -------------------------------------------------------------------- words */

const struct opts_option *opts_find_name(const struct opts_command *command, const char *name,
					 size_t len)
{
	opts_for_each(o, command)
	{
		if (strncmp(o->name, name, len) == 0 && !o->name[len])
			return o;
	}
	return NULL;
}

const struct opts_option *opts_find_letter(const struct opts_command *command, char letter)
{
	opts_for_each(o, command)
	{
		if (o->letter == letter)
			return o;
	}
	return NULL;
}

const struct opts_option *opts_find_value(const struct opts_command *command, enum opts_value value)
{
	opts_for_each(o, command)
	{
		if (o->value == value)
			return o;
	}
	return NULL;
}

static const char *next_word(struct parser *p)
{
	return p->next < p->n ? p->words[p->next++] : NULL;
}

/* word: what follows the two dashes. */
static int parse_long(struct parser *p, const char *word)
{
	const char *end = strchrnul(word, '=');
	const char *value = *end ? end + 1 : NULL;
	const struct opts_option *o = opts_find_name(p->command, word, (size_t)(end - word));

	if (!o)
		return opts_fail_unknown(p->command, word, (size_t)(end - word), p->error);
	if (o->kind == OPTS_FLAG && value)
		return opts_fail(p->error, "--%s: option takes no argument", o->name);
	if (o->kind != OPTS_FLAG && !value)
		value = next_word(p);
	if (o->kind != OPTS_FLAG && !value)
		return opts_fail(p->error, "--%s: option requires an argument", o->name);
	return store(p, o, value);
}

/* letters: what follows the dash. */
static int parse_letters(struct parser *p, const char *letters)
{
	char shown[OPTS_SHOWN_SIZE];

	while (*letters) {
		const struct opts_option *o = opts_find_letter(p->command, *letters);
		const char *value = NULL;
		char escape[8];

		if (!o)
			return opts_fail(p->error, "-%s: invalid option",
					 opts_show(letters,
						   coder_escape_one(letters, CODER_TERMINAL,
								    escape),
						   shown));
		letters++;
		if (o->kind != OPTS_FLAG) {
			value = *letters ? letters : next_word(p);
			if (!value)
				return opts_fail(p->error, "-%c: option requires an argument",
						 o->letter);
			letters = "";
		}
		if (store(p, o, value) < 0)
			return -1;
	}
	return 0;
}

static int parse_words(struct parser *p)
{
	bool operands_only = false;
	const char *word;
	int rc = 0;

	while (rc == 0 && (word = next_word(p))) {
		if (operands_only || word[0] != '-' || !word[1])
			add_to_list(p, &p->operands, word);
		else if (word[1] != '-')
			rc = parse_letters(p, word + 1);
		else if (word[2])
			rc = parse_long(p, word + 2);
		else
			operands_only = true;
	}
	return rc;
}

static bool flag_given(const struct parser *p, const char *name)
{
	const struct opts_option *o = opts_find(p->command, name);

	return o && o->kind == OPTS_FLAG && is_set(p->options, o);
}

int opts_parse(const struct opts_command *command, void *options, const char *const *words,
	       size_t n, struct opts_result *ret, char error[OPTS_ERROR_SIZE])
{
	struct parser p = {
		.command = command, .options = options, .words = words, .n = n, .error = error
	};
	size_t lists = 1; /* the operands */
	void *memory;

	opts_for_each(o, command)
	{
		lists += o->kind == OPTS_LIST;
	}
	/* no list has more values than there are words */
	memory = calloc(n ? n : 1, lists * sizeof(*p.unused));
	if (!memory) {
		error[0] = '\0';
		return -1;
	}
	p.unused = memory;
	if (parse_words(&p) < 0 && !flag_given(&p, "help") && !flag_given(&p, "version")) {
		free(memory);
		return -1;
	}
	*ret = (struct opts_result){ .operands = p.operands, .owned = memory };
	return 0;
}

void opts_done(struct opts_result *result)
{
	free(result->owned);
	*result = (struct opts_result){ 0 };
}

int opts_check_operands(const struct opts_command *command, const struct opts_result *result,
			char error[OPTS_ERROR_SIZE])
{
	const struct opts_list *operands = &result->operands;
	char shown[OPTS_SHOWN_SIZE];
	const char *extra;

	if (operands->n < command->min_operands)
		return opts_fail(error, "missing operand: want %s", command->operands);
	if (operands->n <= command->max_operands)
		return 0;
	extra = operands->v[command->max_operands];
	return opts_fail(error, "extra operand '%s'", opts_show(extra, strlen(extra), shown));
}

/* ----------------------------------------------------------------- defaults */

void opts_fill_defaults(const struct opts_command *command, void *options,
			const char *(*get)(void *ctx, const char *name), void *ctx)
{
	opts_for_each(o, command)
	{
		const char *value = NULL;

		if ((o->kind != OPTS_TEXT && o->kind != OPTS_CHOICE) || is_set(options, o))
			continue;
		if (o->kind == OPTS_TEXT && o->env)
			value = get(ctx, o->env);
		if (!value || !*value)
			value = o->fallback;
		*(const char **)((char *)options + o->offset) = value;
	}
}
