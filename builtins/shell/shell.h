/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell.h - the running shell, and its interface to builtins. Only the files of this
 * room include bash's headers and know how versions of bash differ.
 *
 * No function of this room jumps out of its caller (longjmp), except shell_leave(). That
 * one is called last, when the caller owns nothing any more.
 */
#ifndef SHELL_SHELL_H
#define SHELL_SHELL_H

#include <stdbool.h>
#include <stddef.h>

/* The value of an alias, or NULL. The pointer is valid until the next call into the shell. */
const char *shell_alias(const char *name);

/* Whether the shell is restricted (set -r). */
bool shell_restricted(void);

/* Whether this process is the shell itself, whose number is $$, and not a subshell. */
bool shell_is_main(void);

/* The version of the running bash, "5.2". */
const char *shell_version(void);

/* bash's `struct builtin`, which it looks up as NAME_struct. shell.c checks that they are the same. */
struct shell_builtin {
	char *name;
	int (*function)(void *words); /* words: a WORD_LIST */
	int flags; /* SHELL_BUILTIN_ENABLED */
	char *const *long_doc; /* lines; the first is a summary; NULL-terminated */
	const char *short_doc;
	char *handle;
};
#define SHELL_BUILTIN_ENABLED 1

/*
 * Whether the builtins support this shell: it is bash 5.0 to 5.3, and its functions for
 * arrays work. If not, prints an error that begins with name.
 */
bool shell_supported(const char *name);

/* The words of a call as a heap array of n pointers into them; NULL: no memory. */
const char **shell_words(void *words, size_t *ret_n);

#endif
