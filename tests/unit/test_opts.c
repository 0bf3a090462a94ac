/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_opts.c - option tables: what they parse, refuse and document. */
#include <stdio.h>
#include <unistd.h>

#include "coder.h"
#include "options/opts.h"
#include "status.h"
#include "test.h"

struct options {
	bool all, quiet, expire, delete, help, version;
	const char *name, *user, *output, *doc, *into;
	struct opts_list scopes, allow, columns;
};

#define AT(field) offsetof(struct options, field)

static const struct opts_option own_table[] = {
	{ "all", 'a', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(all), .group = "whose", .help = "All." },
	{ "quiet", 'q', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(quiet), .help = "Ids only. No more." },
	{ "expire", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(expire), .group = "how", .help = "Ends." },
	{ "delete", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(delete), .group = "how",
	  .help = "Deletes. Mind a\\b, .dots, don't, \u00b5s, a*b*c, <x>, `y`, ~z^ and 1|2." },
	{ "name", 'n', OPTS_TEXT, OPTS_VALUE_TOKEN_NAME, OPTS_NONEMPTY, AT(name), .arg = "NAME",
	  .env = "X_NAME", .help = "The name. Default: $X_NAME." },
	{ "user", 'u', OPTS_TEXT, OPTS_VALUE_USER, 0, AT(user), .arg = "USER", .env = "X_USER",
	  .fallback = "me", .group = "whose", .help = "Whose." },
	{ "scope", 0, OPTS_LIST, OPTS_VALUE_SCOPE, OPTS_COMMAS, AT(scopes), .arg = "S",
	  .help = "A sentence that is long enough to need a second line in the help, and even "
		  "a third one where the column of texts is far to the right." },
	{ "scopes-from", 0, OPTS_LIST, OPTS_VALUE_ARRAY, OPTS_NONEMPTY, AT(allow), .arg = "ARRAY",
	  .help = "More." },
	{ "column", 'c', OPTS_LIST, OPTS_VALUE_COLUMN, OPTS_COMMAS, AT(columns), .arg = "COLUMNS",
	  .help = "Columns." },
	{ "output", 'o', OPTS_CHOICE, OPTS_VALUE_CHOICE, 0, AT(output), .arg = "FORMAT",
	  .choices = "table|json|tsv", .help = "How." },
	{ "into-this", 0, OPTS_TEXT, OPTS_VALUE_VARIABLE, OPTS_OUTPUT, AT(into),
	  .arg = "A-LONG-METAVARIABLE", .fallback = "X", .help = "Where to." },
	{ .name = NULL },
};

static const struct opts_option common_table[] = {
	{ "help", 'h', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(help), .help = "Help." },
	{ "version", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(version), .help = "Version." },
	{ "secretdoc", 'D', OPTS_CHOICE, OPTS_VALUE_NONE, OPTS_HIDDEN, AT(doc), .arg = "FORMAT",
	  .choices = "text|man", .env = "X_HIDDEN", .help = "Hidden." },
	{ .name = NULL },
};

static const struct opts_option *const tables[] = { own_table, common_table, NULL };

static bool term_row(size_t i, const char **ret_name, const char **ret_meaning)
{
	static const char *const terms[][2] = { { "one-by-one", "a*b" }, { "all", "everything" } };

	if (i >= COUNT(terms))
		return false;
	*ret_name = terms[i][0];
	*ret_meaning = terms[i][1];
	return true;
}

static const struct opts_terms terms = { "Ways", term_row };

static const struct opts_command command = {
	.name = "token_x",
	.terms = &terms,
	.summary = "Do things to tokens",
	.operands = "NAME [ID]",
	.operand_value = OPTS_VALUE_TOKEN,
	.min_operands = 1,
	.max_operands = 2,
	.tables = tables,
	.description =
		(const char *const[]){
			".A paragraph that begins with a dot and goes on for so long that it has "
			"to be wrapped at least once, with \u00fcml\u00e4uts \u00e4\u00f6\u00fc in it.",
			"'Another' one.", NULL },
	.examples =
		(const char *const[]){
			"Short:", "token_x 'a b'", "Long, which is to be broken before options:",
			"token_x --scope workspace:read,template:read --name 'a quoted name with "
			"blanks' \"and a second\" && echo done",
			NULL },
	.statuses = command_statuses,
	.see_also = (const char *const[]){ "token_x(1)", "token_y(1)", "bash(1)", NULL },
};

/* One table, no operands, nothing optional. */
static const struct opts_command bare = {
	.name = "bare",
	.summary = "Be bare",
	.operands = "",
	.tables = (const struct opts_option *const[]){ own_table, NULL },
	.statuses = command_statuses,
};

/* ------------------------------------------------------------------- parsing */

#define WORDS_MAX 8

struct parsed {
	struct options options;
	struct opts_result result;
	char error[OPTS_ERROR_SIZE];
	int rc;
};

static size_t count_words(const char *const *words)
{
	size_t n = 0;

	while (n < WORDS_MAX && words[n])
		n++;
	return n;
}

static void parse(struct parsed *p, const char *const *words)
{
	memset(p, 0, sizeof(*p));
	p->rc = opts_parse(&command, &p->options, words, count_words(words), &p->result, p->error);
}

static void add(char *out, size_t size, const char *name, const char *value)
{
	size_t at = strlen(out);

	snprintf(out + at, size - at, "%s%s%s%s", at ? " " : "", name, name[0] ? "=" : "", value);
}

static void add_list(char *out, size_t size, const char *name, const struct opts_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		add(out, size, name, list->v[i]);
}

/* Writes what was parsed as a text: options in the order of the struct, then operands. */
static void describe(const struct parsed *p, char *out, size_t size)
{
	const struct options *o = &p->options;
	const struct {
		const char *name;
		bool set;
	} flags[] = { { "all", o->all },       { "quiet", o->quiet }, { "expire", o->expire },
		      { "delete", o->delete }, { "help", o->help },   { "version", o->version } };
	const struct {
		const char *name, *value;
	} texts[] = { { "name", o->name },
		      { "user", o->user },
		      { "output", o->output },
		      { "doc", o->doc },
		      { "into", o->into } };

	out[0] = '\0';
	for (size_t i = 0; i < COUNT(flags); i++)
		if (flags[i].set)
			add(out, size, "", flags[i].name);
	for (size_t i = 0; i < COUNT(texts); i++)
		if (texts[i].value)
			add(out, size, texts[i].name, texts[i].value);
	add_list(out, size, "scope", &o->scopes);
	add_list(out, size, "from", &o->allow);
	add_list(out, size, "column", &o->columns);
	add_list(out, size, "operand", &p->result.operands);
}

static void test_parses(void **state)
{
	static const struct {
		const char *words[WORDS_MAX], *expected;
	} cases[] = {
		{ { NULL }, "" },
		{ { "--all", "--quiet" }, "all quiet" },
		{ { "-aq" }, "all quiet" },
		{ { "-q", "-q" }, "quiet" },
		{ { "--name", "x" }, "name=x" },
		{ { "--name=x" }, "name=x" },
		{ { "--name=x=y" }, "name=x=y" },
		{ { "-n", "x" }, "name=x" },
		{ { "-nx" }, "name=x" },
		{ { "-n=x" }, "name==x" },
		{ { "-aqnx" }, "all quiet name=x" },
		{ { "-aqn", "x", "y" }, "all quiet name=x operand=y" },
		{ { "--name", "x", "-n", "y" }, "name=y" },
		{ { "--name", "-1h" }, "name=-1h" },
		{ { "--name", "--bogus" }, "name=--bogus" },
		{ { "--name", "--" }, "name=--" },
		{ { "-n", "-q" }, "name=-q" },
		{ { "--user=" }, "user=" },
		{ { "--user", "" }, "user=" },
		{ { "-u", "" }, "user=" },
		{ { "a", "-q", "b", "--name", "x", "c" },
		  "quiet name=x operand=a operand=b operand=c" },
		{ { "-" }, "operand=-" },
		{ { "" }, "operand=" },
		{ { "--", "-q", "--", "--bogus" }, "operand=-q operand=-- operand=--bogus" },
		{ { "-q", "--" }, "quiet" },
		{ { "--scope", "a", "--scope=b,c", "--scope", "" }, "scope=a scope=b,c scope=" },
		{ { "--scope=a", "-cx", "o", "--scope=b", "-cy", "p" },
		  "scope=a scope=b column=x column=y operand=o operand=p" },
		{ { "--scopes-from", "A", "--scope", "s" }, "scope=s from=A" },
		{ { "--output", "tsv" }, "output=tsv" },
		{ { "-otable" }, "output=table" },
		{ { "-o", "json", "-o", "tsv" }, "output=tsv" },
		{ { "--expire", "--expire" }, "expire" },
		{ { "-D", "man" }, "doc=man" },
		{ { "--secretdoc=text" }, "doc=text" },
		{ { "--help", "--bogus" }, "help" },
		{ { "-qhx" }, "quiet help" },
		{ { "--version", "a", "--name" }, "version operand=a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		struct parsed p;

		parse(&p, cases[i].words);
		if (p.rc < 0)
			fail_msg("%zu: %s", i, p.error);
		describe(&p, text, sizeof(text));
		assert_string_equal(text, cases[i].expected);
		opts_done(&p.result);
		assert_null(p.result.owned);
		assert_int_equal(p.result.operands.n, 0);
	}
}

static const struct {
	const char *words[WORDS_MAX], *expected;
} refused[] = {
	{ { "--bogus" }, "--bogus: invalid option" },
	{ { "--bogus=secret" }, "--bogus: invalid option" },
	{ { "-x" }, "-x: invalid option" },
	{ { "-qxn" }, "-x: invalid option" },
	{ { "-1h" }, "-1: invalid option" },
	{ { "-\u00e9a" }, "-\u00e9: invalid option" },
	{ { "--scop" }, "--scop: invalid option; did you mean --scope?" },
	{ { "--scop=x" }, "--scop: invalid option; did you mean --scope?" },
	{ { "--scopes" }, "--scopes: invalid option; did you mean --scopes-from?" },
	{ { "--s" }, "--s: ambiguous option: --scope, --scopes-from" },
	{ { "--sc=1" }, "--sc: ambiguous option: --scope, --scopes-from" },
	{ { "--secretdo" }, "--secretdo: invalid option" },
	{ { "--socpe" }, "--socpe: invalid option; did you mean --scope?" },
	{ { "--nmae" }, "--nmae: invalid option; did you mean --name?" },
	{ { "--names" }, "--names: invalid option; did you mean --name?" },
	{ { "--uotput" }, "--uotput: invalid option; did you mean --output?" },
	{ { "--outputt=x" }, "--outputt: invalid option; did you mean --output?" },
	{ { "--Name" }, "--Name: invalid option; did you mean --name?" },
	{ { "--lal" }, "--lal: invalid option; did you mean --all?" },
	{ { "--dlte" }, "--dlte: invalid option; did you mean --delete?" },
	{ { "--nxxx" }, "--nxxx: invalid option" },
	{ { "--x" }, "--x: invalid option" },
	{ { "--=x" }, "--: invalid option" },
	{ { "--name" }, "--name: option requires an argument" },
	{ { "-n" }, "-n: option requires an argument" },
	{ { "-qc" }, "-c: option requires an argument" },
	{ { "--all=x" }, "--all: option takes no argument" },
	{ { "--all=" }, "--all: option takes no argument" },
	{ { "--name=" }, "--name: value cannot be empty" },
	{ { "-n", "" }, "--name: value cannot be empty" },
	{ { "--scopes-from", "x", "--scopes-from", "" }, "--scopes-from: value cannot be empty" },
	{ { "-oyaml" }, "yaml: invalid choice for --output: want table, json or tsv" },
	{ { "-o", "tabl" }, "tabl: invalid choice for --output: want table, json or tsv" },
	{ { "-o", "tables" }, "tables: invalid choice for --output: want table, json or tsv" },
	{ { "-o", "JSON" }, "JSON: invalid choice for --output: want table, json or tsv" },
	{ { "-o", "table|json" },
	  "table|json: invalid choice for --output: want table, json or tsv" },
	{ { "--output=" }, "--output: value cannot be empty" },
	{ { "-D", "x" }, "x: invalid choice for --secretdoc: want text or man" },
	{ { "--expire", "--delete" }, "--expire and --delete exclude each other" },
	{ { "--delete", "x", "--expire" }, "--delete and --expire exclude each other" },
	{ { "-u", "x", "-a" }, "--user and --all exclude each other" },
	{ { "-au", "x" }, "--all and --user exclude each other" },
	{ { "--bogus", "--help" }, "--bogus: invalid option" },
	{ { "--bogus", "-x" }, "--bogus: invalid option" },
	{ { "--name", "--help", "-x" }, "-x: invalid option" },
};

static void test_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct parsed p;

		parse(&p, refused[i].words);
		if (p.rc == 0)
			fail_msg("%zu: accepted", i);
		assert_string_equal(p.error, refused[i].expected);
		assert_null(p.result.owned);
	}
}

/* How hostile words appear in errors: the text before ": invalid option". */
static void test_escapes_words(void **state)
{
	static const struct {
		const char *word, *expected;
	} cases[] = {
		{ "--a\x1b[31m", "--a\\x1b[31m" },
		{ "--a\nb\tc\x7f", "--a\\x0ab\\x09c\\x7f" },
		{ "--\xc2\x9bm", "--\\x9bm" },
		{ "--a\x9bz", "--a\\x9bz" },
		{ "--a\xff\xfe", "--a\\xff\\xfe" },
		{ "--a\xe2\x82", "--a\\xe2\\x82" },
		{ "--a\xc0\x9b", "--a\\xc0\\x9b" },
		{ "--\u20ac\U0001f600\u00e9", "--\u20ac\U0001f600\u00e9" },
		{ "--%s%n\\x", "--%s%n\\x" },
		{ "-\x1b", "-\\x1b" },
		{ "-\xff", "-\\xff" },
		{ "-\n", "-\\x0a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char expected[128];
		struct parsed p;

		parse(&p, (const char *const[]){ cases[i].word, NULL });
		assert_int_equal(p.rc, -1);
		snprintf(expected, sizeof(expected), "%s: invalid option", cases[i].expected);
		assert_string_equal(p.error, expected);
	}
}

static void test_cuts_long_words(void **state)
{
	(void)state;
	/* the text begins at every offset, so that it is cut at every byte of a character */
	for (size_t lead = 0; lead < 8; lead++) {
		char word[4096] = "--", *end = word + 2 + lead;
		struct parsed p;
		size_t shown;

		memset(word + 2, 'z', lead);
		for (; end < word + sizeof(word) - 8; end += 3)
			memcpy(end, "\u20ac", 4);
		parse(&p, (const char *const[]){ word, NULL });
		assert_int_equal(p.rc, -1);
		assert_string_equal(strstr(p.error, "..."), "...: invalid option");
		shown = (size_t)(strstr(p.error, "...") - p.error);
		assert_between(shown, 100, 200);
		assert_int_equal((shown - lead - 2) % 3, 0);
		assert_memory_equal(p.error, word, shown);
	}
}

static void test_hides_secrets(void **state)
{
	static const struct {
		const char *word, *expected;
	} cases[] = {
		{ "abcdefghij-ABCDEFGHIJKLMNOPQRSTUV", "abcdefghij-[secret]" },
		{ " abcdefghij-ABCDEFGHIJKLMNOPQRSTUV\n", " abcdefghij-[secret]\\x0a" },
		{ "abcdefghij-0123456789a", "abcdefghij-[secret]" },
		{ "token=abcdefghij-0123456789a,b", "token=abcdefghij-[secret],b" },
		{ "abcdefghij-0123456789", "abcdefghij-0123456789" },
		{ "abcdefghi-0123456789a", "abcdefghi-0123456789a" },
		{ "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *v[] = { "a", "b", cases[i].word };
		struct opts_result result = { .operands = { v, 3 } };
		char error[OPTS_ERROR_SIZE], expected[128];
		struct parsed p;

		assert_int_equal(opts_check_operands(&command, &result, error), -1);
		snprintf(expected, sizeof(expected), "extra operand '%s'", cases[i].expected);
		assert_string_equal(error, expected);
		parse(&p, (const char *const[]){ "-o", cases[i].word, NULL });
		assert_int_equal(p.rc, -1);
		snprintf(expected, sizeof(expected), "%s: invalid choice", cases[i].expected);
		assert_contains(p.error, expected);
	}
}

static void test_checks_operands(void **state)
{
	const char *v[] = { "a", "b", "c" };
	struct opts_result result = { .operands = { v, 0 } };
	char error[OPTS_ERROR_SIZE] = "";

	(void)state;
	assert_int_equal(opts_check_operands(&command, &result, error), -1);
	assert_string_equal(error, "missing operand: want NAME [ID]");
	for (result.operands.n = 1; result.operands.n <= 2; result.operands.n++)
		assert_int_equal(opts_check_operands(&command, &result, error), 0);
	assert_int_equal(opts_check_operands(&command, &result, error), -1);
	assert_string_equal(error, "extra operand 'c'");
	assert_int_equal(opts_check_operands(&bare, &result, error), -1);
	assert_string_equal(error, "extra operand 'a'");
	result.operands.n = 0;
	assert_int_equal(opts_check_operands(&bare, &result, error), 0);
}

static const char *variable(void *ctx, const char *name)
{
	const char *const *pairs = ctx;

	for (; *pairs; pairs += 2)
		if (strcmp(*pairs, name) == 0)
			return pairs[1];
	return NULL;
}

static void test_fills_defaults(void **state)
{
	static const struct {
		const char *words[WORDS_MAX], *variables[8], *expected;
	} cases[] = {
		{ { NULL }, { NULL }, "user=me into=X" },
		{ { NULL }, { "X_NAME", "n", "X_USER", "u" }, "name=n user=u into=X" },
		{ { NULL }, { "X_NAME", "", "X_USER", "" }, "user=me into=X" },
		{ { "-n1", "-u", "" }, { "X_NAME", "n", "X_USER", "u" }, "name=1 user= into=X" },
		{ { "-a" }, { "X_HIDDEN", "man" }, "all user=me into=X" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		struct parsed p;

		parse(&p, cases[i].words);
		assert_int_equal(p.rc, 0);
		opts_fill_defaults(&command, &p.options, variable, (void *)cases[i].variables);
		describe(&p, text, sizeof(text));
		assert_string_equal(text, cases[i].expected);
		opts_done(&p.result);
	}
}

static void test_finds(void **state)
{
	(void)state;
	assert_ptr_equal(opts_find(&command, "name"), &own_table[4]);
	assert_ptr_equal(opts_find(&command, "secretdoc"), &common_table[2]);
	assert_null(opts_find(&command, "nam"));
	assert_null(opts_find(&command, "names"));
	assert_null(opts_find(&command, ""));
	assert_null(opts_find(&bare, "help"));
}

/* ------------------------------------------------------------- documentation */

static void assert_begins(const char *text, const char *begin)
{
	if (strncmp(text, begin, strlen(begin)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", text, begin);
}

static char *print(const struct opts_command *c, const char *format)
{
	struct buf out = { 0 };

	assert_int_equal(opts_print(c, format, &out), 0);
	assert_int_equal(out.data[out.len - 1], '\n');
	return out.data;
}

static size_t count_columns(const char *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)line[i] & 0xc0) != 0x80;
	return n;
}

static void check_lines(const char *text, size_t width)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (count_columns(text, len) > width)
			fail_msg("%zu columns: %.*s", count_columns(text, len), (int)len, text);
		if (len && text[len - 1] == ' ')
			fail_msg("ends with a blank: %.*s", (int)len, text);
		text += len + 1;
	}
}

static void test_usage(void **state)
{
	char *usage = opts_usage(&command);

	(void)state;
	assert_string_equal(usage, "token_x [-a | -u USER] [-q] [--expire | --delete] [-n NAME]\n"
				   "      [--scope S]... [--scopes-from ARRAY]... [-c COLUMNS]...\n"
				   "      [-o table|json|tsv] [--into-this A-LONG-METAVARIABLE]\n"
				   "      [COMMON OPTION]... NAME [ID]");
	free(usage);
	usage = opts_usage(&bare);
	assert_string_equal(usage, "bare [-a | -u USER] [-q] [--expire | --delete] [-n NAME]\n"
				   "      [--scope S]... [--scopes-from ARRAY]... [-c COLUMNS]...\n"
				   "      [-o table|json|tsv] [--into-this A-LONG-METAVARIABLE]");
	free(usage);
}

static void test_text(void **state)
{
	char *text = print(&command, "text");

	(void)state;
	check_lines(text, 75);
	assert_begins(text, "Usage: token_x [-a | -u USER] ");
	assert_contains(text, "\n\nDo things to tokens.\n\n.A paragraph");
	assert_contains(text, "\n\n'Another' one.\n\nOptions:\n  -a, --all                All.\n");
	assert_contains(text, "\n      --expire             Ends.\n");
	assert_contains(text, "\n  -n, --name NAME          The name. Default: $X_NAME.\n");
	assert_contains(text,
			"\n      --scope S            A sentence that is long enough to need a "
			"second\n                           line in the help,");
	/* too long for its column */
	assert_contains(text, "\n  -o, --output table|json|tsv\n                           How.\n");
	assert_contains(text,
			"\n      --into-this A-LONG-METAVARIABLE\n                           W");
	assert_contains(text, "\n\nCommon options:\n  -h, --help               Help.\n");
	assert_contains(text, "\n\nExamples:\n  Short:\n    token_x 'a b'\n  Long, which is to be "
			      "broken before options:\n    token_x --scope "
			      "workspace:read,template:read \\\n      --name 'a quoted name with "
			      "blanks' \"and a second\" && echo done\n");
	assert_contains(text, "\n\nExit Status:\n  0      done\n");
	assert_contains(text, "\n  128+n  ended by signal n (130: ^C)\n");
	free(text);
}

static void test_long_doc(void **state)
{
	char **lines = opts_long_doc(&command);
	char *text = print(&command, "text"), *body = strstr(text, "Do things");
	size_t n = 1;

	(void)state;
	assert_string_equal(lines[0], "Do things to tokens.\n");
	assert_begins(body, "Do things to tokens.\n\n");
	body += strlen(lines[0]) + 1;
	/*
	 * --help shows the same lines below the usage. bash adds a newline to each line but the
	 * first.
	 */
	for (; lines[n]; n++) {
		size_t len = strcspn(body, "\n");

		assert_int_equal(strlen(lines[n]), len);
		assert_memory_equal(lines[n], body, len);
		body += len + 1;
	}
	assert_string_equal(body, "");
	assert_between(n, 40, 100);
	free(text);
	free(lines);
}

static void test_wraps_everywhere(void **state)
{
	/* each word begins a column further to the right than in the round before */
	static const char tail[] = "\u00e4b cde fghi jklmn \u00f6pqrst uvwxyz0 12345678 abcdefghi "
				   "\u00fcbcdefghij klmnopqrstu vwxyz0123456 7890abcdefghi jk";
	char words[128] = "";

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		struct opts_command c = bare;
		char paragraph[512], *text;

		words[i] = 'x';
		snprintf(paragraph, sizeof(paragraph), "%s %s", words, tail);
		c.description = (const char *const[]){ paragraph, NULL };
		c.examples = (const char *const[]){ "The same as a command:", paragraph, NULL };
		text = print(&c, "text");
		check_lines(text, 75);
		/* the text is the same, except for newlines instead of blanks */
		for (char *p = text; *p; p++)
			*p = *p == '\n' ? ' ' : *p;
		assert_contains(text, paragraph);
		free(text);
	}
}

static void test_overlong_words_stay_whole(void **state)
{
	struct opts_command c = bare;
	char word[200] = "", *text;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	c.description = (const char *const[]){ word, NULL };
	c.examples = (const char *const[]){ "An example:", word, NULL };
	text = print(&c, "text");
	assert_contains(text, word);
	assert_null(strstr(text, " \\\n")); /* a text without blanks is not continued */
	free(text);
}

static void test_man(void **state)
{
	char *text = print(&command, "man");

	(void)state;
	assert_begins(text, ".TH TOKEN_X 1 \"\" \"coder_tokens\" \"Bash loadable builtins\"\n");
	assert_contains(text, "\n.SH NAME\ntoken_x \\- Do things to tokens\n");
	assert_contains(text, "\n.SY token_x\n[\\fB\\-a\\fR\\ |\\ \\fB\\-u\\fR\\ \\fIUSER\\fR]\n");
	assert_contains(text, "\n.PP\n\\&.A paragraph");
	assert_contains(text, "\\[u00FC]ml\\[u00E4]uts");
	assert_contains(text, "\n.PP\n\\(aqAnother\\(aq one.\n");
	assert_contains(text, "\n.TP\n\\fB\\-n\\fR,\\ \\fB\\-\\-name\\fR\\ \\fINAME\\fR\nThe name");
	assert_contains(text, "Mind a\\eb, .dots, don\\(aqt, \\[u00B5]s, a*b*c, <x>, "
			      "\\(gay\\(ga, \\(tiz\\(ha and 1|2.\n");
	assert_contains(text, "\n.SH EXIT STATUS\n.TP\n\\fB0\\fR\ndone\n");
	assert_contains(text, "\n.SH ENVIRONMENT\n.TP\n\\fBX_NAME\\fR\nStands in for "
			      "\\fB\\-\\-name\\fR when that is not given; need not be exported.\n");
	assert_contains(text, "\\fBX_USER\\fR\n");
	assert_contains(text, "need not be exported. When unset or empty: me.\n");
	assert_contains(text, "\n.SH EXAMPLES\n.PP\nShort:\n.PP\n.RS 4\n.nf\ntoken_x \\(aqa b");
	assert_contains(text, "template:read \\e\n  \\-\\-name \\(aqa quoted");
	assert_contains(text, "\n.SH SEE ALSO\n\\fBtoken_y\\fR(1),\n\\fBbash\\fR(1)\n");
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p >= 0x80)
			fail_msg("not ASCII: %s", p);
	free(text);
}

/* Sections without contents are left out. */
static void test_man_bare(void **state)
{
	static const struct opts_option flag[] = {
		{ "all", 'a', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(all), .help = "All." },
		{ .name = NULL },
	};
	struct opts_command c = bare;
	char *text;

	(void)state;
	c.tables = (const struct opts_option *const[]){ flag, NULL };
	text = print(&c, "man");
	assert_null(strstr(text, "ENVIRONMENT"));
	assert_null(strstr(text, "EXAMPLES"));
	assert_null(strstr(text, "SEE ALSO"));
	assert_null(strstr(text, "Common"));
	free(text);
}

/* What groff reports, if it is installed. */
static void test_man_has_no_warnings(void **state)
{
	char path[] = "/tmp/test_opts.XXXXXX", shell[128], *text;
	int fd;
	FILE *page, *warnings;

	(void)state;
	warnings = popen("command -v groff", "r");
	assert_non_null(warnings);
	fd = fgetc(warnings);
	pclose(warnings);
	if (fd == EOF)
		skip();
	fd = mkstemp(path);
	assert_true(fd >= 0);
	page = fdopen(fd, "w");
	assert_non_null(page);
	text = print(&command, "man");
	fputs(text, page);
	assert_int_equal(fclose(page), 0);
	snprintf(shell, sizeof(shell), "groff -man -Tutf8 -ww -z %s 2>&1", path);
	warnings = popen(shell, "r");
	assert_non_null(warnings);
	fd = fgetc(warnings);
	assert_int_equal(pclose(warnings), 0);
	unlink(path);
	assert_int_equal(fd, EOF);
	free(text);
}

static void test_markdown(void **state)
{
	char *text = print(&command, "markdown");

	(void)state;
	assert_begins(text, "| option | meaning |\n| --- | --- |\n| `-a, --all` | All. |\n");
	assert_contains(text, "\n| `-o, --output table\\|json\\|tsv` | How. |\n");
	assert_contains(text, "| `-n, --name NAME` | The name. Default: $X_NAME. |\n");
	assert_contains(text, "| `-u, --user USER` | Whose. |\n");
	assert_contains(text, "METAVARIABLE` | Where to. |\n");
	assert_contains(text,
			"Mind a\\\\b, .dots, don't, \u00b5s, a\\*b\\*c, \\<x>, \\`y\\`, ~z^ and "
			"1\\|2. |\n");
	assert_null(strstr(text, "--version"));
	free(text);
	text = print(&command, "markdown-common");
	assert_begins(text, "| option | meaning |\n| --- | --- |\n| `-h, --help` | Help. |\n");
	assert_contains(text, "| `--version` | Version. |\n");
	assert_null(strstr(text, "--all"));
	free(text);
	text = print(&command, "markdown-terms");
	assert_string_equal(text, "| value | meaning |\n| --- | --- |\n| `one-by-one` | a\\*b |\n"
				  "| `all` | everything |\n");
	free(text);
	text = print(&command, "man");
	assert_contains(text, ".SS Ways\n.TP\n\\fBone\\-by\\-one\\fR\na*b\n");
	free(text);
	text = print(&command, "text");
	assert_contains(text,
			"\nWays:\n  one-by-one          a*b\n  all                 everything\n");
	free(text);
	text = print(&command, "markdown-statuses");
	assert_begins(text, "| status | meaning |\n| --- | --- |\n| 0 | done |\n");
	assert_contains(text, "\n| 128+n | ended by signal n (130: ^C) |\n");
	free(text);
}

/* Whether text has "--name" as a format writes it at the beginning of an option. */
static bool shows(const char *text, const char *format, const char *name)
{
	const char *dash;
	char head[64];

	if (strcmp(format, "man") != 0) {
		snprintf(head, sizeof(head), "--%s", name);
		return strstr(text, head);
	}
	dash = strchr(name, '-');
	snprintf(head, sizeof(head), "\\-\\-%.*s%s%s\\fR", dash ? (int)(dash - name) : 99, name,
		 dash ? "\\" : "", dash ? dash : "");
	return strstr(text, head);
}

static void test_every_format_has_every_option(void **state)
{
	static const char *const formats[] = { "text", "man" };

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		char *text = print(&command, formats[i]);

		opts_for_each(o, &command)
		{
			bool hidden = o->flags & OPTS_HIDDEN;

			if (shows(text, formats[i], o->name) == hidden)
				fail_msg("%s: --%s: %s", formats[i], o->name,
					 hidden ? "not hidden" : "missing");
		}
		assert_null(strstr(text, "secretdoc"));
		assert_null(strstr(text, "X_HIDDEN"));
		assert_null(strstr(text, "-D"));
		free(text);
	}
}

static void test_unknown_format(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(opts_print(&command, "yaml", &out), -1);
	assert_int_equal(opts_print(&command, "", &out), -1);
	assert_null(out.data);
}

static void test_statuses(void **state)
{
	size_t n = 0;
	unsigned errors = 0;

	(void)state;
	for (; command_statuses[n].status; n++) {
		assert_true(command_statuses[n].meaning[0]);
		if (n < 10) {
			assert_int_equal(command_statuses[n].status[0], '0' + (char)n);
			assert_int_equal(command_statuses[n].status[1], '\0');
		}
		assert_int_equal(errors & command_statuses[n].errors, 0); /* each error once */
		errors |= command_statuses[n].errors;
	}
	assert_int_equal(n, 11);
	assert_int_equal(errors, (1u << (CODER_ERR_MEMORY + 1)) - 1); /* and none is left out */
}

static void test_status_of_an_error(void **state)
{
	static const struct {
		enum coder_code code;
		int status;
	} cases[] = {
		{ CODER_OK, 0 },
		{ CODER_ERR_REFUSED, 1 },
		{ CODER_ERR_MEMORY, 1 },
		{ CODER_ERR_USAGE, 2 },
		{ CODER_ERR_NOT_FOUND, 3 },
		{ CODER_ERR_AUTH, 4 },
		{ CODER_ERR_CONFLICT, 5 },
		{ CODER_ERR_UNAVAILABLE, 6 },
		{ CODER_ERR_NO_RESPONSE, 7 },
		{ CODER_ERR_SOME_FAILED, 8 },
		{ CODER_ERR_OUTCOME, 9 },
		{ CODER_ERR_INTERRUPTED, 128 + 15 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err = { .code = cases[i].code, .signal = 15 };

		assert_int_equal(command_status(&err), cases[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parses),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_escapes_words),
		cmocka_unit_test(test_cuts_long_words),
		cmocka_unit_test(test_hides_secrets),
		cmocka_unit_test(test_checks_operands),
		cmocka_unit_test(test_fills_defaults),
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_long_doc),
		cmocka_unit_test(test_wraps_everywhere),
		cmocka_unit_test(test_overlong_words_stay_whole),
		cmocka_unit_test(test_man),
		cmocka_unit_test(test_man_bare),
		cmocka_unit_test(test_man_has_no_warnings),
		cmocka_unit_test(test_markdown),
		cmocka_unit_test(test_every_format_has_every_option),
		cmocka_unit_test(test_unknown_format),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_status_of_an_error),
	};

	return cmocka_run_group_tests_name("opts", tests, NULL, NULL);
}
