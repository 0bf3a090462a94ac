/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status.c - the exit statuses of all commands; see status.h. */
#include "status.h"

#define ERROR(code) (1u << (code))

/* Row n is status n, except the last one, which is for signals. Each error is in one row. */
const struct opts_status command_statuses[] = {
	{ "0", "done", ERROR(CODER_OK) },
	{ "1", "the server refused, or an error occurred that no other status names",
	  ERROR(CODER_ERR_REFUSED) | ERROR(CODER_ERR_MEMORY) },
	{ "2",
	  "wrong usage: a wrong option or value, or a variable that cannot be assigned; "
	  "nothing was changed",
	  ERROR(CODER_ERR_USAGE) },
	{ "3", "no such token, user or resource, or not permitted to see it",
	  ERROR(CODER_ERR_NOT_FOUND) },
	{ "4",
	  "no URL or token given, not signed in, expired, or not permitted (401, 403, 500 "
	  "with rbac: forbidden)",
	  ERROR(CODER_ERR_AUTH) },
	{ "5", "conflict: the name is taken", ERROR(CODER_ERR_CONFLICT) },
	{ "6",
	  "rate limited, or the server is unavailable (429, 502-504, 520-526, 530), beyond the "
	  "time allowed",
	  ERROR(CODER_ERR_UNAVAILABLE) },
	{ "7",
	  "no usable response: DNS, connect, TLS, timeout, redirect, broken or oversized "
	  "response, not JSON, not the deployment's own",
	  ERROR(CODER_ERR_NO_RESPONSE) },
	{ "8", "not all of several tokens were removed", ERROR(CODER_ERR_SOME_FAILED) },
	{ "9",
	  "the outcome of a create is unknown, or its secret was lost and the token was "
	  "removed again",
	  ERROR(CODER_ERR_OUTCOME) },
	{ "128+n", "ended by signal n (130: ^C)", ERROR(CODER_ERR_INTERRUPTED) },
	{ .status = NULL },
};

int command_status(const struct coder_error *err)
{
	int status = 0;

	if (err->code == CODER_ERR_INTERRUPTED)
		return 128 + err->signal;
	while (!(command_statuses[status].errors & ERROR(err->code)))
		status++;
	return status;
}
