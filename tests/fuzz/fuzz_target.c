/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_target.c - allow-list entries: what parses must come back the same from its text. */
#include <stdlib.h>
#include <string.h>

#include "coder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct coder_entry *target)
{
	char *text = coder_entry_text(target);
	struct coder_strings list = { .v = &text, .n = 1 };
	struct coder_entry again = { 0 };
	struct coder_error err;

	if (!text || coder_entry_parse(text, &again, &err) < 0 || again.type != target->type ||
	    again.any != target->any || strcmp(again.id, target->id) != 0 ||
	    !coder_allow_permits(&list, target))
		abort();
	coder_entry_done(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct coder_entry target = { 0 };
	struct coder_error err;

	if (coder_entry_parse(text, &target, &err) == 0) {
		if (target.any + !!target.id[0] + !!target.name != 1)
			abort();
		if (!target.name)
			check_text(&target);
	} else if (!strstr(err.message, "allow_list entry") &&
		   !strstr(err.message, "cannot be empty")) {
		abort();
	}
	coder_entry_done(&target);
	free(text);
	return 0;
}
