/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opts_error.h - the errors of the parser; only for opts.c. */
#ifndef OPTS_ERROR_H
#define OPTS_ERROR_H

#include "opts.h"

#define OPTS_SHOWN_SIZE 160 /* bytes for a word in an error; the rest of the line has room, too */

/* Writes the error. Returns -1. */
int opts_fail(char error[OPTS_ERROR_SIZE], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes a word as errors show it: escaped, with secrets of tokens hidden, cut if it is long. */
const char *opts_show(const char *word, size_t len, char out[OPTS_SHOWN_SIZE]);

/*
 * The error for a long option that does not exist. It suggests the option that was probably
 * meant, or lists those that the name abbreviates. Returns -1.
 */
int opts_fail_unknown(const struct opts_command *command, const char *name, size_t len,
		      char error[OPTS_ERROR_SIZE]);

#endif
