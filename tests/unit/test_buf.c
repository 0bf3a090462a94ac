/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_buf.c - the growing buffer: contents, maximum, detaching. */
#include "base/buf.h"
#include "test.h"

static void test_grows_and_terminates(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_true(buf_add_char(&b, (char)('a' + i % 26)));
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[b.len], '\0');
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_done(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
}

static void test_formats(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_true(buf_add_str(&b, "GET "));
	assert_true(buf_addf(&b, "/users/%s/keys?n=%d", "me", 12));
	assert_string_equal(b.data, "GET /users/me/keys?n=12");
	assert_int_equal(b.len, strlen(b.data));
	/* whether it fits into the block or not */
	for (int width = 0; width < 300; width++) {
		buf_reset(&b);
		assert_true(buf_addf(&b, "%*d", width, 7));
		assert_int_equal(b.len, width > 1 ? width : 1);
		assert_int_equal(b.len, strlen(b.data));
		assert_int_equal(b.data[b.len - 1], '7');
	}
	buf_done(&b);
}

static void test_cap_leaves_it_as_it_was(void **state)
{
	struct buf b = { .max = 5 };

	(void)state;
	assert_true(buf_add_str(&b, "12345"));
	assert_false(buf_add_char(&b, '6'));
	assert_false(buf_addf(&b, "%d", 6));
	assert_string_equal(b.data, "12345");
	assert_int_equal(b.len, 5);
	assert_true(buf_add(&b, "", 0));
	buf_done(&b);
	assert_int_equal(b.max, 5);
	assert_false(buf_add_str(&b, "123456"));
	buf_done(&b);
}

static void test_size_overflow_is_refused(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_true(buf_add_str(&b, "x"));
	assert_false(buf_add(&b, "y", SIZE_MAX));
	assert_false(buf_add(&b, "y", SIZE_MAX - 1));
	assert_string_equal(b.data, "x");
	buf_done(&b);
}

static void test_reset_wipes_and_keeps(void **state)
{
	struct buf b = { 0 };
	char *data;

	(void)state;
	buf_reset(&b);
	assert_true(buf_add_str(&b, "secret"));
	data = b.data;
	buf_reset(&b);
	assert_ptr_equal(b.data, data);
	assert_int_equal(b.len, 0);
	assert_memory_equal(data, "\0\0\0\0\0\0", 6);
	assert_true(buf_add_str(&b, "abc"));
	assert_string_equal(b.data, "abc");
	buf_done(&b);
}

static void test_truncate_wipes_the_rest(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_truncate(&b, 0);
	assert_true(buf_add_str(&b, "line secret"));
	buf_truncate(&b, 5);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "line \0\0\0\0\0\0", 11);
	buf_truncate(&b, 5);
	assert_string_equal(b.data, "line ");
	buf_done(&b);
}

static void test_detach(void **state)
{
	struct buf b = { .max = 9 };
	char *s;

	(void)state;
	s = buf_detach(&b);
	assert_string_equal(s, "");
	buf_free_string(s);
	assert_true(buf_add_str(&b, "text"));
	s = buf_detach(&b);
	assert_string_equal(s, "text");
	assert_null(b.data);
	assert_int_equal(b.max, 9);
	buf_free_string(s);
	buf_free_string(NULL);
	buf_done(&b);
	buf_done(NULL);
}

static void test_percent_encoding(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_true(buf_add_encoded(&b, "aZ09-._~ /%?&=+\n\xc3\xbc"));
	assert_string_equal(b.data, "aZ09-._~%20%2F%25%3F%26%3D%2B%0A%C3%BC");
	buf_done(&b);
}

static void test_percent_encoding_is_undone(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_true(buf_add_decoded(&b, "%41b%7e%zz%4%"));
	assert_string_equal(b.data, "Ab~%zz%4%");
	buf_reset(&b);
	assert_true(buf_add_decoded(&b, "a%00b"));
	assert_memory_equal(b.data, "a\0b", 4);
	buf_done(&b);
}

/* Leaves a text in a stack frame that has ended. Returns its address. */
static uintptr_t __attribute__((noinline)) leave_text(void)
{
	volatile char area[40 << 10];

	area[0] = 's';
	return (uintptr_t)area;
}

static void test_stack(void **state)
{
	uintptr_t (*volatile leave)(void) = leave_text;
	const volatile char *left = (const volatile char *)leave();

	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* stack frames may be elsewhere */
#endif
	assert_int_equal(*left, 's');
	buf_wipe_stack();
	assert_int_equal(*left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_and_terminates),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_cap_leaves_it_as_it_was),
		cmocka_unit_test(test_size_overflow_is_refused),
		cmocka_unit_test(test_reset_wipes_and_keeps),
		cmocka_unit_test(test_truncate_wipes_the_rest),
		cmocka_unit_test(test_detach),
		cmocka_unit_test(test_percent_encoding),
		cmocka_unit_test(test_percent_encoding_is_undone),
		cmocka_unit_test(test_stack),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
