/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * failmalloc.c - a preloaded library that lets one allocation of ours fail.
 *
 * Ours are those made by coder_tokens.so (through which libcurl gets its memory,
 * too), libcurl and libcjson; the shell's own always succeed. The shell chooses
 * which one fails through control.h.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Other names of glibc's own functions. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* -------------------------------------------------------------- whose it is */

static bool is_our_module(const char *path)
{
	static const char *const names[] = { "coder_tokens", "libcurl", "libcjson" };
	const char *base = strrchr(path, '/');

	for (size_t i = 0; i < COUNT(names); i++)
		if (strncmp(base ? base + 1 : path, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static bool is_ours(void *caller)
{
	static struct {
		void *caller;
		bool ours;
	} known[1024];
	size_t slot = ((uintptr_t)caller >> 2) % COUNT(known);
	Dl_info info;

	if (known[slot].caller != caller) {
		known[slot].ours =
			dladdr(caller, &info) && info.dli_fname && is_our_module(info.dli_fname);
		known[slot].caller = caller;
	}
	return known[slot].ours;
}

/* Counts an allocation if it is ours. Returns whether it has to fail. */
static bool fails(bool ours)
{
	bool it_is = ours && control_fails();

	if (it_is)
		errno = ENOMEM;
	return it_is;
}

/* ------------------------------------------------------------ what is alive */

static void *alive[1 << 18]; /* a hash table of blocks, with open addressing */
static long n_alive;
#define REMOVED ((void *)-1) /* an entry that is free again, behind which others follow */

static size_t slot_of(const void *p)
{
	return ((uintptr_t)p >> 4) * 2654435761u % COUNT(alive);
}

static void add(void *p)
{
	size_t i = slot_of(p);

	while (alive[i] && alive[i] != REMOVED)
		i = (i + 1) % COUNT(alive);
	alive[i] = p;
	control_live(++n_alive);
}

static bool drop(const void *p)
{
	for (size_t i = slot_of(p); alive[i]; i = (i + 1) % COUNT(alive)) {
		if (alive[i] != p)
			continue;
		alive[i] = alive[(i + 1) % COUNT(alive)] ? REMOVED : NULL;
		control_live(--n_alive);
		return true;
	}
	return false;
}

/* ------------------------------------------------------------- the functions */

static void *allocate(void *caller, size_t size)
{
	bool ours;
	void *p = NULL;

	pthread_mutex_lock(&lock);
	ours = is_ours(caller);
	if (!fails(ours))
		p = __libc_malloc(size);
	if (p && ours)
		add(p);
	pthread_mutex_unlock(&lock);
	return p;
}

static void *reallocate(void *caller, void *old, size_t size)
{
	bool ours;
	void *p = NULL;

	pthread_mutex_lock(&lock);
	ours = is_ours(caller);
	if (!fails(ours)) {
		p = __libc_realloc(old, size);
		if (old && (p || !size) && drop(old))
			ours = true;
		if (p && ours)
			add(p);
	}
	pthread_mutex_unlock(&lock);
	return p;
}

EXPORT void *malloc(size_t size)
{
	return allocate(CALLER, size);
}

EXPORT void *calloc(size_t n, size_t size)
{
	size_t whole;
	void *p;

	if (__builtin_mul_overflow(n, size, &whole))
		return NULL;
	p = allocate(CALLER, whole);
	return p ? memset(p, 0, whole) : NULL;
}

EXPORT void *realloc(void *p, size_t size)
{
	return reallocate(CALLER, p, size);
}

EXPORT void *reallocarray(void *p, size_t n, size_t size)
{
	size_t whole;

	return __builtin_mul_overflow(n, size, &whole) ? NULL : reallocate(CALLER, p, whole);
}

EXPORT void free(void *p)
{
	int error = errno;

	if (!p)
		return;
	pthread_mutex_lock(&lock);
	drop(p);
	pthread_mutex_unlock(&lock);
	__libc_free(p);
	errno = error;
}

static char *duplicate(void *caller, const char *s, size_t len)
{
	char *p = allocate(caller, len + 1);

	if (p) {
		memcpy(p, s, len);
		p[len] = '\0';
	}
	return p;
}

EXPORT char *strdup(const char *s)
{
	return duplicate(CALLER, s, strlen(s));
}

EXPORT char *strndup(const char *s, size_t n)
{
	return duplicate(CALLER, s, strnlen(s, n));
}

static int print(void *caller, char **ret, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	*ret = len < 0 ? NULL : allocate(caller, (size_t)len + 1);
	return *ret ? vsnprintf(*ret, (size_t)len + 1, fmt, ap) : -1;
}

EXPORT int vasprintf(char **ret, const char *fmt, va_list ap)
{
	return print(CALLER, ret, fmt, ap);
}

EXPORT int asprintf(char **ret, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = print(CALLER, ret, fmt, ap);
	va_end(ap);
	return len;
}

/* What calls of these two become with _FORTIFY_SOURCE. */
int __vasprintf_chk(char **ret, int flag, const char *fmt, va_list ap);
int __asprintf_chk(char **ret, int flag, const char *fmt, ...);

EXPORT int __vasprintf_chk(char **ret, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	return print(CALLER, ret, fmt, ap);
}

EXPORT int __asprintf_chk(char **ret, int flag, const char *fmt, ...)
{
	va_list ap;
	int len;

	(void)flag;
	va_start(ap, fmt);
	len = print(CALLER, ret, fmt, ap);
	va_end(ap);
	return len;
}

/* Whether a function that allocates memory inside libc fails as a whole. */
static bool refuses(void *caller)
{
	bool refused;

	pthread_mutex_lock(&lock);
	refused = fails(is_ours(caller));
	pthread_mutex_unlock(&lock);
	return refused;
}

EXPORT FILE *open_memstream(char **text, size_t *size)
{
	static FILE *(*real)(char **, size_t *);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "open_memstream");
	return refuses(CALLER) ? NULL : real(text, size);
}

EXPORT void *dlopen(const char *name, int flags)
{
	static void *(*real)(const char *, int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "dlopen");
	return refuses(CALLER) ? NULL : real(name, flags);
}
