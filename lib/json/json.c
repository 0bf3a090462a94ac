/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.c - JSON in and out; the one file that includes cJSON.h.
 *
 * cJSON takes trailing text, raw control characters and \u0000, and recurses
 * as deep as its input says. So every document is first checked by the scanner
 * below, which follows RFC 8259; what cJSON then gets, it can parse.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/text.h"
#include "json.h"

#define DEPTH_MAX 64 /* nested arrays and objects */
#define VALUES_MAX 200000 /* in one document: cJSON needs 64 bytes and more for each */
#define NUMBER_MAX 62 /* characters of a number: what cJSON reads of one */

static int not_json(struct coder_error *err, const char *why)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "the server's answer is not JSON: %s",
			       why);
}

/* --------------------------------------------------------------- scanner */

struct scan {
	const char *p, *end;
	int depth, values;
	const char *why; /* what is wrong, once something is */
};

static bool wrong(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void skip_blanks(struct scan *s)
{
	while (s->p < s->end && is_blank(*s->p))
		s->p++;
}

static bool at(const struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static bool take(struct scan *s, char c)
{
	if (!at(s, c))
		return false;
	s->p++;
	return true;
}

/* The value of four hex digits, or -1. */
static int take_hex4(struct scan *s)
{
	int value = 0;

	if (s->end - s->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = *s->p++;

		if (is_digit(c))
			value = value * 16 + c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value * 16 + (c | 32) - 'a' + 10;
		else
			return -1;
	}
	return value;
}

/* After "\u": one code unit, or two that make a pair. */
static bool skip_unicode(struct scan *s)
{
	int unit = take_hex4(s);

	if (unit < 0)
		return wrong(s, "a broken \\u escape");
	if (unit == 0)
		return wrong(s, "a NUL character in a string");
	if (unit < 0xd800 || unit > 0xdfff)
		return true;
	if (unit >= 0xdc00 || !take(s, '\\') || !take(s, 'u'))
		return wrong(s, "half of a surrogate pair");
	unit = take_hex4(s);
	return (unit >= 0xdc00 && unit <= 0xdfff) || wrong(s, "half of a surrogate pair");
}

/* After a backslash. */
static bool skip_escape(struct scan *s)
{
	if (take(s, 'u'))
		return skip_unicode(s);
	if (s->p < s->end && *s->p && strchr("\"\\/bfnrt", *s->p)) {
		s->p++;
		return true;
	}
	return wrong(s, "a broken escape in a string");
}

static bool skip_string(struct scan *s)
{
	if (!take(s, '"'))
		return wrong(s, "a string was expected");
	for (;;) {
		const char *p = s->p;

		while (p < s->end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
			p++;
		s->p = p;
		if (p == s->end)
			return wrong(s, "it ends early");
		s->p++;
		if (*p == '"')
			return true;
		if (*p != '\\')
			return wrong(s, *p ? "a control character in a string" :
					     "a NUL character in a string");
		if (!skip_escape(s))
			return false;
	}
}

static bool skip_digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return s->p > start || wrong(s, "a broken number");
}

static bool skip_number(struct scan *s)
{
	const char *start = s->p;

	take(s, '-');
	if (!take(s, '0') && !skip_digits(s))
		return false;
	if (take(s, '.') && !skip_digits(s))
		return false;
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '+'))
			take(s, '-');
		if (!skip_digits(s))
			return false;
	}
	return s->p - start <= NUMBER_MAX || wrong(s, "a number of too many digits");
}

static bool skip_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return wrong(s, "an unknown word");
	s->p += len;
	return true;
}

static bool skip_value(struct scan *s);

static bool skip_key(struct scan *s)
{
	if (!skip_string(s))
		return false;
	skip_blanks(s);
	if (!take(s, ':'))
		return wrong(s, "no colon after a key");
	skip_blanks(s);
	return true;
}

/* The members of an object, or the elements of an array, up to close. */
static bool skip_members(struct scan *s, char close, bool keyed)
{
	s->p++;
	if (++s->depth > DEPTH_MAX)
		return wrong(s, "it nests too deep");
	skip_blanks(s);
	if (!take(s, close)) {
		do {
			skip_blanks(s);
			if ((keyed && !skip_key(s)) || !skip_value(s))
				return false;
			skip_blanks(s);
		} while (take(s, ','));
		if (!take(s, close))
			return wrong(s, s->p == s->end ? "it ends early" : "a comma is missing");
	}
	s->depth--;
	return true;
}

static bool skip_value(struct scan *s)
{
	if (s->p == s->end)
		return wrong(s, "it ends early");
	if (++s->values > VALUES_MAX)
		return wrong(s, "it has too many values");
	switch (*s->p) {
	case '{':
		return skip_members(s, '}', true);
	case '[':
		return skip_members(s, ']', false);
	case '"':
		return skip_string(s);
	case 't':
		return skip_word(s, "true");
	case 'f':
		return skip_word(s, "false");
	case 'n':
		return skip_word(s, "null");
	case '-':
	case '0' ... '9':
		return skip_number(s);
	default:
		return wrong(s, "a value was expected");
	}
}

/* Whether text is one JSON value and nothing else. */
static int check_document(const char *text, size_t len, struct coder_error *err)
{
	struct scan s = { .p = text, .end = len ? text + len : text };

	skip_blanks(&s);
	if (s.p == s.end)
		return not_json(err, "it is empty");
	if (!skip_value(&s))
		return not_json(err, s.why);
	skip_blanks(&s);
	return s.p == s.end ? 0 : not_json(err, "text follows its end");
}

/* ------------------------------------------------------------- documents */

static const cJSON *cjson(const struct json *v)
{
	return (const cJSON *)v;
}

static const struct json *wrapped(const cJSON *v)
{
	return (const struct json *)v;
}

int json_parse(const char *text, size_t len, struct json **ret, struct coder_error *err)
{
	cJSON *doc;

	if (check_document(text, len, err) < 0)
		return -1;
	doc = cJSON_ParseWithLengthOpts(text, len, NULL, false);
	if (!doc)
		return coder_error_memory(err);
	*ret = (struct json *)doc;
	return 0;
}

static void wipe(cJSON *v)
{
	for (; v; v = v->next) {
		if (v->valuestring)
			explicit_bzero(v->valuestring, strlen(v->valuestring));
		if (v->child)
			wipe(v->child);
	}
}

void json_free(struct json *doc)
{
	wipe((cJSON *)doc);
	cJSON_Delete((cJSON *)doc);
}

bool json_is_null(const struct json *v)
{
	return cJSON_IsNull(cjson(v));
}

bool json_is_object(const struct json *v)
{
	return cJSON_IsObject(cjson(v));
}

bool json_is_array(const struct json *v)
{
	return cJSON_IsArray(cjson(v));
}

const char *json_string(const struct json *v)
{
	return cJSON_IsString(cjson(v)) ? cjson(v)->valuestring : NULL;
}

static int twice(struct coder_error *err, const char *key)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "broken answer: '%s' stands twice in it",
			       key);
}

int json_member(const struct json *object, const char *key, const struct json **ret,
		struct coder_error *err)
{
	const cJSON *found = NULL;

	if (json_is_object(object)) {
		for (const cJSON *v = cjson(object)->child; v; v = v->next) {
			if (strcmp(v->string, key) != 0)
				continue;
			if (found)
				return twice(err, key);
			found = v;
		}
	}
	*ret = wrapped(found);
	return 0;
}

const struct json *json_first(const struct json *array)
{
	return json_is_array(array) ? wrapped(cjson(array)->child) : NULL;
}

const struct json *json_next(const struct json *element)
{
	return wrapped(cjson(element)->next);
}

/* -------------------------------------------------------------- integers */

/* The integer that is the whole of text; no fraction, no exponent. */
static bool exact_integer(const char *text, size_t len, int64_t *ret)
{
	bool negative = len && *text == '-';
	int64_t value = 0;

	if (len == negative)
		return false;
	for (size_t i = negative; i < len; i++) {
		int digit = text[i] - '0';

		if (!is_digit(text[i]) || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

/* Finds key's value among the members of the object that s, checked already, stands at. */
static int find_member(struct scan *s, const char *key, struct scan *ret, struct coder_error *err)
{
	size_t len = strlen(key);

	take(s, '{');
	skip_blanks(s);
	while (at(s, '"')) {
		const char *name = s->p + 1, *value;
		bool match;

		skip_key(s);
		value = s->p;
		skip_value(s);
		match = (size_t)(value - name) > len && memcmp(name, key, len) == 0 &&
			name[len] == '"';
		if (match && ret->p)
			return twice(err, key);
		if (match)
			*ret = (struct scan){ .p = value, .end = s->p };
		skip_blanks(s);
		take(s, ',');
		skip_blanks(s);
	}
	return 0;
}

int json_int64(const char *text, size_t len, const char *key, int64_t absent, int64_t *ret,
	       struct coder_error *err)
{
	struct scan s = { 0 }, value = { 0 };

	if (check_document(text, len, err) < 0)
		return -1;
	s = (struct scan){ .p = text, .end = text + len };
	skip_blanks(&s);
	if (!at(&s, '{'))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken answer: it is not an object");
	if (find_member(&s, key, &value, err) < 0)
		return -1;
	if (!value.p || at(&value, 'n'))
		*ret = absent;
	else if (!exact_integer(value.p, (size_t)(value.end - value.p), ret))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken answer: '%s' is not an integer", key);
	return 0;
}

/* --------------------------------------------------------------- writing */

static bool add_escape(struct buf *b, uint32_t c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *found = c < 0x80 ? strchr(from, (int)c) : NULL;

	if (found)
		return buf_add_char(b, '\\') && buf_add_char(b, to[found - from]);
	return buf_addf(b, "\\u%04" PRIx32, c);
}

static bool needs_escape(uint32_t c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' ||
	       c == 0x2028 || c == 0x2029;
}

bool json_add_string(struct buf *b, const char *s)
{
	if (!buf_add_char(b, '"'))
		return false;
	while (*s) {
		uint32_t c = 0xfffd; /* what stands for a byte that is no UTF-8 */
		size_t len = coder_utf8_decode(s, &c);
		bool ok;

		if (!len || needs_escape(c))
			ok = add_escape(b, c);
		else
			ok = buf_add(b, s, len);
		if (!ok)
			return false;
		s += len ? len : 1;
	}
	return buf_add_char(b, '"');
}

/* ---------------------------------------------------------- error object */

/* The text of a member that may be missing; "" for whatever is no string. */
static const char *text_of(const struct json *object, const char *key)
{
	struct coder_error ignored;
	const struct json *v = NULL;
	const char *s;

	json_member(object, key, &v, &ignored);
	s = json_string(v);
	return s ? s : "";
}

static void add_detail(struct coder_error *err, const char *field, const char *text)
{
	const size_t size = sizeof(err->detail);

	if (!field[0] && !text[0])
		return;
	if (err->detail[0])
		text_append(err->detail, size, "; ");
	text_append(err->detail, size, field);
	if (field[0] && text[0])
		text_append(err->detail, size, ": ");
	text_append(err->detail, size, text);
}

static void fill_error(const struct json *object, struct coder_error *err)
{
	struct coder_error ignored;
	const struct json *validations = NULL;

	err->message[0] = err->detail[0] = err->field[0] = '\0';
	text_append(err->message, sizeof(err->message), text_of(object, "message"));
	add_detail(err, "", text_of(object, "detail"));
	json_member(object, "validations", &validations, &ignored);
	for (const struct json *v = json_first(validations); v; v = json_next(v)) {
		const char *field = text_of(v, "field");

		if (!err->field[0])
			text_append(err->field, sizeof(err->field), field);
		add_detail(err, field, text_of(v, "detail"));
	}
}

bool json_error(const char *text, size_t len, struct coder_error *err)
{
	struct coder_error ignored;
	struct json *doc = NULL;
	bool found;

	if (json_parse(text, len, &doc, &ignored) < 0)
		return false;
	found = text_of(doc, "message")[0];
	if (found)
		fill_error(doc, err);
	json_free(doc);
	return found;
}

/* ----------------------------------------------------------------- lists */

enum list_state {
	LIST_START, /* before the document */
	LIST_FIRST_MEMBER, /* after "{" of the object that has the key: a member or the end */
	LIST_MEMBER, /* after ",": a member */
	LIST_MEMBER_END, /* after a member */
	LIST_KEY, /* in the name of a member */
	LIST_COLON, /* after it */
	LIST_SKIP, /* in the value of another member */
	LIST_VALUE, /* before the array */
	LIST_NULL, /* in the word null, list->matched letters of it seen */
	LIST_FIRST, /* after "[": an element or the end */
	LIST_NEXT, /* after ",": an element */
	LIST_ELEMENT,
	LIST_END, /* after the document */
};

static const char null_word[] = "null";

void json_list_done(struct json_list *list)
{
	if (list)
		buf_done(&list->element);
}

void json_list_restart(struct json_list *list)
{
	buf_reset(&list->element);
	list->state = LIST_START;
	list->depth = 0;
	list->in_string = list->escaped = list->found = false;
	list->matched = 0;
}

/* What follows the array. */
static enum list_state after_array(const struct json_list *list)
{
	return list->key ? LIST_MEMBER_END : LIST_END;
}

/* Ends with *ret at the byte that ends the element, or at end. */
static bool element_end(struct json_list *list, const char **ret, const char *end)
{
	const char *p = *ret;

	for (; p < end; p++) {
		if (list->escaped)
			list->escaped = false;
		else if (list->in_string && *p == '\\')
			list->escaped = true;
		else if (*p == '"')
			list->in_string = !list->in_string;
		else if (list->in_string)
			continue;
		else if (!list->depth && (*p == ',' || *p == ']' || *p == '}'))
			break;
		else if (*p == '{' || *p == '[')
			list->depth++;
		else if (*p == '}' || *p == ']')
			list->depth--;
	}
	*ret = p;
	return p < end;
}

/* The element is whole: gives it away, or leaves it if it is another member's value. */
static int end_element(struct json_list *list, bool give, struct coder_error *err)
{
	struct buf *element = &list->element;

	if (check_document(element->data, element->len, err) < 0 ||
	    (give && list->fn(list->ctx, element->data, element->len, err) < 0))
		return -1;
	buf_reset(element);
	return 0;
}

/* Takes what belongs to the element, or to the value of another member, up to its end. */
static int feed_element(struct json_list *list, const char **p, const char *end,
			struct coder_error *err)
{
	const char *start = *p;
	bool ended = element_end(list, p, end), skip = list->state == LIST_SKIP;

	if (list->element.len + (size_t)(*p - start) > JSON_ELEMENT_MAX)
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken answer: an element of a list is larger than 1 MiB");
	if (!buf_add(&list->element, start, (size_t)(*p - start)))
		return coder_error_memory(err);
	if (!ended)
		return 0;
	if (**p == (skip ? ']' : '}'))
		return not_json(err, "a bracket that does not match");
	if (skip)
		list->state = LIST_MEMBER_END; /* which takes what ended the value */
	else
		list->state = *(*p)++ == ',' ? LIST_NEXT : after_array(list);
	return end_element(list, !skip, err);
}

/* A byte of a member's name; at its end, whether it is the key decides what follows. */
static int feed_key(struct json_list *list, char c, struct coder_error *err)
{
	struct buf *name = &list->element;

	if (list->escaped || c != '"') {
		list->escaped = !list->escaped && c == '\\';
		/* of a long name, what is kept cannot be the key any more */
		if (name->len <= strlen(list->key) && !buf_add_char(name, c))
			return coder_error_memory(err);
		return 0;
	}
	list->matched =
		name->len == strlen(list->key) && memcmp(name->data, list->key, name->len) == 0;
	if (list->matched && list->found)
		return twice(err, list->key);
	list->found |= list->matched;
	list->state = LIST_COLON;
	buf_reset(name);
	return 0;
}

/* A byte between the members of the object that has the key. */
static int feed_members(struct json_list *list, char c, struct coder_error *err)
{
	if (list->state == LIST_COLON && c == ':')
		list->state = list->matched ? LIST_VALUE : LIST_SKIP;
	else if ((list->state == LIST_FIRST_MEMBER || list->state == LIST_MEMBER) && c == '"')
		list->state = LIST_KEY;
	else if ((list->state == LIST_FIRST_MEMBER || list->state == LIST_MEMBER_END) && c == '}')
		list->state = LIST_END;
	else if (list->state == LIST_MEMBER_END && c == ',')
		list->state = LIST_MEMBER;
	else
		return not_json(err, "a member was expected");
	return 0;
}

/* The first byte of the document, or of the key's value. */
static int feed_start(struct json_list *list, char c, struct coder_error *err)
{
	if (list->key && list->state == LIST_START) {
		list->state = LIST_FIRST_MEMBER;
		return c == '{' ? 0 : not_json(err, "an object was expected");
	}
	if (c != '[' && c != 'n')
		return not_json(err, "a list was expected");
	list->state = c == '[' ? LIST_FIRST : LIST_NULL;
	list->matched = 1;
	return 0;
}

/* Takes a byte that is in no element. An element's first one is left where it is. */
static int feed_outside(struct json_list *list, const char **p, struct coder_error *err)
{
	char c = *(*p)++;

	if (list->state == LIST_NULL) {
		if (c != null_word[list->matched++])
			return not_json(err, "an unknown word");
		if (!null_word[list->matched])
			list->state = after_array(list);
	} else if (is_blank(c)) {
		return 0;
	} else if (list->state == LIST_START || list->state == LIST_VALUE) {
		return feed_start(list, c, err);
	} else if (list->state == LIST_END) {
		return not_json(err, "text follows its end");
	} else if (list->state == LIST_FIRST && c == ']') {
		list->state = after_array(list);
	} else if (list->state == LIST_FIRST || list->state == LIST_NEXT) {
		list->state = LIST_ELEMENT;
		(*p)--;
	} else {
		return feed_members(list, c, err);
	}
	return 0;
}

int json_list_feed(struct json_list *list, const char *data, size_t len, struct coder_error *err)
{
	const char *p = data, *end = data + len;

	while (p < end) {
		int r;

		if (list->state == LIST_ELEMENT || list->state == LIST_SKIP)
			r = feed_element(list, &p, end, err);
		else if (list->state == LIST_KEY)
			r = feed_key(list, *p++, err);
		else
			r = feed_outside(list, &p, err);
		if (r < 0)
			return -1;
	}
	return 0;
}

int json_list_end(struct json_list *list, struct coder_error *err)
{
	if (list->state == LIST_END && list->key && !list->found)
		return coder_error_set(err, CODER_ERR_NO_RESPONSE, "broken answer: no '%s' in it",
				       list->key);
	if (list->state == LIST_END)
		return 0;
	return not_json(err, list->state == LIST_START ? "it is empty" : "it ends early");
}
