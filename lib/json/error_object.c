/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error_object.c - what a server says of an error: {"message", "detail", "validations"}. */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "json.h"

/* The text of a member; "" if it is absent or no string. */
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

bool json_error(const char *text, size_t len, struct coder_error *err)
{
	struct json CLEANUP(json_done) *doc = NULL;
	const struct json *validations = NULL;
	struct coder_error ignored;

	if (json_parse(text, len, &doc, &ignored) < 0 || !text_of(doc, "message")[0])
		return false;
	err->message[0] = err->detail[0] = err->field[0] = '\0';
	text_append(err->message, sizeof(err->message), text_of(doc, "message"));
	add_detail(err, "", text_of(doc, "detail"));
	json_member(doc, "validations", &validations, &ignored);
	for (const struct json *v = json_first(validations); v; v = json_next(v)) {
		const char *field = text_of(v, "field");

		if (!err->field[0])
			text_append(err->field, sizeof(err->field), field);
		add_detail(err, field, text_of(v, "detail"));
	}
	return true;
}
