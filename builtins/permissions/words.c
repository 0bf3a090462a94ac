/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - the words of comma lists and arrays; see words.h. */
#include "words.h"
#include "shell/variables.h"

void words_done(struct words *words)
{
	coder_strings_done(&words->v);
	coder_strings_done(&words->elements);
}

static int read_array(struct words *words, struct coder_error *err)
{
	if (!words->array)
		return 0;
	if (shvar_get_strings(words->array, &words->elements, err) == 0) {
		if (words->elements.n)
			return 0;
		coder_error_set(err, CODER_ERR_USAGE,
				"%s: the array is empty, which would mean no restriction",
				words->array);
	}
	return coder_error_wrap(err, "%s", words->array_option);
}

/* The value number i, which may be a comma list. NULL: there is none. */
static const char *value_of(const struct words *words, size_t i)
{
	if (i < words->given->n)
		return words->given->v[i];
	i -= words->given->n;
	return i < words->elements.n ? words->elements.v[i] : NULL;
}

/* Adds to an error about the value number i where it comes from. Returns -1. */
static int blame_value(const struct words *words, size_t i, struct coder_error *err)
{
	if (i < words->given->n)
		return coder_error_wrap(err, "%s", words->option);
	if (words->elements.n > 1)
		coder_error_wrap(err, "element %zu of %s", i - words->given->n + 1, words->array);
	return coder_error_wrap(err, "%s", words->array_option);
}

int words_read(struct words *words, const char *empty, struct coder_error *err)
{
	const char *value;

	if (read_array(words, err) < 0)
		return -1;
	for (size_t i = 0; (value = value_of(words, i)); i++)
		if (coder_strings_split(&words->v, value, empty, err) < 0)
			return blame_value(words, i, err);
	return 0;
}

int words_blame(const struct words *words, size_t i, struct coder_error *err)
{
	const char *value;

	for (size_t k = 0; (value = value_of(words, k)); k++) {
		size_t n = coder_list_count(value);

		if (i < n) {
			coder_list_blame(value, i, err);
			return blame_value(words, k, err);
		}
		i -= n;
	}
	return -1;
}
