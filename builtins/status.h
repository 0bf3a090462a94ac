/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.h - the exit statuses of all commands. */
#ifndef STATUS_H
#define STATUS_H

#include "coder.h"
#include "options/opts.h"

/* The table of exit statuses: their meanings, for the documentation, and their errors. */
extern const struct opts_status command_statuses[];

/* The exit status for an error: 0 to 9, or 128 + the number of the signal. */
int command_status(const struct coder_error *err);

#endif
