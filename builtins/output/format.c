/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.c - chooses the output format; see format.h. */
#include "format.h"

#include <string.h>

struct format {
	const char *name;
	output_writer *write;
	bool columns;
	const char *empty;
};

static const struct format formats[] = {
#define FORMAT(name, writer, columns, empty) { name, writer, columns, empty },
	OUTPUT_FORMATS(FORMAT, )
#undef FORMAT
};

static bool write_ids(struct buf *out, const struct output_how *how,
		      const struct coder_token *tokens, size_t n, struct result *result)
{
	(void)how;
	for (size_t i = 0; i < n; i++)
		if (!result_goes_on(result) || !buf_addf(out, "%s\n", tokens[i].id))
			return false;
	return true;
}

static const struct format *find_format(const struct output_how *how)
{
	static const struct format ids = { NULL, write_ids, false, NULL };
	const struct format *format = formats;

	if (how->ids_only)
		return &ids;
	/* the option's choices come from this table: a name is always found */
	while (how->format && strcmp(how->format, format->name) != 0)
		format++;
	return format;
}

bool output_needs_owner(const struct output_how *how)
{
	return !how->silent && find_format(how)->columns &&
	       output_columns_have(how->columns, COLUMN_NEEDS_OWNER);
}

int output_tokens(struct result *result, const struct output_how *how,
		  const struct coder_token *tokens, size_t n, struct coder_error *err)
{
	const struct format *format = find_format(how);

	if (how->silent)
		return 0;
	if (!format->write(&result->text, how, tokens, n, result))
		return result_stopped(result, err);
	if (!n)
		result->note = format->empty;
	return 0;
}
