/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.c - messages on standard error; see message.h. */
#include "message.h"
#include "base/buf.h"
#include "coder.h"
#include "shell/io.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define REMEMBERED 64 /* warnings */

static void print_safely(void (*print)(const char *fmt, ...), const char *text)
{
	struct buf raw = { 0 }, line = { 0 };
	bool ok = buf_add_str(&raw, text);

	if (ok)
		coder_hide_tokens(raw.data);
	print("%s",
	      ok && coder_escape(&line, raw.data, CODER_TERMINAL) ? line.data : "out of memory");
	buf_done(&raw);
	buf_done(&line);
}

void output_message(const char *text)
{
	print_safely(shio_error, text);
}

static void __attribute__((format(printf, 1, 0))) warn(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	print_safely(shio_warning, text ? text : "out of memory");
	free(text);
}

void output_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	warn(fmt, args);
	va_end(args);
}

/* Hashes of the warnings that were printed, if possible in memory that subshells share. */
struct warned {
	_Atomic uint64_t known[REMEMBERED];
	atomic_size_t n;
};
static struct warned *warned;

void output_share_warnings(void)
{
	static struct warned own;
	void *p;

	if (warned)
		return;
	p = mmap(NULL, sizeof(*warned), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	warned = p == MAP_FAILED ? &own : p;
}

void output_warn_once(const char *topic, const char *subject, const char *fmt, ...)
{
	const uint64_t hash = coder_hash_pair(topic, subject);
	va_list args;

	output_share_warnings();
	for (size_t i = 0; i < REMEMBERED; i++)
		if (atomic_load(&warned->known[i]) == hash)
			return;
	atomic_store(&warned->known[atomic_fetch_add(&warned->n, 1) % REMEMBERED], hash);
	va_start(args, fmt);
	warn(fmt, args);
	va_end(args);
}
