/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bundle.h - CA certificates of several sources as one file in memory, which
 * every TLS library and release of libcurl can read; for transfer.c.
 */
#ifndef CODER_BUNDLE_H
#define CODER_BUNDLE_H

#include "base/error.h"

struct bundle {
	int fd; /* -1: there is none */
	char path[32]; /* to open it by, in this process */
};

/* Fills it with the contents of file (NULL: none) and more. -1 with *err. */
int bundle_open(struct bundle *bundle, const char *file, const char *more, struct coder_error *err);
void bundle_close(struct bundle *bundle);

#endif
