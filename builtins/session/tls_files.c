/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_files.c - files of CA certificates, directories of them, client certificates; see tls_files.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tls_files.h"
#include "base/buf.h"
#include "shell/variables.h"

#define FILE_MAX (4u << 20) /* of a file in a directory; a larger one is no certificate */
#define CAS_MAX (16u << 20) /* of all certificates together; a system has 0.3 MB */
#define LINE 64 /* characters of a line of PEM */

static const char begin_mark[] = "-----BEGIN CERTIFICATE-----";
static const char end_mark[] = "-----END CERTIFICATE-----";

void tls_files_done(struct tls_files *files)
{
	free(files->ca_file);
	free(files->more_cas);
	free(files->cert_file);
	free(files->key_file);
}

/* Refuses a FIFO: the TLS library opens the file, and nothing could end its wait. */
static int find_readable(const char *variable, char **ret, struct coder_error *err)
{
	const char *value = shvar_given(variable);
	struct stat st;

	if (!value)
		return 0;
	*ret = strdup(value);
	if (!*ret)
		return coder_error_memory(err);
	if (faccessat(AT_FDCWD, *ret, R_OK, AT_EACCESS) < 0 || stat(*ret, &st) < 0)
		return coder_error_set(err, CODER_ERR_USAGE, "%s: %s: %s", variable, *ret,
				       strerror(errno));
	if (!S_ISREG(st.st_mode))
		return coder_error_set(err, CODER_ERR_USAGE, "%s: %s: not a regular file", variable,
				       *ret);
	return 0;
}

/* ------------------------------------------------------------ certificates */

/* The value of a base64 digit, or -1. */
static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Whether a DER sequence that begins with these bytes is len bytes long. */
static bool is_sequence(const unsigned char *der, size_t len)
{
	size_t n = len > 6 && der[1] > 0x80 && der[1] <= 0x84 ? der[1] & 0x7f : 0, inner = 0;

	for (size_t i = 0; i < n; i++)
		inner = inner << 8 | der[2 + i];
	return n && der[0] == 0x30 && inner + 2 + n == len;
}

/*
 * Appends the certificate whose base64 is between begin and end, in lines that all TLS
 * libraries can read. Text that is no certificate is left out, as in Go: the libraries would refuse
 * all certificates because of it. false: no memory, or more than CAS_MAX.
 */
static bool add_certificate(struct buf *cas, const char *begin, const char *end)
{
	struct buf body = { 0 };
	unsigned char head[6] = { 0 };
	size_t n = 0, padding = 0;
	uint32_t bits = 0;
	bool ok = true, valid = true;

	for (const char *p = begin; p < end && ok && valid; p++) {
		int value = digit(*p);

		if (strchr(" \t\r\n", *p))
			continue;
		valid = *p == '=' ? ++padding <= 2 : value >= 0 && !padding;
		ok = buf_add_char(&body, *p) && (++n % LINE != 0 || buf_add_char(&body, '\n'));
		bits = bits << 6 | (uint32_t)(value < 0 ? 0 : value);
		for (size_t i = 0; n % 4 == 0 && n <= 8 && i < 3; i++)
			head[n / 4 * 3 - 3 + i] = (unsigned char)(bits >> (16 - 8 * i));
	}
	if (ok && valid && n % 4 == 0 && is_sequence(head, n / 4 * 3 - padding))
		ok = buf_addf(cas, "%s\n%s%s%s\n", begin_mark, body.data, n % LINE ? "\n" : "",
			      end_mark);
	buf_done(&body);
	return ok;
}

/* Appends the certificates in a text. */
static bool add_certificates(struct buf *cas, const char *text)
{
	const char *begin, *end;

	while ((begin = strstr(text, begin_mark)) && (end = strstr(begin, end_mark))) {
		if (!add_certificate(cas, begin + sizeof(begin_mark) - 1, end))
			return false;
		text = end;
	}
	return true;
}

/* Appends the certificates of a file. A file that cannot be read is ignored. */
static bool add_file(struct buf *cas, int dir, const char *name)
{
	struct buf text = { .max = FILE_MAX };
	char target[4096];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));
	struct stat st;
	bool ok = true;
	int fd;

	/* hashed names are links to files in the same directory, which are read themselves */
	if (n >= 0 && !memchr(target, '/', (size_t)n))
		return true;
	n = -1;
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((n = buf_read(&text, fd)) > 0)
			;
	if (n == 0 && text.len)
		ok = add_certificates(cas, text.data);
	if (fd >= 0)
		close(fd);
	buf_done(&text);
	return ok;
}

/* ------------------------------------------------------------- directories */

static int add_directory(struct buf *cas, DIR *dir, struct coder_interrupts *interrupts,
			 struct coder_error *err)
{
	const struct dirent *entry;

	/* reading a directory may take long, if it is large or on another machine */
	while ((entry = readdir(dir))) {
		int signal = coder_interrupts_pending(interrupts);

		if (signal)
			return coder_interrupted(signal, err);
		if (coder_interrupts_time_left(interrupts) <= 0)
			return coder_error_set(err, CODER_ERR_NO_RESPONSE,
					       "SSL_CERT_DIR could not be read in time");
		if (add_file(cas, dirfd(dir), entry->d_name))
			continue;
		if (cas->len + FILE_MAX > CAS_MAX)
			return coder_error_set(err, CODER_ERR_USAGE,
					       "SSL_CERT_DIR: more than %u MiB of certificates",
					       CAS_MAX >> 20);
		return coder_error_memory(err);
	}
	return 0;
}

/* Appends the certificates of a list of directories, which is changed. */
static int add_directories(struct buf *cas, char *list, struct coder_interrupts *interrupts,
			   struct coder_error *err)
{
	char *name, *rest = list;
	size_t n_read = 0;
	int rc = 0;

	while (rc == 0 && (name = strsep(&rest, ":"))) {
		DIR *dir = *name ? opendir(name) : NULL;

		if (dir) {
			rc = add_directory(cas, dir, interrupts, err);
			closedir(dir);
			n_read++;
		} else if (*name && !n_read) {
			coder_error_set(err, CODER_ERR_USAGE, "SSL_CERT_DIR: %s: %s", name,
					strerror(errno));
		}
	}
	return n_read ? rc : -1;
}

static int find_more_cas(struct coder_interrupts *interrupts, char **ret, struct coder_error *err)
{
	struct buf cas = { .max = CAS_MAX };
	const char *value = shvar_given("SSL_CERT_DIR");
	char *list;
	int rc;

	if (!value || !value[strspn(value, ":")])
		return 0;
	list = strdup(value);
	if (!list)
		return coder_error_memory(err);
	rc = add_directories(&cas, list, interrupts, err);
	if (rc == 0 && cas.len && !(*ret = buf_detach(&cas)))
		rc = coder_error_memory(err);
	buf_done(&cas);
	free(list);
	return rc;
}

/* --------------------------------------------------------------------- all */

int tls_files_find(struct coder_interrupts *interrupts, struct tls_files *ret,
		   struct coder_error *err)
{
	if (find_readable("CODER_CLIENT_TLS_CA_FILE", &ret->ca_file, err) < 0 ||
	    (!ret->ca_file && (find_readable("SSL_CERT_FILE", &ret->ca_file, err) < 0 ||
			       find_more_cas(interrupts, &ret->more_cas, err) < 0)) ||
	    find_readable("CODER_CLIENT_TLS_CERT_FILE", &ret->cert_file, err) < 0 ||
	    find_readable("CODER_CLIENT_TLS_KEY_FILE", &ret->key_file, err) < 0)
		return -1;
	if (!ret->cert_file != !ret->key_file)
		return coder_error_set(err, CODER_ERR_USAGE,
				       "CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE "
				       "must be specified together");
	return 0;
}
