/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json.c - documents, integers, strings, error objects, lists in pieces. */
#include "base/buf.h"
#include "coder.h"
#include "json/json.h"
#include "json/list.h"
#include "net/error_object.h"
#include "test.h"

/* A copy without a NUL behind it, so that sanitizers see a read past its end. */
static char *exact_copy(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static bool parses(const char *text, size_t len)
{
	char *copy = exact_copy(text, len);
	struct json *doc = NULL;
	struct coder_error err = { 0 };
	int r = json_parse(copy, len, &doc, &err);

	if (r < 0) {
		assert_null(doc);
		assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
		assert_contains(err.message, "the server's response is not JSON: ");
	}
	json_free(doc);
	free(copy);
	return r == 0;
}

static void test_takes_json(void **state)
{
	static const char *const cases[] = {
		"{}",
		"[]",
		"null",
		"true",
		"false",
		"0",
		"-0",
		"12.5e-3",
		"1E+9",
		"\"\"",
		" { \"a\" : [ 1 , { } , null ] } \r\n",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
		"\"\\\\u0000\"",
		"\"\\ud83d\\ude00\"",
		"\"\xff\xfe\"",
		"{\"\":0}",
		"[1e999]",
		"\"\x7f\"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (!parses(cases[i], strlen(cases[i])))
			fail_msg("refused: %s", cases[i]);
}

static const char *const not_json[] = {
	"",
	" ",
	"{",
	"}",
	"[",
	"]",
	"[1",
	"[1,",
	"[1,]",
	"[,1]",
	"{\"a\"}",
	"{\"a\":}",
	"{\"a\":1,}",
	"{\"a\":1,",
	"{a:1}",
	"{1:1}",
	"[1 2]",
	"[}",
	"{]",
	"[{]}",
	"01",
	"1.",
	".5",
	"-",
	"+1",
	"1e",
	"0x1",
	"tru",
	"True",
	"nul",
	"nullx",
	"{} {}",
	"{}x",
	"\"",
	"\"\\\"",
	"\"\\x\"",
	"\"\\",
	"\"\\u12",
	"\"\\u12g4\"",
	"\"\\ud800\"",
	"\"\\ud800\\u0041\"",
	"\"\\udc00\"",
	"\"\\ud800x\"",
	"\"a\nb\"",
	"'a'",
	"\"\\u0000\"",
	"\"a\\u0000b\"",
	"{\"\\u0000\":1}",
	"<html>",
	"\xef\xbb\xbf{}",
	"/* */ 1",
	"1234567890123456789012345678901234567890123456789012345678901234567890",
};

static void test_refuses_what_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(not_json); i++)
		if (parses(not_json[i], strlen(not_json[i])))
			fail_msg("accepted: %s", not_json[i]);
	assert_false(parses("\"a\0b\"", 5));
	assert_false(parses("{}\0", 3));
	assert_false(parses("\0", 1));
	assert_false(parses("\"\\\0\"", 4));
}

/* Strings are looked at in steps of several bytes. */
static void test_each_byte_of_a_string_counts(void **state)
{
	char text[32];

	(void)state;
	for (size_t at = 1; at < sizeof(text) - 1; at++) {
		for (int byte = 1; byte < 0x80; byte++) {
			bool plain = byte >= 0x20 && byte != '"' && byte != '\\';

			memset(text, 'x', sizeof(text));
			text[0] = text[sizeof(text) - 1] = '"';
			text[at] = (char)byte;
			if (parses(text, sizeof(text)) != plain)
				fail_msg("byte %d at %zu", byte, at);
		}
	}
	for (size_t at = 1; at < sizeof(text) - 2; at++) {
		memset(text, 'x', sizeof(text));
		text[0] = text[sizeof(text) - 1] = '"';
		memcpy(text + at, "\xc3\xa9", 2);
		assert_true(parses(text, sizeof(text)));
	}
}

static bool parses_nested(int depth, char open, char close)
{
	char text[2000];

	memset(text, open, (size_t)depth);
	memset(text + depth, close, (size_t)depth);
	return parses(text, 2 * (size_t)depth);
}

static void test_nesting(void **state)
{
	char open[10000];

	(void)state;
	assert_true(parses_nested(64, '[', ']'));
	assert_false(parses_nested(65, '[', ']'));
	assert_false(parses_nested(900, '[', ']'));
	memset(open, '[', sizeof(open));
	assert_false(parses(open, sizeof(open)));
}

static bool parses_values(size_t n)
{
	struct buf text = { 0 };
	bool ok;

	buf_add_char(&text, '[');
	for (size_t i = 0; i < n; i++)
		buf_add_str(&text, i ? ",0" : "0");
	buf_add_char(&text, ']');
	ok = parses(text.data, text.len);
	buf_done(&text);
	return ok;
}

/* As a tree, a document with one value in every two bytes would take forty times its size. */
static void test_number_of_values(void **state)
{
	(void)state;
	assert_true(parses_values(199999)); /* and the array itself is one more */
	assert_false(parses_values(200000));
}

static struct json *parse(const char *text)
{
	struct json *doc = NULL;
	struct coder_error err;

	if (json_parse(text, strlen(text), &doc, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	return doc;
}

static void test_members(void **state)
{
	struct json *doc = parse("{\"a\":\"x\",\"A\":null,\"l\":[1,\"two\"],\"t\":1,\"t\":2}");
	const struct json *v;
	struct coder_error err;

	(void)state;
	assert_int_equal(json_member(doc, "a", &v, &err), 0);
	assert_string_equal(json_string(v), "x");
	assert_int_equal(json_member(doc, "A", &v, &err), 0);
	assert_non_null(v);
	assert_null(json_string(v));
	assert_int_equal(json_member(doc, "b", &v, &err), 0);
	assert_null(v);
	assert_null(json_string(v));
	assert_int_equal(json_member(doc, "l", &v, &err), 0);
	v = json_first(v);
	assert_non_null(v);
	assert_null(json_string(v));
	v = json_next(v);
	assert_string_equal(json_string(v), "two");
	assert_null(json_next(v));
	assert_null(json_first(doc));
	assert_int_equal(json_member(doc, "t", &v, &err), -1);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_contains(err.message, "'t' is duplicate");
	json_free(doc);
	json_free(NULL);
}

static void test_decodes_strings(void **state)
{
	struct json *doc = parse("\"\\u003cb\\u003e \\ud83d\\ude00 \\\\u0000 \\n\"");

	(void)state;
	assert_string_equal(json_string(doc), "<b> \U0001f600 \\u0000 \n");
	json_free(doc);
}

/* Reads the integer at the key n of a document. */
static int read_n(const char *text, int64_t *ret, struct coder_error *err)
{
	static const struct json_key key = JSON_KEY("n");
	size_t len = strlen(text);
	char *copy = exact_copy(text, len);
	struct json_value values[2];
	int r = json_members(copy, len, &key, 1, values, err);

	if (r == 0)
		r = json_value_int64(&values[1], "n", -7, ret, err);
	free(copy);
	return r;
}

static void assert_int64(const char *text, int64_t expected)
{
	struct coder_error err;
	int64_t value = 42;

	if (read_n(text, &value, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	assert_int_equal(value, expected);
}

static void test_integers(void **state)
{
	(void)state;
	assert_int64("{\"n\":3155760000000000000}", INT64_C(3155760000000000000));
	assert_int64("{\"n\":9223372036854775807}", INT64_MAX);
	assert_int64(" { \"n\" : -9223372036854775808 } ", INT64_MIN);
	assert_int64("{\"a\":{\"n\":1},\"b\":[{\"n\":2}],\"c\":\"\\\"n\\\":3\",\"n\":4}", 4);
	assert_int64("{\"n\":0,\"nn\":1}", 0);
	assert_int64("{\"N\":1,\"nn\":1}", -7);
	assert_int64("{\"n\":null}", -7);
	assert_int64("{}", -7);
	assert_int64("{\"n\":-0}", 0);
	assert_int64("{\"a\":1,\"b\":\"2\",\"c\":[3],\"d\":-4e5,\"n\":5,\"e\":6}", 5);
	assert_int64("{\"a\":true,\"\\u006e\":9007199254740993}", INT64_C(9007199254740993));
}

static void test_refuses_integers(void **state)
{
	static const char *const cases[] = {
		"{\"n\":1.0}",
		"{\"n\":1e3}",
		"{\"n\":\"1\"}",
		"{\"n\":true}",
		"{\"n\":[1]}",
		"{\"n\":{}}",
		"{\"n\":9223372036854775808}",
		"{\"n\":-9223372036854775809}",
		"{\"n\":99999999999999999999999}",
		"{\"n\":1,\"n\":1}",
		"{\"n\":1",
		"{\"n\":1}x",
		"",
		"{\"n\":-}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_error err;
		int64_t value = 42;

		if (read_n(cases[i], &value, &err) == 0)
			fail_msg("accepted: %s", cases[i]);
		assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
		assert_int_equal(value, 42);
	}
}

static void assert_notation(const char *s, enum coder_notation notation, const char *expected)
{
	struct buf b = { 0 };

	assert_true(coder_add_json_string(&b, s, notation));
	assert_string_equal(b.data, expected);
	buf_done(&b);
}

/* Asserts the escaped text, which is the same in both notations. */
static void assert_written(const char *s, const char *expected)
{
	assert_notation(s, CODER_JSON, expected);
	assert_notation(s, CODER_JSON_SENT, expected);
}

static void test_writes_strings(void **state)
{
	(void)state;
	assert_written("", "\"\"");
	assert_written("plain \u00e9 \U0001f600", "\"plain \u00e9 \U0001f600\"");
	assert_written("\"\\/", "\"\\\"\\\\/\"");
	assert_written("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
	assert_written("\x01\x1b\x1f", "\"\\u0001\\u001b\\u001f\"");
	assert_notation("\x7f\xc2\x85\u202e", CODER_JSON, "\"\\u007f\\u0085\\u202e\"");
	assert_notation("\x7f\xc2\x85\u202e", CODER_JSON_SENT, "\"\x7f\xc2\x85\u202e\"");
	assert_written("<a&b>", "\"\\u003ca\\u0026b\\u003e\"");
	assert_written("\u2028\u2029", "\"\\u2028\\u2029\"");
	assert_written("a\xff\xc3", "\"a\\ufffd\\ufffd\"");
	assert_written("\xc0\x80", "\"\\ufffd\\ufffd\"");
	assert_written("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
	assert_written("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
	assert_written("\xe2\x82", "\"\\ufffd\\ufffd\"");
}

static void test_written_strings_read_back(void **state)
{
	char all[256];
	struct buf b = { 0 };
	struct json *doc;

	(void)state;
	for (int i = 1; i < 128; i++)
		all[i - 1] = (char)i;
	all[127] = '\0';
	assert_true(coder_add_json_string(&b, all, CODER_JSON_SENT));
	doc = parse(b.data);
	assert_string_equal(json_string(doc), all);
	json_free(doc);
	buf_done(&b);
}

static struct coder_error error_of(const char *text, bool expected)
{
	struct coder_error err, ignored;
	struct json *doc = NULL;

	coder_error_set(&err, CODER_ERR_REFUSED, "before");
	err.http_status = 400;
	(void)json_parse(text, strlen(text), &doc, &ignored);
	assert_int_equal(error_object_read(doc, &err) != NULL, expected);
	json_free(doc);
	assert_int_equal(err.http_status, 400);
	return err;
}

static void test_error_objects(void **state)
{
	struct coder_error err;

	(void)state;
	err = error_of("{\"message\":\"A token with name \\\"max\\\" already exists.\","
		       "\"validations\":[{\"field\":\"name\",\"detail\":\"in use\"},"
		       "{\"field\":\"scope\",\"detail\":\"no\"}]}\n",
		       true);
	assert_string_equal(err.message, "A token with name \"max\" already exists.");
	assert_string_equal(err.detail, "name: in use; scope: no");
	assert_string_equal(err.field, "name");
	err = error_of("{\"message\":\"M\",\"detail\":\"want \\u003ctype\\u003e\"}", true);
	assert_string_equal(err.message, "M");
	assert_string_equal(err.detail, "want <type>");
	assert_string_equal(err.field, "");
	err = error_of("{\"message\":\"M\",\"detail\":\"d\",\"validations\":"
		       "[{\"field\":\"f\"},{\"detail\":\"e\"},{},1,null]}",
		       true);
	assert_string_equal(err.detail, "d; f; e");
	assert_string_equal(err.field, "f");
	err = error_of("{\"message\":\"M\",\"detail\":3,\"validations\":{}}", true);
	assert_string_equal(err.detail, "");
}

static void test_what_is_no_error_object(void **state)
{
	static const char *const cases[] = {
		"",
		"<html>",
		"null",
		"[]",
		"{}",
		"{\"message\":\"\"}",
		"{\"message\":1}",
		"{\"message\":\"a\",\"message\":\"b\"}",
		"{\"message\":\"a\"} x",
		"{\"message\":\"a\\u0000\"}",
		"\"message\"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(error_of(cases[i], false).message, "before");
}

static void test_error_object_is_cut(void **state)
{
	struct coder_error err;
	struct buf b = { 0 };

	(void)state;
	assert_true(buf_add_str(&b, "{\"message\":\""));
	for (int i = 0; i < 1000; i++)
		assert_true(buf_add_str(&b, "\u20ac"));
	assert_true(buf_add_str(&b, "\",\"validations\":[{\"field\":\""));
	for (int i = 0; i < 1000; i++)
		assert_true(buf_add_str(&b, "\u20ac"));
	assert_true(buf_add_str(&b, "\"}]}"));
	err = error_of(b.data, true);
	assert_int_equal(strlen(err.message), 1023);
	assert_int_equal(strlen(err.detail), 1023);
	assert_int_equal(strlen(err.field), 63);
	buf_done(&b);
}

/* ----------------------------------------------------------------- lists */

/* A list, and the texts of its elements. */
struct collected {
	struct json_list list;
	struct buf *texts;
};

static int collect(void *ctx, const struct json_value *values, struct coder_error *err)
{
	struct collected *c = ctx;

	(void)err;
	assert_true(values->len > 0);
	assert_int_equal(json_value_is(values, JSON_STRING), values->text[0] == '"');
	assert_true(buf_add(c->texts, values->text, values->len));
	assert_true(buf_add_char(c->texts, '|'));
	return 0;
}

/* Feeds text in pieces of so many bytes. Writes the elements to out. */
static int split(const char *text, size_t len, size_t piece, struct buf *out,
		 struct coder_error *err)
{
	struct collected c = { .list = { .fn = collect, .ctx = &c }, .texts = out };
	int r = 0;

	for (size_t i = 0; i < len && r == 0; i += piece) {
		size_t n = len - i < piece ? len - i : piece;
		char *copy = exact_copy(text + i, n);

		r = json_list_feed(&c.list, copy, n, err);
		free(copy);
	}
	if (r == 0)
		r = json_list_end(&c.list, err);
	json_list_done(&c.list);
	return r;
}

static void test_splits_lists(void **state)
{
	static const struct {
		const char *text, *elements;
	} cases[] = {
		{ "[]", "" },
		{ " [ ] \n", "" },
		{ "null", "" },
		{ " null\n", "" },
		{ "[1]", "1|" },
		{ "[1,\"two\",null,true,[],{}]", "1|\"two\"|null|true|[]|{}|" },
		{ "[{\"a\":[1,2,{\"b\":\"],}\"}]},\"\\\\\",\"\\\"]\"]",
		  "{\"a\":[1,2,{\"b\":\"],}\"}]}|\"\\\\\"|\"\\\"]\"|" },
		{ "[[[]],[[1],[2]]]\n", "[[]]|[[1],[2]]|" },
		{ "[\"\\u005d\\\\\\\"\",3]", "\"\\u005d\\\\\\\"\"|3|" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t piece = 1; piece <= strlen(cases[i].text); piece++) {
			struct buf out = { 0 };
			struct coder_error err;

			if (split(cases[i].text, strlen(cases[i].text), piece, &out, &err) < 0)
				fail_msg("%s: %s", cases[i].text, err.message);
			assert_string_equal(out.data ? out.data : "", cases[i].elements);
			buf_done(&out);
		}
	}
}

static int add_numbers(void *ctx, const struct json_value *values, struct coder_error *err)
{
	int64_t *sum = ctx, n;

	if (json_value_int64(&values[1], "n", 0, &n, err) < 0)
		return -1;
	*sum += n;
	return 0;
}

static void test_members_of_elements(void **state)
{
	static const struct json_key key = JSON_KEY("n");
	static const char text[] = "[{\"n\":4503599627370497},{\"a\":0.5,\"n\":4503599627370496}]";

	(void)state;
	for (size_t piece = 1; piece <= strlen(text); piece++) {
		int64_t sum = 0;
		struct json_list list = {
			.fn = add_numbers, .keys = &key, .n_keys = 1, .ctx = &sum
		};
		struct coder_error err;

		for (size_t i = 0; i < strlen(text); i += piece)
			assert_int_equal(json_list_feed(&list, text + i,
							strlen(text + i) < piece ?
								strlen(text + i) :
								piece,
							&err),
					 0);
		assert_int_equal(json_list_end(&list, &err), 0);
		assert_int_equal(sum, INT64_C(9007199254740993));
		json_list_done(&list);
	}
}

static void test_refuses_lists(void **state)
{
	static const char *const cases[] = {
		"",	    " ",	 "{}",	   "1",	    "\"[]\"", "nul",  "nulx",
		"nulll",    "null null", "[",	   "[1",    "[1,",    "[1,]", "[,]",
		"[,1]",	    "[1 2]",	 "[}",	   "[1}]",  "[{]",    "[{]]", "[[}]",
		"[]]",	    "[] []",	 "[1]x",   "[1]\"", "[tru]",  "[\"]", "[\"a\\u0000\"]",
		"[\"\\\"]", "<html>",	 "[1,,2]",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t piece = 1; piece <= strlen(cases[i]) + 1; piece++) {
			struct buf out = { 0 };
			struct coder_error err = { 0 };

			if (split(cases[i], strlen(cases[i]), piece, &out, &err) == 0)
				fail_msg("accepted: %s", cases[i]);
			assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
			assert_contains(err.message, "the server's response is not JSON: ");
			buf_done(&out);
		}
	}
}

/* Reads an array of one string of so many bytes, including its quotes. */
static int split_long(size_t len, struct coder_error *err)
{
	struct buf text = { 0 }, out = { 0 };
	int r;

	assert_true(buf_add_str(&text, "[\""));
	for (size_t i = 2; i < len; i++)
		assert_true(buf_add_char(&text, 'x'));
	assert_true(buf_add_str(&text, "\"]"));
	r = split(text.data, text.len, 16384, &out, err);
	buf_done(&text);
	buf_done(&out);
	return r;
}

static void test_caps_of_lists(void **state)
{
	struct coder_error err;
	struct buf text = { 0 }, out = { 0 };

	(void)state;
	assert_int_equal(split_long(JSON_ELEMENT_MAX, &err), 0);
	assert_int_equal(split_long(JSON_ELEMENT_MAX + 1, &err), -1);
	assert_contains(err.message, "larger than 1 MiB");
	for (int i = 0; i < 66; i++)
		assert_true(buf_add_char(&text, '['));
	for (int i = 0; i < 66; i++)
		assert_true(buf_add_char(&text, ']'));
	assert_int_equal(split(text.data, text.len, 7, &out, &err), -1);
	assert_contains(err.message, "too deep");
	buf_done(&text);
	buf_done(&out);
}

static int refuse_second(void *ctx, const struct json_value *values, struct coder_error *err)
{
	int *seen = ctx;

	(void)values;
	return ++*seen == 2 ? coder_error_set(err, CODER_ERR_USAGE, "enough") : 0;
}

static void test_the_reader_can_end_it(void **state)
{
	int seen = 0;
	struct json_list list = { .fn = refuse_second, .ctx = &seen };
	struct coder_error err;

	(void)state;
	assert_int_equal(json_list_feed(&list, "[1,2,3]", 7, &err), -1);
	assert_string_equal(err.message, "enough");
	assert_int_equal(seen, 2);
	json_list_done(&list);
	json_list_done(NULL);
}

static void test_restart(void **state)
{
	struct buf out = { 0 };
	struct collected c = { .list = { .fn = collect, .ctx = &c }, .texts = &out };
	struct coder_error err;

	(void)state;
	assert_int_equal(json_list_feed(&c.list, "[{\"a\":\"b\\", 9, &err), 0);
	json_list_restart(&c.list);
	assert_int_equal(json_list_feed(&c.list, "nu", 2, &err), 0);
	json_list_restart(&c.list);
	assert_int_equal(json_list_feed(&c.list, "[7]", 3, &err), 0);
	assert_int_equal(json_list_end(&c.list, &err), 0);
	assert_string_equal(out.data, "7|");
	json_list_done(&c.list);
	buf_done(&out);
}

/* Reads the list at a key, in pieces of `step` bytes. Returns 0, or -1 with *err. */
static int split_key(const char *text, size_t step, struct buf *out, struct coder_error *err)
{
	struct collected c = { .list = { .fn = collect, .ctx = &c, .key = "users" }, .texts = out };
	int r = 0;

	for (size_t i = 0; text[i] && r == 0; i += step) {
		size_t left = strlen(text + i);

		r = json_list_feed(&c.list, text + i, left < step ? left : step, err);
		if (left < step)
			break;
	}
	if (r == 0)
		r = json_list_end(&c.list, err);
	json_list_done(&c.list);
	return r;
}

static void test_lists_at_a_key(void **state)
{
	static const char *const cases[][2] = {
		{ "{\"users\":[{\"a\":1},2],\"count\":2}", "{\"a\":1}|2|" },
		{ " { \"count\" : {\"users\":[9,\"]}\"]} , \"users\" : [ 1 ] } ", "1|" },
		{ "{\"x\":\"}\\\"\",\"users\":[]}", "" },
		{ "{\"count\":0,\"users\":null}\n", "" },
		{ "{\"u\\\"sers\":[1],\"userses\":[2],\"user\":[3],\"users\":[4]}", "4|" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t step = 1; step <= strlen(cases[i][0]); step++) {
			struct buf out = { 0 };
			struct coder_error err;

			assert_int_equal(split_key(cases[i][0], step, &out, &err), 0);
			assert_string_equal(out.data ? out.data : "", cases[i][1]);
			buf_done(&out);
		}
	}
}

static void test_refuses_lists_at_a_key(void **state)
{
	static const char *const cases[] = {
		"",
		"[1]",
		"{\"users\":[1]",
		"{\"users\":{}}",
		"{}",
		"{\"count\":1}",
		"{\"users\":[1]}x",
		"{\"users\":[],\"users\":[]}",
		"{\"a\":1]}",
		"{\"users\" [1]}",
		"{users:[1]}",
		"{,\"users\":[]}",
		"{\"users\":[1],}",
		"{\"a\":1,,\"users\":[]}",
		"{\"a\":,\"users\":[]}",
		"{\"a\":!!,\"users\":[]}",
		"{\"a\":1 \"users\":[]}",
		"<html>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = { 0 };
		struct coder_error err;

		assert_int_equal(split_key(cases[i], 64, &out, &err), -1);
		assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_json),
		cmocka_unit_test(test_refuses_what_is_none),
		cmocka_unit_test(test_each_byte_of_a_string_counts),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_number_of_values),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_decodes_strings),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_refuses_integers),
		cmocka_unit_test(test_writes_strings),
		cmocka_unit_test(test_written_strings_read_back),
		cmocka_unit_test(test_error_objects),
		cmocka_unit_test(test_what_is_no_error_object),
		cmocka_unit_test(test_error_object_is_cut),
		cmocka_unit_test(test_splits_lists),
		cmocka_unit_test(test_members_of_elements),
		cmocka_unit_test(test_refuses_lists),
		cmocka_unit_test(test_caps_of_lists),
		cmocka_unit_test(test_the_reader_can_end_it),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_lists_at_a_key),
		cmocka_unit_test(test_refuses_lists_at_a_key),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
