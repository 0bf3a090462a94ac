/* SPDX-License-Identifier: GPL-3.0-or-later */
/* members.c - values that are parts of a text that was checked; see members.h. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "broken.h"
#include "members.h"
#include "scan.h"

bool json_value_is(const struct json_value *v, enum json_begin kind)
{
	return v->text && *v->text == (char)kind;
}

bool json_value_is_none(const struct json_value *v)
{
	return !v->text || *v->text == 'n';
}

/* ---------------------------------------------------------------- strings */

int json_value_text(const struct json_value *v, const char *key, struct json_value *ret,
		    struct coder_error *err)
{
	if (v->duplicate)
		return json_duplicate(err, key);
	if (json_value_is_none(v))
		return 0;
	if (!json_value_is(v, JSON_STRING))
		return json_broken(err, key, "a string");
	*ret = (struct json_value){ .text = v->text + 1, .len = v->len - 2 };
	return 0;
}

static unsigned hex4(const char *p)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++)
		value = value * 16 + (unsigned)ascii_hex(p[i]);
	return value;
}

static char *put_utf8(char *out, unsigned c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c < 0x800) {
		*out++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*out++ = (char)(0xe0 | c >> 12);
		} else {
			*out++ = (char)(0xf0 | c >> 18);
			*out++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*out++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*out++ = (char)(0x80 | (c & 0x3f));
	return out;
}

size_t json_unescape(const char *text, size_t len, char *out)
{
	static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
	const char *end = text + len, *begin = out;

	while (text < end) {
		const char *escape = memchr(text, '\\', (size_t)(end - text)), *letter;
		size_t plain = (size_t)((escape ? escape : end) - text);
		unsigned c;

		memcpy(out, text, plain);
		out += plain;
		text += plain;
		if (!escape)
			break;
		letter = memchr(letters, text[1], sizeof(letters) - 1);
		if (text[1] != 'u') {
			*out++ = letter ? controls[letter - letters] : text[1];
			text += 2;
			continue;
		}
		c = hex4(text + 2);
		text += 6;
		if (c >= 0xd800 && c <= 0xdbff) { /* the scan has checked the other half */
			c = 0x10000 + ((c & 0x3ff) << 10) + (hex4(text + 2) & 0x3ff);
			text += 6;
		}
		out = put_utf8(out, c);
	}
	return (size_t)(out - begin);
}

char *json_value_copy(const struct json_value *string)
{
	char *text = malloc(string->len);

	if (text)
		text[json_unescape(string->text + 1, string->len - 2, text)] = '\0';
	return text;
}

/* ------------------------------------------------------- numbers and arrays */

/* Reads an integer. False: the number has a fraction or an exponent, or is too large. */
static bool exact_integer(const char *text, size_t len, int64_t *ret)
{
	bool negative = *text == '-';
	int64_t value = 0;

	for (size_t i = negative; i < len; i++) {
		int digit = text[i] - '0';

		if (!ascii_is_digit(text[i]) || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

int json_value_int64(const struct json_value *v, const char *key, int64_t absent, int64_t *ret,
		     struct coder_error *err)
{
	if (v->duplicate)
		return json_duplicate(err, key);
	if (json_value_is_none(v)) {
		*ret = absent;
		return 0;
	}
	if ((*v->text != '-' && !ascii_is_digit(*v->text)) || !exact_integer(v->text, v->len, ret))
		return json_broken(err, key, "an integer");
	return 0;
}

bool json_value_next(struct json_value *rest, struct json_value *ret)
{
	const char *p = rest->text, *end = p + rest->len;

	/* rest begins with "[" or ","; after the last element it begins with "]" */
	for (p++; p < end && json_is_blank(*p); p++)
		;
	if (p >= end || *p == ']')
		return false;
	json_scan_begin(p, (size_t)(end - p), NULL, 0, ret);
	for (p += ret->len; json_is_blank(*p); p++)
		;
	*rest = (struct json_value){ .text = p, .len = (size_t)(end - p) };
	return true;
}
