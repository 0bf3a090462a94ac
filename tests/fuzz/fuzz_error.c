/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_error.c - error objects: whatever the server sends, the texts stay strings. */
#include <stdlib.h>
#include <string.h>

#include "coder.h"
#include "net/error_object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct coder_error err, ignored;
	struct json *doc = NULL;

	coder_error_set(&err, CODER_ERR_REFUSED, "before");
	(void)json_parse((const char *)data, size, &doc, &ignored);
	if (!error_object_read(doc, &err) != !strcmp(err.message, "before") &&
	    !memmem(data, size, "before", 6))
		abort();
	json_free(doc);
	if (!memchr(err.message, '\0', sizeof(err.message)) || !err.message[0] ||
	    !memchr(err.detail, '\0', sizeof(err.detail)) ||
	    !memchr(err.field, '\0', sizeof(err.field)))
		abort();
	coder_error_wrap(&err, "context");
	return 0;
}
