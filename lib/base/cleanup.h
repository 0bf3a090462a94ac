/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cleanup.h - variables whose contents are freed automatically. */
#ifndef CODER_CLEANUP_H
#define CODER_CLEANUP_H

/* Runs fn(&variable) at the end of the variable's scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

static inline void cleanup_free(void *p)
{
	extern void free(void *);
	free(*(void **)p);
}

#endif
