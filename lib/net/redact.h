/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact.h - removes secrets from the texts of errors: a server, or an error page of a proxy, may
 * repeat what it was sent. A text that was cut may end with the first part of a secret. This part
 * is removed, too.
 */
#ifndef CODER_REDACT_H
#define CODER_REDACT_H

#include "base/error.h"

#define REDACT_MIN \
	8 /* bytes of a secret; a shorter value may be any word and is not searched for */

/* Writes "[secret]" over each occurrence of secret, in any case of letters. NULL is allowed. */
void redact_secret(struct coder_error *err, const char *secret);
/*
 * Does the same to whatever has the shape of a token, and wipes the memory behind the end of each
 * text. To be called last.
 */
void redact_shapes(struct coder_error *err);

#endif
