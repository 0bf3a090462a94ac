/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advice.c - the table of causes, and what to do about each. */
#include "advice.h"
#include "base/ascii.h"
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

/* The first %s is coder_error.about, the second coder_error.also. A command gets the token. */
static const struct advice {
	const char *text;
	const char *command; /* what to do with the token in question, or NULL */
} advice[CAUSE_END] = {
	[CODER_CAUSE_NEAREST] = { "did you mean '%s'?", NULL },
	[CODER_CAUSE_AMBIGUOUS] = { "give %s", NULL },
	[CODER_CAUSE_TOO_MANY] = { "filter them to get fewer", NULL },
	[CODER_CAUSE_URL_FORM] = { "give it as https://coder.example.com", NULL },
	[CODER_CAUSE_SOURCE] = { "check %s", NULL },
	[CODER_CAUSE_NETWORK] = { "check %s and the network", NULL },
	[CODER_CAUSE_NO_TLS] = { "check %s: does this port speak TLS?", NULL },
	[CODER_CAUSE_SCHEME] = { "check %s: is it http or https?", NULL },
	[CODER_CAUSE_REDIRECT] = { "check %s: redirects are not followed", NULL },
	[CODER_CAUSE_MOVED] = { "if that is your deployment, change %s to %s", NULL },
	[CODER_CAUSE_FRONT] = { "check the URL, and the ingress, gateway or firewall on the way",
				NULL },
	[CODER_CAUSE_PROXY_RESPONDED] = { "check %s: the request went through the proxy %s", NULL },
	[CODER_CAUSE_PROXY_FORM] = { "give it as http://proxy.example.com:3128", NULL },
	[CODER_CAUSE_PROXY_REFUSES] = { "check %s, and what the proxy permits", NULL },
	[CODER_CAUSE_PROXY_USER] = { "give them in %s, as in "
				     "http://USER:PASSWORD@proxy.example.com:3128",
				     NULL },
	[CODER_CAUSE_LIBRARIES] = { "check %s and the files that are named there", NULL },
	[CODER_CAUSE_CA_FILE] = { "check CODER_CLIENT_TLS_CA_FILE and SSL_CERT_FILE", NULL },
	[CODER_CAUSE_NO_CA] = { "install the package ca-certificates, or name the file with its CA "
				"in CODER_CLIENT_TLS_CA_FILE",
				NULL },
	[CODER_CAUSE_UNKNOWN_CA] = { "if the server is the right one, name the file with its CA in "
				     "CODER_CLIENT_TLS_CA_FILE",
				     NULL },
	[CODER_CAUSE_NO_CERTIFICATE] = { "set CODER_CLIENT_TLS_CERT_FILE and "
					 "CODER_CLIENT_TLS_KEY_FILE",
					 NULL },
	[CODER_CAUSE_CERTIFICATE] = { "check CODER_CLIENT_TLS_CERT_FILE and "
				      "CODER_CLIENT_TLS_KEY_FILE",
				      NULL },
	[CODER_CAUSE_OPEN_FILES] = { "raise the limit of open files: ulimit -n", NULL },
	[CODER_CAUSE_PROCESSES] = { "raise the limit of processes: ulimit -u", NULL },
	[CODER_CAUSE_NO_LIBCURL] = { "install libcurl 7.68 or later (Debian package libcurl4)",
				     NULL },
	[CODER_CAUSE_NO_ALGORITHMS] = { "activate the default provider in the file that "
					"OPENSSL_CONF names, or unset it, and start a new shell",
					NULL },
	[CODER_CAUSE_LIBRARIES_HANG] = { "fix their configuration, and start a new shell", NULL },
	[CODER_CAUSE_BUSY] = { "try again in %s s", NULL },
	[CODER_CAUSE_NO_EXPIRE] = { "this server cannot expire tokens: delete it with --delete",
				    NULL },
	[CODER_CAUSE_NO_GROUPS] = { "this server has no groups", NULL },
	[CODER_CAUSE_IGNORES] = { "servers before v2.27 ignore scopes, before v2.28 the allow list",
				  NULL },
	[CODER_CAUSE_NAME_TAKEN] = { "the name was free a moment before: another call has taken "
				     "it, or this one's request was repeated on its way",
				     NULL },
	[CODER_CAUSE_GOALS_CONFLICT] = { "create two tokens", NULL },
	[CODER_CAUSE_CANNOT_READ_TOKENS] = { "use a login session, or a token with the scope api_key:read and "
					     "with api_key:* in its allow list",
					     NULL },
	[CODER_CAUSE_LIVES_LONGER] = { "the token would have been valid until %s", NULL },
	[CODER_CAUSE_MAY_BE_LEFT] = { "look for it and remove it: ", "token_rm --delete" },
	[CODER_CAUSE_MAY_BE_OURS] = { "look at it before you remove it: ", "token_view" },
	/* an id needs no -u */
	[CODER_CAUSE_FOREIGN] = { "look at it: token_view %s", NULL },

	[CAUSE_EMPTY_OPTION] = { "give it a value or leave it out", NULL },
	[CAUSE_NO_URL] = { "set CODER_URL or give --url, or sign in with coder login", NULL },
	[CAUSE_NO_TOKEN] = { "set CODER_SESSION_TOKEN or give --token, or sign in with "
			     "coder login %s",
			     NULL },
	[CAUSE_TOKEN_FOR_OTHER] = { "set CODER_SESSION_TOKEN or give --token", NULL },
	[CAUSE_TOKEN_DAMAGED] = { "copy the token again", NULL },
	[CAUSE_TOKEN_FILE_DAMAGED] = { "sign in again with: coder login %s", NULL },
	[CAUSE_USER_SUSPENDED] = { "the token came from %s; signing in again does not help", NULL },
	[CAUSE_OPTION_REFUSED] = { "the token came from --token: give another one", NULL },
	[CAUSE_FILE_REFUSED] = { "the token came from %s: sign in again with: coder login %s",
				 NULL },
	[CAUSE_VARIABLE_REFUSED] = { "the token came from CODER_SESSION_TOKEN: set it to a new "
				     "token, or unset it and sign in with: coder login %s",
				     NULL },
	[CAUSE_VARIABLE_HIDES_FILE] = { "the token came from CODER_SESSION_TOKEN: set it to a new "
					"token, or unset it to use the one in %s/session",
					NULL },
	[CAUSE_RESTRICTED] = { "the token in use is restricted: its scopes or its allow list may "
			       "be the cause",
			       NULL },
	[CAUSE_NO_ROUTE] = { "this deployment does not know the request: it is too old, or "
			     "something in front of it rewrites paths",
			     NULL },
	[CAUSE_LATE] = { "allow more time with --timeout", NULL },
	[CAUSE_ARRAY_FULL] = { "narrow them down with filters, or use -v, which takes more", NULL },
	[CAUSE_NAME_IN_USE] = { "remove it with token_rm --delete (expired tokens keep their "
				"names), or choose another name",
				NULL },
	[CAUSE_UNKNOWN_GOAL] = { "token_create --help lists the goals", NULL },
};

/* Appends a word as the shell can read it back: unchanged, or in single quotes if it needs them. */
static bool add_word(struct buf *text, const char *word)
{
	if (*word && !word[strspn(word, ASCII_ALNUM "_.,:/@%+-")])
		return buf_add_str(text, word);
	if (!buf_add_char(text, '\''))
		return false;
	for (; *word; word++)
		if (!(*word == '\'' ? buf_add_str(text, "'\\''") : buf_add_char(text, *word)))
			return false;
	return buf_add_char(text, '\'');
}

void advice_text(const struct coder_error *err, const char *user, char out[ADVICE_SIZE])
{
	const struct advice *row = &advice[err->cause];
	const char *token = err->about;
	struct buf text = { 0 };

	out[0] = '\0';
	if (row->text && !row->command)
		snprintf(out, ADVICE_SIZE, row->text, err->about, err->also);
	if (!row->command)
		return;
	/* "token_rm --delete -u USER NAME", which users can copy from the message and run */
	if (text_has_control(token) || strlen(token) > 120)
		snprintf(out, ADVICE_SIZE, "look for it with token_list, and remove it by its id");
	else if (buf_addf(&text, "%s%s", row->text, row->command) &&
		 (strcmp(user, "me") == 0 ||
		  (buf_add_str(&text, " -u ") && add_word(&text, user))) &&
		 buf_add_str(&text, *token == '-' ? " -- " : " ") && add_word(&text, token))
		snprintf(out, ADVICE_SIZE, "%s", text.data);
	buf_done(&text);
}
