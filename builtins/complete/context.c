/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.c - see context.h. */
#include "context.h"

#include <stdlib.h>
#include <string.h>

void context_done(struct context *c)
{
	line_done(&c->line);
	free(c->given);
}

static bool takes_value(const struct opts_option *option)
{
	return option && option->kind != OPTS_FLAG;
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

/* Reads -abc. The first option that takes a value takes the rest of the word, or the next word. */
static int read_letters(struct context *c, const char *letters, bool expands,
			struct coder_error *err)
{
	for (; *letters; letters++) {
		const struct opts_option *option = opts_find_letter(c->command, *letters);

		if (takes_value(option) && letters[1])
			return give(c, option, expands ? NULL : letters + 1, err);
		if (takes_value(option))
			c->pending = option;
		else if (option && give(c, option, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int read_word(struct context *c, const char *word, bool expands, struct coder_error *err)
{
	const struct opts_option *option = c->pending;
	const char *equals = strchrnul(word, '=');

	c->pending = NULL;
	if (option)
		return give(c, option, expands ? NULL : word, err);
	if (c->ended || word[0] != '-' || !word[1])
		return give(c, NULL, expands ? NULL : word, err);
	if (word[1] != '-')
		return read_letters(c, word + 1, expands, err);
	if (!word[2]) {
		c->ended = true;
		return 0;
	}
	option = opts_find_name(c->command, word + 2, (size_t)(equals - word) - 2);
	if (!option)
		return 0;
	if (!takes_value(option) || *equals)
		return give(c, option, *equals && !expands ? equals + 1 : NULL, err);
	c->pending = option;
	return 0;
}

/* Finds the option whose value is at the cursor, and where in the word that value begins. */
static void find_option_at_cursor(struct context *c)
{
	const char *word = c->line.word, *equals = strchr(word, '=');
	const struct opts_option *option = NULL;

	c->option = c->pending;
	if (c->pending || c->ended || word[0] != '-')
		return;
	if (word[1] == '-') {
		if (!equals)
			return;
		option = opts_find_name(c->command, word + 2, (size_t)(equals - word) - 2);
		c->option = takes_value(option) ? option : NULL;
		c->value_at = (size_t)(equals + 1 - word);
		return;
	}
	for (size_t i = 1; word[i] && !takes_value(option); i++) {
		option = opts_find_letter(c->command, word[i]);
		if (takes_value(option) && word[i + 1])
			c->option = option;
		c->value_at = i + 1;
	}
}

int context_read(struct context *c, const struct opts_command *const *commands,
		 struct coder_error *err)
{
	const struct line *line = &c->line;
	const struct opts_option *pending;
	size_t i;
	bool ended;

	for (i = 0; i < line->at && !c->command; i++)
		for (size_t j = 0; commands[j]; j++)
			if (strcmp(commands[j]->name, line->words.v[i]) == 0)
				c->command = commands[j];
	if (!c->command)
		return 0;
	for (; i < line->at; i++)
		if (read_word(c, line->words.v[i], line->expands[i], err) < 0)
			return -1;
	pending = c->pending;
	ended = c->ended;
	/* the word at the cursor is the pending option's value, not the word after it */
	c->pending = NULL;
	for (; i < line->words.n; i++)
		if (read_word(c, line->words.v[i], line->expands[i], err) < 0)
			return -1;
	c->pending = pending;
	c->ended = ended;
	find_option_at_cursor(c);
	return 0;
}
