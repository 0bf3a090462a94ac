/* SPDX-License-Identifier: GPL-3.0-or-later */
/* surroundings.c - the environment variables that libcurl and its libraries would read; see session.h. */
#include "parts.h"
#include "session.h"
#include "shell/environment.h"
#include "shell/shell.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The value that a command started by this shell would see; NULL if it is empty. */
static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* Variables that can make the libraries which libcurl loads run code or write files. */
static const char *const library_variables[] = {
	"OPENSSL_CONF",	   "OPENSSL_CONF_INCLUDE",
	"OPENSSL_MODULES", "OPENSSL_ENGINES",
	"SSLKEYLOGFILE",   "QLOGDIR",
	"GCONV_PATH",	   "KRB5_CONFIG",
	"KRB5_TRACE",	   NULL,
};

bool session_shield(void)
{
	return !shell_restricted() || shell_hide_variables(library_variables);
}

void session_unshield(void)
{
	shell_show_variables();
}

/* Refuses a FIFO: the libraries open these files themselves, and nothing could end their wait. */
int session_check_libraries(struct session *s, struct coder_error *err)
{
	if (shell_restricted())
		return 0; /* see session_shield() */
	for (size_t i = 0; library_variables[i]; i++) {
		const char *path = environment(library_variables[i]);
		struct stat st;

		if (!path)
			continue;
		if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
			return coder_error_set(err, CODER_ERR_USAGE, "%s: %s: not a regular file",
					       library_variables[i], path);
		if (!s->libraries_variable)
			s->libraries_variable = library_variables[i];
	}
	return 0;
}

/*
 * Chooses the variable as libcurl would. HTTP_PROXY does not count: in a CGI script it contains
 * the header "Proxy" of a request.
 */
int session_find_proxy(struct session *s, struct coder_error *err)
{
	static const struct {
		const char *name;
		bool http, https;
	} variables[] = {
		{ "http_proxy", true, false },	{ "https_proxy", false, true },
		{ "HTTPS_PROXY", false, true }, { "all_proxy", true, true },
		{ "ALL_PROXY", true, true },
	};
	const char *no_proxy = environment("no_proxy"), *value = NULL;
	bool https = coder_url_has_scheme(s->url, "https");

	if (coder_proxy_bypassed(s->url, no_proxy ? no_proxy : environment("NO_PROXY")))
		return 0;
	for (size_t i = 0; !value && i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (https ? !variables[i].https : !variables[i].http)
			continue;
		value = environment(variables[i].name);
		s->proxy_variable = variables[i].name;
	}
	return value ? session_copy_string(value, &s->proxy, err) : 0;
}
