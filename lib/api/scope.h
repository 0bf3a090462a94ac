/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scope.h - the names of scopes. */
#ifndef CODER_SCOPE_H
#define CODER_SCOPE_H

#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "client.h"

/* "all" and "application_connect" become their coder: names; others stay. */
const char *coder_scope_canonical(const char *scope);

/*
 * The public scope names known when this was built, sorted: what completion
 * falls back to. The server's own catalogue is coder_scopes_list().
 */
const char *const *coder_scopes_builtin(size_t *ret_n);

/* The names of the scopes that this server's tokens can be given. */
int coder_scopes_list(struct coder_client *client, struct coder_strings *ret,
		      struct coder_error *err);

#endif
