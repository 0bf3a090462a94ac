/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sockets.c - the sockets of this process; see sockets.h. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockets.h"

#define AT_ONCE 32 /* connections that one call may have */
/* kept connections, those that were opened ahead, and tries of two addresses of a host for each */
#define SOCKETS_MAX (3 * AT_ONCE + 8)
#define SPARE 4 /* descriptors that are left for other uses */
#define ACK_MS 4500 /* see sockets_expect_ack() */
#define SCRIPTS_FDS 10 /* scripts use the numbers below */

static struct {
	int fd;
	dev_t dev;
	ino_t ino;
	uint64_t peer; /* these two: see sockets_open() */
	int *full;
	unsigned silence_ms; /* see limit_silence() */
	bool ahead; /* see sockets_connect_ahead() */
} sockets[SOCKETS_MAX]; /* in the order in which they were opened */
static size_t n_sockets;

/*
 * The lowest number of a socket: above those that scripts and bash use (200 with flock(1), 255),
 * and below the limit of select().
 */
static int floor_fd(void)
{
	struct rlimit limit;
	int max = 1024;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1024)
		max = (int)limit.rlim_cur;
	max -= max >= 128 ? 64 : 24;
	return max > SCRIPTS_FDS ? max : SCRIPTS_FDS;
}

static int low[SCRIPTS_FDS];
static size_t n_low;

void sockets_keep_above(void)
{
	const int first = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fd = first;

	while (fd >= 0 && fd < SCRIPTS_FDS && n_low < SCRIPTS_FDS) {
		low[n_low++] = fd;
		fd = fcntl(first, F_DUPFD_CLOEXEC, 0); /* costs less than to open it again */
	}
	if (fd >= 0)
		close(fd);
}

void sockets_keep_above_end(void)
{
	while (n_low)
		close(low[--n_low]);
}

static struct rlimit permitted;

bool sockets_forbid(void)
{
	struct rlimit none;

	if (getrlimit(RLIMIT_NOFILE, &permitted) < 0)
		return false;
	none = permitted;
	none.rlim_cur = 0;
	return setrlimit(RLIMIT_NOFILE, &none) == 0;
}

/* Another process may have changed the hard limit meanwhile. */
void sockets_permit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		limit = permitted;
	limit.rlim_cur = permitted.rlim_cur < limit.rlim_max ? permitted.rlim_cur : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void forget(size_t i)
{
	memmove(&sockets[i], &sockets[i + 1], (--n_sockets - i) * sizeof(sockets[0]));
}

/* Remembers the identity of fd as that of the i-th socket. */
static bool identify(size_t i, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	sockets[i].fd = fd;
	sockets[i].dev = st.st_dev;
	sockets[i].ino = st.st_ino;
	return true;
}

/* Opens a socket as the next of the table. peer, full: see sockets_open(). */
static int open_new(int family, int type, int protocol, uint64_t peer, int *full)
{
	int fd, high;

	if (n_sockets == SOCKETS_MAX) {
		errno = EMFILE;
		return -1;
	}
	fd = socket(family, type | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -1;
	high = fcntl(fd, F_DUPFD_CLOEXEC, floor_fd());
	if (high >= 0) {
		close(fd);
		fd = high;
	}
	/* some releases of libcurl close sockets of their own accord: this number was one of them */
	for (size_t i = n_sockets; i-- > 0;)
		if (sockets[i].fd == fd)
			forget(i);
	if (!identify(n_sockets, fd)) {
		close(fd);
		return -1;
	}
	sockets[n_sockets].silence_ms = 0;
	sockets[n_sockets].ahead = false;
	sockets[n_sockets].peer = peer;
	sockets[n_sockets++].full = full;
	return fd;
}

static bool still_ours(size_t i)
{
	struct stat st;

	return fstat(sockets[i].fd, &st) == 0 && st.st_dev == sockets[i].dev &&
	       st.st_ino == sockets[i].ino;
}

/* Whether the i-th socket waits for a use, and is connected to that address. */
static bool is_waiting(size_t i, uint64_t peer, const struct sockaddr *address, socklen_t len)
{
	struct pollfd polled = { .fd = sockets[i].fd, .events = POLLIN };
	struct sockaddr_storage to;
	socklen_t to_len = sizeof(to);

	return sockets[i].ahead && sockets[i].peer == peer && still_ours(i) &&
	       getpeername(sockets[i].fd, (struct sockaddr *)&to, &to_len) == 0 && to_len == len &&
	       memcmp(&to, address, len) == 0 && poll(&polled, 1, 0) == 0;
}

int sockets_open(int type, int protocol, const struct sockaddr *address, socklen_t len,
		 uint64_t peer, int *full)
{
	size_t i = 0;

	while (i < n_sockets && !is_waiting(i, peer, address, len))
		i++;
	if (i == n_sockets)
		return open_new(address->sa_family, type, protocol, peer, full);
	sockets[i].ahead = false;
	sockets[i].full = full;
	return sockets[i].fd;
}

void sockets_connect_ahead(uint64_t peer, size_t n)
{
	struct sockaddr_storage to = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(to);
	size_t i = 0;

	while (i < n_sockets && (sockets[i].peer != peer ||
				 getpeername(sockets[i].fd, (struct sockaddr *)&to, &len) < 0))
		i++;
	if (i == n_sockets || (to.ss_family != AF_INET && to.ss_family != AF_INET6))
		return;
	for (n = sockets_room(n); n; n--) {
		int fd = open_new(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0, peer, NULL);

		if (fd < 0)
			return;
		sockets[n_sockets - 1].ahead = true;
		/* libcurl will call connect(), too, which then succeeds once */
		if (connect(fd, (struct sockaddr *)&to, len) == 0 || errno != EINPROGRESS)
			sockets_close(fd);
	}
}

void sockets_close_ahead(void)
{
	for (size_t i = n_sockets; i-- > 0;)
		if (sockets[i].ahead)
			sockets_close(sockets[i].fd);
}

void sockets_unwatch(const int *full)
{
	for (size_t i = 0; i < n_sockets; i++)
		if (sockets[i].full == full)
			sockets[i].full = NULL;
}

bool sockets_any(uint64_t peer)
{
	for (size_t i = 0; i < n_sockets; i++)
		if (sockets[i].peer == peer && !sockets[i].ahead)
			return true;
	return false;
}

void sockets_close(int fd)
{
	for (size_t i = 0; i < n_sockets; i++) {
		if (sockets[i].fd != fd)
			continue;
		if (sockets[i].full && !*sockets[i].full)
			*sockets[i].full = sockets_exhausted(1);
		if (still_ours(i))
			close(fd);
		forget(i);
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
	size_t n = 0;

	for (size_t i = 0; i < n_sockets; i++)
		if (!sockets[i].ahead)
			polled[n++] = (struct pollfd){ .fd = sockets[i].fd, .events = POLLIN };
	return poll(polled, n, 0) == 0;
}

/* ms: how long what was sent may be unacknowledged; 0: as long as the system allows. */
static void limit_silence(unsigned ms)
{
	for (size_t i = 0; i < n_sockets; i++) {
		if (sockets[i].silence_ms == ms)
			continue;
		/* fails for a local socket, which needs no limit */
		(void)setsockopt(sockets[i].fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
		sockets[i].silence_ms = ms;
	}
}

static unsigned n_expecting; /* how many calls of sockets_expect_ack() have not been ended */

void sockets_expect_ack(void)
{
	n_expecting++;
	limit_silence(ACK_MS);
}

void sockets_expect_ack_end(void)
{
	if (--n_expecting == 0)
		limit_silence(0);
}

/* Opens up to n descriptors and closes them again. Returns how many could be opened. */
static size_t count_free(size_t n)
{
	int fds[AT_ONCE + SPARE];
	size_t opened = 0, found;

	while (opened < n && (fds[opened] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		opened++;
	found = opened;
	for (int error = errno; opened; errno = error)
		close(fds[--opened]);
	return found;
}

int sockets_exhausted(size_t n)
{
	if (count_free(n) < n && (errno == EMFILE || errno == ENFILE))
		return errno;
	return 0;
}

size_t sockets_room(size_t n)
{
	size_t ahead = 0, found;

	for (size_t i = 0; i < n_sockets && ahead < n; i++)
		ahead += sockets[i].ahead;
	found = count_free(n - ahead + SPARE);
	return ahead + (found > SPARE ? found - SPARE : 0);
}

void sockets_prune(void)
{
	for (size_t i = n_sockets; i-- > 0;)
		if (!still_ours(i))
			forget(i);
}

bool sockets_low(void)
{
	for (size_t i = 0; i < n_sockets; i++)
		if (sockets[i].fd < SCRIPTS_FDS && !sockets[i].ahead)
			return true;
	return false;
}

void sockets_drop(void)
{
	while (n_sockets)
		sockets_close(sockets[0].fd);
}

/* --------------------------------------------- numbers that the user has taken */

/* The numbers of ours that the user has closed or used for a file. */
static struct {
	int fd;
	int moved; /* the user's descriptor meanwhile; -1: it was closed */
	bool cloexec;
} taken[SOCKETS_MAX];
static size_t n_taken;

/*
 * Moves the user's descriptor away from the number of the i-th socket, and puts a socket without a
 * peer there.
 */
static bool replace(size_t i)
{
	const int fd = sockets[i].fd, flags = fcntl(fd, F_GETFD);
	int moved = flags < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, floor_fd());
	int nobody;
	bool done;

	if (flags >= 0 && moved < 0)
		return false;
	nobody = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	done = (nobody == fd || dup3(nobody, fd, O_CLOEXEC) == fd) && identify(i, fd);
	if (nobody >= 0 && nobody != fd)
		close(nobody);
	if (!done) {
		if (moved >= 0)
			close(moved);
		return false;
	}
	taken[n_taken].fd = fd;
	taken[n_taken].moved = moved;
	taken[n_taken].cloexec = flags & FD_CLOEXEC;
	n_taken++;
	return true;
}

bool sockets_stand_in(void)
{
	/* closed numbers first: otherwise a descriptor of the user could be moved to one of them */
	for (int open = 0; open <= 1; open++)
		for (size_t i = 0; i < n_sockets; i++) {
			bool is_open = fcntl(sockets[i].fd, F_GETFD) >= 0;

			if (is_open != open || still_ours(i) || replace(i))
				continue;
			sockets_stand_in_end();
			return false;
		}
	return true;
}

void sockets_stand_in_end(void)
{
	while (n_taken) {
		const int fd = taken[--n_taken].fd, moved = taken[n_taken].moved;

		sockets_close(fd);
		if (moved < 0)
			continue;
		dup3(moved, fd, taken[n_taken].cloexec ? O_CLOEXEC : 0);
		close(moved);
	}
}
