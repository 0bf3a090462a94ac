/* SPDX-License-Identifier: GPL-3.0-or-later */
/* environment.h - the environment that libraries in this process read. */
#ifndef SHELL_ENVIRONMENT_H
#define SHELL_ENVIRONMENT_H

#include <stdbool.h>

/*
 * Makes bash's exported variables the process's environ, for what libraries
 * read themselves (proxies, TZ): bash overrides getenv() but not environ.
 */
void shell_sync_environment(void);

/*
 * Hides variables (NULL-terminated) from whatever reads the environment within
 * this process, getenv() and environ, until shell_show_variables(), which leaves
 * them exactly as they were. A value that is assigned meanwhile stays. false: no
 * memory, nothing is hidden.
 */
bool shell_hide_variables(const char *const *names);
void shell_show_variables(void);

#endif
