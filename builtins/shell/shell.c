/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell.c - see shell.h. */
#include "bash.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell.h"
#include "io.h"

/* Weak, because not every build of bash has them. */
extern int restricted __attribute__((weak));
extern __typeof__(get_alias_value) get_alias_value __attribute__((weak));

#define SAME_FIELD(field)                                                                        \
	_Static_assert(offsetof(struct shell_builtin, field) == offsetof(struct builtin, field), \
		       "struct shell_builtin differs from bash's struct builtin")

SAME_FIELD(name);
SAME_FIELD(function);
SAME_FIELD(flags);
SAME_FIELD(long_doc);
SAME_FIELD(short_doc);
SAME_FIELD(handle);
_Static_assert(sizeof(struct shell_builtin) == sizeof(struct builtin), "size");
_Static_assert(SHELL_BUILTIN_ENABLED == BUILTIN_ENABLED, "flags");

const char *shell_alias(const char *name)
{
	return get_alias_value ? get_alias_value((char *)name) : NULL;
}

bool shell_restricted(void)
{
	return &restricted && restricted;
}

bool shell_is_main(void)
{
	return getpid() == dollar_dollar_pid;
}

const char *shell_version(void)
{
	return dist_version;
}

bool shell_supported(const char *name)
{
	const char *version = dist_version ? dist_version : "?";
	bool ok = strncmp(version, "5.", 2) == 0 && version[2] >= '0' && version[2] <= '3' &&
		  (version[3] == '\0' || version[3] == '.');

	if (ok) { /* another build of bash may have other arrays: try bash's functions */
		ARRAY *array = array_create();
		const char *value;

		array_insert(array, 7, (char *)"y");
		value = array_reference(array, 7);
		ok = value && strcmp(value, "y") == 0;
		array_dispose(array);
	}
	if (!ok)
		shio_error("%s: bash %s is not supported: needs 5.0 to 5.3", name, version);
	return ok;
}

const char **shell_words(void *words, size_t *ret_n)
{
	const char **v;
	size_t n = 0;

	for (WORD_LIST *w = words; w; w = w->next)
		n++;
	v = malloc((n ? n : 1) * sizeof(*v));
	if (v == NULL)
		return NULL;
	n = 0;
	for (WORD_LIST *w = words; w; w = w->next)
		v[n++] = w->word->word;
	*ret_n = n;
	return v;
}
