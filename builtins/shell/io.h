/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io.h - messages, standard output, and descriptors 0 to 2. */
#ifndef SHELL_IO_H
#define SHELL_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "coder.h"

/*
 * A message on standard error after the shell's own prefix, as its builtins
 * print theirs ("script: line 3: token_rm: ..."). Text from outside must have
 * been escaped (coder_escape()). The message is dropped if nobody reads it for 5 s, or until a signal
 * is pending.
 *
 * A message has interrupts of its own, of which it takes no signals, and is not ended by those of the
 * call: what it reports may be that the deadline has passed or that a signal has come.
 */
void shio_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void shio_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints the usage of the running builtin on standard error, as bash's own builtins do. */
void shio_usage(void);

/*
 * Writes to standard output without stdio, whose buffer would keep secrets; that buffer is
 * flushed first. Returns 0, or -1 with errno set: EINTR if a signal is pending, ETIME if
 * the deadline has passed, EPIPE and EFBIG instead of the signals SIGPIPE and SIGXFSZ.
 * Without interrupts (NULL) nothing ends the wait. After EPIPE in a subshell, the caller
 * passes SHELL_EPIPE to shell_leave(), so that SIGPIPE ends the process as it ends other
 * writers in a pipeline.
 */
int shio_write(const char *data, size_t len, struct coder_interrupts *interrupts);

/* Prints a line on standard error without the prefix: it is neither an error nor a warning. */
void shio_note(const char *text);

/* Shows the progress of a long job on the terminal, in place of the last one; NULL: removes it. */
void shio_progress(const char *text);

static inline bool shio_error_is_terminal(void)
{
	return isatty(STDERR_FILENO);
}

static inline bool shio_output_is_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

/* The columns of the terminal that is standard output; 0: it is no terminal, or not known. */
size_t shio_output_columns(void);

/*
 * Opens /dev/null on each of the descriptors 0 to 2 that is closed, so that no library
 * gets one of these numbers. It is opened so that using it fails: 0 for writing, 1 and 2
 * for reading. Returns a mask for shell_close_std(), which closes them again.
 */
unsigned shell_fill_std(void);
void shell_close_std(unsigned mask);

#endif
