/* SPDX-License-Identifier: GPL-3.0-or-later */
/* environment.h - the environment as libraries in this process see it. */
#ifndef SHELL_ENVIRONMENT_H
#define SHELL_ENVIRONMENT_H

#include <stdbool.h>

/*
 * Updates environ from bash's exported variables, for libraries that read it (proxies,
 * TZ). bash replaces getenv(), but does not keep environ up to date.
 */
void shell_sync_environment(void);

/*
 * Hides the variables of these names (NULL-terminated) from getenv() and environ in this
 * process, until shell_show_variables() makes them visible again. A value that is assigned
 * meanwhile stays. Returns false if there is no memory; then nothing is hidden.
 */
bool shell_hide_variables(const char *const *names);
void shell_show_variables(void);

#endif
