/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libcurl.h - libcurl, loaded when it is first needed.
 *
 * Linking libcurl would make every later subshell of the user's shell dearer,
 * whether it talks to a server or not. Its functions are reached through one
 * table instead: curl->easy_init(). This is the one place that includes
 * curl.h, for libcurl.c and what is below transfer.c.
 */
#ifndef CODER_LIBCURL_H
#define CODER_LIBCURL_H

#define CURL_DISABLE_DEPRECATION /* libcurl 7.68 knows the old names only */
#include <curl/curl.h>

#include "base/error.h"

/* None of them takes or returns a time_t or off_t: on 32 bits libcurl's may have another size. */
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
#define LIBCURL_MEMBER(name) __typeof__(&curl_##name) name;
	LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
#undef LIBCURL_MEMBER
};

/*
 * The table, or NULL with *err. To be called with all signals blocked. libcurl
 * is never unloaded: its connections and what it registered outlive the request.
 */
const struct libcurl *libcurl_load(struct coder_error *err);
bool libcurl_is_loaded(void);

/* Whether an allocation of libcurl's has failed since the last call of this. */
bool libcurl_ran_out(void);

/*
 * Whether its TLS library is OpenSSL 3, and a configuration has left that
 * without a provider of algorithms.
 */
bool libcurl_lacks_algorithms(void);
/* Fills *err to say so. Returns -1. */
int libcurl_no_algorithms(struct coder_error *err);

/* Whether its TLS library is OpenSSL 3: others have other contexts, older ones no such option. */
bool libcurl_has_openssl3(const struct libcurl *curl);
/*
 * For CURLOPT_SSL_CTX_FUNCTION then: has OpenSSL wipe what it read once it is
 * taken. Its buffers are none of libcurl's memory, and keep what came over TLS.
 */
CURLcode libcurl_cleanse_tls(CURL *easy, void *ssl_ctx, void *unused);

#endif
