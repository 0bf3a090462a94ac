/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_complete.c - a command line taken apart, and words put back into it. */
#include "base/buf.h"
#include "coder.h"
#include "complete/line.h"
#include "shell/shell.h"
#include "test.h"

#define BREAKS " \t\n\"'@><=;|&(:"

/*
 * Reads "before|after" (| is the cursor). Asserts the words, each with a blank or, if it contains
 * an expansion, "? " behind it, and "|" before the current one; and what is known of the current
 * word.
 */
static void assert_line(const char *text, const char *breaks, const char *words, const char *word,
			size_t head, char quote)
{
	struct line line = { 0 };
	struct buf out = { 0 };
	struct coder_error err;
	char *before = strdup(text), *cursor = strchr(before, '|');

	*cursor = '\0';
	assert_int_equal(line_read(&line, before, cursor + 1, breaks, &err), 0);
	for (size_t i = 0; i < line.words.n; i++)
		assert_true(buf_addf(&out, "%s%s%s", i == line.at ? "|" : "", line.words.v[i],
				     line.expands[i] ? "? " : " "));
	assert_string_equal(out.data ? out.data : "", words);
	assert_string_equal(line.word, word);
	assert_int_equal(line.kept, head);
	assert_int_equal(line.quote, quote);
	buf_done(&out);
	line_done(&line);
	free(before);
}

static void test_words(void **state)
{
	(void)state;
	assert_line("|", BREAKS, "", "", 0, 0);
	assert_line("token_rm |", BREAKS, "token_rm ", "", 0, 0);
	assert_line("token_rm a b|c d", BREAKS, "token_rm a |d ", "b", 0, 0);
	assert_line("token_rm  a\\ b 'c d'\"e f\" g|", BREAKS, "token_rm a b c de f ", "g", 0, 0);
	assert_line("x \"a\\\"\\$\\b\" |", BREAKS, "x a\"$\\b ", "", 0, 0);
	assert_line("x 'a\\' '' |", BREAKS, "x a\\  ", "", 0, 0);
	assert_line("x a\\\nb |", BREAKS, "x ab ", "", 0, 0);
}

static void test_values_nobody_knows(void **state)
{
	(void)state;
	assert_line("x $a \"$b\" `c` ~/d '$e' \\$f a~ |", BREAKS, "x $a? $b? `c`? ~/d? $e $f a~ ",
		    "", 0, 0);
}

static void test_other_commands(void **state)
{
	(void)state;
	assert_line("a b; x y|", BREAKS, "x ", "y", 0, 0);
	assert_line("a && x |; b c", BREAKS, "x ", "", 0, 0);
	assert_line("a \";\" b|\nc d", BREAKS, "a ; ", "b", 0, 0);
	assert_line("a $(x y|)", BREAKS, "x ", "y", 0, 0);
	assert_line("x <(a b|", BREAKS, "a ", "b", 0, 0);
}

static void test_redirections(void **state)
{
	struct line line = { 0 };
	struct coder_error err;

	(void)state;
	assert_line("x >f a 2>&1 b &>>g 12 c<h |", BREAKS, "x a b 12 c ", "", 0, 0);
	assert_int_equal(line_read(&line, "x > f", "", BREAKS, &err), 0);
	assert_true(line.redirection);
	line_done(&line);
}

static void test_what_readline_replaces(void **state)
{
	(void)state;
	assert_line("x a:b|", BREAKS, "x ", "a:b", 2, 0);
	assert_line("x a:b|", " \t\n", "x ", "a:b", 0, 0);
	assert_line("x --o=a:b|", BREAKS, "x ", "--o=a:b", 6, 0);
	assert_line("x a\\:b|", BREAKS, "x ", "a:b", 0, 0);
	assert_line("x 'a:b'c|", BREAKS, "x ", "a:bc", 0, 0);
	assert_line("x 'a:b|", BREAKS, "x ", "a:b", 0, '\'');
	assert_line("x a:'b:c|", BREAKS, "x ", "a:b:c", 2, '\'');
	assert_line("x \"a:b|", BREAKS, "x ", "a:b", 0, '"');
	/* readline replaces the word from the @ on */
	assert_line("x a@b|", BREAKS, "x ", "a@b", 1, 0);
}

static void assert_quoted(const char *text, char quote, bool first, const char *expected)
{
	struct buf out = { 0 };

	assert_int_equal(line_quote(&out, text, quote, first), expected != NULL);
	if (expected)
		assert_string_equal(out.data ? out.data : "", expected);
	buf_done(&out);
}

static void test_quoting(void **state)
{
	(void)state;
	assert_quoted("plain-1.2_3@x:y/z=%+,", 0, true, "plain-1.2_3@x:y/z=%+,");
	assert_quoted("a b$c`d\"e'f\\g!h*i?j", 0, true, "a\\ b\\$c\\`d\\\"e\\'f\\\\g\\!h\\*i\\?j");
	assert_quoted("(;&|<>){}[]^", 0, true, "\\(\\;\\&\\|\\<\\>\\)\\{\\}\\[\\]\\^");
	assert_quoted("#a#b", 0, true, "\\#a#b");
	assert_quoted("~a~b", 0, true, "\\~a~b");
	assert_quoted("~a", 0, false, "~a");
	assert_quoted("", 0, true, "''");
	assert_quoted("", 0, false, "");
	assert_quoted("\xc3\xbc", 0, true, "\xc3\xbc");
	assert_quoted("a\n'\\\x1b\x7f", 0, true, "$'a\\012\\'\\\\\\033\\177'");
	assert_quoted("a\n", '\'', true, NULL);
	assert_quoted("a\n", '"', true, NULL);
	assert_quoted("a 'b' $c", '\'', true, "a '\\''b'\\'' $c");
	assert_quoted("a \"b\" $c`\\!", '"', true, "a \\\"b\\\" \\$c\\`\\\\\"'!'\"");
}

/* Replaces the function of shell/: the aliases of the tests. a0 to a4999 are a chain. */
const char *shell_alias(const char *name)
{
	static const char *const aliases[][2] = {
		{ "tl", "token_list -a" }, { "ls", "ls -l" },
		{ "empty", "" },	   { "p", "q x" },
		{ "q", "p --y" },	   { "self", "self" },
		{ "two", "true; tl" },	   { "blank", " tl" },
		{ "tab", "ls\tx" },
	};
	static char value[32];
	unsigned n;

	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (strcmp(aliases[i][0], name) == 0)
			return aliases[i][1];
	if (sscanf(name, "a%u", &n) != 1)
		return NULL;
	snprintf(value, sizeof(value), n < 4999 ? "a%u -x" : "a0", n + 1);
	return value;
}

static void assert_expanded(const char *before, const char *expected)
{
	struct coder_error err;
	char *line = line_expand_aliases(before, &err);

	assert_string_equal(line, expected);
	free(line);
}

static void test_aliases(void **state)
{
	struct coder_error err;
	char *line;

	(void)state;
	assert_expanded("", "");
	assert_expanded("token_list x", "token_list x");
	assert_expanded("tl x", "token_list -a x");
	assert_expanded("tl", "token_list -a");
	assert_expanded("tl\tx", "token_list -a\tx");
	assert_expanded(" tl x", " tl x");
	assert_expanded("token_list tl", "token_list tl");
	assert_expanded("ls x", "ls -l x");
	assert_expanded("empty x", " x");
	assert_expanded("two x", "true; tl x");
	assert_expanded("blank x", " tl x");
	assert_expanded("tab y", "ls -l\tx y");
	/* circular aliases: like bash, expands each one once */
	assert_expanded("self x", "self x");
	assert_expanded("p z", "p --y x z");
	assert_expanded("q z", "q x --y z");
	line = line_expand_aliases("a0 end", &err);
	assert_int_equal(strlen(line), strlen("a0") + 4999 * strlen(" -x") + strlen(" end"));
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_values_nobody_knows),
		cmocka_unit_test(test_other_commands),
		cmocka_unit_test(test_redirections),
		cmocka_unit_test(test_what_readline_replaces),
		cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_aliases),
	};

	return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
