/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts.c - reads the words of a call by the command's option tables; see opts.h. */
#include "opts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_SIZE 160 /* of a word in an error: leaves room for the rest of the line */
#define NAME_LIMIT 32 /* longer names are never suggested */
#define TOKEN_ID_LENGTH 10 /* of a token "id-secret"; the secret is longer than the id */

struct parser {
	const struct opts_command *command;
	char *options;
	const char *const *words;
	size_t n, next; /* words, and the one to read next */
	struct opts_list operands;
	const char **unused; /* memory for lists that have no value yet, n each */
	char *error;
};

/* ------------------------------------------------------------------ errors */

__attribute__((format(printf, 2, 3))) static int fail(char *error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(error, OPTS_ERROR_SIZE, fmt, args);
	va_end(args);
	return -1;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Tokens are given as operands: how much of the word is a token's secret that begins at i. */
static size_t secret_length(const char *word, size_t i, size_t len)
{
	size_t n = 0;

	if (i <= TOKEN_ID_LENGTH || word[i - 1] != '-')
		return 0;
	for (size_t back = 2; back <= TOKEN_ID_LENGTH + 1; back++)
		if (!is_alnum(word[i - back]))
			return 0;
	while (i + n < len && is_alnum(word[i + n]))
		n++;
	return n > TOKEN_ID_LENGTH ? n : 0;
}

/* Bytes of the UTF-8 character at s; 0: there is none. */
static size_t utf8_length(const char *s, size_t len)
{
	unsigned char lead = (unsigned char)s[0];
	size_t n = lead < 0x80 ? 1 :
		   lead < 0xc2 ? 0 :
		   lead < 0xe0 ? 2 :
		   lead < 0xf0 ? 3 :
		   lead < 0xf5 ? 4 :
				 0;

	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static bool is_control(const char *s, size_t length)
{
	unsigned char c = (unsigned char)s[0];

	return length == 1 ? c < 0x20 || c == 0x7f :
			     length == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0;
}

/* Appends the character at s, escaped if need be; returns how many bytes of s that were. */
static size_t show_char(const char *s, size_t len, char *out, size_t *at)
{
	size_t length = utf8_length(s, len);

	if (length && !is_control(s, length)) {
		memcpy(out + *at, s, length);
		*at += length;
		return length;
	}
	length = length ? length : 1;
	*at += (size_t)snprintf(out + *at, sizeof("\\xNN"), "\\x%02x",
				(unsigned char)s[length - 1]);
	return length;
}

/* Makes a word fit for an error text. */
static const char *show(const char *word, size_t len, char out[SHOWN_SIZE])
{
	static const char more[] = "...";
	size_t at = 0, secret;

	for (size_t i = 0; i < len;) {
		bool full = at + sizeof("\\xNN") + sizeof(more) > SHOWN_SIZE;

		secret = secret_length(word, i, len);
		if (!full && !secret) {
			i += show_char(word + i, len - i, out, &at);
			continue;
		}
		memcpy(out + at, more, sizeof(more) - 1);
		at += sizeof(more) - 1;
		if (full)
			break;
		i += secret;
	}
	out[at] = '\0';
	return out;
}

/* ----------------------------------------------------------- unknown options */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many edits (insert, delete, replace, swap neighbours) make b of a; both <= NAME_LIMIT. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][NAME_LIMIT + 1];

	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *top = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]),
				       least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], top[j - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

/* The visible option whose name is nearest, if it is near. */
static const struct opts_option *nearest(const struct opts_command *command, const char *name,
					 size_t len)
{
	const struct opts_option *best = NULL;
	size_t limit = (len + 5) / 3; /* a name is near with a third of it mistyped */

	if (len == 0 || len > NAME_LIMIT)
		return NULL;
	opts_for_each(o, command)
	{
		size_t length = strlen(o->name), edits;

		if ((o->flags & OPTS_HIDDEN) || length > NAME_LIMIT)
			continue;
		edits = distance(name, len, o->name, length);
		if (edits < limit) {
			best = o;
			limit = edits;
		}
	}
	return best;
}

/* Says which option may have been meant: the only one, or a near one, that begins so. */
static int unknown_option(const struct parser *p, const char *name, size_t len)
{
	char shown[SHOWN_SIZE], list[SHOWN_SIZE + NAME_LIMIT] = "";
	const struct opts_option *meant = NULL;
	size_t n = 0, at = 0;

	opts_for_each(o, p->command)
	{
		if (!len || (o->flags & OPTS_HIDDEN) || strncmp(o->name, name, len) != 0)
			continue;
		meant = o;
		if (at < sizeof(list))
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s--%s",
					       n ? ", " : "", o->name);
		n++;
	}
	if (n != 1)
		meant = nearest(p->command, name, len);
	show(name, len, shown);
	if (n > 1 && (!meant || strncmp(meant->name, name, len) != 0))
		return fail(p->error, "--%s: ambiguous option: %s", shown, list);
	if (!meant)
		return fail(p->error, "--%s: invalid option", shown);
	return fail(p->error, "--%s: invalid option; did you mean --%s?", shown, meant->name);
}

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

static int check_group(const struct parser *p, const struct opts_option *option)
{
	opts_for_each(o, p->command)
	{
		if (o != option && o->group && strcmp(o->group, option->group) == 0 &&
		    is_set(p->options, o))
			return fail(p->error, "--%s and --%s exclude each other", o->name,
				    option->name);
	}
	return 0;
}

static int check_choice(const struct parser *p, const struct opts_option *o, const char *value)
{
	char shown[SHOWN_SIZE], want[SHOWN_SIZE] = "";
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
	return fail(p->error, "%s: invalid choice for --%s: want %s", show(value, len, shown),
		    o->name, want);
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

	if (o->group && check_group(p, o) < 0)
		return -1;
	if (value && !*value && ((o->flags & OPTS_NONEMPTY) || o->kind == OPTS_CHOICE))
		return fail(p->error, "--%s: value cannot be empty", o->name);
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

static const struct opts_option *find_name(const struct opts_command *command, const char *name,
					   size_t len)
{
	opts_for_each(o, command)
	{
		if (strncmp(o->name, name, len) == 0 && !o->name[len])
			return o;
	}
	return NULL;
}

const struct opts_option *opts_find(const struct opts_command *command, const char *name)
{
	return find_name(command, name, strlen(name));
}

static const struct opts_option *find_letter(const struct opts_command *command, char letter)
{
	opts_for_each(o, command)
	{
		if (o->letter == letter)
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
	const struct opts_option *o = find_name(p->command, word, (size_t)(end - word));

	if (!o)
		return unknown_option(p, word, (size_t)(end - word));
	if (o->kind == OPTS_FLAG && value)
		return fail(p->error, "--%s: option takes no argument", o->name);
	if (o->kind != OPTS_FLAG && !value)
		value = next_word(p);
	if (o->kind != OPTS_FLAG && !value)
		return fail(p->error, "--%s: option requires an argument", o->name);
	return store(p, o, value);
}

/* letters: what follows the dash. */
static int parse_letters(struct parser *p, const char *letters)
{
	char shown[SHOWN_SIZE];

	while (*letters) {
		const struct opts_option *o = find_letter(p->command, *letters);
		const char *value = NULL;
		size_t length = utf8_length(letters, strlen(letters));

		if (!o)
			return fail(p->error, "-%s: invalid option",
				    show(letters, length ? length : 1, shown));
		letters++;
		if (o->kind != OPTS_FLAG) {
			value = *letters ? letters : next_word(p);
			if (!value)
				return fail(p->error, "-%c: option requires an argument",
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
	char shown[SHOWN_SIZE];
	const char *extra;

	if (operands->n < command->min_operands)
		return fail(error, "missing operand: want %s", command->operands);
	if (operands->n <= command->max_operands)
		return 0;
	extra = operands->v[command->max_operands];
	return fail(error, "extra operand '%s'", show(extra, strlen(extra), shown));
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
