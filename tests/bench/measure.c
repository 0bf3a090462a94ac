/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure.c - runs a command and writes three numbers to a file: the microseconds that passed, the
 * microseconds of processor time (of the command and of all processes that it waited for), and the
 * peak of memory in KiB (of the largest of these processes).
 *
 *   measure FILE COMMAND [ARGUMENT]...
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	long long begin = microseconds(), end;
	struct rusage used;
	int status;
	FILE *out;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) < 0)
		return 1;
	end = microseconds();
	out = fopen(argv[1], "w");
	if (!out)
		return 1;
	fprintf(out, "%lld %lld %ld\n", end - begin,
		(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec +
			used.ru_stime.tv_usec,
		used.ru_maxrss);
	if (fclose(out) != 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
