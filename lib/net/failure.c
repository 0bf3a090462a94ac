/* SPDX-License-Identifier: GPL-3.0-or-later */
/* failure.c - why an exchange failed, and who caused it; see failure.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "failure.h"
#include "proxy.h"

#define ALERT_CERTIFICATE_REQUIRED 116 /* TLS 1.3; in earlier versions only the handshake fails */
#define CODE_TOO_LARGE ((CURLcode)100) /* CURLE_TOO_LARGE, which libcurl has since 8.6 */

/* ------------------------------------------------------------------- who */

/* How far an exchange through a proxy has got. */
enum stage {
	TO_PROXY, /* it has not reached the proxy itself */
	AT_PROXY, /* the proxy was asked to connect to the deployment */
	PAST_PROXY, /* the proxy passes bytes on; or there is no proxy */
};

static bool is_tls_code(CURLcode code)
{
	switch (code) {
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return true;
	default:
		return false;
	}
}

static enum stage stage_of(const struct failure *f)
{
	const struct proxy *proxy = f->o->proxy;

	if (!proxy)
		return PAST_PROXY;
	if (proxy->socks) {
		if (f->sent || f->tls_sent || is_tls_code(f->code))
			return PAST_PROXY;
		return f->code == CURLE_COULDNT_CONNECT && f->system_error ? TO_PROXY : AT_PROXY;
	}
	if (!f->o->tls) /* the proxy takes the request itself */
		return TO_PROXY;
	if (f->sent || f->connect_status / 100 == 2)
		return PAST_PROXY;
	return f->connect_sent ? AT_PROXY : TO_PROXY;
}

/* The other side that an error is about. */
struct peer {
	const char *kind, *name; /* "the proxy ", "http://proxy:3128"; or "", the origin */
	const char *source; /* where it comes from */
	bool tls;
};

static struct peer peer_of(const struct failure *f)
{
	const struct proxy *proxy = f->o->proxy;

	if (stage_of(f) == PAST_PROXY)
		return (struct peer){ "", f->o->origin, f->o->url_source, f->o->tls };
	return (struct peer){ "the proxy ", proxy->name, proxy->source, proxy->tls };
}

/* ------------------------------------------------------------------- why */

static bool has_certificate(const char *path)
{
	static const char mark[] = "-----BEGIN ";
	char line[256] = "";
	FILE *file = fopen(path, "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, mark, sizeof(mark) - 1) == 0;
	if (file)
		fclose(file);
	return found;
}

void failure_no_descriptor(int reason, struct coder_error *err)
{
	coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot open a socket: %s", strerror(reason));
	coder_error_cause(err, CODER_CAUSE_OPEN_FILES, NULL, NULL);
}

/* The proxy is there, but does not connect to the deployment. */
static int proxy_error(const struct failure *f, struct coder_error *err)
{
	const struct proxy *proxy = f->o->proxy;

	if (f->connect_status == 407)
		return proxy_wants_user(proxy, err);
	if (f->connect_status)
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"the proxy %s does not connect to %s: its response is %ld",
				proxy->name, f->o->origin, f->connect_status);
	else
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"the proxy %s does not connect to %s: %s", proxy->name,
				f->o->origin, f->detail);
	return coder_error_cause(err, CODER_CAUSE_PROXY_REFUSES, proxy->source, NULL);
}

/* Describes all other errors, by libcurl's code. */
static int other_error(const struct failure *f, struct coder_error *err)
{
	const struct peer peer = peer_of(f);

	switch (f->code) {
	case CURLE_GOT_NOTHING:
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"%s%s closed the connection without a response", peer.kind,
				peer.name);
		return coder_error_cause(err, CODER_CAUSE_SCHEME, peer.source, NULL);
	case CURLE_PARTIAL_FILE:
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "the response from %s%s ended early: %s", peer.kind,
				       peer.name, f->detail);
	case CURLE_COULDNT_RESOLVE_HOST: /* libcurl refuses a name that was found */
	case CURLE_COULDNT_RESOLVE_PROXY:
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot find the host %s", f->o->host);
		return coder_error_cause(err, CODER_CAUSE_NETWORK, peer.source, NULL);
	default:
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "no usable response from %s%s: %s",
				peer.kind, peer.name, f->detail);
		if (f->tls_alert != ALERT_CERTIFICATE_REQUIRED)
			return -1;
		return coder_error_cause(err, CODER_CAUSE_NO_CERTIFICATE, NULL, NULL);
	}
}

/* Whether it failed because of something on this machine. If so, fills *err. */
static bool is_local(const struct failure *f, struct coder_error *err)
{
	const bool is_tls = is_tls_code(f->code);
	const char *ca_file = f->o->ca_file;
	/* TLS to the deployment could not even begin: our own certificate or key is the reason */
	const bool is_certificate =
		f->o->cert_file && f->o->tls && stage_of(f) == PAST_PROXY && !f->sent &&
		(f->code == CURLE_SSL_CERTPROBLEM || !f->tls_sent) &&
		f->code != CURLE_COULDNT_CONNECT && f->code != CURLE_COULDNT_RESOLVE_HOST;

	if (f->no_memory) {
		coder_error_memory(err);
	} else if (f->no_descriptor) {
		failure_no_descriptor(f->no_descriptor, err);
	} else if (f->full && (is_tls || f->code == CURLE_OUT_OF_MEMORY)) {
		failure_no_descriptor(f->full, err);
	} else if (f->no_algorithms && !f->sent) {
		libcurl_no_algorithms(err);
	} else if (ca_file &&
		   (f->code == CURLE_SSL_CACERT_BADFILE || (is_tls && !has_certificate(ca_file)))) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot read CA certificates from %s",
				ca_file);
		coder_error_cause(err, CODER_CAUSE_CA_FILE, NULL, NULL);
	} else if (f->code == CURLE_SSL_CACERT_BADFILE) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"no CA certificates are installed here: %s", f->detail);
		coder_error_cause(err, CODER_CAUSE_NO_CA, NULL, NULL);
	} else if (is_certificate) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"the TLS client certificate cannot be used: %s", f->detail);
		coder_error_cause(err, CODER_CAUSE_CERTIFICATE, NULL, NULL);
	} else {
		return false;
	}
	return true;
}

void failure_describe(const struct failure *f, bool *ret_worth_retrying, struct coder_error *err)
{
	const struct peer peer = peer_of(f);

	*ret_worth_retrying = false;
	if (is_local(f, err))
		return;
	if (stage_of(f) == AT_PROXY) {
		*ret_worth_retrying = !f->connect_status || f->connect_status >= 500;
		proxy_error(f, err);
	} else if (f->code == CURLE_COULDNT_CONNECT) {
		*ret_worth_retrying = true;
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "cannot connect to %s%s: %s", peer.kind,
				peer.name, f->system_error ? strerror(f->system_error) : f->detail);
		coder_error_cause(err, CODER_CAUSE_NETWORK, peer.source, NULL);
	} else if (is_tls_code(f->code)) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "no secure connection to %s%s: %s",
				peer.kind, peer.name, f->detail);
		if (f->code == CURLE_PEER_FAILED_VERIFICATION)
			coder_error_cause(err, CODER_CAUSE_UNKNOWN_CA, NULL, NULL);
		else
			coder_error_cause(err, CODER_CAUSE_NO_TLS, peer.source, NULL);
	} else if (f->in_headers && (f->code == CURLE_OUT_OF_MEMORY || f->code == CODE_TOO_LARGE)) {
		/* memory has not run out: a line of the headers is too large for libcurl */
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"the response from %s has headers that are too large",
				f->o->origin);
	} else if (f->in_headers && f->code == CURLE_WEIRD_SERVER_REPLY) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE,
				"the response from %s has broken headers", f->o->origin);
	} else if (f->code == CURLE_BAD_CONTENT_ENCODING) {
		/*
		 * libcurl was not asked to decode, but refuses a coding that it must not pass on as
		 * it is
		 */
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "the response from %s is compressed",
				f->o->origin);
	} else {
		other_error(f, err);
	}
}

void failure_too_late(const struct failure *f, struct coder_error *err)
{
	const struct peer peer = peer_of(f);
	char limit[32];

	if (f->sent) {
		coder_error_set(err, CODER_ERR_NO_RESPONSE, "%s%s sent nothing for %d s", peer.kind,
				peer.name, TRANSFER_SILENCE_S);
	} else {
		text_wait(f->o->connect_timeout_ns, limit);
		if (stage_of(f) == AT_PROXY)
			coder_error_set(err, CODER_ERR_NO_RESPONSE,
					"no connection to %s through the proxy %s within %s",
					f->o->origin, f->o->proxy->name, limit);
		else
			coder_error_set(err, CODER_ERR_NO_RESPONSE,
					"no connection to %s%s within %s", peer.kind, peer.name,
					limit);
		coder_error_cause(err, CODER_CAUSE_NETWORK, peer.source, NULL);
	}
	err->timeout = true;
}
