/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * advice.h - what a user can do about an error. The library reports causes; what they
 * mean here, in options, variables and commands, is one table (advice.c).
 */
#ifndef ADVICE_H
#define ADVICE_H

#include <stddef.h>

#include "coder.h"

#define ADVICE_SIZE 1024

/* Sets advice on an error that a builtin knows the cause of; a cause that is there stays. Returns -1. */
int advise(struct coder_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Writes the advice on an error, or "" if there is none. user is whose tokens the
 * call is about, for commands that it names: "me", a name or an id.
 */
void advice_text(const struct coder_error *err, const char *user, char out[ADVICE_SIZE]);

#endif
