/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errors.h - how a call reports an error: on standard error, and in the associative
 * array TOKEN_ERROR.
 */
#ifndef ERRORS_H
#define ERRORS_H

#include "coder.h"
#include "command.h"

#define ERROR_VARIABLE "TOKEN_ERROR"

/* ------------------------------------------------------------ for commands */

/* Before printing: if the token in use was refused, sets the cause: where that token came from. */
void command_find_cause(const struct call *call, struct coder_error *err);

/*
 * Prints an error and the advice on it, as the end of a call does. For errors that are printed
 * besides the one that ends the call, such as the failure of one of several tokens.
 */
void command_print_error(const struct call *call, const struct coder_error *err);

/*
 * Sets a usage error, after which the usage is printed; for `check`. For words that do not fit the
 * usage: a missing operand, options that exclude each other. After a wrong value (a duration, a
 * name, a variable) the usage would not help, so set CODER_ERR_USAGE instead. Returns -1.
 */
int command_misused(struct call *call, const char *text, struct coder_error *err);

/*
 * Puts the source of the wrong value in front of the message: "--name: ", or the shell variable
 * that was used instead of that option. Returns -1.
 */
int command_blame(const struct call *call, const char *option, struct coder_error *err);

/* ------------------------------------------------------------ for command.c */

/* Sets the cause of a request's error, as far as the token in use or its route may be it. */
void errors_find_cause(const struct call *call, struct coder_error *err);

/* Sets TOKEN_ERROR, which is empty after a success. Hides the secrets of tokens in *err. */
void errors_publish(struct coder_error *err);

/* Warns once if the clocks of this machine and of the deployment differ by more than a minute. */
void errors_warn_of_clock(const struct call *call);

#endif
