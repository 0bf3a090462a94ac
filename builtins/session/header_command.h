/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header_command.h - runs a command that prints further headers, as the Coder CLI does. */
#ifndef HEADER_COMMAND_H
#define HEADER_COMMAND_H

#include "base/buf.h"
#include "coder.h"

/*
 * Runs sh -c command with CODER_URL=url among the exported variables, with /dev/null as standard
 * input and standard error, in a process group of its own. Appends its standard output to out, up
 * to out's cap. The group is killed after limit_ns (CODER_ERR_NO_RESPONSE) and when a signal is
 * pending (CODER_ERR_INTERRUPTED). Any exit status but 0 is CODER_ERR_REFUSED. From this call to
 * coder_interrupts_release(), fatal signals do not end the shell, so that no command is left
 * running.
 */
int header_command_run(char *command, const char *url, int64_t limit_ns,
		       struct coder_interrupts *interrupts, struct buf *out,
		       struct coder_error *err);

#endif
