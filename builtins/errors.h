/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * errors.h - how a call reports an error: on standard error, and in the associative
 * array TOKEN_ERROR. Commands use those functions of it that are in command.h.
 */
#ifndef ERRORS_H
#define ERRORS_H

#include "coder.h"
#include "command.h"
#include "session/session.h"

#define ERROR_VARIABLE "TOKEN_ERROR"

/* The options of the session that the command line has; the rest is zero. */
struct session_options errors_session(const struct call *call);

/* Completes the error of a request: with the source of a refused token, and with what may be the cause. */
void errors_explain(const struct call *call, struct coder_error *err);

/* Sets TOKEN_ERROR, which is empty after a success. Hides the secrets of tokens in *err. */
void errors_publish(struct coder_error *err);

/* Warns once if the clocks of this machine and of the deployment differ by more than a minute. */
void errors_warn_of_clock(const struct call *call);

#endif
