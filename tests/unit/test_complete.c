/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_complete.c - a command line taken apart, and words put back into it. */
#include "test.h"

#include "../../builtins/complete.h"

#define BREAKS " \t\n\"'@><=;|&(:"

/* Reads "before|after"; the words as "[a][b]|word" with what is known of the word. */
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
				     line.opaque[i] ? "? " : " "));
	assert_string_equal(out.data ? out.data : "", words);
	assert_string_equal(line.word, word);
	assert_int_equal(line.head, head);
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
	/* an @ begins the word that readline replaces */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_values_nobody_knows),
		cmocka_unit_test(test_other_commands),
		cmocka_unit_test(test_redirections),
		cmocka_unit_test(test_what_readline_replaces),
		cmocka_unit_test(test_quoting),
	};

	return cmocka_run_group_tests_name("complete", tests, NULL, NULL);
}
