/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.c - see error.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "text.h"

int coder_error_set(struct coder_error *err, enum coder_code code, const char *fmt, ...)
{
	char message[sizeof(err->message)]; /* the arguments may point into *err */
	va_list ap;

	va_start(ap, fmt);
	text_format(message, sizeof(message), fmt, ap);
	va_end(ap);
	*err = (struct coder_error){ .code = code, .retry_after = -1 };
	text_append(err->message, sizeof(err->message), message);
	explicit_bzero(message, sizeof(message)); /* a server may have repeated a secret */
	return -1;
}

int coder_error_wrap(struct coder_error *err, const char *fmt, ...)
{
	char message[sizeof(err->message)];
	va_list ap;

	va_start(ap, fmt);
	text_format(message, sizeof(message), fmt, ap);
	va_end(ap);
	text_append(message, sizeof(message), ": ");
	text_append(message, sizeof(message), err->message);
	memcpy(err->message, message, sizeof(message));
	explicit_bzero(message, sizeof(message));
	return -1;
}

int coder_error_cause(struct coder_error *err, enum coder_cause cause, const char *about,
		      const char *also)
{
	if (err->cause)
		return -1;
	err->cause = cause;
	text_append(err->about, sizeof(err->about), about ? about : "");
	text_append(err->also, sizeof(err->also), also ? also : "");
	return -1;
}

int coder_error_memory(struct coder_error *err)
{
	return coder_error_set(err, CODER_ERR_MEMORY, "out of memory");
}
