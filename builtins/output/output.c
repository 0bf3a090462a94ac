/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.c - tables, JSON, TSV and shell variables; see output.h. */
#include "output.h"
#include "shell/shell.h"
#include "width.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---------------------------------------------------------------- escapes */

enum style {
	STYLE_TEXT, /* for a terminal */
	STYLE_TSV,
	STYLE_JSON,
};

/* Reads the character at s, and returns its bytes; 0 and the byte: it is no UTF-8. */
static size_t decode(const char *s, uint32_t *ret)
{
	size_t n = coder_utf8_decode(s, ret);

	if (!n)
		*ret = (unsigned char)*s;
	return n;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* Those that end a line or turn the direction of what follows. */
static bool is_separator_or_bidi(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/* What stands for c behind a backslash, or 0: "n" for a newline. */
static char short_escape(uint32_t c, enum style style)
{
	static const char from[] = "\\\t\n\r\"\b\f", to[] = "\\tnr\"bf";
	size_t n = style == STYLE_JSON ? COUNT(from) - 1 : style == STYLE_TSV ? 4 : 0;

	for (size_t i = 0; i < n; i++)
		if (c == (unsigned char)from[i])
			return to[i];
	return 0;
}

/* Writes what stands for a character, or a byte that is none; false: it stands for itself. */
static bool escape(uint32_t c, bool valid, enum style style, char out[8])
{
	bool json = style == STYLE_JSON;
	char letter = short_escape(c, style);

	if (letter)
		snprintf(out, 8, "\\%c", letter);
	else if (json && !valid)
		snprintf(out, 8, "\\ufffd");
	else if (!json && (!valid || is_control(c)))
		snprintf(out, 8, "\\x%02x", (unsigned)c & 0xff);
	else if (is_control(c) || is_separator_or_bidi(c) ||
		 (json && (c == '<' || c == '>' || c == '&')))
		snprintf(out, 8, "\\u%04x", (unsigned)c & 0xffff);
	else
		return false;
	return true;
}

static bool add_escaped(struct buf *out, const char *text, enum style style)
{
	const char *plain = text; /* begins what stands for itself */
	char escaped[8];
	uint32_t c;

	while (*text) {
		size_t len = decode(text, &c);
		const char *next = text + (len ? len : 1);

		if (escape(c, len != 0, style, escaped)) {
			if (!buf_add(out, plain, (size_t)(text - plain)) ||
			    !buf_add_str(out, escaped))
				return false;
			plain = next;
		}
		text = next;
	}
	return buf_add(out, plain, (size_t)(text - plain));
}

bool output_is_printable(const char *text)
{
	char escaped[8];
	uint32_t c;

	for (size_t len; *text; text += len) {
		len = decode(text, &c);
		if (escape(c, len != 0, STYLE_TEXT, escaped))
			return false;
	}
	return true;
}

bool output_escape(struct buf *out, const char *text)
{
	return add_escaped(out, text, STYLE_TEXT);
}

/* Whatever is said, and wherever it comes from, has no whole token in it. */
static void say(void (*print)(const char *fmt, ...), const char *text)
{
	struct buf raw = { 0 }, line = { 0 };
	bool ok = buf_add_str(&raw, text);

	if (ok)
		coder_hide_tokens(raw.data);
	print("%s", ok && output_escape(&line, raw.data) ? line.data : "out of memory");
	buf_done(&raw);
	buf_done(&line);
}

void output_error(const char *text)
{
	say(shio_error, text);
}

static void __attribute__((format(printf, 1, 0))) warn(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	say(shio_warning, text ? text : "out of memory");
	free(text);
}

void output_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	warn(fmt, args);
	va_end(args);
}

/* What has been warned of, by hashes; in memory that subshells share, if there is some. */
static struct warned {
	_Atomic uint64_t known[64];
	atomic_size_t n;
} * warned;

void output_share_warnings(void)
{
	static struct warned own;
	void *p;

	if (warned)
		return;
	p = mmap(NULL, sizeof(*warned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	warned = p == MAP_FAILED ? &own : p;
}

/* Whether it is the first time that the shell is asked about this topic and subject. */
static bool is_first(const char *topic, const char *subject)
{
	const uint64_t hash = coder_hash(coder_hash(CODER_HASH_BEGIN, topic), subject) | 1;

	output_share_warnings();
	for (size_t i = 0; i < COUNT(warned->known); i++)
		if (atomic_load(&warned->known[i]) == hash)
			return false;
	atomic_store(&warned->known[atomic_fetch_add(&warned->n, 1) % COUNT(warned->known)], hash);
	return true;
}

void output_warn_once(const char *topic, const char *subject, const char *fmt, ...)
{
	va_list args;

	if (!is_first(topic, subject))
		return;
	va_start(args, fmt);
	warn(fmt, args);
	va_end(args);
}

size_t output_width(const char *text)
{
	size_t columns = 0;
	uint32_t c;

	while (*text) {
		size_t len = decode(text, &c);

		columns += len ? output_char_width(c) : 1;
		text += len ? len : 1;
	}
	return columns;
}

/* ---------------------------------------------------------------- columns */

enum kind {
	KIND_TEXT,
	KIND_TIME,
	KIND_LIST,
	KIND_OWNER,
};

static const struct column {
	const char *name;
	enum kind kind;
	size_t offset; /* of the member of struct coder_token */
} columns_known[OUTPUT_COLUMNS] = {
	{ "id", KIND_TEXT, offsetof(struct coder_token, id) },
	{ "name", KIND_TEXT, offsetof(struct coder_token, name) },
	{ "scopes", KIND_LIST, offsetof(struct coder_token, scopes) },
	{ "allow list", KIND_LIST, offsetof(struct coder_token, allow_list) },
	{ "last used", KIND_TIME, offsetof(struct coder_token, last_used) },
	{ "expires at", KIND_TIME, offsetof(struct coder_token, expires_at) },
	{ "created at", KIND_TIME, offsetof(struct coder_token, created_at) },
	{ "owner", KIND_OWNER, 0 },
};
#define COLUMN_ID 0
#define COLUMN_OWNER (OUTPUT_COLUMNS - 1)

const char output_column_names[] =
	"id,name,scopes,allow list,last used,expires at,created at,owner";

/* ASCII only: the locale's idea of letters must not matter. */
static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool same_name(const char *name, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!name[i] || upper(name[i]) != upper(text[i] == '_' ? ' ' : text[i]))
			return false;
	return !name[len];
}

static int bad_column(const char *text, size_t len, struct coder_error *err)
{
	const char *names[OUTPUT_COLUMNS], *nearest;
	char word[256];

	snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : sizeof(word)), text);
	for (size_t i = 0; i < OUTPUT_COLUMNS; i++)
		names[i] = columns_known[i].name;
	nearest = coder_nearest(word, names, OUTPUT_COLUMNS);
	if (nearest)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "%s: invalid column; did you mean '%s'? want some of %s",
				       word, nearest, output_column_names);
	return coder_error_set(err, CODER_ERR_USAGE, "%s: invalid column; want some of %s",
			       *word ? word : "''", output_column_names);
}

static int add_column(struct output_columns *columns, size_t which, struct coder_error *err)
{
	if (columns->n == COUNT(columns->v))
		return coder_error_set(err, CODER_ERR_USAGE, "more than %zu columns",
				       COUNT(columns->v));
	columns->v[columns->n++] = (unsigned char)which;
	return 0;
}

static int add_named(struct output_columns *columns, const char *text, size_t len,
		     struct coder_error *err)
{
	for (size_t i = 0; i < OUTPUT_COLUMNS; i++)
		if (same_name(columns_known[i].name, text, len))
			return add_column(columns, i, err);
	return bad_column(text, len, err);
}

static int add_list(struct output_columns *columns, const char *value, struct coder_error *err)
{
	for (const char *p = value;; p++) {
		const char *end = strchrnul(p, ','), *last = end;

		while (p < last && is_blank(*p))
			p++;
		while (last > p && is_blank(last[-1]))
			last--;
		if (add_named(columns, p, (size_t)(last - p), err) < 0)
			return -1;
		if (!*end)
			return 0;
		p = end;
	}
}

int output_columns_parse(const char *const *values, size_t n, struct output_columns *ret,
			 struct coder_error *err)
{
	struct output_columns columns = { .n = 0 };

	for (size_t i = 0; i < n; i++) {
		const char *value = values[i];

		while (is_blank(*value))
			value++;
		if (add_list(&columns, *value ? value : output_column_names, err) < 0)
			return -1;
	}
	*ret = columns;
	return 0;
}

void output_columns_default(struct output_columns *ret, bool owner)
{
	ret->n = owner ? OUTPUT_COLUMNS : COLUMN_OWNER;
	for (size_t i = 0; i < ret->n; i++)
		ret->v[i] = (unsigned char)i;
}

static bool have_column(const struct output_columns *columns, size_t which)
{
	return memchr(columns->v, (int)which, columns->n) != NULL;
}

bool output_columns_have_owner(const struct output_columns *columns)
{
	return have_column(columns, COLUMN_OWNER);
}

/* ------------------------------------------------------------------ cells */

static const char *owner_of(const struct coder_token *token)
{
	if (token->username)
		return token->username;
	return token->owner ? token->owner : "";
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* As the CLI shows it: what was sent, an old server's nothing as nothing. */
static bool add_sorted(struct buf *cell, const struct coder_strings *list, enum style style)
{
	const char **sorted;
	bool ok = true;

	if (!list->n)
		return true;
	sorted = calloc(list->n, sizeof(*sorted));
	if (!sorted)
		return false;
	for (size_t i = 0; i < list->n; i++)
		sorted[i] = list->v[i];
	qsort(sorted, list->n, sizeof(*sorted), compare_strings);
	for (size_t i = 0; i < list->n && ok; i++)
		ok = buf_add_str(cell, i ? ", " : "") && add_escaped(cell, sorted[i], style);
	free(sorted);
	return ok;
}

static bool add_cell(struct buf *cell, const struct column *column, const struct coder_token *token,
		     enum style style)
{
	const void *member = (const char *)token + column->offset;
	char time[40];

	switch (column->kind) {
	case KIND_TEXT:
		return add_escaped(cell, *(char *const *)member, style);
	case KIND_TIME:
		coder_time_display(*(char *const *)member, time);
		return add_escaped(cell, time, style);
	case KIND_LIST:
		return add_sorted(cell, member, style);
	case KIND_OWNER:
		break;
	}
	return add_escaped(cell, owner_of(token), style);
}

/* ------------------------------------------------------------------ table */

struct table {
	const struct output_columns *columns;
	const struct coder_token **rows;
	size_t n;
	bool header;
	struct result *result; /* that this is for: the call may have to end meanwhile */
	size_t widths[COUNT(((struct output_columns *)NULL)->v)];
	struct buf cell; /* the one at work */
};

/* A row of NULL is the header. */
static bool fill_cell(struct table *table, const struct coder_token *row, size_t i)
{
	const struct column *column = &columns_known[table->columns->v[i]];

	buf_reset(&table->cell);
	if (row)
		return add_cell(&table->cell, column, row, STYLE_TEXT);
	for (const char *p = column->name; *p; p++)
		if (!buf_add_char(&table->cell, upper(*p)))
			return false;
	return true;
}

/* The cell's text, which is none if nothing was ever added. */
static const char *cell_text(const struct table *table)
{
	return table->cell.data ? table->cell.data : "";
}

static bool measure_row(struct table *table, const struct coder_token *row)
{
	if (!result_goes_on(table->result))
		return false;
	for (size_t i = 0; i < table->columns->n; i++) {
		size_t width;

		if (!fill_cell(table, row, i))
			return false;
		width = output_width(cell_text(table));
		if (width > table->widths[i])
			table->widths[i] = width;
	}
	return true;
}

static bool add_blanks(struct buf *out, size_t n)
{
	static const char blanks[] = "                                ";

	for (; n >= COUNT(blanks); n -= COUNT(blanks) - 1)
		if (!buf_add(out, blanks, COUNT(blanks) - 1))
			return false;
	return buf_add(out, blanks, n);
}

static bool print_row(struct table *table, const struct coder_token *row, struct buf *out)
{
	if (!result_goes_on(table->result))
		return false;
	for (size_t i = 0; i < table->columns->n; i++)
		if (!fill_cell(table, row, i) || !buf_add_str(out, cell_text(table)) ||
		    !add_blanks(out, table->widths[i] + 2 - output_width(cell_text(table))))
			return false;
	return buf_add_char(out, '\n');
}

static bool print_table(struct table *table, struct buf *out)
{
	if (table->header && !measure_row(table, NULL))
		return false;
	for (size_t i = 0; i < table->n; i++)
		if (!measure_row(table, table->rows[i]))
			return false;
	if (table->header && !print_row(table, NULL, out))
		return false;
	for (size_t i = 0; i < table->n; i++)
		if (!print_row(table, table->rows[i], out))
			return false;
	return true;
}

static int compare_ids(const void *a, const void *b)
{
	const struct coder_token *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

bool output_table(struct buf *out, const struct output_columns *columns,
		  const struct coder_token *tokens, size_t n, bool header, struct result *result)
{
	struct table table = {
		.columns = columns,
		.n = n,
		.header = header,
		.result = result,
	};
	bool ok;

	if (!n)
		return true;
	table.rows = calloc(n, sizeof(*table.rows));
	if (!table.rows)
		return false;
	for (size_t i = 0; i < n; i++)
		table.rows[i] = &tokens[i];
	if (have_column(columns, COLUMN_ID))
		qsort(table.rows, n, sizeof(*table.rows), compare_ids);
	ok = print_table(&table, out);
	buf_done(&table.cell);
	free(table.rows);
	return ok;
}

/* -------------------------------------------------------------------- TSV */

static bool add_tsv_name(struct buf *out, const struct column *column)
{
	for (const char *p = column->name; *p; p++)
		if (!buf_add_char(out, *p == ' ' ? '_' : *p))
			return false;
	return true;
}

/* A token of NULL is the header. */
static bool add_tsv_line(struct buf *out, const struct output_columns *columns,
			 const struct coder_token *token)
{
	for (size_t i = 0; i < columns->n; i++) {
		const struct column *column = &columns_known[columns->v[i]];

		if (i && !buf_add_char(out, '\t'))
			return false;
		if (!(token ? add_cell(out, column, token, STYLE_TSV) : add_tsv_name(out, column)))
			return false;
	}
	return buf_add_char(out, '\n');
}

bool output_tsv(struct buf *out, const struct output_columns *columns,
		const struct coder_token *tokens, size_t n, bool header, struct result *result)
{
	if (n && header && !add_tsv_line(out, columns, NULL))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!result_goes_on(result) || !add_tsv_line(out, columns, &tokens[i]))
			return false;
	return true;
}

/* ------------------------------------------------------------------- JSON */

static bool json_string(struct buf *out, const char *text)
{
	return buf_add_char(out, '"') && add_escaped(out, text, STYLE_JSON) &&
	       buf_add_char(out, '"');
}

/* Begins a member that is not the first. */
static bool json_key(struct buf *out, const char *key)
{
	return buf_addf(out, ",\n    \"%s\": ", key);
}

static bool json_member(struct buf *out, const char *key, const char *text)
{
	return json_key(out, key) && json_string(out, text);
}

static bool json_list(struct buf *out, const char *key, const struct coder_strings *list, bool sent)
{
	if (!json_key(out, key))
		return false;
	if (!list->n)
		return buf_add_str(out, sent ? "[]" : "null");
	for (size_t i = 0; i < list->n; i++)
		if (!buf_add_str(out, i ? ",\n      " : "[\n      ") ||
		    !json_string(out, list->v[i]))
			return false;
	return buf_add_str(out, "\n    ]");
}

static bool json_token(struct buf *out, const struct coder_token *token, const char *key)
{
	return buf_add_str(out, "  {\n    \"id\": ") && json_string(out, token->id) &&
	       json_member(out, "user_id", token->user_id) &&
	       json_member(out, "last_used", token->last_used) &&
	       json_member(out, "expires_at", token->expires_at) &&
	       json_member(out, "created_at", token->created_at) &&
	       json_member(out, "updated_at", token->updated_at) &&
	       json_member(out, "login_type", token->login_type) &&
	       json_member(out, "scope", token->scope) &&
	       json_list(out, "scopes", &token->scopes, token->has_scopes) &&
	       json_key(out, "lifetime_seconds") &&
	       buf_addf(out, "%" PRId64, token->lifetime_seconds) &&
	       json_list(out, "allow_list", &token->allow_list, token->has_allow_list) &&
	       json_member(out, "token_name", token->name) &&
	       (!token->username || json_member(out, "username", token->username)) &&
	       (!key || json_member(out, "key", key)) && buf_add_str(out, "\n  }");
}

bool output_json(struct buf *out, const struct coder_token *tokens, size_t n, const char *key,
		 struct result *result)
{
	if (!n)
		return buf_add_str(out, "[]\n");
	for (size_t i = 0; i < n; i++)
		if (!result_goes_on(result) || !buf_add_str(out, i ? ",\n" : "[\n") ||
		    !json_token(out, &tokens[i], key))
			return false;
	return buf_add_str(out, "\n]\n");
}

/* ---------------------------------------------------------------- formats */

static bool is_format(const struct output_format *format, const char *name)
{
	return strcmp(format->name ? format->name : "table", name) == 0;
}

bool output_needs_owner(const struct output_format *format)
{
	return !format->silent && (is_format(format, "table") || is_format(format, "tsv")) &&
	       output_columns_have_owner(format->columns);
}

static bool add_ids(struct buf *out, const struct coder_token *tokens, size_t n,
		    struct result *result)
{
	for (size_t i = 0; i < n; i++)
		if (!result_goes_on(result) || !buf_addf(out, "%s\n", tokens[i].id))
			return false;
	return true;
}

int output_tokens(struct result *result, const struct output_format *format,
		  const struct coder_token *tokens, size_t n, struct coder_error *err)
{
	struct buf *out = &result->text;
	bool ok;

	if (format->silent)
		return 0;
	if (is_format(format, "json")) {
		ok = output_json(out, tokens, n, NULL, result);
	} else if (is_format(format, "tsv")) {
		ok = output_tsv(out, format->columns, tokens, n, !format->no_header, result);
	} else if (is_format(format, "ids")) {
		ok = add_ids(out, tokens, n, result);
	} else {
		ok = output_table(out, format->columns, tokens, n, !format->no_header, result);
		if (!n)
			result->note = "No tokens found.";
	}
	return ok ? 0 : result_stopped(result, err);
}

/* ----------------------------------------------------------------- record */

const char *const output_record_fields[] = { "id",
					     "name",
					     "owner",
					     "user_id",
					     "login_type",
					     "scopes",
					     "allow_list",
					     "lifetime_seconds",
					     "created_at",
					     "updated_at",
					     "last_used",
					     "expires_at",
					     "created_epoch",
					     "last_used_epoch",
					     "expires_epoch",
					     "ttl",
					     "expired",
					     "never_used",
					     NULL };
_Static_assert(COUNT(output_record_fields) - 1 == OUTPUT_RECORD_FIELDS, "fields");

/* Joins a list with blanks and gives it up; NULL: no memory. */
static char *join(struct coder_strings *list)
{
	struct buf text = { 0 };
	char *joined = NULL;
	bool ok = true;

	for (size_t i = 0; i < list->n && ok; i++)
		ok = buf_add_str(&text, i ? " " : "") && buf_add_str(&text, list->v[i]);
	if (ok)
		joined = buf_detach(&text);
	buf_done(&text);
	coder_strings_done(list);
	return joined;
}

struct number {
	char text[24];
};

static struct number number(int64_t value)
{
	struct number n;

	snprintf(n.text, sizeof(n.text), "%" PRId64, value);
	return n;
}

static int add_fields(struct result *result, const struct coder_token *token, bool with_id,
		      int64_t now, const char *scopes, const char *allow_list,
		      struct coder_error *err)
{
	int64_t left = coder_token_left(token, now);
	struct number lifetime = number(token->lifetime_seconds);
	struct number created = number(token->created_epoch);
	struct number used = number(token->last_used_epoch);
	struct number expires = number(token->expires_epoch);
	struct number ttl = number(left > 0 ? left : 0);
	const char *const values[OUTPUT_RECORD_FIELDS] = {
		token->id,
		token->name,
		owner_of(token),
		token->user_id,
		token->login_type,
		scopes,
		allow_list,
		lifetime.text,
		token->created_at,
		token->updated_at,
		token->last_used,
		token->expires_at,
		created.text,
		used.text,
		expires.text,
		ttl.text,
		left > 0 ? "0" : "1",
		token->last_used_epoch ? "0" : "1",
	};

	for (size_t i = 0; i < OUTPUT_RECORD_FIELDS; i++)
		if (result_pair(result, with_id ? token->id : NULL, output_record_fields[i],
				values[i], err) < 0)
			return -1;
	return 0;
}

int output_record(struct result *result, const struct coder_token *token, bool with_id, int64_t now,
		  struct coder_error *err)
{
	struct coder_strings scopes = { 0 }, allow_list = { 0 };
	char *scopes_text, *allow_text;
	int rc;

	if (coder_token_scopes(token, &scopes, err) < 0 ||
	    coder_token_allow_list(token, &allow_list, err) < 0) {
		coder_strings_done(&scopes);
		return -1;
	}
	scopes_text = join(&scopes);
	allow_text = join(&allow_list);
	rc = scopes_text && allow_text ?
		     add_fields(result, token, with_id, now, scopes_text, allow_text, err) :
		     coder_error_memory(err);
	free(scopes_text);
	free(allow_text);
	return rc;
}
