/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_time.c - times: what parses must be the same second in its display form, and the same text
 * after it was packed.
 */
#include <stdlib.h>
#include <string.h>

#include "coder.h"
#include "output/packed_time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), out[40];
	struct coder_error err;
	int64_t seconds, again;
	uint64_t packed;

	coder_time_display(text, out);
	if (coder_time_parse(text, &seconds, &err) == 0 &&
	    (coder_time_parse(out, &again, &err) < 0 || again != seconds))
		abort();
	packed = coder_time_parse(text, &seconds, &err) == 0 ? time_pack(text) : 0;
	if (packed) {
		time_unpack(packed, out);
		if (strcmp(out, text) != 0)
			abort();
	}
	free(text);
	return 0;
}
