/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * failcurl.c - a libcurl.so.4 in front of the real one ($REAL_LIBCURL), in which
 * a chosen call fails.
 *
 * It has the functions that lib/net/libcurl.h names. The shell chooses through control.h which call
 * fails. The objects that it counts are easy handles, multi handles and shares. A clean-up that
 * fails has done its work, so nothing may be used afterwards.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include <curl/curl.h>

#include "control.h"

/* They are macros, which check the types of their arguments. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt
#undef curl_share_setopt

static void *real(const char *name)
{
	static void *library;
	void *function;

	if (!library)
		library = dlopen(getenv("REAL_LIBCURL"), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	function = library ? dlsym(library, name) : NULL;
	if (!function) {
		fprintf(stderr, "failcurl: %s: %s\n", name, dlerror());
		abort();
	}
	return function;
}

#define REAL(name) ((__typeof__(&name))real(#name))

/*
 * With $CLOSES_SOCKETS libcurl closes sockets without calling the function that was set for that,
 * as 7.88 to 8.1 do if another address was faster.
 */
static void *argument(int option, void *value)
{
	return option == CURLOPT_CLOSESOCKETFUNCTION && getenv("CLOSES_SOCKETS") ? NULL : value;
}

/* Whether the option takes a curl_off_t, which may be longer than a pointer. */
static bool takes_offset(int option)
{
	return option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_OFF_T + 10000;
}

/* Passes on the one pointer or number that the caller gives for "...". */
#define WITH_ARGUMENT(result, name, handle_type, option_type, failure)     \
	result name(handle_type *handle, option_type option, ...)          \
	{                                                                  \
		bool wide = takes_offset((int)option);                     \
		curl_off_t offset = 0;                                     \
		void *value = NULL;                                        \
		va_list ap;                                                \
                                                                           \
		va_start(ap, option);                                      \
		if (wide)                                                  \
			offset = va_arg(ap, curl_off_t);                   \
		else                                                       \
			value = argument((int)option, va_arg(ap, void *)); \
		va_end(ap);                                                \
		if (control_fails())                                       \
			return failure;                                    \
		return wide ? REAL(name)(handle, option, offset) :         \
			      REAL(name)(handle, option, value);           \
	}

WITH_ARGUMENT(CURLcode, curl_easy_setopt, CURL, CURLoption, CURLE_UNKNOWN_OPTION)
WITH_ARGUMENT(CURLcode, curl_easy_getinfo, CURL, CURLINFO, CURLE_BAD_FUNCTION_ARGUMENT)
WITH_ARGUMENT(CURLMcode, curl_multi_setopt, CURLM, CURLMoption, CURLM_UNKNOWN_OPTION)
WITH_ARGUMENT(CURLSHcode, curl_share_setopt, CURLSH, CURLSHoption, CURLSHE_NOMEM)

static void lives(int more)
{
	static long n;

	control_live(n += more);
}

static void *born(void *handle)
{
	lives(handle ? 1 : 0);
	return handle;
}

CURLcode curl_global_init_mem(long flags, curl_malloc_callback m, curl_free_callback f,
			      curl_realloc_callback r, curl_strdup_callback s,
			      curl_calloc_callback c)
{
	return control_fails() ? CURLE_FAILED_INIT :
				 REAL(curl_global_init_mem)(flags, m, f, r, s, c);
}

curl_version_info_data *curl_version_info(CURLversion age)
{
	return REAL(curl_version_info)(age);
}

CURL *curl_easy_init(void)
{
	return control_fails() ? NULL : born(REAL(curl_easy_init)());
}

const char *curl_easy_strerror(CURLcode code)
{
	return REAL(curl_easy_strerror)(code);
}

void curl_easy_cleanup(CURL *easy)
{
	lives(-1);
	REAL(curl_easy_cleanup)(easy);
}

CURLM *curl_multi_init(void)
{
	return control_fails() ? NULL : born(REAL(curl_multi_init)());
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	return control_fails() ? CURLM_OUT_OF_MEMORY : REAL(curl_multi_add_handle)(multi, easy);
}

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
	CURLMcode code = REAL(curl_multi_remove_handle)(multi, easy);

	return control_fails() ? CURLM_INTERNAL_ERROR : code;
}

/*
 * With $RAISE_SIGPIPE it raises that signal, as releases before 7.87 and their TLS libraries may
 * do.
 */
CURLMcode curl_multi_perform(CURLM *multi, int *running)
{
	if (getenv("RAISE_SIGPIPE"))
		raise(SIGPIPE);
	return control_fails() ? CURLM_INTERNAL_ERROR : REAL(curl_multi_perform)(multi, running);
}

CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd *extra, unsigned int n, int ms, int *ret)
{
	return control_fails() ? CURLM_OUT_OF_MEMORY :
				 REAL(curl_multi_poll)(multi, extra, n, ms, ret);
}

CURLMsg *curl_multi_info_read(CURLM *multi, int *left)
{
	return control_fails() ? NULL : REAL(curl_multi_info_read)(multi, left);
}

CURLMcode curl_multi_cleanup(CURLM *multi)
{
	CURLMcode code = REAL(curl_multi_cleanup)(multi);

	lives(-1);
	return control_fails() ? CURLM_INTERNAL_ERROR : code;
}

CURLSH *curl_share_init(void)
{
	return control_fails() ? NULL : born(REAL(curl_share_init)());
}

CURLSHcode curl_share_cleanup(CURLSH *share)
{
	CURLSHcode code = REAL(curl_share_cleanup)(share);

	lives(-1);
	return control_fails() ? CURLSHE_IN_USE : code;
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
	return control_fails() ? NULL : REAL(curl_slist_append)(list, text);
}

void curl_slist_free_all(struct curl_slist *list)
{
	REAL(curl_slist_free_all)(list);
}
