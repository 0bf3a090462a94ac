/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sockets.c - the descriptors of the connections: high, close-on-exec, and known by identity. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire.h"

#define SOCKETS_MAX 32 /* kept connections are few; trying several addresses needs some more */
#define SCRIPTS_FDS 10 /* the descriptors below are those that scripts redirect */

static struct {
	int fd;
	dev_t dev;
	ino_t ino;
} sockets[SOCKETS_MAX];
static size_t n_sockets;

/* Above what scripts use (200 of flock(1), 255 of bash), below what select() can do. */
static int floor_fd(void)
{
	struct rlimit limit;
	int max = 1024;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1024)
		max = (int)limit.rlim_cur;
	max -= max >= 128 ? 64 : 24;
	return max > SCRIPTS_FDS ? max : SCRIPTS_FDS;
}

static int move_up(int low)
{
	int fd = fcntl(low, F_DUPFD_CLOEXEC, floor_fd());

	if (fd < 0)
		return low;
	close(low);
	return fd;
}

static int low[SCRIPTS_FDS];
static size_t n_low;

void sockets_keep_above(void)
{
	int fd = -1;

	while (n_low < SCRIPTS_FDS && (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0 &&
	       fd < SCRIPTS_FDS)
		low[n_low++] = fd;
	if (fd >= SCRIPTS_FDS)
		close(fd);
}

void sockets_keep_above_end(void)
{
	while (n_low)
		close(low[--n_low]);
}

int sockets_open(int family, int type, int protocol)
{
	struct stat st;
	int fd;

	if (n_sockets == SOCKETS_MAX) {
		errno = EMFILE;
		return -1;
	}
	fd = socket(family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -1;
	fd = move_up(fd);
	if (fstat(fd, &st) < 0) {
		close(fd);
		return -1;
	}
	sockets[n_sockets].fd = fd;
	sockets[n_sockets].dev = st.st_dev;
	sockets[n_sockets].ino = st.st_ino;
	n_sockets++;
	return fd;
}

static bool still_ours(size_t i)
{
	struct stat st;

	return fstat(sockets[i].fd, &st) == 0 && st.st_dev == sockets[i].dev &&
	       st.st_ino == sockets[i].ino;
}

void sockets_close(int fd)
{
	for (size_t i = 0; i < n_sockets; i++) {
		if (sockets[i].fd != fd)
			continue;
		if (still_ours(i))
			close(fd);
		sockets[i] = sockets[--n_sockets];
		return;
	}
}

bool sockets_intact(void)
{
	for (size_t i = 0; i < n_sockets; i++)
		if (!still_ours(i))
			return false;
	return true;
}

bool sockets_silent(void)
{
	struct pollfd polled[SOCKETS_MAX];

	for (size_t i = 0; i < n_sockets; i++)
		polled[i] = (struct pollfd){ .fd = sockets[i].fd, .events = POLLIN };
	return poll(polled, n_sockets, 0) == 0;
}

void sockets_prune(void)
{
	for (size_t i = n_sockets; i-- > 0;)
		if (!still_ours(i))
			sockets[i] = sockets[--n_sockets];
}

bool sockets_low(void)
{
	for (size_t i = 0; i < n_sockets; i++)
		if (sockets[i].fd < SCRIPTS_FDS)
			return true;
	return false;
}

void sockets_drop(void)
{
	while (n_sockets)
		sockets_close(sockets[0].fd);
}
