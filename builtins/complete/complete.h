/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.h - the interface of completion: a call of any builtin whose first word is
 * --complete. completion/coder_tokens.bash passes the command line and gets an array of
 * words that readline can insert. This happens in the user's shell, without a fork or
 * output. The command line is read here and never evaluated.
 *
 *   complete.c    the call; the candidates for options
 *   line.c        the words of the line, and the part that readline replaces
 *   context.c     the options and operands of the line
 *   values.c      the candidates for values and operands
 *   entries.c     the candidates for allow-list entries
 *   candidates.c  a list of candidates
 *   server.c      requests to the deployment
 *   cache.c       its responses, which are kept for a while
 *   readline.c    the candidates as readline inserts or lists them
 */
#ifndef COMPLETE_H
#define COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "coder.h"
#include "options/opts.h"

/* What completion has to know of the commands. */
struct complete_commands {
	const struct opts_command *const *loaded; /* that can begin a line; NULL-terminated */
	const char *reserved; /* a variable that no command assigns */
};

/* Whether the words of a call are for complete_run(). */
bool complete_is_meant(const char *const *words, size_t n);

/*
 * Completes a command line without printing anything. Requests end within 1.5 s, a deadline that is
 * set in interrupts, or at a signal. Fails with CODER_ERR_USAGE if the words are wrong.
 */
int complete_run(const struct complete_commands *commands, const char *const *words, size_t n,
		 struct coder_interrupts *interrupts, struct coder_error *err);

#endif
