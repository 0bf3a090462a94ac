/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scope.h - the names of scopes. */
#ifndef CODER_SCOPE_H
#define CODER_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "client.h"

/*
 * Returns the coder: name of the legacy scopes "all" and "application_connect", else scope itself.
 */
const char *coder_scope_canonical(const char *scope);

/*
 * The public scope names that were known when this was built, sorted. Completion uses them
 * if it cannot get the server's own catalogue from coder_scopes_list().
 */
const char *const *coder_scopes_builtin(size_t *ret_n);

/*
 * Whether a scope lets a token do more with objects of that type than read them. type "*" is any
 * type. A scope that is not known here is judged by its name, TYPE:ACTION; a "coder:NAME" that is
 * not known acts on every type.
 */
bool coder_scope_acts(const char *scope, const char *type);
/*
 * Whether scopes (NULL-terminated) permit all that scope permits. With a type, only permissions for
 * objects of that type count, and reading does not.
 */
bool coder_scope_is_within(const char *scope, const char *type, const char *const *scopes);
/*
 * Appends the scopes, "TYPE:ACTION", that a composite scope stands for; any other scope is appended
 * itself.
 */
int coder_scope_parts(const char *scope, struct coder_strings *ret, struct coder_error *err);
/* Whether part, "TYPE:ACTION" or "TYPE:*", includes wanted. */
bool coder_scope_holds(const char *part, const char *wanted);
/*
 * Whether scopes, which can be composite or have wildcards, include the scope "TYPE:ACTION". They
 * include "TYPE:*" also if they include each public action on the type.
 */
bool coder_scopes_permit(const struct coder_strings *scopes, const char *wanted);

/* Requests the names of the scopes that this server's tokens can have. */
int coder_scopes_list(struct coder_client *client, struct coder_strings *ret,
		      struct coder_error *err);

#endif
