/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan.c - whether a text is JSON (RFC 8259).
 *
 * cJSON accepts text behind the document, raw control characters and \u0000, and recurses as deep
 * as its input is nested. So each document is checked here once. cJSON can parse every document
 * that passes.
 */
#include <string.h>

#include "base/ascii.h"
#include "scan.h"

#define DEPTH_MAX 64 /* nested arrays and objects */
#define VALUES_MAX 200000 /* in one document: cJSON needs 64 bytes and more for each */
#define NUMBER_MAX 62 /* characters of a number: cJSON reads no more */

struct scan {
	const char *p, *end;
	int depth, n_values;
	const struct json_key *keys; /* n_keys whose members are noted in values */
	size_t n_keys;
	struct json_value *values;
	size_t next; /* the key to try first, after the one found last: servers keep an order */
	const char *why; /* what is wrong; NULL: nothing so far */
};

int json_refuse(struct coder_error *err, const char *why)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "the server's response is not JSON: %s",
			       why);
}

static bool wrong(struct scan *s, const char *why)
{
	if (!s->why)
		s->why = why;
	return false;
}

static void skip_blanks(struct scan *s)
{
	while (s->p < s->end && json_is_blank(*s->p))
		s->p++;
}

static bool take(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

/* Reads four hexadecimal digits. -1: they are not there. */
static int take_hex4(struct scan *s)
{
	int value = 0;

	if (s->end - s->p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = ascii_hex(*s->p++);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* Skips what follows a backslash. "\u" is one code unit, or the first of two that make a pair. */
static bool skip_escape(struct scan *s)
{
	int unit;

	if (s->p < s->end && *s->p && strchr("\"\\/bfnrt", *s->p)) {
		s->p++;
		return true;
	}
	if (!take(s, 'u'))
		return wrong(s, "a broken escape in a string");
	unit = take_hex4(s);
	if (unit < 0)
		return wrong(s, "a broken \\u escape");
	if (unit == 0)
		return wrong(s, "a NUL character in a string");
	if (unit < 0xd800 || unit > 0xdfff)
		return true;
	if (unit < 0xdc00 && take(s, '\\') && take(s, 'u')) {
		unit = take_hex4(s);
		if (unit >= 0xdc00 && unit <= 0xdfff)
			return true;
	}
	return wrong(s, "half of a surrogate pair");
}

#define ALL(byte) (0x0101010101010101 * (uint64_t)(byte))

/* Whether a byte of the word is below that one, which is at most 0x80. */
static bool any_below(uint64_t word, unsigned byte)
{
	return ((word - ALL(byte)) & ~word & ALL(0x80)) != 0;
}

/* The first character that is the end of a string, or begins an escape, or must not be in one. */
static const char *skip_plain(const char *p, const char *end)
{
	uint64_t word;

	for (; end - p >= (ptrdiff_t)sizeof(word); p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if (any_below(word, 0x20) || any_below(word ^ ALL('"'), 1) ||
		    any_below(word ^ ALL('\\'), 1))
			break;
	}
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
		p++;
	return p;
}

static bool skip_string(struct scan *s)
{
	if (!take(s, '"'))
		return wrong(s, "a string was expected");
	for (;;) {
		const char *p = skip_plain(s->p, s->end);

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

	while (s->p < s->end && ascii_is_digit(*s->p))
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

#define KEY_MAX 32 /* characters of a key that is looked for */

/* Notes the value, which ends at s->p, if its key is one of those that are looked for. */
static void note_member(struct scan *s, const char *key, size_t len, const char *value)
{
	char plain[6 * KEY_MAX]; /* an escaped character takes at most six */

	if (len > sizeof(plain))
		return;
	if (memchr(key, '\\', len)) {
		len = json_unescape(key, len, plain);
		key = plain;
	}
	for (size_t i = 0; i < s->n_keys; i++, s->next++) {
		const struct json_key *k;
		struct json_value *v;

		if (s->next >= s->n_keys)
			s->next = 0;
		k = &s->keys[s->next];
		v = &s->values[s->next];
		if (k->len != len || memcmp(k->name, key, len) != 0)
			continue;
		s->next++;
		v->duplicate = v->text != NULL;
		if (!v->text) {
			v->text = value;
			v->len = (size_t)(s->p - value);
		}
		return;
	}
}

/* Skips a key and its value. */
static bool skip_member(struct scan *s)
{
	const char *value, *key = s->p + 1;
	size_t key_len;

	if (!skip_string(s))
		return false;
	key_len = (size_t)(s->p - key) - 1;
	skip_blanks(s);
	if (!take(s, ':'))
		return wrong(s, "no colon after a key");
	skip_blanks(s);
	value = s->p;
	if (!skip_value(s))
		return false;
	if (s->depth == 1 && s->n_keys)
		note_member(s, key, key_len, value);
	return true;
}

/* Skips the members of an object, or the elements of an array, up to `close`. */
static bool skip_members(struct scan *s, char close, bool (*skip)(struct scan *s))
{
	s->p++;
	if (++s->depth > DEPTH_MAX)
		return wrong(s, "it is nested too deeply");
	skip_blanks(s);
	if (!take(s, close)) {
		do {
			skip_blanks(s);
			if (!skip(s))
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
	if (++s->n_values > VALUES_MAX)
		return wrong(s, "it has too many values");
	switch (*s->p) {
	case '{':
		return skip_members(s, '}', skip_member);
	case '[':
		return skip_members(s, ']', skip_value);
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

/* Fails unless the text is one value and nothing else. */
static int scan_whole(struct scan *s, struct coder_error *err)
{
	skip_blanks(s);
	if (s->p == s->end)
		return json_refuse(err, "it is empty");
	if (!skip_value(s))
		return json_refuse(err, s->why);
	skip_blanks(s);
	if (s->p < s->end)
		return json_refuse(err, "text follows its end");
	return 0;
}

int json_members(const char *text, size_t len, const struct json_key *keys, size_t n,
		 struct json_value *values, struct coder_error *err)
{
	struct scan s = { .p = text,
			  .end = len ? text + len : text,
			  .keys = keys,
			  .n_keys = n,
			  .values = values + 1 };

	memset(values, 0, (n + 1) * sizeof(*values));
	if (scan_whole(&s, err) < 0)
		return -1;
	for (; json_is_blank(*text); len--)
		text++;
	for (; json_is_blank(text[len - 1]); len--)
		;
	values[0] = (struct json_value){ .text = text, .len = len };
	return 0;
}

size_t json_scan_begin(const char *text, size_t len, const struct json_key *keys, size_t n,
		       struct json_value *values)
{
	struct scan s = {
		.p = text, .end = text + len, .keys = keys, .n_keys = n, .values = values + 1
	};

	memset(values, 0, (n + 1) * sizeof(*values));
	if (!skip_value(&s))
		return 0;
	values[0] = (struct json_value){ .text = text, .len = (size_t)(s.p - text) };
	return values[0].len;
}
