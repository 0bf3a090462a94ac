/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_files.h - the files with the CA certificates and the client certificate for TLS, as the Coder
 * CLI, a Go program, reads them.
 */
#ifndef TLS_FILES_H
#define TLS_FILES_H

#include "coder.h"

/* Heap strings, NULL where there is none. Zeroed memory is empty. */
struct tls_files {
	char *ca_file; /* replaces the system's file of CA certificates */
	char *more_cas; /* PEM text of further CA certificates */
	char *cert_file, *key_file; /* the client certificate */
};

void tls_files_done(struct tls_files *files);

/*
 * Finds the files that variables of the shell name:
 *
 *   CODER_CLIENT_TLS_CA_FILE          replaces the system's CAs and the next two
 *   SSL_CERT_FILE                     replaces the system's file
 *   SSL_CERT_DIR                      directories, separated by colons; the certificates
 *                                     in all of their files are added
 *   CODER_CLIENT_TLS_CERT_FILE, _KEY_FILE
 *
 * It is CODER_ERR_USAGE if a file cannot be read or is not a regular one, if only one of a client
 * certificate and its key is given, or if none of the directories of SSL_CERT_DIR can be read. Ends
 * early when a signal is pending or the deadline has passed.
 */
int tls_files_find(struct coder_interrupts *interrupts, struct tls_files *ret,
		   struct coder_error *err);

#endif
