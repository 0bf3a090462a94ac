/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errors.h - how a call reports an error: on standard error, and in the associative
 * array TOKEN_ERROR. Commands use only those of its functions that command.h declares.
 */
#ifndef ERRORS_H
#define ERRORS_H

#include "coder.h"
#include "command.h"

#define ERROR_VARIABLE "TOKEN_ERROR"

/* Adds to the error of a request where a refused token came from, and what may be the cause. */
void errors_explain(const struct call *call, struct coder_error *err);

/* Sets TOKEN_ERROR, which is empty after a success. Hides the secrets of tokens in *err. */
void errors_publish(struct coder_error *err);

/* Warns once if the clocks of this machine and of the deployment differ by more than a minute. */
void errors_warn_of_clock(const struct call *call);

#endif
