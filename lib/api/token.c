/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token.c - a token's record: its life cycle, and what it permits. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "decode.h"
#include "scope.h"
#include "token.h"
#include "tokens.h"

bool coder_name_routable(const char *name)
{
	return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strcmp(name, "tokenconfig") != 0;
}

/* ------------------------------------------------------------- life cycles */

void coder_token_done(struct coder_token *token)
{
	if (!token)
		return;
	free(token->id); /* begins the block of all strings but the owner */
	free(token->owner);
	coder_strings_done(&token->scopes);
	coder_strings_done(&token->allow_list);
	*token = (struct coder_token){ 0 };
}

bool token_is_api(const struct coder_token *token)
{
	return strcmp(token->login_type, "token") == 0;
}

int64_t coder_token_left(const struct coder_token *token, int64_t now)
{
	return token->expires_epoch <= 0 ? INT64_MAX : token->expires_epoch - now;
}

void coder_secret_done(struct coder_secret *secret)
{
	if (secret)
		explicit_bzero(secret, sizeof(*secret));
}

/* ----------------------------------------------------------------- copies */

int coder_token_copy(const struct coder_token *from, struct coder_token *ret,
		     struct coder_error *err)
{
	CLEANUP(coder_token_done) struct coder_token copy = *from;
	size_t size = 0;
	char *p;

	copy.id = copy.owner = NULL; /* so that a failure frees nothing of `from` */
	copy.scopes = copy.allow_list = (struct coder_strings){ 0 };
	for (size_t i = 0; i < TOKEN_N_TEXTS; i++) {
		const char *text = *token_text_at(from, i);

		size += text ? strlen(text) + 1 : 0;
	}
	p = malloc(size);
	if (!p)
		return coder_error_memory(err);
	for (size_t i = 0; i < TOKEN_N_TEXTS; i++) {
		const char *text = *token_text_at(from, i);

		if (!text)
			continue;
		size = strlen(text) + 1;
		*token_text_at(&copy, i) = memcpy(p, text, size);
		p += size;
	}
	if (from->owner) {
		copy.owner = strdup(from->owner);
		if (!copy.owner)
			return coder_error_memory(err);
	}
	if (coder_strings_add_all(&copy.scopes, &from->scopes, err) < 0 ||
	    coder_strings_add_all(&copy.allow_list, &from->allow_list, err) < 0)
		return -1;
	*ret = copy;
	copy = (struct coder_token){ 0 };
	return 0;
}

/* ------------------------------------------------------- what a token may do */

int coder_token_scopes(const struct coder_token *token, struct coder_strings *ret,
		       struct coder_error *err)
{
	CLEANUP(coder_strings_done) struct coder_strings list = { 0 };

	for (size_t i = 0; i < token->scopes.n; i++)
		if (coder_strings_add(&list, coder_scope_canonical(token->scopes.v[i]), err) < 0)
			return -1;
	if (!token->has_scopes && *token->scope &&
	    coder_strings_add(&list, coder_scope_canonical(token->scope), err) < 0)
		return -1;
	coder_strings_sort(&list);
	*ret = list;
	list = (struct coder_strings){ 0 };
	return 0;
}

int coder_token_allow_list(const struct coder_token *token, struct coder_strings *ret,
			   struct coder_error *err)
{
	CLEANUP(coder_strings_done) struct coder_strings list = { 0 };

	if (coder_strings_add_all(&list, &token->allow_list, err) < 0)
		return -1;
	if (!token->has_allow_list && coder_strings_add(&list, "*:*", err) < 0)
		return -1;
	coder_strings_sort(&list);
	*ret = list;
	list = (struct coder_strings){ 0 };
	return 0;
}
