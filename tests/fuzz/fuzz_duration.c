/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_duration.c - durations: what parses must come back the same from its Go form. */
#include <stdlib.h>
#include <string.h>

#include "coder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), out[CODER_DURATION_SIZE];
	struct coder_error err;
	int64_t ns, again;

	if (coder_duration_parse(text, &ns, &err) == 0) {
		coder_duration_format(ns, out);
		if (ns < 0 || coder_duration_parse(out, &again, &err) < 0 || again != ns)
			abort();
	}
	free(text);
	return 0;
}
