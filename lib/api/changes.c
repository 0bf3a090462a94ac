/* SPDX-License-Identifier: GPL-3.0-or-later */
/* changes.c - counts requests that change something; see changes.h. */
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#include "changes.h"

/* Shared with child processes, so that a change in a subshell counts in its parent. */
static atomic_uint *changes;

unsigned coder_changes(void)
{
	if (!changes) {
		void *p = mmap(NULL, sizeof(*changes), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		changes = p == MAP_FAILED ? NULL : p;
	}
	return changes ? atomic_load(changes) : 0;
}

void changes_count(void)
{
	if (changes)
		atomic_fetch_add(changes, 1);
}
