/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error_object.c - how a server describes an error: {"message", "detail", "validations"}. */
#include "base/text.h"
#include "error_object.h"

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

const char *error_object_read(const struct json *doc, struct coder_error *err)
{
	const char *message = text_of(doc, "message");
	const struct json *validations = NULL;
	struct coder_error ignored;

	if (!message[0])
		return NULL;
	err->message[0] = err->detail[0] = err->field[0] = '\0';
	text_append(err->message, sizeof(err->message), message);
	add_detail(err, "", text_of(doc, "detail"));
	json_member(doc, "validations", &validations, &ignored);
	for (const struct json *v = json_first(validations); v; v = json_next(v)) {
		const char *field = text_of(v, "field");

		if (!err->field[0])
			text_append(err->field, sizeof(err->field), field);
		add_detail(err, field, text_of(v, "detail"));
	}
	return message;
}
