/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header.h - which headers a user may add to requests. */
#ifndef CODER_HEADER_H
#define CODER_HEADER_H

#include <stddef.h>

#include "base/error.h"

/*
 * Whether a header may be added to every request. It fails with CODER_ERR_USAGE if the name is
 * broken, if the value has control characters, or if the header would replace the token, the
 * deployment or the length of the request. The value may be a secret, so the error does not
 * repeat it.
 */
int coder_header_check(const char *name, size_t name_len, const char *value, size_t value_len,
		       struct coder_error *err);

#endif
