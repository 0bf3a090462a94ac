/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_opts.c - the words of a call, separated by NULs: every word ends up somewhere, and
 * errors are one line of printable text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "options/opts.h"

struct options {
	bool all, expire, delete, help;
	const char *name, *output;
	struct opts_list scopes, columns;
};

#define AT(field) offsetof(struct options, field)

static const struct opts_option table[] = {
	{ "all", 'a', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(all), .help = "All." },
	{ "expire", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(expire), .group = "how", .help = "End." },
	{ "delete", 0, OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(delete), .group = "how", .help = "Go." },
	{ "name", 'n', OPTS_TEXT, OPTS_VALUE_NONE, OPTS_NONEMPTY, AT(name), .arg = "NAME",
	  .help = "Name." },
	{ "scope", 0, OPTS_LIST, OPTS_VALUE_SCOPE, OPTS_COMMAS, AT(scopes), .arg = "S",
	  .help = "Scope." },
	{ "columns", 'c', OPTS_LIST, OPTS_VALUE_COLUMN, OPTS_NONEMPTY, AT(columns), .arg = "C",
	  .help = "Columns." },
	{ "output", 'o', OPTS_CHOICE, OPTS_VALUE_CHOICE, 0, AT(output), .choices = "text|json",
	  .help = "Format." },
	{ "help", 'h', OPTS_FLAG, OPTS_VALUE_NONE, 0, AT(help), .help = "Help." },
	{ .name = NULL },
};

static const struct opts_command command = {
	.name = "token_x",
	.summary = "Do things",
	.operands = "NAME",
	.min_operands = 1,
	.max_operands = 1,
	.tables = (const struct opts_option *const[]){ table, NULL },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const char *error)
{
	size_t len = strnlen(error, OPTS_ERROR_SIZE);

	if (len == 0 || len == OPTS_ERROR_SIZE)
		abort();
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)error[i] < 0x20 || error[i] == 0x7f)
			abort();
}

static void check_list(const struct opts_list *list, const char *begin, const char *end)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] < begin || list->v[i] >= end)
			abort();
}

static void check(const char *const *words, size_t n, const char *begin, const char *end)
{
	char error[OPTS_ERROR_SIZE] = "";
	struct opts_result result = { 0 };
	struct options options = { 0 };

	if (opts_parse(&command, &options, words, n, &result, error) < 0) {
		if (result.owned)
			abort();
		check_error(error);
		return;
	}
	check_list(&result.operands, begin, end);
	check_list(&options.scopes, begin, end);
	check_list(&options.columns, begin, end);
	if (result.operands.n + options.scopes.n + options.columns.n > n)
		abort();
	if ((options.expire && options.delete) || (options.name && !*options.name) ||
	    (options.output && strcmp(options.output, "text") != 0 &&
	     strcmp(options.output, "json") != 0))
		abort();
	if (opts_check_operands(&command, &result, error) < 0)
		check_error(error);
	opts_done(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	const char **words = calloc(size + 1, sizeof(*words));
	size_t n = 0;

	if (!text || !words)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t at = 0; at <= size; at += strlen(text + at) + 1)
		words[n++] = text + at;
	check(words, n, text, text + size + 1);
	free(words);
	free(text);
	return 0;
}
