/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell.h - the shell's side of a builtin: variables, arrays, messages,
 * interrupts. shell.c is the one file that includes bash's headers and the only
 * place where versions of bash differ; everybody else sees plain C here.
 *
 * Nothing here jumps out of the caller (longjmp), with the one exception of
 * shell_leave(), which is called last, when nothing is owned any more. Values
 * that come from a server are never evaluated: no arithmetic, no expansion.
 */
#ifndef CODER_SHELL_H
#define CODER_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "coder.h"

/* ------------------------------------------------------------- variables */

enum shvar_kind {
	SHVAR_SCALAR,
	SHVAR_INDEXED,
	SHVAR_ASSOC,
};

#define SHVAR_WHY_SIZE 256

/*
 * Whether NAME can be assigned as a variable of that kind without bash
 * evaluating the value, failing or printing: a plain identifier
 * ([A-Za-z_][A-Za-z0-9_]*), not readonly, not dynamic (RANDOM, BASH_ALIASES,
 * DIRSTACK ...), no temporary environment variable, no nameref to anything but
 * a plain identifier; a scalar must have no -i, -l, -u, -c and not be an array;
 * an array must not be of the other kind. Returns 0, or -1 with why filled in
 * in the words of bash ("x: readonly variable").
 */
int shvar_check(const char *name, enum shvar_kind kind, char why[SHVAR_WHY_SIZE]);

/*
 * Assigns as the caller's `read` would: to the innermost variable of that name,
 * through a nameref, else to a new global one. The name has passed shvar_check().
 * No export attribute is added, not even under set -a; one that is there stays.
 * Returns 0, or -1 if bash refused.
 */
int shvar_set_scalar(const char *name, const char *value);

/*
 * The contents of an array that are made aside, as long as that may take: no
 * variable changes. Then shvar_array_assign() gives them to a variable at a stroke, as
 * `mapfile` would, and gets the old ones in return. To free what has many elements
 * takes as long as to make it, so both _new() and _free() stop freeing when go_on(ctx)
 * says false; what is left is freed by later calls, in shell_leave(), a bit each.
 */
struct shvar_array;
/* expected: about how many elements it will have. NULL: no memory. */
struct shvar_array *shvar_array_new(enum shvar_kind kind, size_t expected, bool (*go_on)(void *ctx),
				    void *ctx);
/* Appends a value, or in an associative array sets that of a key. */
void shvar_array_add(struct shvar_array *array, const char *key, const char *value);
/* The name has passed shvar_check(). Returns 0, or -1 if bash refused. */
int shvar_array_assign(const char *name, struct shvar_array *array);
/* Also wipes the values of an associative array. */
void shvar_array_free(struct shvar_array *array, bool (*go_on)(void *ctx), void *ctx);

struct shvar_pair {
	const char *key, *value;
};

/* The variable that a name stands for, namerefs followed; the name itself if they lead nowhere. */
const char *shvar_resolve(const char *name);

/*
 * For an associative array that belongs to the builtins. shvar_own_global() makes
 * sure that there is a global one; shvar_own_set() replaces the contents of the
 * innermost variable of that name, which it creates globally if there is none.
 * Both replace a variable of any other kind by an array without its export
 * attribute, and leave a readonly one or a name reference alone, in silence.
 */
void shvar_own_global(const char *name);
void shvar_own_set(const char *name, const struct shvar_pair *pairs, size_t n);

/*
 * The value of a shell variable, exported or not, local or temporary; NULL if
 * it is unset. The pointer is good until the next call into the shell.
 */
const char *shvar_get(const char *name);

/* The same for a setting: NULL if it is unset or has nothing but blanks in it. */
static inline const char *shvar_given(const char *name)
{
	const char *value = shvar_get(name);

	return value && value[strspn(value, ASCII_BLANKS)] ? value : NULL;
}

/*
 * Copies the values of an indexed array, in index order, into a heap array of
 * heap strings (*ret_values, *ret_n; each to be freed). -1 with why: no such
 * array, or a variable of another kind. An array without elements gives n = 0.
 */
int shvar_get_indexed(const char *name, char ***ret_values, size_t *ret_n,
		      char why[SHVAR_WHY_SIZE]);

/*
 * The names of the shell's variables of that kind that begin with prefix, sorted,
 * as a heap array of heap strings (*ret_names, *ret_n; each to be freed); with
 * assignable only those that pass shvar_check(). -1: no memory.
 */
int shvar_names(enum shvar_kind kind, const char *prefix, bool assignable, char ***ret_names,
		size_t *ret_n);

/* What an alias stands for, or NULL. The pointer is good until the next call into the shell. */
const char *shell_alias(const char *name);

/* Whether the shell is restricted (set -r). */
bool shell_restricted(void);

/* The process that is the shell a user sees as $$, not a subshell of it. */
bool shell_is_main(void);

/* The version of bash that runs, "5.2". */
const char *shell_version(void);

/*
 * Makes bash's exported variables the process's environ, for what libraries
 * read themselves (proxies, TZ): bash overrides getenv() but not environ.
 */
void shell_sync_environment(void);

/*
 * Hides variables (NULL-terminated) from whatever reads the environment within
 * this process, getenv() and environ, until shell_show_variables(), which leaves
 * them exactly as they were. A value that is assigned meanwhile stays. false: no
 * memory, nothing is hidden.
 */
bool shell_hide_variables(const char *const *names);
void shell_show_variables(void);

/* ---------------------------------------------------------------- output */

/*
 * A message on standard error behind the shell's own prefix, as its builtins
 * print theirs ("script: line 3: token_rm: ..."). Text from outside must have
 * been escaped (coder_escape()). It is dropped if nobody reads for 5 s.
 */
void shio_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void shio_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints the usage of the builtin that runs on standard error, as bash's own builtins do. */
void shio_usage(void);

/*
 * Writes to standard output, past stdio's buffer (which is flushed first and
 * must not keep secrets), waiting in slices of 100 ms. Returns 0, or -1 with
 * errno set: EINTR if a signal is pending, ETIME if nobody takes what is written
 * before the deadline. interrupts NULL: nothing ends the wait. SIGPIPE
 * and SIGXFSZ are held back: EPIPE and EFBIG here. In a subshell, a later
 * shell_leave() with SHELL_EPIPE ends the process by SIGPIPE as it would end
 * any writer in a pipeline.
 */
int shio_write(const char *data, size_t len, struct coder_interrupts *interrupts);

/* Prints a line on standard error as it is, for what is neither error nor warning. */
void shio_note(const char *text);

/* On a terminal: shows how far a long job is, in place of what was shown; NULL: takes it away. */
void shio_progress(const char *text);

/* Whether standard error is a terminal. */
bool shio_error_is_terminal(void);

/* ------------------------------------------------------- interrupts, end */

/*
 * The number of a signal that asks the running command to end, or 0: bash's
 * interrupt flag (interactive ^C), a terminating signal that bash caught, a
 * trapped INT, TERM, HUP or QUIT, a signal caught by readline during completion.
 * CHLD, WINCH, ALRM, USR1 ... never count: their traps run after the command.
 */
int shell_pending(void *unused);
/*
 * Takes one of the signals that shell_pending() is about: its number, or 0. It
 * counts no longer, and bash acts on it after shell_leave().
 */
int shell_take_signal(void *unused);

/* Begins a call: every signal that is pending now counts. */
void shell_enter(void);

#define SHELL_EPIPE 0x10000 /* or-ed to a status: see shio_write() */

/*
 * Ends a call: lets bash act on an interrupt (this may jump to the prompt),
 * else returns the status for the builtin to return. The caller owns nothing.
 */
int shell_leave(int status);

/* ------------------------------------------------------------ descriptors */

/*
 * Fills closed descriptors 0-2 with /dev/null in a direction that fails on use,
 * so that no library's descriptor lands there. Returns a mask for
 * shell_close_std(), which closes them again.
 */
unsigned shell_fill_std(void);
void shell_close_std(unsigned mask);

/* ------------------------------------------------------------- definition */

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
