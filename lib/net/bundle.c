/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bundle.c - CA certificates from several sources in one file in memory; see bundle.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bundle.h"
#include "sockets.h"

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Copies the file. Adds a newline, because the last line of the file may lack one. */
static int copy_file(const char *path, int to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char piece[4096];
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		if (write_all(to, piece, (size_t)n) < 0) {
			n = -1;
			break;
		}
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : write_all(to, "\n", 1);
}

int bundle_open(struct bundle *bundle, const char *file, const char *more, struct coder_error *err)
{
	sockets_keep_above();
	bundle->fd = memfd_create("CA certificates", MFD_CLOEXEC);
	sockets_keep_above_end();
	snprintf(bundle->path, sizeof(bundle->path), "/proc/self/fd/%d", bundle->fd);
	if (bundle->fd >= 0 && access(bundle->path, R_OK) == 0 &&
	    (!file || copy_file(file, bundle->fd) == 0) &&
	    write_all(bundle->fd, more, strlen(more)) == 0)
		return 0;
	coder_error_set(err, CODER_ERR_REFUSED, "cannot gather the CA certificates%s%s: %s",
			file ? " of " : "", file ? file : "", strerror(errno));
	bundle_close(bundle);
	return -1;
}

void bundle_close(struct bundle *bundle)
{
	if (bundle->fd >= 0)
		close(bundle->fd);
	bundle->fd = -1;
}
