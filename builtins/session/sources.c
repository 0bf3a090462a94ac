/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sources.c - where the URL and the token come from: options, variables, files; see session.h. */
#include "parts.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "output/advice.h"
#include "output/message.h"
#include "session.h"
#include "shell/variables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------ variables, files */

int session_copy_string(const char *text, char **ret, struct coder_error *err)
{
	*ret = strdup(text);
	return *ret ? 0 : coder_error_memory(err);
}

static void trim(char *text)
{
	size_t len = strlen(text), lead = strspn(text, ASCII_BLANKS);

	while (len > lead && ascii_is_blank(text[len - 1]))
		len--;
	memmove(text, text + lead, len - lead);
	explicit_bzero(text + len - lead, lead);
	text[len - lead] = '\0';
}

int session_copy_variable(const char *name, char **ret, struct coder_error *err)
{
	const char *value = shvar_given(name);

	*ret = NULL;
	return value ? session_copy_string(value, ret, err) : 0;
}

/* An empty option fails: a script whose variable is empty must not act as somebody else. */
static int copy_option(const char *option, const char *value, char **ret, struct coder_error *err)
{
	if (ascii_is_given(value))
		return session_copy_string(value, ret, err);
	coder_error_set(err, CODER_ERR_USAGE, "%s is empty", option);
	return advise(err, CAUSE_EMPTY_OPTION, NULL, NULL);
}

int session_find_directory(struct session *s, struct coder_error *err)
{
	static const struct {
		const char *variable, *below;
	} places[] = {
		{ "CODER_CONFIG_DIR", "" },
		{ "XDG_CONFIG_HOME", "/coderv2" },
		{ "HOME", "/.config/coderv2" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *value = shvar_get(places[i].variable);

		if (!value || !*value)
			continue;
		if (asprintf(&s->directory, "%s%s", value, places[i].below) < 0) {
			s->directory = NULL;
			return coder_error_memory(err);
		}
		return 0;
	}
	return 0;
}

/* *ret is NULL if the file does not exist or is blank. */
static int read_file(const char *path, char **ret, mode_t *ret_mode, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) text = { .max = INPUT_MAX };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *why = NULL;
	struct stat st;
	ssize_t n;

	*ret = NULL;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0) {
		why = strerror(errno);
	} else if (!S_ISREG(st.st_mode)) {
		why = "not a regular file";
	} else {
		do
			n = buf_read(&text, fd);
		while (n > 0);
		if (n < 0)
			why = strerror(errno);
		else if (text.len > 0 && memchr(text.data, '\0', text.len))
			why = "has a control character in it";
	}
	if (fd >= 0)
		close(fd);
	if (why)
		return coder_error_set(err, CODER_ERR_AUTH, "%s: %s", path, why);
	*ret_mode = st.st_mode & 07777;
	if (!ascii_is_given(text.data))
		return 0;
	if (session_copy_string(text.data, ret, err) < 0)
		return -1;
	trim(*ret);
	return 0;
}

/* The path of a config file. */
static int config_path(const struct session *s, const char *name, char **ret,
		       struct coder_error *err)
{
	if (asprintf(ret, "%s/%s", s->directory, name) >= 0)
		return 0;
	*ret = NULL;
	return coder_error_memory(err);
}

static int read_url_file(struct session *s, char **ret, struct coder_error *err)
{
	mode_t mode;

	*ret = NULL;
	if (!s->directory)
		return 0;
	if (!s->url_file && config_path(s, "url", &s->url_file, err) < 0)
		return -1;
	return read_file(s->url_file, ret, &mode, err);
}

/* ---------------------------------------------------------- url and token */

int session_find_url(struct session *s, const char *option, struct coder_error *err)
{
	s->url_source = option ? "--url" : "CODER_URL";
	if ((option ? copy_option(s->url_source, option, &s->url, err) :
		      session_copy_variable(s->url_source, &s->url, err)) < 0)
		return -1;
	if (!s->url) {
		if (read_url_file(s, &s->url, err) < 0)
			return -1;
		s->url_source = s->url_file;
	}
	if (!s->url) {
		coder_error_set(err, CODER_ERR_AUTH, "no URL");
		return advise(err, CAUSE_NO_URL, NULL, NULL);
	}
	trim(s->url);
	if (coder_url_origin(s->url, &s->origin, err) < 0)
		return coder_error_wrap(err, "%s", s->url_source);
	return 0;
}

static int no_token(const struct session *s, struct coder_error *err)
{
	coder_error_set(err, CODER_ERR_AUTH, "no token for %s", s->origin);
	return advise(err, CAUSE_NO_TOKEN, s->origin, NULL);
}

/* The token of the file `session` is only for the deployment that the file `url` names. */
static int check_owner(struct session *s, const char *path, struct coder_error *err)
{
	char *url, *origin;
	bool same;

	/* read again even if the URL came from it: `coder login` may have written both since */
	if (read_url_file(s, &url, err) < 0)
		return -1;
	if (!url) {
		coder_error_set(err, CODER_ERR_AUTH,
				"no token for %s: there is one in %s, but no file url beside it "
				"names its deployment",
				s->origin, path);
		return advise(err, CAUSE_TOKEN_FOR_OTHER, NULL, NULL);
	}
	if (coder_url_origin(url, &origin, err) < 0) {
		free(url);
		return coder_error_wrap(err, "%s", s->url_file);
	}
	free(url);
	same = strcmp(origin, s->origin) == 0;
	if (!same) {
		coder_error_set(err, CODER_ERR_AUTH, "no token for %s: the one in %s belongs to %s",
				s->origin, path, origin);
		advise(err, CAUSE_TOKEN_FOR_OTHER, NULL, NULL);
	}
	free(origin);
	return same ? 0 : -1;
}

int session_read_session_file(struct session *s, struct coder_error *err)
{
	mode_t mode = 0;
	char *file;

	if (!s->directory)
		return no_token(s, err);
	if (config_path(s, "session", &s->session_file, err) < 0)
		return -1;
	s->token_source = s->session_file;
	if (read_file(s->session_file, &s->token, &mode, err) < 0)
		return -1;
	if (!s->token)
		return no_token(s, err);
	if (check_owner(s, s->session_file, err) < 0)
		return -1;
	if (s->silent || !(mode & (S_IRGRP | S_IROTH)))
		return 0;
	file = realpath(s->session_file, NULL); /* warn once, however the directory is spelled */
	output_warn_once("readers", file ? file : s->session_file,
			 "%s: readable by others (mode %04o): chmod 600", s->session_file,
			 (unsigned)mode);
	free(file);
	return 0;
}

/* Characters that no token contains. Some of them are hard to see. */
static const char *describe_character(uint32_t c)
{
	static const struct {
		uint32_t first, last;
		const char *what;
	} kinds[] = {
		{ ' ', ' ', "a blank" },
		{ 0x00, 0x1f, "a control character" },
		{ 0x7f, 0x9f, "a control character" },
		{ 0xa0, 0xa0, "a non-breaking space" },
		{ 0xad, 0xad, "a soft hyphen" },
		{ 0x2000, 0x200a, "a wide or narrow space" },
		{ 0x200b, 0x200b, "a zero-width space" },
		{ 0x200c, 0x200d, "a zero-width joiner" },
		{ 0x200e, 0x200f, "an invisible direction mark" },
		{ 0x2010, 0x2015, "a dash that is not a plain hyphen" },
		{ 0x2018, 0x201f, "a typographic quote" },
		{ 0x2028, 0x2029, "a line separator" },
		{ 0x202a, 0x202e, "an invisible direction mark" },
		{ 0x202f, 0x202f, "a non-breaking space" },
		{ 0x205f, 0x205f, "a wide or narrow space" },
		{ 0x2060, 0x2064, "an invisible character" },
		{ 0x2066, 0x2069, "an invisible direction mark" },
		{ 0x3000, 0x3000, "a wide or narrow space" },
		{ 0xfeff, 0xfeff, "a byte order mark" },
		{ 0, UINT32_MAX, "a character that is not ASCII" },
	};
	size_t i = 0;

	while (c < kinds[i].first || c > kinds[i].last)
		i++;
	return kinds[i].what;
}

/* Refuses anything but visible ASCII: a server would only report that it does not know the token. */
static int check_token(const struct session *s, struct coder_error *err)
{
	bool from_file = s->token_source == s->session_file;
	enum coder_code code = from_file ? CODER_ERR_AUTH : CODER_ERR_USAGE;
	const char *p = s->token;
	uint32_t c;

	while (*p > ' ' && *p < 0x7f)
		p++;
	if (!*p)
		return 0;
	if (!coder_utf8_decode(p, &c))
		coder_error_set(err, code, "%s: has a byte that is not ASCII in it (0x%02x)",
				s->token_source, (unsigned char)*p);
	else if (c < 0x80)
		coder_error_set(err, code, "%s: has %s in it", s->token_source,
				describe_character(c));
	else
		coder_error_set(err, code, "%s: has %s in it (U+%04X)", s->token_source,
				describe_character(c), (unsigned)c);
	if (from_file)
		return advise(err, CAUSE_TOKEN_FILE_DAMAGED, s->origin, NULL);
	return advise(err, CAUSE_TOKEN_DAMAGED, NULL, NULL);
}

int session_find_token(struct session *s, const char *option, struct coder_error *err)
{
	s->token_source = option ? TOKEN_OPTION : TOKEN_VARIABLE;
	if ((option ? copy_option(s->token_source, option, &s->token, err) :
		      session_copy_variable(s->token_source, &s->token, err)) < 0)
		return -1;
	if (!s->token && session_read_session_file(s, err) < 0)
		return -1;
	trim(s->token);
	return check_token(s, err);
}
