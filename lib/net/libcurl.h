/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libcurl.h - libcurl, which is loaded when it is first needed.
 *
 * If libcurl were linked, every later subshell of the user's shell would start more slowly, even if
 * it sends no request. Instead its functions are called through one table: curl->easy_init(). No
 * other file includes curl.h.
 */
#ifndef CODER_LIBCURL_H
#define CODER_LIBCURL_H

#define CURL_DISABLE_DEPRECATION /* libcurl 7.68 knows the old names only */
#include <curl/curl.h>

#include "base/error.h"

/*
 * None of them takes or returns a time_t or off_t: on 32-bit systems libcurl's may have another
 * size.
 */
#define LIBCURL_FUNCTIONS(X)   \
	X(global_init_mem)     \
	X(version_info)        \
	X(easy_init)           \
	X(easy_setopt)         \
	X(easy_getinfo)        \
	X(easy_strerror)       \
	X(easy_cleanup)        \
	X(multi_init)          \
	X(multi_setopt)        \
	X(multi_add_handle)    \
	X(multi_remove_handle) \
	X(multi_perform)       \
	X(multi_poll)          \
	X(multi_info_read)     \
	X(multi_cleanup)       \
	X(share_init)          \
	X(share_setopt)        \
	X(share_cleanup)       \
	X(slist_append)        \
	X(slist_free_all)

struct libcurl {
	const curl_version_info_data *info; /* what version_info() returns */
#define LIBCURL_MEMBER(name) __typeof__(&curl_##name) name;
	LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
#undef LIBCURL_MEMBER
};

/*
 * Returns the table, or NULL with *err. To be called with all signals blocked. libcurl is
 * never unloaded: its connections and what it has registered outlive the request.
 */
const struct libcurl *libcurl_load(struct coder_error *err);
bool libcurl_is_loaded(void);

/* Whether an allocation by libcurl has failed since the last call of this function. */
bool libcurl_ran_out(void);

/*
 * Whether its TLS library is an OpenSSL 3 whose configuration leaves it without a provider
 * of algorithms.
 */
bool libcurl_lacks_algorithms(void);
/* Sets the error for that case. Returns -1. */
int libcurl_no_algorithms(struct coder_error *err);

/*
 * Whether its TLS library is OpenSSL 3. libcurl_cleanse_tls() needs it: other libraries have other
 * contexts, and an older OpenSSL does not have the option.
 */
bool libcurl_has_openssl3(const struct libcurl *curl);
/*
 * For CURLOPT_SSL_CTX_FUNCTION with OpenSSL 3: makes it wipe data that was read. libcurl cannot
 * wipe these buffers, and they would keep everything that came over TLS.
 */
CURLcode libcurl_cleanse_tls(CURL *easy, void *ssl_ctx, void *unused);

#endif
