/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_scope.c - scope names. */
#include "coder.h"
#include "test.h"

static void test_legacy_names(void **state)
{
	(void)state;
	assert_string_equal(coder_scope_canonical("all"), "coder:all");
	assert_string_equal(coder_scope_canonical("application_connect"),
			    "coder:application_connect");
	assert_string_equal(coder_scope_canonical("coder:all"), "coder:all");
	assert_string_equal(coder_scope_canonical("All"), "All");
	assert_string_equal(coder_scope_canonical("user:read"), "user:read");
	assert_string_equal(coder_scope_canonical(""), "");
}

static void test_builtin_names(void **state)
{
	size_t n;
	const char *const *names = coder_scopes_builtin(&n);

	(void)state;
	assert_int_equal(n, 55);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(strchr(names[i], ':'));
		assert_string_equal(coder_scope_canonical(names[i]), names[i]);
		if (i)
			assert_true(strcmp(names[i - 1], names[i]) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legacy_names),
		cmocka_unit_test(test_builtin_names),
	};

	return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
