/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * advice.h - what a user can do about an error. The library reports causes. One table in
 * advice.c has the advice for each cause; it names options, variables and commands.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include <stddef.h>

#include "coder.h"

#define ADVICE_SIZE 1024

/* Adds advice to an error, unless the error has a cause already. Returns -1. */
int advise(struct coder_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Writes the advice on an error, or "" if there is none. user: the user whose tokens the
 * call is about ("me", a name or an id), for the commands that the advice names.
 */
void advice_text(const struct coder_error *err, const char *user, char out[ADVICE_SIZE]);

#endif
