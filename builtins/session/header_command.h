/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header_command.h - the command that tells more headers, as the Coder CLI runs it. */
#ifndef HEADER_COMMAND_H
#define HEADER_COMMAND_H

#include "base/buf.h"
#include "coder.h"

/*
 * Runs sh -c command with CODER_URL=url among the exported variables, standard
 * input and error /dev/null, in a process group of its own, and appends its
 * standard output to out, up to out's cap. The group is killed when limit_ns is
 * over (CODER_ERR_NO_RESPONSE) or a signal is pending (CODER_ERR_INTERRUPTED);
 * another status than 0 is CODER_ERR_REFUSED. Meanwhile the shell does not reap
 * the child, and signals that would kill the shell wait until the group is dead.
 */
int header_command_run(char *command, const char *url, int64_t limit_ns,
		       struct coder_interrupts *interrupts, struct buf *out,
		       struct coder_error *err);

#endif
