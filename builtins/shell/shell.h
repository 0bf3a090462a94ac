/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell.h - the shell that runs, and what a builtin is to it. Only the files of
 * this room include bash's headers, and only here versions of bash differ;
 * everybody else sees plain C.
 *
 * Nothing in this room jumps out of its caller (longjmp), with the exception of
 * shell_leave(), which is called last, when nothing is owned any more.
 */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include <stdbool.h>
#include <stddef.h>

/* What an alias stands for, or NULL. The pointer is good until the next call into the shell. */
const char *shell_alias(const char *name);

/* Whether the shell is restricted (set -r). */
bool shell_restricted(void);

/* The process that is the shell a user sees as $$, not a subshell of it. */
bool shell_is_main(void);

/* The version of bash that runs, "5.2". */
const char *shell_version(void);

/* What bash looks up as NAME_struct: its `struct builtin`, checked in shell.c. */
struct shell_builtin {
	char *name;
	int (*function)(void *words); /* words: a WORD_LIST */
	int flags; /* SHELL_BUILTIN_ENABLED */
	char *const *long_doc; /* one line an element, the first a summary; NULL-terminated */
	const char *short_doc;
	char *handle;
};
#define SHELL_BUILTIN_ENABLED 1

/*
 * Whether this shell is one that the builtins were made for (bash 5.0-5.3, and
 * its arrays work through functions). If not, says so and returns false.
 */
bool shell_supported(const char *name);

/* The words of a call as a heap array of n pointers into them; NULL: no memory. */
const char **shell_words(void *words, size_t *ret_n);

#endif
