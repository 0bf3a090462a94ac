/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trivial.c - a loadable builtin that does nothing: it shows what loading one costs at least. */
#include "builtins.h"
#include "shell.h"

static int trivial_builtin(WORD_LIST *list)
{
	(void)list;
	return EXECUTION_SUCCESS;
}

static char name[] = "trivial";
static char line[] = "Does nothing.";
static char *trivial_doc[] = { line, NULL };

struct builtin trivial_struct = {
	.name = name,
	.function = trivial_builtin,
	.flags = BUILTIN_ENABLED,
	.long_doc = trivial_doc,
	.short_doc = "trivial",
};
