/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_output.c - tables and JSON against what the reference CLI printed, the other formats, and
 * publishing. The stubs below replace the shell.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "api/decode.h"
#include "base/buf.h"
#include "coder.h"
#include "json/json.h"
#include "json/list.h"
#include "output/advice.h"
#include "output/columns.h"
#include "output/format.h"
#include "output/record.h"
#include "output/relative.h"
#include "output/result.h"
#include "output/width.h"
#include "shell/arrays.h"
#include "shell/io.h"
#include "shell/variables.h"
#include "test.h"

/* -------------------------------------------------------------- the shell */

static struct buf shell_log; /* what happened, in order */
static int64_t time_left; /* the time that shio_write() was given */
static int signal_number;
static int signal_after_writes; /* how many writes there are before SIGINT comes; 0: it does not */
static int write_error; /* errno of shio_write(), 0: it succeeds */
static bool may_free; /* whether there was time to free what was left of arrays */
static const char *refused; /* the variable that cannot be assigned, or NULL */

int shio_write(const char *data, size_t len, struct coder_interrupts *interrupts)
{
	time_left = coder_interrupts_time_left(interrupts);
	if (coder_interrupts_pending(interrupts)) {
		errno = EINTR;
		return -1;
	}
	errno = write_error;
	if (write_error)
		return -1;
	buf_addf(&shell_log, "write %.*s;", (int)len, data);
	if (signal_after_writes && !--signal_after_writes)
		signal_number = SIGINT;
	return 0;
}

void shio_note(const char *text)
{
	buf_addf(&shell_log, "note %s;", text);
}

static bool refuses(const char *name)
{
	return refused && strcmp(refused, name) == 0;
}

int shvar_set_scalar(const char *name, const char *value)
{
	if (refuses(name))
		return -1;
	buf_addf(&shell_log, "%s=%s;", name, value);
	return 0;
}

/* An array that is not assigned yet: the text that is logged when it is. */
struct shvar_array {
	enum shvar_kind kind;
	struct buf text;
};
static size_t arrays; /* how many are not freed */

struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected)
{
	struct shvar_array *array = calloc(1, sizeof(*array));

	(void)expected;
	assert_non_null(array);
	array->kind = kind;
	arrays++;
	return array;
}

void shvar_array_add(struct shvar_array *array, const char *key, const char *value)
{
	assert_int_equal(array->kind == SHVAR_ASSOC, key != NULL);
	if (key)
		buf_addf(&array->text, "[%s]=", key);
	buf_addf(&array->text, "<%s>", value);
}

int shvar_array_assign(const char *name, struct shvar_array *array)
{
	if (refuses(name))
		return -1;
	buf_addf(&shell_log, "%s=(%s);", name, array->text.data ? array->text.data : "");
	return 0;
}

void shvar_array_free(struct shvar_array *array)
{
	if (!array)
		return;
	buf_done(&array->text);
	free(array);
	arrays--;
}

void shvar_array_leave(struct shvar_array *array)
{
	shvar_array_free(array);
}

void shvar_arrays_free_left(struct coder_interrupts *interrupts)
{
	may_free = !interrupts || (!coder_interrupts_pending(interrupts) &&
				   coder_interrupts_time_left(interrupts) > 0);
}

static int pending(void *ctx)
{
	assert_ptr_equal(ctx, &signal_number);
	return signal_number;
}

/* Returns new interrupts with signal_number as their source. */
static struct coder_interrupts *interrupts(void)
{
	static const struct coder_interrupt_source source = {
		.ctx = &signal_number,
		.pending = pending,
	};
	static struct coder_interrupts one;

	coder_interrupts_init(&one, &source);
	return &one;
}

static int reset(void **state)
{
	(void)state;
	buf_done(&shell_log);
	write_error = 0;
	refused = NULL;
	signal_number = 0;
	assert_int_equal(arrays, 0);
	return 0;
}

static int publish(struct result *result, bool *pipe, struct coder_error *err)
{
	result->interrupts = interrupts();
	return result_publish(result, pipe, err);
}

/* Publishes a result, which must succeed, and ends it. Returns what happened. */
static const char *published(struct result *result)
{
	struct coder_error err;
	bool pipe = false;

	assert_int_equal(publish(result, &pipe, &err), 0);
	assert_false(pipe);
	result_done(result);
	return shell_log.data ? shell_log.data : "";
}

/* ------------------------------------------------------ what was recorded */

#define RECORDED "tests/recorded/coder-cli.jsonl"

static const char *member(const struct json *object, const char *key, const struct json **ret)
{
	struct coder_error err;

	assert_int_equal(json_member(object, key, ret, &err), 0);
	assert_non_null(*ret);
	return json_string(*ret);
}

/* Returns the output in a recorded line if the call was this one, "admin: tokens ls"; or NULL. */
static char *line_output(const char *line, const char *call)
{
	struct buf said = { 0 };
	struct json *doc = NULL;
	struct coder_error err;
	const struct json *v;
	char *out = NULL;

	assert_int_equal(json_parse(line, strlen(line), &doc, &err), 0);
	buf_addf(&said, "%s:", member(doc, "as", &v));
	member(doc, "argv", &v);
	for (v = json_first(v); v; v = json_next(v))
		buf_addf(&said, " %s", json_string(v));
	if (strcmp(said.data, call) == 0)
		out = strdup(member(doc, "stdout", &v));
	buf_done(&said);
	json_free(doc);
	return out;
}

/* Returns what the CLI printed in the nth such call (from 1). The caller frees it. */
static char *recorded(const char *call, int nth)
{
	FILE *file = fopen(RECORDED, "r");
	char *line = NULL, *out = NULL;
	size_t size = 0;

	if (!file)
		fail_msg("%s: %s", RECORDED, strerror(errno));
	while (nth && getline(&line, &size, file) > 0) {
		free(out);
		out = line_output(line, call);
		nth -= out != NULL;
	}
	fclose(file);
	free(line);
	if (nth)
		fail_msg("no recorded call '%s'", call);
	return out;
}

/* A list while it is read, and its tokens. */
struct loading {
	struct token_reader reader;
	struct coder_tokens *tokens;
};

static int take_element(void *ctx, const struct json_value *values, struct coder_error *err)
{
	struct loading *loading = ctx;
	struct coder_token token, copy = { 0 };

	if (token_read(&loading->reader, values, &token, err) < 0 ||
	    coder_token_copy(&token, &copy, err) < 0)
		return -1;
	return coder_tokens_move(loading->tokens, &copy, err);
}

/* Reads the tokens that the CLI printed as JSON. */
static void load(struct coder_tokens *tokens, const char *call)
{
	struct loading loading = { .tokens = tokens };
	struct json_list list = {
		.fn = take_element, .keys = token_keys, .n_keys = TOKEN_KEYS, .ctx = &loading
	};
	struct coder_error err;
	char *text = recorded(call, 1);

	assert_int_equal(json_list_feed(&list, text, strlen(text), &err), 0);
	assert_int_equal(json_list_end(&list, &err), 0);
	json_list_done(&list);
	token_reader_done(&loading.reader);
	free(text);
}

static void columns_of(const char *text, struct output_columns *columns)
{
	struct coder_error err;

	assert_int_equal(output_columns_parse(&text, 1, columns, &err), 0);
}

/* Appends to out what a list of these tokens prints. */
static bool print(struct buf *out, const struct output_how *how, const struct coder_token *tokens,
		  size_t n)
{
	struct result result = { .text = *out };
	struct output_list list;
	struct coder_error err;
	bool ok = true;
	int more;

	output_list_init(&list, how);
	for (size_t i = 0; i < n && ok; i++)
		ok = output_list_add(&list, &tokens[i], &err) == 0;
	ok = ok && output_list_print(&list, &result, &err) == 0;
	for (more = ok && result.more; more > 0;)
		more = result.more(result.more_ctx, &result.text);
	*out = result.text;
	output_list_done(&list);
	return ok && more == 0;
}

static bool table(struct buf *out, const struct output_columns *columns,
		  const struct coder_token *tokens, size_t n, bool header)
{
	const struct output_how how = { .columns = columns, .no_header = !header };

	return print(out, &how, tokens, n);
}

static bool tsv(struct buf *out, const struct output_columns *columns,
		const struct coder_token *tokens, size_t n, bool header)
{
	const struct output_how how = { .format = "tsv", .columns = columns, .no_header = !header };

	return print(out, &how, tokens, n);
}

static bool json(struct buf *out, const struct coder_token *tokens, size_t n, const char *secret)
{
	static const struct output_columns none;
	const struct output_how how = { .format = "json", .columns = &none, .secret = secret };

	return print(out, &how, tokens, n);
}

static void assert_printed(struct buf *out, const char *call, int nth)
{
	char *wanted = recorded(call, nth);

	assert_string_equal(out->data ? out->data : "", wanted);
	free(wanted);
	buf_done(out);
}

/* The one recorded token of that name. */
static const struct coder_token *named(const struct coder_tokens *tokens, const char *name)
{
	for (size_t i = 0; i < tokens->n; i++)
		if (strcmp(tokens->v[i].name, name) == 0)
			return &tokens->v[i];
	fail_msg("no token %s", name);
	return NULL;
}

/* A token of alice's, as an administrator's list shows it. */
static const struct coder_token alices_token = {
	.id = (char[]){ "6RMfT4VuzI" },
	.user_id = (char[]){ "u" },
	.username = (char[]){ "alice" },
	.name = (char[]){ "for-member" },
	.login_type = (char[]){ "token" },
	.scope = (char[]){ "all" },
	.created_at = (char[]){ "2026-11-23T20:29:40.831Z" },
	.updated_at = (char[]){ "2026-11-23T20:29:40.831Z" },
	.last_used = (char[]){ "1970-01-01T00:00:00Z" },
	.expires_at = (char[]){ "2126-11-24T20:29:40.831Z" },
	.created_epoch = 1795465780,
	.expires_epoch = 4951225780,
	.lifetime_seconds = 3155760000,
	.has_scopes = true,
	.has_allow_list = true,
	.scopes = { (char *[]){ (char[]){ "coder:all" } }, 1, 1 },
	.allow_list = { (char *[]){ (char[]){ "*:*" } }, 1, 1 },
};

/* ----------------------------------------------------------------- tables */

static void test_recorded_tables(void **state)
{
	struct coder_tokens tokens = { 0 };
	struct output_columns columns;
	const struct coder_token *scoped;
	struct buf out = { 0 };

	(void)state;
	load(&tokens, "admin: tokens list -o json");
	assert_int_equal(tokens.n, 8);
	output_columns_default(&columns, false, false);
	assert_true(table(&out, &columns, tokens.v, tokens.n, true));
	assert_printed(&out, "admin: tokens ls", 2);
	columns_of("name,id", &columns);
	assert_true(table(&out, &columns, tokens.v, tokens.n, true));
	assert_printed(&out, "admin: tokens ls -c name,id", 1);
	columns_of("name,allow list", &columns);
	assert_true(table(&out, &columns, tokens.v, tokens.n, true));
	assert_printed(&out, "admin: tokens ls -c name -c allow list", 1);
	scoped = named(&tokens, "scoped");
	output_columns_default(&columns, true, false);
	assert_true(table(&out, &columns, scoped, 1, true));
	assert_printed(&out, "admin: tokens view scoped", 1);
	columns_of("id,scopes,allow list", &columns);
	assert_true(table(&out, &columns, scoped, 1, true));
	assert_printed(&out, "admin: tokens view scoped -c id,scopes,allow list", 1);
	coder_tokens_done(&tokens);
}

static void test_recorded_tables_with_owner(void **state)
{
	struct coder_tokens tokens = { 0 };
	struct output_columns columns;
	struct coder_token all[9];
	char owner[] = "admin";
	struct buf out = { 0 };

	(void)state;
	output_columns_default(&columns, true, false);
	assert_true(table(&out, &columns, &alices_token, 1, true));
	assert_printed(&out, "member: tokens ls -a", 1);
	load(&tokens, "admin: tokens list -o json");
	assert_int_equal(tokens.n, COUNT(all) - 1);
	memcpy(all, tokens.v, tokens.n * sizeof(*all));
	for (size_t i = 0; i < tokens.n; i++)
		all[i].username = owner;
	all[tokens.n] = alices_token;
	assert_true(table(&out, &columns, all, COUNT(all), true));
	assert_printed(&out, "admin: tokens ls -a", 1);
	coder_tokens_done(&tokens);
}

static void test_no_tokens_no_table(void **state)
{
	struct output_columns columns;
	struct buf out = { 0 };

	(void)state;
	output_columns_default(&columns, false, false);
	assert_true(table(&out, &columns, NULL, 0, true));
	assert_true(tsv(&out, &columns, NULL, 0, true));
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

/* Compares the table of three tokens with these names. By id, the third one is the first. */
static void check_table(const char *names[3], const char *column_list, bool header,
			const char *wanted)
{
	struct coder_token tokens[3] = { alices_token, alices_token, alices_token };
	struct output_columns columns;
	struct buf out = { 0 };

	for (size_t i = 0; i < 3; i++)
		tokens[i].name = (char *)names[i];
	tokens[0].id = (char[]){ "bbbbbbbbbb" };
	tokens[1].id = (char[]){ "cccccccccc" };
	tokens[2].id = (char[]){ "Zaaaaaaaaa" };
	columns_of(column_list, &columns);
	assert_true(table(&out, &columns, tokens, 3, header));
	assert_string_equal(out.data, wanted);
	buf_done(&out);
}

static void test_table_order_and_header(void **state)
{
	static const char *names[3] = { "b", "c", "" };

	(void)state;
	check_table(names, "name,id,name", true,
		    "NAME  ID          NAME  \n"
		    "      Zaaaaaaaaa        \n"
		    "b     bbbbbbbbbb  b     \n"
		    "c     cccccccccc  c     \n");
	check_table(names, "name,owner", true,
		    "NAME  OWNER  \n"
		    "b     alice  \n"
		    "c     alice  \n"
		    "      alice  \n");
	/* without a header, columns are as wide as their cells */
	check_table(names, "name,owner", false,
		    "b  alice  \n"
		    "c  alice  \n"
		    "   alice  \n");
}

static void test_table_widths(void **state)
{
	static const char *wide[3] = { "生命-令牌", "e\u0301te\u0301", "plain" };
	static const char *hostile[3] = { "a\x1b[31m", "two\nlines", "\u202e\xff\xc2\x85" };
	char longest[100];
	const char *with_long[3] = { "a", longest, "b" };
	struct buf wanted = { 0 };

	(void)state;
	check_table(wide, "name,owner", true,
		    "NAME       OWNER  \n"
		    "生命-令牌  alice  \n"
		    "e\u0301te\u0301        alice  \n"
		    "plain      alice  \n");
	check_table(hostile, "name,owner", true,
		    "NAME            OWNER  \n"
		    "a\\x1b[31m       alice  \n"
		    "two\\x0alines    alice  \n"
		    "\\u202e\\xff\\x85  alice  \n");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	buf_addf(&wanted, "%-101s\n%s  \n%-101s\n", "a", longest, "b");
	check_table(with_long, "name", false, wanted.data);
	buf_done(&wanted);
}

static void test_table_lists(void **state)
{
	struct coder_token token = alices_token;
	char *scopes[] = { (char[]){ "user:read" }, (char[]){ "a\tb" }, (char[]){ "User:read" } };
	struct output_columns columns;
	struct buf out = { 0 };

	(void)state;
	token.scopes = (struct coder_strings){ scopes, 3, 3 };
	token.allow_list = (struct coder_strings){ 0 };
	columns_of("scopes,allow list", &columns);
	assert_true(table(&out, &columns, &token, 1, false));
	assert_string_equal(out.data, "User:read, a\\x09b, user:read    \n");
	assert_string_equal(scopes[0], "user:read"); /* the token has not changed */
	buf_done(&out);
}

/* --------------------------------------------------------- escapes, width */

static void test_escape(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "plain \\ text", "plain \\ text" },
		{ "\x01\t\n\r\x1b\x1f\x7f", "\\x01\\x09\\x0a\\x0d\\x1b\\x1f\\x7f" },
		{ "a\xc2\x80"
		  "b\xc2\x9f"
		  "c\u00a0d",
		  "a\\x80b\\x9fc\u00a0d" },
		{ "\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069",
		  "\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a\\u202e\\u2066\\u2069" },
		{ "\u061b\u200d\u2027\u202f\u2065\u206a\ufeff",
		  "\u061b\u200d\u2027\u202f\u2065\u206a\ufeff" },
		{ "é生\U0001f600\U0010ffff", "é生\U0001f600\U0010ffff" },
		/*
		 * a lone byte, a truncated sequence, an overlong form, surrogates, beyond the last
		 * character
		 */
		{ "a\x80\xff", "a\\x80\\xff" },
		{ "\xe7\x94", "\\xe7\\x94" },
		{ "\xe7\x94z", "\\xe7\\x94z" },
		{ "\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf" },
		{ "\xed\xa0\x80\xed\xbf\xbf", "\\xed\\xa0\\x80\\xed\\xbf\\xbf" },
		{ "\xf4\x90\x80\x80\xf5", "\\xf4\\x90\\x80\\x80\\xf5" },
		{ "\xed\x9f\xbf\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xf4\x8f\xbf\xbf" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = { 0 };

		assert_true(coder_escape(&out, cases[i][0], CODER_TERMINAL));
		assert_string_equal(out.data, cases[i][1]);
		buf_done(&out);
	}
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(output_width(""), 0);
	assert_int_equal(output_width("plain ~"), 7);
	assert_int_equal(output_width("é\u00a0"), 2);
	assert_int_equal(output_width("e\u0301"), 1);
	assert_int_equal(output_width("生命"), 4);
	assert_int_equal(output_width("ｆｕｌｌ"), 8);
	assert_int_equal(output_width("ﾊﾝ"), 2); /* halfwidth */
	assert_int_equal(output_width("한"), 2);
	assert_int_equal(output_width("か\u3099"), 2); /* wide and combining: nothing */
	assert_int_equal(output_width("\U0001f600"), 2);
	assert_int_equal(output_width("\u00ad\u200b\u200d\ufeff"), 0);
	/* each rune by itself, with the width that this version of the CLI uses */
	assert_int_equal(output_width("\u2764\ufe0f"), 2);
	assert_int_equal(output_width("\U0001f468\u200d\U0001f469"), 4);
	assert_int_equal(output_width("\u05b0\u0e31"), 2);
	assert_int_equal(output_width("\u2630\U0001fadf"), 2); /* wide since Unicode 16 */
	assert_int_equal(output_width("\xff"), 1);
}

static void utf8(uint32_t c, char out[5])
{
	size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	out[0] = (char)(c >> 6 * more | (more ? 0xf0u << (3 - more) : 0));
	for (size_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (c >> 6 * (more - i) & 0x3f));
	out[more + 1] = '\0';
}

/* Sums over all of Unicode: a range that is lost or shifted is noticed. */
static void test_width_of_all(void **state)
{
	uint64_t counts[3] = { 0 }, sums[3] = { 0 };

	(void)state;
	for (uint32_t c = 1; c < 0x110000; c++) {
		char text[5];
		size_t columns;

		if (c == 0xd800)
			c = 0xe000; /* what is between them is no character */
		utf8(c, text);
		columns = output_width(text);
		assert_between(columns, 0, 2);
		counts[columns]++;
		sums[columns] += c;
	}
	assert_int_equal(counts[0], 649);
	assert_int_equal(sums[0], 25748974);
	assert_int_equal(counts[2], 182519);
	assert_int_equal(sums[2], 28138442826);
}

/* ------------------------------------------------------------------- JSON */

static void test_recorded_json(void **state)
{
	struct coder_tokens tokens = { 0 };
	struct buf out = { 0 };

	(void)state;
	load(&tokens, "admin: tokens list -o json");
	assert_true(json(&out, tokens.v, tokens.n, NULL));
	assert_printed(&out, "admin: tokens list -o json", 1);
	assert_true(json(&out, named(&tokens, "scoped"), 1, NULL));
	assert_printed(&out, "admin: tokens view scoped -o json", 1);
	coder_tokens_done(&tokens);
	assert_true(json(&out, NULL, 0, NULL));
	assert_string_equal(out.data, "[]\n");
	buf_done(&out);
}

static void test_json_additions(void **state)
{
	struct coder_token token = alices_token;
	struct buf out = { 0 };

	(void)state;
	token.has_scopes = false;
	token.scopes.n = token.allow_list.n = 0;
	token.owner = (char[]){ "looked-up" };
	token.lifetime_seconds = INT64_MAX;
	assert_true(json(&out, &token, 1, "6RMfT4VuzI-secret"));
	assert_string_equal(out.data, "[\n"
				      "  {\n"
				      "    \"id\": \"6RMfT4VuzI\",\n"
				      "    \"user_id\": \"u\",\n"
				      "    \"last_used\": \"1970-01-01T00:00:00Z\",\n"
				      "    \"expires_at\": \"2126-11-24T20:29:40.831Z\",\n"
				      "    \"created_at\": \"2026-11-23T20:29:40.831Z\",\n"
				      "    \"updated_at\": \"2026-11-23T20:29:40.831Z\",\n"
				      "    \"login_type\": \"token\",\n"
				      "    \"scope\": \"all\",\n"
				      "    \"scopes\": null,\n"
				      "    \"lifetime_seconds\": 9223372036854775807,\n"
				      "    \"allow_list\": [],\n"
				      "    \"token_name\": \"for-member\",\n"
				      "    \"username\": \"alice\",\n"
				      "    \"key\": \"6RMfT4VuzI-secret\"\n"
				      "  }\n"
				      "]\n");
	buf_done(&out);
}

static void test_json_strings(void **state)
{
	static const char *const cases[][2] = {
		{ "a/'b", "a/'b" },
		{ "\"\\", "\\\"\\\\" },
		{ "\b\f\n\r\t", "\\b\\f\\n\\r\\t" },
		{ "\x01\v\x1b\x7f", "\\u0001\\u000b\\u001b\\u007f" },
		{ "<b>&", "\\u003cb\\u003e\\u0026" },
		{ "\xc2\x80\xc2\x9f\u00a0", "\\u0080\\u009f\u00a0" },
		{ "\u061c\u200f\u2028\u2029\u202e\u2069",
		  "\\u061c\\u200f\\u2028\\u2029\\u202e\\u2069" },
		{ "é生\U0001f600", "é生\U0001f600" },
		{ "\xff\xe7\x94", "\\ufffd\\ufffd\\ufffd" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct coder_token token = alices_token;
		struct buf out = { 0 }, wanted = { 0 };

		token.name = (char *)cases[i][0];
		token.username = NULL;
		buf_addf(&wanted, "\n    \"token_name\": \"%s\"\n  }\n]\n", cases[i][1]);
		assert_true(json(&out, &token, 1, NULL));
		assert_contains(out.data, wanted.data);
		buf_done(&out);
		buf_done(&wanted);
	}
}

/* -------------------------------------------------------------------- TSV */

static void test_tsv(void **state)
{
	struct coder_token tokens[2] = { alices_token, alices_token };
	struct output_columns columns;
	struct buf out = { 0 };

	(void)state;
	tokens[0].name = (char[]){ "a\tb\nc\rd\\e\x1b\"<\u202e\xff" };
	tokens[1].id = (char[]){ "1111111111" };
	tokens[1].username = NULL;
	output_columns_default(&columns, true, false);
	assert_true(tsv(&out, &columns, tokens, 2, true));
	assert_string_equal(
		out.data,
		"id\tname\tscopes\tallow_list\tlast_used\texpires_at\tcreated_at\towner\n"
		"6RMfT4VuzI\ta\\tb\\nc\\rd\\\\e\\x1b\"<\\u202e\\xff\tcoder:all\t*:*\t"
		"1970-01-01T00:00:00Z\t2126-11-24T20:29:40Z\t2026-11-23T20:29:40Z\talice\n"
		"1111111111\tfor-member\tcoder:all\t*:*\t"
		"1970-01-01T00:00:00Z\t2126-11-24T20:29:40Z\t2026-11-23T20:29:40Z\t\n");
	buf_done(&out);
	columns_of("owner,id", &columns);
	assert_true(tsv(&out, &columns, tokens, 1, false));
	assert_string_equal(out.data, "alice\t6RMfT4VuzI\n");
	buf_done(&out);
}

static void test_csv(void **state)
{
	struct coder_token tokens[2] = { alices_token, alices_token };
	char *entries[] = { (char[]){ "b:*" }, (char[]){ "a:*" } };
	struct output_columns columns;
	struct output_how how = { .format = "csv", .columns = &columns };
	struct buf out = { 0 };

	(void)state;
	tokens[0].name = (char[]){ "a, \"b\"\nc\rd\\e\x1b'\u202e\xff" };
	tokens[0].username = (char[]){ "\"" };
	tokens[1].allow_list = (struct coder_strings){ entries, 2, 2 };
	tokens[1].username = NULL;
	columns_of("id,name,allow list,expires_at,owner", &columns);
	assert_true(print(&out, &how, tokens, 2));
	assert_string_equal(out.data,
			    "id,name,allow_list,expires_at,owner\r\n"
			    "6RMfT4VuzI,\"a, \"\"b\"\"\\x0ac\\x0dd\\e\\x1b'\\u202e\\xff\",*:*,"
			    "2126-11-24T20:29:40Z,\"\"\"\"\r\n"
			    "6RMfT4VuzI,for-member,\"a:*, b:*\",2126-11-24T20:29:40Z,\r\n");
	buf_done(&out);
	how.no_header = true;
	columns_of("owner,id", &columns);
	assert_true(print(&out, &how, &alices_token, 1));
	assert_string_equal(out.data, "alice,6RMfT4VuzI\r\n");
	buf_done(&out);
	assert_true(print(&out, &how, NULL, 0));
	assert_int_equal(out.len, 0);
}

/* What a spreadsheet would take for a formula is a text, whatever it takes for a separator. */
static void test_csv_has_no_formulas(void **state)
{
	static const char *const cases[][2] = {
		{ "=1+1", "'=1+1" },
		{ "+1", "'+1" },
		{ "-1", "'-1" },
		{ "@SUM(1)", "'@SUM(1)" },
		{ "  =1", "'  =1" },
		{ "\uff1d1", "'\uff1d1" },
		{ "\uff0b1", "'\uff0b1" },
		{ "\uff0d1", "'\uff0d1" },
		{ "\uff201", "'\uff201" },
		{ "=\",", "\"'=\"\",\"" },
		{ "a;=1; -2;b", "\"a;'=1;' -2;b\"" },
		{ "a=1-2@b", "a=1-2@b" },
		{ "'=1", "'=1" },
		{ "", "" },
	};
	struct coder_token token = alices_token;
	struct output_columns columns;
	const struct output_how how = { .format = "csv", .columns = &columns, .no_header = true };
	char wanted[64];

	(void)state;
	columns_of("name", &columns);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = { 0 };

		token.name = (char *)cases[i][0];
		snprintf(wanted, sizeof(wanted), "%s\r\n", cases[i][1]);
		assert_true(print(&out, &how, &token, 1));
		assert_string_equal(out.data, wanted);
		buf_done(&out);
	}
}

static void test_json_lines(void **state)
{
	static const struct output_columns none;
	const struct output_how how = { .format = "jsonl", .columns = &none, .secret = "s" };
	struct coder_token tokens[2] = { alices_token, alices_token };
	char *scopes[] = { (char[]){ "b:c" }, (char[]){ "a:\n\"" } };
	struct buf out = { 0 };

	(void)state;
	tokens[0].scopes = (struct coder_strings){ scopes, 2, 2 };
	tokens[1].scopes.n = tokens[1].allow_list.n = 0;
	tokens[1].has_scopes = false;
	tokens[1].username = NULL;
	assert_true(print(&out, &how, tokens, 2));
	assert_string_equal(
		out.data,
		"{\"id\":\"6RMfT4VuzI\",\"user_id\":\"u\",\"last_used\":\"1970-01-01T00:00:00Z\","
		"\"expires_at\":\"2126-11-24T20:29:40.831Z\",\"created_at\":\"2026-11-23T20:29:40.831Z\","
		"\"updated_at\":\"2026-11-23T20:29:40.831Z\",\"login_type\":\"token\",\"scope\":\"all\","
		"\"scopes\":[\"b:c\",\"a:\\n\\\"\"],\"lifetime_seconds\":3155760000,\"allow_list\":[\"*:*\"],"
		"\"token_name\":\"for-member\",\"username\":\"alice\",\"key\":\"s\"}\n"
		"{\"id\":\"6RMfT4VuzI\",\"user_id\":\"u\",\"last_used\":\"1970-01-01T00:00:00Z\","
		"\"expires_at\":\"2126-11-24T20:29:40.831Z\",\"created_at\":\"2026-11-23T20:29:40.831Z\","
		"\"updated_at\":\"2026-11-23T20:29:40.831Z\",\"login_type\":\"token\",\"scope\":\"all\","
		"\"scopes\":null,\"lifetime_seconds\":3155760000,\"allow_list\":[],"
		"\"token_name\":\"for-member\",\"key\":\"s\"}\n");
	buf_done(&out);
	assert_true(print(&out, &how, NULL, 0));
	assert_int_equal(out.len, 0);
}

/* A table with a limit is as wide as what it shows needs. */
static void test_limited_table(void **state)
{
	struct coder_token tokens[2] = { alices_token, alices_token };
	struct output_columns columns;
	struct output_how how = { .columns = &columns };
	struct buf out = { 0 };

	(void)state;
	tokens[0].id = (char[]){ "1111111111" };
	tokens[1].name = (char[]){ "a name that is longer than the others" };
	columns_of("name,owner", &columns);
	how.order = (struct pack_order){ .sorted = true,
					 .member = offsetof(struct coder_token, id),
					 .limit = 1 };
	assert_true(print(&out, &how, tokens, 2));
	assert_string_equal(out.data, "NAME        OWNER  \nfor-member  alice  \n");
	buf_done(&out);
	how.order.limit = 2;
	how.order.descending = true;
	assert_true(print(&out, &how, tokens, 2));
	assert_string_equal(out.data, "NAME                                   OWNER  \n"
				      "a name that is longer than the others  alice  \n"
				      "for-member                             alice  \n");
	buf_done(&out);
}

/* ----------------------------------------------------------------- people */

static void test_relative_times(void **state)
{
	static const struct {
		int64_t seconds;
		const char *wanted;
	} cases[] = {
		{ 0, "now" },
		{ 1, "in 1 second" },
		{ -1, "1 second ago" },
		{ 119, "in 119 seconds" },
		{ 120, "in 2 minutes" },
		{ -7199, "119 minutes ago" },
		{ -7200, "2 hours ago" },
		{ 3 * 86400 - 1, "in 2 days" },
		{ 3 * 86400, "in 3 days" },
		{ 2 * 86400 - 1, "in 47 hours" },
		{ -60 * 86400 + 1, "59 days ago" },
		{ -60 * 86400, "2 months ago" },
		{ 729 * 86400, "in 24 months" },
		{ 730 * 86400, "in 2 years" },
		{ INT64_MAX, "in 292471208677 years" },
		{ INT64_MIN, "292471208677 years ago" },
	};
	char out[OUTPUT_RELATIVE_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		output_relative(cases[i].seconds, out);
		assert_string_equal(out, cases[i].wanted);
	}
}

/* Wraps the text; wanted: the lines, each with its width in front and | behind. */
static void assert_wrapped(const char *text, size_t columns, const char *wanted)
{
	struct buf out = { 0 };

	do {
		size_t width = 0, len = output_wrap(text, columns, &width);

		assert_true(buf_addf(&out, "%zu %.*s|", width, (int)len, text));
		assert_true(len > 0 || !*text);
		text += len;
		text += strspn(text, " ");
	} while (*text);
	assert_string_equal(out.data, wanted);
	buf_done(&out);
}

static void test_wrapping(void **state)
{
	(void)state;
	assert_wrapped("", 8, "0 |");
	assert_wrapped("as wide as", 10, "10 as wide as|");
	assert_wrapped("a:*, b:*, c:*", 9, "9 a:*, b:*,|3 c:*|");
	assert_wrapped("a:*, b:*, c:*", 8, "4 a:*,|8 b:*, c:*|");
	assert_wrapped("workspace:alice/dev", 12, "10 workspace:|9 alice/dev|");
	assert_wrapped("a workspace:dev", 11, "1 a|10 workspace:|3 dev|");
	assert_wrapped("abcdefgh", 3, "3 abc|3 def|2 gh|");
	assert_wrapped("ci-runner_2.prod", 7, "3 ci-|7 runner_|6 2.prod|");
	assert_wrapped("a  b", 1, "1 a|1 b|");
	/* wide characters, and combining ones, which stay with theirs */
	assert_wrapped("日本語", 5, "4 日本|2 語|");
	assert_wrapped("日", 1, "2 日|");
	assert_wrapped("e\u0301e\u0301", 1, "1 e\u0301|1 e\u0301|");
	assert_wrapped("\xff\xff", 1, "1 \xff|1 \xff|");
}

/* A table for people, of a token of now + 3 days, one that has expired and one without expiry. */
static void assert_human(const char *column_list, size_t width, bool color, const char *wanted)
{
	struct coder_token tokens[3] = { alices_token, alices_token, alices_token };
	const struct output_human human = { .width = width, .color = color, .now = 1000000000 };
	char *entries[] = { (char[]){ "workspace:*" }, (char[]){ "template:*" } };
	struct output_columns columns;
	const struct output_how how = { .columns = &columns, .human = &human };
	struct buf out = { 0 };

	columns_of(column_list, &columns);
	tokens[0].expires_at = (char[]){ "2001-09-12T01:46:40Z" };
	tokens[0].last_used = (char[]){ "2001-09-08T23:46:40Z" };
	tokens[0].allow_list = (struct coder_strings){ entries, 2, 2 };
	tokens[1].expires_at = (char[]){ "2001-09-09T01:46:30.5Z" };
	tokens[2].expires_at = (char[]){ "0001-01-01T00:00:00Z" };
	tokens[2].name = (char[]){ "n" };
	assert_true(print(&out, &how, tokens, 3));
	assert_string_equal(out.data, wanted);
	buf_done(&out);
}

static void test_table_for_people(void **state)
{
	(void)state;
	assert_human("name,allow list,last used,expires at", 80, false,
		     "NAME        ALLOW LIST               LAST USED    EXPIRES AT\n"
		     "for-member  template:*, workspace:*  2 hours ago  in 3 days!\n"
		     "for-member  *:*                      never        expired 10 seconds ago\n"
		     "n           *:*                      never        never\n");
	assert_human("name,allow list,owner", 30, false,
		     "NAME        ALLOW LIST   OWNER\n"
		     "for-member  template:*,  alice\n"
		     "            workspace:*\n"
		     "for-member  *:*          alice\n"
		     "n           *:*          alice\n");
	/* times wrap only if the others would be narrower than 16 */
	assert_human("name,allow list,last used,expires at", 65, false,
		     "NAME        ALLOW LIST        LAST USED    EXPIRES AT\n"
		     "for-member  template:*,       2 hours ago  in 3 days!\n"
		     "            workspace:*\n"
		     "for-member  *:*               never        expired 10 seconds ago\n"
		     "n           *:*               never        never\n");
	assert_human("name,allow list,last used,expires at", 64, false,
		     "NAME        ALLOW LIST           LAST USED    EXPIRES AT\n"
		     "for-member  template:*,          2 hours ago  in 3 days!\n"
		     "            workspace:*\n"
		     "for-member  *:*                  never        expired 10 seconds\n"
		     "                                              ago\n"
		     "n           *:*                  never        never\n");
	assert_human("expires at,name", 18, true,
		     "\033[1mEXPIRES   NAME\033[0m\n"
		     "\033[1mAT\033[0m\n"
		     "\033[33min 3      for-\033[0m\n"
		     "\033[33mdays!     member\033[0m\n"
		     "\033[31mexpired   for-\033[0m\n"
		     "\033[31m10        member\033[0m\n"
		     "\033[31mseconds\033[0m\n"
		     "\033[31mago\033[0m\n"
		     "never     n\n");
	/* the marks do not depend on what is shown */
	assert_human(
		"name", 80, true,
		"\033[1mNAME\033[0m\n\033[33mfor-member\033[0m\n\033[31mfor-member\033[0m\nn\n");
}

/* Where columns of a table would be narrower than 8, each token is a card. */
static void test_cards_for_people(void **state)
{
	(void)state;
	assert_human("name,expires at", 17, true,
		     "Name:        for-\n             member\n"
		     "Expires at:  \033[33min 3\033[0m\n             \033[33mdays!\033[0m\n"
		     "\n"
		     "Name:        for-\n             member\n"
		     "Expires at:  \033[31mexpired\033[0m\n             \033[31m10\033[0m\n"
		     "             \033[31mseconds\033[0m\n             \033[31mago\033[0m\n"
		     "\n"
		     "Name:        n\n"
		     "Expires at:  never\n");
	assert_human("id,name,scopes,allow list,last used", 49, false,
		     "Id:          6RMfT4VuzI\n"
		     "Name:        for-member\n"
		     "Scopes:      coder:all\n"
		     "Allow list:  template:*, workspace:*\n"
		     "Last used:   2 hours ago\n"
		     "\n"
		     "Id:          6RMfT4VuzI\n"
		     "Name:        for-member\n"
		     "Scopes:      coder:all\n"
		     "Allow list:  *:*\n"
		     "Last used:   never\n"
		     "\n"
		     "Id:          6RMfT4VuzI\n"
		     "Name:        n\n"
		     "Scopes:      coder:all\n"
		     "Allow list:  *:*\n"
		     "Last used:   never\n");
}

/* A signal ends the measuring of a long list, as it ends everything else that may take long. */
static void test_measuring_ends(void **state)
{
	const struct output_human human = { .width = 80 };
	struct output_columns columns;
	const struct output_how how = { .columns = &columns, .human = &human };
	struct result result = { .interrupts = interrupts() };
	struct output_list list;
	struct coder_error err;

	(void)state;
	columns_of("id,name", &columns);
	output_list_init(&list, &how);
	for (int i = 0; i < 2000; i++)
		assert_int_equal(output_list_add(&list, &alices_token, &err), 0);
	signal_number = SIGINT;
	assert_int_equal(output_list_print(&list, &result, &err), -1);
	signal_number = 0;
	assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
	assert_null(result.more);
	output_list_done(&list);
	result_done(&result);
}

/* Each format fails instead of printing a part, wherever the room ends. */
static void test_no_room(void **state)
{
	static const char *const formats[] = { "table", "tsv", "json", "jsonl", "csv" };
	struct coder_token token = alices_token;
	struct output_columns columns;

	(void)state;
	output_columns_default(&columns, true, false);
	for (size_t format = 0; format < COUNT(formats); format++) {
		bool ok = false;
		size_t max;

		for (max = 1; !ok && max < 1000; max++) {
			const struct output_how how = { .format = formats[format],
							.columns = &columns,
							.secret = "k" };
			struct result result = { .text.max = max };
			struct coder_error err;

			ok = output_token(&result, &how, &token, &err) == 0;
			if (ok)
				assert_int_equal(result.text.len, max);
			result_done(&result);
		}
		assert_between(max, 150, 999);
	}
}

/* ---------------------------------------------------------------- columns */

static void assert_columns(const char *const *values, size_t n, const char *wanted)
{
	struct output_columns columns = { 0 }, all;
	struct coder_error err;
	char digits[COUNT(columns.v) + 1] = "";

	output_columns_default(&all, true, false);
	assert_int_equal(output_columns_parse(values, n, &columns, &err), 0);
	for (size_t i = 0; i < columns.n; i++) {
		digits[i] = '0';
		while (all.v[digits[i] - '0'] != columns.v[i])
			digits[i]++;
	}
	assert_string_equal(digits, wanted);
}

static void test_columns_parse(void **state)
{
	static const char *const several[] = { "owner", " Created At ,\tALLOW_LIST\n", "owner" };
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "id", "0" },
		{ "name,id", "10" },
		{ "allow list,allow_list,last_used,last used", "3344" },
		{ OUTPUT_COLUMN_NAMES(","), "01234567" },
		{ "", "01234567" },
		{ " \t", "01234567" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_columns(&cases[i].text, 1, cases[i].wanted);
	assert_columns(several, 3, "7637");
}

static void assert_no_columns(const char *value, const char *message)
{
	struct output_columns columns = { .n = 7 };
	struct coder_error err = { 0 };

	assert_int_equal(output_columns_parse(&value, 1, &columns, &err), -1);
	assert_int_equal(err.code, CODER_ERR_USAGE);
	assert_string_equal(err.message, message);
	assert_int_equal(columns.n, 7); /* untouched */
}

#define WANT "want some of id,name,scopes,allow list,last used,expires at,created at,owner"

static void test_columns_refused(void **state)
{
	char many[65 * 3 + 1] = "", longest[400];

	(void)state;
	assert_no_columns("bogus", "bogus: invalid column; " WANT);
	assert_no_columns("id,nmae",
			  "word 2 of 'id,nmae': nmae: invalid column; did you mean 'name'? " WANT);
	assert_no_columns("Alow_List",
			  "Alow_List: invalid column; did you mean 'allow list'? " WANT);
	assert_no_columns("id,,name", "word 2 of 'id,,name': '': invalid column; " WANT);
	assert_no_columns("id,", "word 2 of 'id,': '': invalid column; " WANT);
	assert_no_columns("idx", "idx: invalid column; did you mean 'id'? " WANT);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	{
		struct output_columns columns;
		struct coder_error err;
		const char *value = longest;

		assert_int_equal(output_columns_parse(&value, 1, &columns, &err), -1);
		assert_contains(err.message, ",owner");
	}
	for (size_t i = 0; i < 65; i++)
		memcpy(many + 3 * i, i == 64 ? "id" : "id,", 3);
	assert_no_columns(many, "word 65 of 65: more than 64 columns");
	many[strlen(many) - 3] = '\0';
	{
		struct output_columns columns;

		columns_of(many, &columns);
		assert_int_equal(columns.n, 64);
	}
}

static void test_columns_default(void **state)
{
	struct output_columns columns;

	(void)state;
	output_columns_default(&columns, false, false);
	assert_int_equal(columns.n, 7);
	assert_false(output_columns_have(&columns, COLUMN_NEEDS_OWNER));
	output_columns_default(&columns, true, false);
	assert_int_equal(columns.n, 8);
	assert_true(output_columns_have(&columns, COLUMN_NEEDS_OWNER));
	columns_of("id,owner", &columns);
	assert_true(output_columns_have(&columns, COLUMN_NEEDS_OWNER));
}

/* ---------------------------------------------------------------- formats */

static void check_tokens(const struct output_how *how, size_t n, const char *wanted)
{
	struct result result = { 0 }, one = { 0 };
	struct output_list list;
	struct coder_error err;

	output_list_init(&list, how);
	if (n)
		assert_int_equal(output_list_add(&list, &alices_token, &err), 0);
	assert_int_equal(output_list_print(&list, &result, &err), 0);
	assert_string_equal(published(&result), wanted);
	buf_done(&shell_log);
	output_list_done(&list);
	if (n) { /* one token alone is printed in the same way */
		assert_int_equal(output_token(&one, how, &alices_token, &err), 0);
		assert_string_equal(published(&one), wanted);
		buf_done(&shell_log);
	}
}

static void test_formats(void **state)
{
	struct output_columns columns;
	struct output_how how = { .columns = &columns };
	static const char *const names[] = { NULL, "table", "tsv", "csv", "json", "jsonl", NULL };
	static const char *const full[] = {
		"write NAME        OWNER  \nfor-member  alice  \n;",
		"write NAME        OWNER  \nfor-member  alice  \n;",
		"write name\towner\nfor-member\talice\n;",
		"write name,owner\r\nfor-member,alice\r\n;",
		NULL,
		NULL,
		"write 6RMfT4VuzI\n;",
	};
	static const char *const empty[] = {
		"note No tokens found.;", "note No tokens found.;", "", "", "write []\n;", "", ""
	};

	(void)state;
	columns_of("name,owner", &columns);
	for (size_t i = 0; i < COUNT(names); i++) {
		how = (struct output_how){ .format = names[i],
					   .columns = &columns,
					   .ids_only = i == 6 };
		if (full[i])
			check_tokens(&how, 1, full[i]);
		check_tokens(&how, 0, empty[i]);
		assert_int_equal(output_needs_owner(&how), i < 4);
		assert_int_equal(output_refuses_columns(how.format), i == 5);
		how.silent = true;
		check_tokens(&how, 1, "");
		check_tokens(&how, 0, "");
		assert_false(output_needs_owner(&how));
	}
	how = (struct output_how){ .columns = &columns, .no_header = true };
	check_tokens(&how, 1, "write for-member  alice  \n;");
	how.format = "tsv";
	check_tokens(&how, 1, "write for-member\talice\n;");
	columns_of("name", &columns);
	assert_false(output_needs_owner(&how));
}

/* ----------------------------------------------------------------- record */

static int add_records(struct result *result, const char *array, const struct coder_token *tokens,
		       size_t n, bool by_id, int64_t now)
{
	struct coder_error err;
	int rc = output_records_begin(result, array, n, &err);

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = output_records_add(result, &tokens[i], by_id, now, &err);
	return rc;
}

/* A new column, key of JSON or record field may show a member that long lists do not keep yet. */
static void test_lists_show_all_that_one_token_shows(void **state)
{
	static const char *const names[] = {
#define NAME(name, ...) name,
		OUTPUT_FORMATS(NAME, )
#undef NAME
	};
	char texts[TOKEN_N_TEXTS][21] = { "" };
	struct coder_token token = alices_token;
	struct output_columns columns;
	struct pack pack = { 0 };
	struct pack_reader reader;
	struct result record = { 0 }, kept = { 0 };
	struct coder_error err;
	struct buf out = { 0 };

	(void)state;
	for (size_t i = TOKEN_KEY_id + 1; i < TOKEN_N_TEXTS; i++) { /* all are good times */
		snprintf(texts[i], sizeof(texts[i]), "2126-01-%02zuT00:00:00Z", i);
		*token_text_at(&token, i) = texts[i];
	}
	token.last_used_epoch = 1795465781;
	output_columns_default(&columns, true, false);
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct output_how how = { .format = names[i], .columns = &columns };
		struct result one = { 0 };

		assert_true(print(&out, &how, &token, 1));
		assert_int_equal(output_token(&one, &how, &token, &err), 0);
		assert_string_equal(out.data, one.text.data);
		result_done(&one);
		buf_done(&out);
	}
	pack_want_all(&pack);
	assert_int_equal(pack_add(&pack, &token, &err), 0);
	assert_int_equal(pack_read(&reader, &pack, NULL, &err), 0);
	assert_true(pack_next(&reader));
	assert_int_equal(add_records(&kept, "T", &reader.token, 1, true, 0), 0);
	assert_int_equal(add_records(&record, "T", &token, 1, true, 0), 0);
	assert_true(buf_add_str(&out, published(&record)));
	buf_done(&shell_log);
	assert_string_equal(published(&kept), out.data);
	buf_done(&out);
	pack_reader_done(&reader);
	pack_done(&pack);
}

static void test_record(void **state)
{
	struct coder_token token = alices_token;
	char *scopes[] = { (char[]){ "user:read" }, (char[]){ "all" } };
	struct result result = { 0 };

	(void)state;
	token.scopes = (struct coder_strings){ scopes, 2, 2 };
	token.name = (char[]){ "a\nb" };
	assert_int_equal(add_records(&result, "T", &token, 1, false, 4951225779), 0);
	assert_string_equal(
		published(&result),
		"T=([id]=<6RMfT4VuzI>[name]=<a\nb>[owner]=<alice>[user_id]=<u>[login_type]=<token>"
		"[scopes]=<coder:all user:read>[allow_list]=<*:*>[lifetime_seconds]=<3155760000>"
		"[created_at]=<2026-11-23T20:29:40.831Z>[updated_at]=<2026-11-23T20:29:40.831Z>"
		"[last_used]=<1970-01-01T00:00:00Z>[expires_at]=<2126-11-24T20:29:40.831Z>"
		"[created_epoch]=<1795465780>[last_used_epoch]=<0>[expires_epoch]=<4951225780>"
		"[ttl]=<1>[expired]=<0>[never_used]=<1>);");
}

static void test_record_of_old_expired_token(void **state)
{
	struct coder_token token = alices_token, tokens[2];
	struct result result = { 0 };
	const char *log;

	(void)state;
	token.username = NULL;
	token.owner = (char[]){ "bob" };
	token.last_used_epoch = 1795465781;
	token.has_scopes = token.has_allow_list = false;
	token.scopes.n = token.allow_list.n = 0;
	token.scope = (char[]){ "application_connect" };
	tokens[0] = tokens[1] = token;
	tokens[1].owner = NULL;
	tokens[1].id = (char[]){ "1111111111" };
	assert_int_equal(add_records(&result, "T", tokens, 2, true, 4951225780), 0);
	tokens[1].id = (char[]){ "2222222222" };
	assert_int_equal(add_records(&result, "U", tokens + 1, 1, true, 4951225790), 0);
	log = published(&result);
	assert_contains(log, "[6RMfT4VuzI,owner]=<bob>");
	assert_contains(log, "[6RMfT4VuzI,scopes]=<coder:application_connect>");
	assert_contains(log, "[6RMfT4VuzI,allow_list]=<*:*>");
	assert_contains(log, "[6RMfT4VuzI,ttl]=<0>[6RMfT4VuzI,expired]=<1>"
			     "[6RMfT4VuzI,never_used]=<0>[1111111111,id]=<1111111111>");
	assert_contains(log, "[1111111111,owner]=<>");
	assert_contains(log, "[1111111111,ttl]=<0>[1111111111,expired]=<1>");
	assert_contains(log, "U=([2222222222,id]=<2222222222>");
	assert_contains(log, "[2222222222,ttl]=<0>[2222222222,expired]=<1>");
}

static void test_record_fields(void **state)
{
	const char *names = OUTPUT_FIELD_NAMES(" ");
	size_t n = 1;

	(void)state;
	for (const char *p = names; (p = strchr(p, ' ')); p++)
		n++;
	assert_int_equal(n, 18);
}

/* ------------------------------------------------------------- publishing */

/* Fills a result with one of each kind. */
static void fill(struct result *result)
{
	char *values[] = { (char[]){ "one" }, (char[]){ "" }, (char[]){ "two words" } };
	struct coder_strings list = { values, 3, 3 };
	struct coder_error err;
	char name[] = "SCALAR";

	assert_true(buf_add_str(&result->text, "text"));
	result->note = "a note";
	assert_int_equal(result_scalar(result, name, "secret", &err), 0);
	name[0] = '\0'; /* the result has a copy */
	list.n = 2;
	assert_int_equal(result_indexed(result, "LIST", &list, &err), 0);
	assert_int_equal(result_value(result, values[2], &err), 0);
	assert_int_equal(result_assoc(result, "MAP", 0, &err), 0);
	assert_int_equal(result_pair(result, NULL, "k", "v", &err), 0);
	assert_int_equal(result_indexed(result, "NONE", NULL, &err), 0);
	assert_int_equal(result_pair(result, "", "", "", &err), 0);
	assert_int_equal(result_assoc(result, "EMPTY", 0, &err), 0);
}

static void test_publish_in_order(void **state)
{
	struct result result = { 0 };

	(void)state;
	assert_string_equal(published(&result), "");
	fill(&result);
	assert_string_equal(published(&result),
			    "write text;SCALAR=secret;LIST=(<one><><two words>);"
			    "MAP=([k]=<v>[,]=<>);NONE=();EMPTY=();note a note;");
	result_done(&result);
	result_done(NULL);
}

static void check_unwritten(enum coder_code code, const char *message, bool broken)
{
	struct result result = { 0 };
	struct coder_error err = { 0 };
	bool pipe = false;

	fill(&result);
	assert_int_equal(publish(&result, &pipe, &err), -1);
	assert_int_equal(err.code, code);
	assert_string_equal(err.message, message);
	assert_int_equal(pipe, broken);
	assert_int_equal(shell_log.len, 0); /* nothing was assigned */
	assert_int_equal(err.signal, signal_number);
	result_done(&result);
}

static void test_publish_unwritten(void **state)
{
	(void)state;
	write_error = ENOSPC;
	check_unwritten(CODER_ERR_REFUSED, "write error: No space left on device", false);
	write_error = EPIPE;
	check_unwritten(CODER_ERR_REFUSED, "write error: Broken pipe", true);
	signal_number = SIGTERM;
	check_unwritten(CODER_ERR_INTERRUPTED, "interrupted", false);
}

/* Without text nothing can fail to be written, but a signal still counts. */
static void test_publish_no_text(void **state)
{
	struct result result = { 0 };
	struct coder_error err;
	bool pipe = false;

	(void)state;
	write_error = EBADF;
	signal_number = SIGINT;
	assert_int_equal(result_scalar(&result, "V", "", &err), 0);
	assert_int_equal(publish(&result, &pipe, &err), -1);
	assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
	assert_int_equal(err.signal, SIGINT);
	assert_int_equal(shell_log.len, 0);
	result_done(&result);
	signal_number = 0;
	assert_int_equal(result_scalar(&result, "V", "", &err), 0);
	assert_string_equal(published(&result), "V=;");
}

static void test_publish_refused(void **state)
{
	struct result result = { 0 };
	struct coder_error err = { 0 };
	bool pipe = false;

	(void)state;
	refused = "SCALAR";
	fill(&result);
	assert_int_equal(publish(&result, &pipe, &err), -1);
	assert_int_equal(err.code, CODER_ERR_REFUSED);
	assert_string_equal(err.message, "SCALAR: cannot be assigned");
	assert_string_equal(shell_log.data, "write text;");
	result_done(&result);
}

/* A partial result reports what has happened, so it is published whatever comes. */
static void test_publish_partial(void **state)
{
	struct result result = { .partial = true };
	struct coder_error err = { 0 };
	bool pipe = false;

	(void)state;
	signal_number = SIGINT;
	fill(&result);
	assert_string_equal(published(&result),
			    "write text;SCALAR=secret;LIST=(<one><><two words>);"
			    "MAP=([k]=<v>[,]=<>);NONE=();EMPTY=();note a note;");
	assert_between(time_left, -CODER_NS, 0);
	buf_done(&shell_log);

	signal_number = 0;
	write_error = EPIPE;
	result.partial = true;
	fill(&result);
	assert_int_equal(publish(&result, &pipe, &err), -1);
	assert_int_equal(err.code, CODER_ERR_REFUSED);
	assert_true(pipe);
	assert_contains(shell_log.data, "LIST=(<one><><two words>);");
	result_done(&result);
}

/* How many values can be added to a list before the call has to end; *err has the reason. */
static size_t values_taken(struct result *result, struct coder_error *err)
{
	size_t n = 0;

	assert_int_equal(result_indexed(result, "LIST", NULL, err), 0);
	while (n < 100000 && result_value(result, "x", err) == 0)
		n++;
	result_leave_arrays(result);
	assert_int_equal(arrays, 0);
	result_done(result);
	return n;
}

static void test_long_results_end(void **state)
{
	struct result result = { .interrupts = interrupts() };
	struct coder_error err;

	(void)state;
	assert_int_equal(values_taken(&result, &err), 100000);
	assert_true(may_free);
	signal_number = SIGTERM;
	assert_between(values_taken(&result, &err), 0, 2000);
	assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
	assert_int_equal(err.signal, SIGTERM);
	assert_false(may_free);
	result.partial = true;
	assert_int_equal(values_taken(&result, &err), 100000);

	signal_number = 0;
	coder_interrupts_limit(interrupts(), -1);
	assert_between(values_taken(&result, &err), 0, 2000);
	assert_int_equal(err.code, CODER_ERR_NO_RESPONSE);
	assert_contains(err.message, "the time limit passed before");
	assert_false(may_free);
}

static void test_a_signal_ends_long_texts(void **state)
{
	static const char *const formats[] = { "table", "json", "jsonl", "tsv", "csv", NULL };
	struct output_columns columns;
	struct coder_error err;
	bool pipe_broke = false;

	(void)state;
	output_columns_default(&columns, true, false);
	for (size_t i = 0; i < COUNT(formats); i++) {
		const struct output_how how = { .format = formats[i],
						.columns = &columns,
						.ids_only = !formats[i] };
		struct result result = { .interrupts = interrupts() };
		struct output_list list;

		output_list_init(&list, &how);
		for (int n = 0; n < 20000; n++)
			assert_int_equal(output_list_add(&list, &alices_token, &err), 0);
		assert_int_equal(output_list_print(&list, &result, &err), 0);
		signal_after_writes = 2;
		assert_int_equal(result_publish(&result, &pipe_broke, &err), -1);
		assert_int_equal(err.code, CODER_ERR_INTERRUPTED);
		assert_int_equal(err.signal, SIGINT);
		assert_between(shell_log.len, 2u << 16, 3u << 16);
		buf_done(&shell_log);
		signal_number = 0;
		result_done(&result);
		output_list_done(&list);
	}
}

static void test_many_records(void **state)
{
	static struct coder_token tokens[20000];
	struct result result = { 0 };
	const char *log;

	(void)state;
	for (size_t i = 0; i < COUNT(tokens); i++)
		tokens[i] = alices_token;
	assert_int_equal(add_records(&result, "T", tokens, COUNT(tokens), true, 0), 0);
	log = published(&result);
	assert_contains(log + shell_log.len - 100, "[6RMfT4VuzI,never_used]=<1>);");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, reset)

/* ---------------------------------------------------------------- advice */

static void test_every_cause_has_advice(void **state)
{
	struct coder_error err;
	char text[ADVICE_SIZE], last[ADVICE_SIZE] = "";

	(void)state;
	coder_error_set(&err, CODER_ERR_REFUSED, "no");
	advice_text(&err, "me", text);
	assert_string_equal(text, "");
	for (int cause = CODER_CAUSE_NONE + 1; cause < CAUSE_END; cause++) {
		coder_error_set(&err, CODER_ERR_REFUSED, "no");
		coder_error_cause(&err, cause, "ABOUT", "ALSO");
		advice_text(&err, "me", text);
		if (!*text || strcmp(text, last) == 0)
			fail_msg("cause %d: '%s'", cause, text);
		memcpy(last, text, sizeof(last));
	}
}

static const char *command_for(const char *user, const char *token)
{
	static char text[ADVICE_SIZE];
	struct coder_error err;

	coder_error_set(&err, CODER_ERR_OUTCOME, "no");
	coder_error_cause(&err, CODER_CAUSE_MAY_BE_LEFT, token, NULL);
	advice_text(&err, user, text);
	return text;
}

static void test_advice_is_a_command_that_can_be_copied(void **state)
{
	(void)state;
	assert_string_equal(command_for("me", "ci"),
			    "look for it and remove it: token_rm --delete ci");
	assert_string_equal(command_for("al ice", "a'b"),
			    "look for it and remove it: token_rm --delete -u 'al ice' 'a'\\''b'");
	assert_string_equal(command_for("me", "-n"),
			    "look for it and remove it: token_rm --delete -- -n");
	assert_string_equal(command_for("me", "a\nb"),
			    "look for it with token_list, and remove it by its id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cause_has_advice),
		cmocka_unit_test(test_advice_is_a_command_that_can_be_copied),
		TEST(test_recorded_tables),
		TEST(test_recorded_tables_with_owner),
		TEST(test_no_tokens_no_table),
		TEST(test_table_order_and_header),
		TEST(test_table_widths),
		TEST(test_table_lists),
		TEST(test_escape),
		TEST(test_width),
		TEST(test_width_of_all),
		TEST(test_recorded_json),
		TEST(test_json_additions),
		TEST(test_json_strings),
		TEST(test_tsv),
		TEST(test_csv),
		TEST(test_csv_has_no_formulas),
		TEST(test_json_lines),
		TEST(test_limited_table),
		TEST(test_relative_times),
		TEST(test_wrapping),
		TEST(test_table_for_people),
		TEST(test_cards_for_people),
		TEST(test_measuring_ends),
		TEST(test_no_room),
		TEST(test_columns_parse),
		TEST(test_columns_refused),
		TEST(test_columns_default),
		TEST(test_formats),
		TEST(test_lists_show_all_that_one_token_shows),
		TEST(test_record),
		TEST(test_record_of_old_expired_token),
		TEST(test_record_fields),
		TEST(test_publish_in_order),
		TEST(test_publish_unwritten),
		TEST(test_publish_no_text),
		TEST(test_publish_refused),
		TEST(test_publish_partial),
		TEST(test_long_results_end),
		TEST(test_a_signal_ends_long_texts),
		TEST(test_many_records),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
