/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token.c - a token's record: reading it, and what it permits. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/duration.h"
#include "base/shape.h"
#include "json/json.h"
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

/* ---------------------------------------------------------------- decoding */

static const struct field {
	const char *key;
	size_t offset;
	bool optional; /* NULL, not "", if it is absent */
} fields[] = {
	{ "id", offsetof(struct coder_token, id), false }, /* first: begins the block */
	{ "user_id", offsetof(struct coder_token, user_id), false },
	{ "username", offsetof(struct coder_token, username), true },
	{ "token_name", offsetof(struct coder_token, name), false },
	{ "login_type", offsetof(struct coder_token, login_type), false },
	{ "scope", offsetof(struct coder_token, scope), false },
	{ "created_at", offsetof(struct coder_token, created_at), false },
	{ "updated_at", offsetof(struct coder_token, updated_at), false },
	{ "last_used", offsetof(struct coder_token, last_used), false },
	{ "expires_at", offsetof(struct coder_token, expires_at), false },
};
#define N_FIELDS (sizeof(fields) / sizeof(fields[0]))

static char **text_member(const struct coder_token *token, size_t i)
{
	return (char **)((char *)token + fields[i].offset);
}

int token_set_texts(struct coder_token *token, const struct coder_token *texts,
		    struct coder_error *err)
{
	size_t size = 0;
	char *p;

	for (size_t i = 0; i < N_FIELDS; i++) {
		const char *text = *text_member(texts, i);

		size += text ? strlen(text) + 1 : 0;
	}
	p = malloc(size);
	if (!p)
		return coder_error_memory(err);
	for (size_t i = 0; i < N_FIELDS; i++) {
		const char *text = *text_member(texts, i);

		if (!text)
			continue;
		size = strlen(text) + 1;
		*text_member(token, i) = memcpy(p, text, size);
		p += size;
	}
	return 0;
}

static int decode_texts(const struct json *object, struct coder_token *token,
			struct coder_error *err)
{
	struct coder_token texts = { 0 };

	for (size_t i = 0; i < N_FIELDS; i++) {
		const char *text = fields[i].optional ? NULL : "";

		if (json_text(object, fields[i].key, &text, err) < 0)
			return -1;
		*text_member(&texts, i) = (char *)text;
	}
	if (!coder_id_shaped(texts.id))
		return json_broken(err, "id", "the id of a token");
	return token_set_texts(token, &texts, err);
}

/* A time that the server did not send stays 0. */
static int decode_times(struct coder_token *token, struct coder_error *err)
{
	int64_t updated; /* only checked */
	const struct {
		const char *text;
		int64_t *epoch;
	} times[] = {
		{ token->created_at, &token->created_epoch },
		{ token->updated_at, &updated },
		{ token->last_used, &token->last_used_epoch },
		{ token->expires_at, &token->expires_epoch },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (*times[i].text && coder_time_parse(times[i].text, times[i].epoch, err) < 0)
			return -1;
	if (token->last_used_epoch < 0)
		token->last_used_epoch = 0; /* old servers send year 1 for "never" */
	return 0;
}

/* An entry of the form {"type":"workspace","id":"..."}, as the published API model has it. */
static int decode_entry(const struct json *v, const char *key, struct coder_strings *list,
			struct coder_error *err)
{
	const char *type = NULL, *id = NULL;
	CLEANUP(buf_done) struct buf text = { 0 };

	if (json_text(v, "type", &type, err) < 0 || json_text(v, "id", &id, err) < 0)
		return -1;
	if (!type || !id)
		return json_broken(err, key, "a list of entries with type and id");
	if (!buf_addf(&text, "%s:%s", type, id))
		return coder_error_memory(err);
	return coder_strings_add(list, text.data, err);
}

/* A list of strings, and with objects of entries too; *ret_has: whether it is there. */
static int decode_list(const struct json *object, const char *key, bool objects,
		       struct coder_strings *list, bool *ret_has, struct coder_error *err)
{
	const struct json *array;

	if (json_member(object, key, &array, err) < 0)
		return -1;
	if (!array || json_is_null(array))
		return 0;
	if (!json_is_array(array))
		return json_broken(err, key, "a list");
	for (const struct json *v = json_first(array); v; v = json_next(v)) {
		const char *text = json_string(v);
		int r;

		if (text)
			r = coder_strings_add(list, text, err);
		else if (objects && json_is_object(v))
			r = decode_entry(v, key, list, err);
		else
			r = json_broken(err, key, "a list of strings");
		if (r < 0)
			return -1;
	}
	*ret_has = true;
	return 0;
}

int token_decode(const struct json *object, struct coder_token *ret, struct coder_error *err)
{
	CLEANUP(coder_token_done) struct coder_token token = { 0 };

	if (!json_is_object(object))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: a token is not an object");
	if (decode_texts(object, &token, err) < 0 || decode_times(&token, err) < 0 ||
	    decode_list(object, "scopes", false, &token.scopes, &token.has_scopes, err) < 0 ||
	    decode_list(object, "allow_list", true, &token.allow_list, &token.has_allow_list, err) <
		    0 ||
	    json_int64(object, "lifetime_seconds", 0, &token.lifetime_seconds, err) < 0)
		return -1;
	*ret = token;
	token = (struct coder_token){ 0 };
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
