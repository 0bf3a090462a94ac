/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bundle.h - CA certificates from several sources, gathered in one file in memory. Every TLS
 * library and release of libcurl can read it; for start.c.
 */
#ifndef CODER_BUNDLE_H
#define CODER_BUNDLE_H

#include "base/error.h"

struct bundle {
	int fd; /* -1: none */
	char path[32]; /* this process can open the file by it */
};

/*
 * Creates the file, with the contents of the file of that name (NULL: none) and the text `more`. -1
 * with *err.
 */
int bundle_open(struct bundle *bundle, const char *file, const char *more, struct coder_error *err);
void bundle_close(struct bundle *bundle);

#endif
