/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io.h - messages, standard output, and descriptors 0 to 2. */
#ifndef SHELL_IO_H
#define SHELL_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "coder.h"

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

/*
 * Fills closed descriptors 0-2 with /dev/null in a direction that fails on use,
 * so that no library's descriptor lands there. Returns a mask for
 * shell_close_std(), which closes them again.
 */
unsigned shell_fill_std(void);
void shell_close_std(unsigned mask);

#endif
