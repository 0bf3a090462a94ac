/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control.h - numbers that a test's shell shares with the libraries that make its calls fail.
 *
 * $FAIL_CONTROL names a file of three lines of 11 characters, padded with
 * blanks: the number of the call that fails (the shell writes it; 1 is the next
 * one, 0 none), the number of calls since then (the shell sets it to 0), and the
 * number of objects that these calls created and that still exist.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define CONTROL_WIDTH 11

struct control {
	struct {
		char digits[CONTROL_WIDTH];
		char newline;
	} fail_at, count, live;
};

/* Returns NULL if there is no such file. Needs no memory from malloc(). */
static inline struct control *control(void)
{
	static struct control *shared;
	static bool tried;
	const char *path;
	void *p;
	int fd;

	if (tried)
		return shared;
	tried = true;
	path = secure_getenv("FAIL_CONTROL");
	fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return NULL;
	p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED)
		shared = p;
	return shared;
}

static inline long control_get(const char digits[CONTROL_WIDTH])
{
	long n = 0;

	for (size_t i = 0; i < CONTROL_WIDTH && digits[i] >= '0' && digits[i] <= '9'; i++)
		n = n * 10 + digits[i] - '0';
	return n;
}

static inline void control_put(char digits[CONTROL_WIDTH], long n)
{
	char text[24];
	int len = 0;

	do
		text[len++] = (char)('0' + n % 10);
	while ((n /= 10));
	for (size_t i = 0; i < CONTROL_WIDTH; i++)
		digits[i] = (int)i < len ? text[len - 1 - (int)i] : ' ';
}

/* Counts a call, and returns whether it has to fail. */
static inline bool control_fails(void)
{
	struct control *c = control();
	long n;

	if (!c)
		return false;
	n = control_get(c->count.digits) + 1;
	control_put(c->count.digits, n);
	return n == control_get(c->fail_at.digits);
}

/* Reports how many objects exist. */
static inline void control_live(long n)
{
	if (control())
		control_put(control()->live.digits, n);
}

#endif
