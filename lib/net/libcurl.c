/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl.c - loads libcurl, and makes it and its TLS library wipe the memory that they used. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "libcurl.h"

/*
 * libcurl's buffers hold the session token and new secrets, and libcurl does not wipe them. So
 * libcurl gets these functions, which wipe. They store the size in front of each block, because the
 * malloc of a shell may have no function that returns it.
 */
union block {
	size_t size;
	max_align_t align;
};

static bool ran_out;

static void *wiping_malloc(size_t size)
{
	union block *block = NULL;
	size_t whole;

	if (!__builtin_add_overflow(size, sizeof(*block), &whole))
		block = malloc(whole);
	if (!block) {
		ran_out = true;
		return NULL;
	}
	block->size = size;
	return block + 1;
}

static void wiping_free(void *p)
{
	union block *block;

	if (!p)
		return;
	block = (union block *)p - 1;
	explicit_bzero(p, block->size);
	free(block);
}

static void *wiping_realloc(void *p, size_t size)
{
	size_t old = p ? ((union block *)p - 1)->size : 0;
	void *ret = wiping_malloc(size);

	if (!ret || !p)
		return ret;
	memcpy(ret, p, old < size ? old : size);
	wiping_free(p);
	return ret;
}

static void *wiping_calloc(size_t n, size_t size)
{
	size_t whole;
	void *ret;

	if (__builtin_mul_overflow(n, size, &whole))
		return NULL;
	ret = wiping_malloc(whole);
	return ret ? memset(ret, 0, whole) : NULL;
}

static char *wiping_strdup(const char *s)
{
	size_t size = strlen(s) + 1;
	char *ret = wiping_malloc(size);

	return ret ? memcpy(ret, s, size) : NULL;
}

bool libcurl_ran_out(void)
{
	bool ret = ran_out;

	ran_out = false;
	return ret;
}

bool libcurl_has_openssl3(const struct libcurl *curl)
{
	const char *tls = curl->info->ssl_version;

	return tls && strncmp(tls, "OpenSSL/3", 9) == 0;
}

CURLcode libcurl_cleanse_tls(CURL *easy, void *ssl_ctx, void *unused)
{
	const uint64_t cleanse_plaintext = 1 << 1; /* SSL_OP_CLEANSE_PLAINTEXT */
	void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_NOLOAD);
	uint64_t (*set_options)(void *, uint64_t) = NULL;

	(void)easy;
	(void)unused;
	if (library)
		*(void **)&set_options = dlsym(library, "SSL_CTX_set_options");
	if (set_options)
		set_options(ssl_ctx, cleanse_plaintext);
	return CURLE_OK;
}

bool libcurl_lacks_algorithms(void)
{
	void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_NOLOAD);
	void *(*fetch)(void *, const char *, const char *) = NULL;
	void (*release)(void *) = NULL;
	void *digest;

	if (library) {
		*(void **)&fetch = dlsym(library, "EVP_MD_fetch");
		*(void **)&release = dlsym(library, "EVP_MD_free");
	}
	if (!fetch || !release)
		return false;
	digest = fetch(NULL, "SHA256", NULL);
	release(digest);
	return !digest;
}

static int refuse_libcurl(struct coder_error *err, const char *why)
{
	coder_error_set(err, CODER_ERR_REFUSED, "cannot load libcurl: %s", why);
	return coder_error_cause(err, CODER_CAUSE_NO_LIBCURL, NULL, NULL);
}

/*
 * Fills the table from the library of that name. False: this failed; the reason is appended to why.
 */
static bool fill_table(struct libcurl *table, const char *name, struct buf *why)
{
	void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	const char *reason = handle ? NULL : dlerror();

	if (why->len)
		(void)buf_add_str(why, "; ");
	if (!handle) {
		(void)buf_add_str(why, reason ? reason : name);
		return false;
	}
#define LIBCURL_LOOKUP(function)                                                              \
	*(void **)&table->function = dlsym(handle, "curl_" #function);                        \
	if (!table->function) {                                                               \
		(void)buf_addf(why, "%s is too old or incomplete: it has no curl_" #function, \
			       name);                                                         \
		return false;                                                                 \
	}
	LIBCURL_FUNCTIONS(LIBCURL_LOOKUP)
#undef LIBCURL_LOOKUP
	return true;
}

static int begin(struct libcurl *table, struct coder_error *err)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };
	/* the reasons of both libraries: one may be broken, and the other missing */
	struct buf CLEANUP(buf_done) why = { 0 };
	bool found = false;

	for (size_t i = 0; !found && i < sizeof(names) / sizeof(names[0]); i++)
		found = fill_table(table, names[i], &why);
	if (!found)
		return refuse_libcurl(err, why.data ? why.data : "out of memory");
	if (!table->global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free, wiping_realloc,
				    wiping_strdup, wiping_calloc)) {
		table->info = table->version_info(CURLVERSION_NOW);
		return 0;
	}
	if (libcurl_lacks_algorithms())
		return libcurl_no_algorithms(err);
	return refuse_libcurl(err, "its initialisation failed");
}

int libcurl_no_algorithms(struct coder_error *err)
{
	coder_error_set(err, CODER_ERR_NO_RESPONSE,
			"OpenSSL has no algorithms to speak TLS with: "
			"its configuration activates no provider that has them");
	return coder_error_cause(err, CODER_CAUSE_NO_ALGORITHMS, NULL, NULL);
}

static bool loaded;

bool libcurl_is_loaded(void)
{
	return loaded;
}

const struct libcurl *libcurl_load(struct coder_error *err)
{
	static struct libcurl table;

	if (!loaded && begin(&table, err) < 0)
		return NULL;
	loaded = true;
	return &table;
}
