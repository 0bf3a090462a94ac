/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_strings.c - lists of strings, the nearest word, hashes, and texts in any case of letters. */
#include "base/ascii.h"
#include "coder.h"
#include "test.h"

static void fill(struct coder_strings *list, const char *const *words, size_t n)
{
	struct coder_error err;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(coder_strings_add(list, words[i], &err), 0);
}

static void test_adds_copies(void **state)
{
	struct coder_strings list = { 0 }, more = { 0 };
	struct coder_error err;
	char word[] = "workspace:read";

	(void)state;
	assert_int_equal(coder_strings_add(&list, word, &err), 0);
	assert_int_equal(coder_strings_add_len(&list, word, 9, &err), 0);
	assert_int_equal(coder_strings_add_len(&list, word, 0, &err), 0);
	word[0] = 'X';
	assert_int_equal(coder_strings_add_all(&more, &list, &err), 0);
	coder_strings_done(&list);
	assert_null(list.v);
	assert_int_equal(list.n, 0);
	assert_int_equal(more.n, 3);
	assert_string_equal(more.v[0], "workspace:read");
	assert_string_equal(more.v[1], "workspace");
	assert_string_equal(more.v[2], "");
	coder_strings_done(&more);
	coder_strings_done(NULL);
}

static void test_has_is_exact(void **state)
{
	static const char *const words[] = { "user:read", "task:*" };
	struct coder_strings list = { 0 };

	(void)state;
	assert_false(coder_strings_has(&list, "user:read"));
	fill(&list, words, COUNT(words));
	assert_true(coder_strings_has(&list, "user:read"));
	assert_true(coder_strings_has(&list, "task:*"));
	assert_false(coder_strings_has(&list, "User:read"));
	assert_false(coder_strings_has(&list, "user"));
	coder_strings_done(&list);
}

static void test_only_ascii(void **state)
{
	char text[] = "each byte of these is looked at";
	const size_t len = sizeof(text) - 1;

	(void)state;
	assert_true(ascii_only(text, len));
	assert_true(ascii_only("", 0));
	for (size_t i = 0; i < len; i++) {
		const char byte = text[i];

		text[i] = '\x80';
		for (size_t n = 0; n <= len; n++)
			assert_int_equal(ascii_only(text, n), n <= i);
		text[i] = byte;
	}
}

static void test_sort(void **state)
{
	static const char *const words[] = { "b", "a_", "a:", "b", "\xc3\xa9", "B", "a:", "b" };
	static const char *const sorted[] = { "B", "a:", "a:", "a_", "b", "b", "b", "\xc3\xa9" };
	struct coder_strings list = { 0 };

	(void)state;
	coder_strings_sort(&list);
	assert_int_equal(list.n, 0);
	fill(&list, words, COUNT(words));
	coder_strings_sort(&list);
	assert_int_equal(list.n, COUNT(sorted));
	for (size_t i = 0; i < list.n; i++)
		assert_string_equal(list.v[i], sorted[i]);
	coder_strings_done(&list);
}

static const char *near(const char *word)
{
	static const char *const known[] = { "file", "group", "task", "user", "workspace" };
	const char *found = coder_nearest(word, known, COUNT(known));

	return found ? found : "";
}

static void test_nearest(void **state)
{
	char long_word[200];

	(void)state;
	assert_string_equal(near("workspace"), "workspace");
	assert_string_equal(near("worksapce"), "workspace");
	assert_string_equal(near("workspaces"), "workspace");
	assert_string_equal(near("wrkspce"), "workspace");
	assert_string_equal(near("WORKSPACE"), "workspace");
	assert_string_equal(near("fil"), "file");
	assert_string_equal(near("fole"), "file");
	assert_string_equal(near("uesr"), "user");
	assert_string_equal(near("tsak"), "task");
	assert_string_equal(near("banana"), "");
	assert_string_equal(near("space"), "");
	assert_string_equal(near("us"), "");
	assert_string_equal(near(""), "");
	memset(long_word, 'x', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_string_equal(near(long_word), "");
	assert_null(coder_nearest("user", NULL, 0));
}

static void test_nearest_prefers_the_closest(void **state)
{
	static const char *const known[] = { "template", "templates", "task" };

	(void)state;
	assert_string_equal(coder_nearest("templats", known, COUNT(known)), "template");
	assert_string_equal(coder_nearest("templatess", known, COUNT(known)), "templates");
	assert_string_equal(coder_nearest("templates", known, COUNT(known)), "templates");
}

static uint64_t hash_of(const char *first, const char *second)
{
	return coder_hash(coder_hash(CODER_HASH_BEGIN, first), second);
}

static void test_hash_tells_lists_of_texts_apart(void **state)
{
	(void)state;
	assert_true(hash_of("ab", "c") == hash_of("ab", "c"));
	assert_true(hash_of("ab", "c") != hash_of("a", "bc"));
	assert_true(hash_of("", "a") != hash_of("a", ""));
	assert_true(coder_hash(CODER_HASH_BEGIN, "a") != coder_hash(CODER_HASH_BEGIN, "b"));
}

/* Asserts the elements of a comma list, each in brackets, and after them the error about an empty one. */
static void assert_list(const char *text, const char *expected)
{
	struct coder_strings list = { 0 };
	struct coder_error err;
	char seen[2048] = "";
	int r = coder_strings_split(&list, text, "nothing", &err);

	for (size_t i = 0; i < list.n; i++)
		snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "[%s]", list.v[i]);
	if (r < 0) {
		assert_int_equal(err.code, CODER_ERR_USAGE);
		snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s", err.message);
	}
	assert_string_equal(seen, expected);
	coder_strings_done(&list);
}

static void test_comma_lists(void **state)
{
	(void)state;
	assert_list("a", "[a]");
	assert_list("a,b c,d", "[a][b c][d]");
	assert_list(" a\t,\r\nb \v\f", "[a][b]");
	assert_list("", "nothing");
	assert_list(" ", "nothing");
	assert_list(",a", "word 1 of ',a': nothing");
	assert_list("a,", "[a]word 2 of 'a,': nothing");
	assert_list("a, ,b", "[a]word 2 of 'a, ,b': nothing");
}

/* A long list is not repeated. */
static void test_blame(void **state)
{
	char list[83];
	struct coder_error err;

	(void)state;
	memset(list, 'x', sizeof(list) - 1);
	list[sizeof(list) - 1] = '\0';
	coder_error_set(&err, CODER_ERR_USAGE, "no");
	assert_int_equal(coder_list_blame(list, 0, &err), -1);
	assert_string_equal(err.message, "no");
	list[40] = list[50] = ',';
	coder_list_blame(list, 2, &err);
	assert_string_equal(err.message, "word 3 of 3: no");
	coder_error_set(&err, CODER_ERR_USAGE, "no");
	coder_list_blame(list + 2, 1, &err);
	assert_int_equal(strlen(err.message), strlen("word 2 of '': no") + 80);
}

static void test_join(void **state)
{
	static const char *const words[] = { "a", "", "b" };
	struct coder_strings list = { 0 };
	struct buf text = { 0 }, full = { .max = 3 };

	(void)state;
	assert_true(coder_strings_join(&list, ", ", &text));
	assert_null(text.data);
	fill(&list, words, COUNT(words));
	assert_true(buf_add_char(&text, ':') && coder_strings_join(&list, ", ", &text));
	assert_string_equal(text.data, ":a, , b");
	assert_false(coder_strings_join(&list, ", ", &full));
	coder_strings_done(&list);
	buf_done(&text);
	buf_done(&full);
}

static void test_any_case_of_letters(void **state)
{
	const char *const text = "The Id[ is ID{";

	(void)state;
	assert_true(ascii_same("ab", "ABc", 2));
	assert_false(ascii_same("ab", "ABc", 3));
	assert_true(ascii_same("a", "b", 0));
	assert_true(ascii_is("Connection: x", 10, "CONNECTION"));
	assert_false(ascii_is("Connection: x", 9, "CONNECTION"));
	assert_true(ascii_equal("", ""));
	assert_true(ascii_equal("zZ@", "Zz@"));
	assert_false(ascii_equal("a", "ab"));
	/* characters beside the letters, and those of other alphabets, are not folded */
	assert_false(ascii_equal("[", "{"));
	assert_false(ascii_equal("@", "`"));
	assert_false(ascii_equal("\xc3\x89", "\xc3\xa9"));
	assert_ptr_equal(ascii_find(text, "id["), text + 4);
	assert_ptr_equal(ascii_find(text, "id{"), text + 11);
	assert_ptr_equal(ascii_find(text, ""), text);
	assert_null(ascii_find(text, "id]"));
	assert_null(ascii_find("", "i"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adds_copies),
		cmocka_unit_test(test_has_is_exact),
		cmocka_unit_test(test_only_ascii),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_comma_lists),
		cmocka_unit_test(test_blame),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_nearest_prefers_the_closest),
		cmocka_unit_test(test_hash_tells_lists_of_texts_apart),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_any_case_of_letters),
	};

	return cmocka_run_group_tests_name("strings", tests, NULL, NULL);
}
