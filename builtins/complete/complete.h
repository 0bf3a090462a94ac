/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.h - the door to completion: a call of any builtin whose first word is
 * --complete. completion/coder_tokens.bash hands over the command line as it
 * stands and gets an array of words that readline can insert, in this process,
 * without a fork or output. What was typed is taken apart here and never
 * evaluated.
 *
 *   complete.c    the call; the candidates for options
 *   line.c        what was typed, and which part of it readline replaces
 *   context.c     the options and operands of the line
 *   values.c      the candidates for values and operands;
 *   entries.c     those for allow-list entries
 *   candidates.c  a list of candidates
 *   server.c      the deployment that is asked for them
 *   cache.c       what it responded, for a while
 *   readline.c    the candidates as readline inserts or lists them
 */
#ifndef COMPLETE_H
#define COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "coder.h"
#include "options/opts.h"

/* Whether a call is for complete_run(), with all its words. */
bool complete_is_meant(const char *const *words, size_t n);

/*
 * Completes a command line, within 1.5 s and printing nothing. commands: those
 * that a line may begin with, NULL-terminated. reserved: a variable that no
 * command assigns. interrupts, which get a deadline, end it early. Words that are
 * no call of completion are CODER_ERR_USAGE.
 */
int complete_run(const struct opts_command *const *commands, const char *reserved,
		 const char *const *words, size_t n, struct coder_interrupts *interrupts,
		 struct coder_error *err);

#endif
