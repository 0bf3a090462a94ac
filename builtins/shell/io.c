/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io.c - see io.h. */
#include "bash.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "io.h"
#include "signals.h"

#define SLICE_MS ((int)(CODER_SLICE_NS / 1000000)) /* for poll() */
#define MESSAGE_NS (5 * CODER_NS) /* how long a message waits for the reader of standard error */

/* Signals that a write can raise: the pipe has no reader, or the file reaches its size limit. */
static const int write_signals[] = { SIGPIPE, SIGXFSZ };
#define N_WRITE (sizeof(write_signals) / sizeof(write_signals[0]))

/* Afterwards writes fail with an error and do not end a process that may have a token to undo. */
static void block_write_signals(sigset_t *ret_old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < N_WRITE; i++)
		sigaddset(&set, write_signals[i]);
	sigprocmask(SIG_BLOCK, &set, ret_old);
}

static void unblock_write_signals(const sigset_t *old)
{
	static const struct timespec now;
	sigset_t raised;

	sigemptyset(&raised);
	for (size_t i = 0; i < N_WRITE; i++)
		if (!sigismember(old, write_signals[i]))
			sigaddset(&raised, write_signals[i]);
	while (sigtimedwait(&raised, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, old, NULL);
}

/*
 * Waits until standard error takes a message, for MESSAGE_NS at most. The write itself must not
 * block, because no signal could end it.
 */
static bool error_has_room(void)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };
	struct coder_interrupts interrupts;
	int ready;

	coder_interrupts_init(&interrupts, &shell_signals);
	coder_interrupts_limit(&interrupts, MESSAGE_NS);
	fflush(stderr);
	do
		ready = poll(&out, 1, SLICE_MS);
	while (ready <= 0 && coder_interrupts_time_left(&interrupts) > 0 &&
	       !coder_interrupts_pending(&interrupts));
	return ready > 0;
}

/* Whether something of shio_progress() is on the terminal's last line. */
static bool shows_progress;

static void clear_progress(void)
{
	/* go to the beginning of the line, and clear it (ECMA-48 EL) */
	if (shows_progress)
		fputs("\r\033[K", stderr);
	shows_progress = false;
}

__attribute__((format(printf, 2, 0))) static void print_message(void (*print)(const char *, ...),
								const char *fmt, va_list ap)
{
	sigset_t old;
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	block_write_signals(&old);
	if (error_has_room()) {
		clear_progress();
		print("%s", text ? text : "out of memory");
	}
	unblock_write_signals(&old);
	free(text);
}

void shio_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message(builtin_error, fmt, ap);
	va_end(ap);
}

void shio_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_message(builtin_warning, fmt, ap);
	va_end(ap);
}

void shio_usage(void)
{
	sigset_t old;

	block_write_signals(&old);
	if (error_has_room())
		builtin_usage();
	unblock_write_signals(&old);
}

/*
 * Returns 0 or an errno. Writes at most PIPE_BUF bytes at once, because a pipe that poll()
 * reports as writable takes that many without blocking.
 */
static int write_all(const char *data, size_t len, struct coder_interrupts *interrupts)
{
	while (len > 0) {
		struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
		ssize_t n;
		int ready;

		if (interrupts && coder_interrupts_pending(interrupts))
			return EINTR;
		ready = poll(&out, 1, SLICE_MS);
		if (ready <= 0 && interrupts && coder_interrupts_time_left(interrupts) <= 0)
			return ETIME;
		if (ready == 0 || (ready < 0 && errno == EINTR))
			continue;
		n = write(STDOUT_FILENO, data, len < PIPE_BUF ? len : PIPE_BUF);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int shio_write(const char *data, size_t len, struct coder_interrupts *interrupts)
{
	sigset_t old;
	int error;

	block_write_signals(&old);
	error = fflush(stdout) == 0 ? write_all(data, len, interrupts) : errno;
	unblock_write_signals(&old);
	errno = error;
	return error ? -1 : 0;
}

void shio_note(const char *text)
{
	sigset_t old;

	block_write_signals(&old);
	if (error_has_room())
		fprintf(stderr, "%s\n", text);
	fflush(stderr);
	unblock_write_signals(&old);
}

void shio_progress(const char *text)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	/* if the terminal is stopped (^S), wait for it only at the end of the job */
	if (text ? poll(&out, 1, 0) <= 0 : !error_has_room())
		return;
	clear_progress();
	if (text)
		fputs(text, stderr);
	fflush(stderr);
	shows_progress = text != NULL;
}

size_t shio_output_columns(void)
{
	struct winsize size = { 0 };

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* ------------------------------------------------------------ descriptors */

unsigned shell_fill_std(void)
{
	unsigned mask = 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int useless = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		/* open() takes the lowest free number, which is this one */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", useless | O_CLOEXEC) == fd)
			mask |= 1u << fd;
	}
	return mask;
}

void shell_close_std(unsigned mask)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (mask & 1u << fd)
			close(fd);
}
