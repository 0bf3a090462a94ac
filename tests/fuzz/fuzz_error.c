/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_error.c - error objects: whatever the server sends, the texts stay strings. */
#include <stdlib.h>
#include <string.h>

#include "coder.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct coder_error err;

	coder_error_set(&err, CODER_ERR_REFUSED, "before");
	if (json_error((const char *)data, size, &err) != !!strcmp(err.message, "before") &&
	    !memmem(data, size, "before", 6))
		abort();
	if (!memchr(err.message, '\0', sizeof(err.message)) || !err.message[0] ||
	    !memchr(err.detail, '\0', sizeof(err.detail)) ||
	    !memchr(err.field, '\0', sizeof(err.field)))
		abort();
	coder_error_wrap(&err, "context");
	return 0;
}
