/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact.h - takes secrets out of the texts of errors: servers, and the error pages of proxies, may
 * repeat what they were sent. Texts that were cut may end within a secret: what is left of it there
 * is removed, too.
 */
#ifndef CODER_REDACT_H
#define CODER_REDACT_H

#include "base/error.h"

#define REDACT_MIN 8 /* bytes of a secret: a shorter value may be any word, and is not looked for */

/* Writes "[secret]" over each occurrence of secret, in any case of letters. NULL is allowed. */
void redact_secret(struct coder_error *err, const char *secret);
/*
 * Does the same to whatever has a token's shape, and wipes what stands behind the end of each
 * text. To be called last.
 */
void redact_shapes(struct coder_error *err);

#endif
