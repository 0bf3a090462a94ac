/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode.c - tokens as servers send them; see decode.h. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "base/grow.h"
#include "base/shape.h"
#include "decode.h"
#include "json/broken.h"
#include "json/list.h"

const struct json_key token_keys[TOKEN_KEYS] = {
#define KEY(member, name) JSON_KEY(name),
	TOKEN_TEXTS(KEY) TOKEN_OTHERS(KEY)
#undef KEY
};
_Static_assert(TOKEN_KEYS <= JSON_LIST_KEYS, "a list reads all members of its tokens");

char **token_text_at(const struct coder_token *token, size_t i)
{
	static const size_t offsets[] = {
#define OFFSET(member, name) offsetof(struct coder_token, member),
		TOKEN_TEXTS(OFFSET)
#undef OFFSET
	};

	return (char **)((char *)token + offsets[i]);
}

void token_reader_done(struct token_reader *reader)
{
	free(reader->texts);
	free(reader->lists);
	*reader = (struct token_reader){ 0 };
}

/* Makes room for all texts of a token: none is longer than what it is read from. */
static int make_room(struct token_reader *reader, const struct json_value *values,
		     struct coder_error *err)
{
	size_t size = 0;

	for (size_t i = 0; i < TOKEN_KEYS; i++)
		size += values[i].len + 1;
	reader->n_lists = 0;
	if (size <= reader->size)
		return 0;
	free(reader->texts);
	reader->size = 0;
	reader->texts = malloc(2 * size);
	if (!reader->texts)
		return coder_error_memory(err);
	reader->size = 2 * size;
	return 0;
}

static int read_texts(char **at, const struct json_value *values, struct coder_token *token,
		      struct coder_error *err)
{
	for (size_t i = 0; i < TOKEN_N_TEXTS; i++) {
		struct json_value inner = { .text = i == TOKEN_KEY_username ? NULL : "" };
		char **member = token_text_at(token, i);

		if (json_value_text(&values[i], token_keys[i].name, &inner, err) < 0)
			return -1;
		*member = NULL;
		if (!inner.text)
			continue;
		*member = *at;
		*at += json_unescape(inner.text, inner.len, *at);
		*(*at)++ = '\0';
	}
	return coder_id_shaped(token->id) ? 0 : json_broken(err, "id", "the id of a token");
}

/* A time that the server did not send stays 0. */
static int read_times(struct coder_token *token, struct coder_error *err)
{
	int64_t updated; /* is only checked */
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
static int read_entry(char **at, const struct json_value *v, const char *key,
		      struct coder_error *err)
{
	static const struct json_key keys[] = { JSON_KEY("type"), JSON_KEY("id") };
	struct json_value values[3], type = { 0 }, id = { 0 };

	if (json_members(v->text, v->len, keys, 2, values, err) < 0 ||
	    json_value_text(&values[1], "type", &type, err) < 0 ||
	    json_value_text(&values[2], "id", &id, err) < 0)
		return -1;
	if (!type.text || !id.text)
		return json_broken(err, key, "a list of entries with type and id");
	*at += json_unescape(type.text, type.len, *at);
	*(*at)++ = ':';
	*at += json_unescape(id.text, id.len, *at);
	return 0;
}

/*
 * Reads a list of strings or, with `objects`, of strings and objects that are entries. *ret_has
 * becomes true if the list is there.
 */
static int read_list(struct token_reader *reader, char **at, const struct json_value *array,
		     const char *key, bool objects, bool *ret_has, struct coder_error *err)
{
	struct json_value rest = *array, v;

	if (array->duplicate)
		return json_duplicate(err, key);
	if (json_value_is_none(array))
		return 0;
	if (!json_value_is(array, JSON_ARRAY))
		return json_broken(err, key, "a list");
	while (json_value_next(&rest, &v)) {
		char **lists = coder_grow(reader->lists, reader->n_lists, &reader->lists_cap,
					  sizeof(*lists));

		if (!lists)
			return coder_error_memory(err);
		reader->lists = lists;
		lists[reader->n_lists++] = *at;
		if (json_value_is(&v, JSON_STRING))
			*at += json_unescape(v.text + 1, v.len - 2, *at);
		else if (!objects || !json_value_is(&v, JSON_OBJECT))
			return json_broken(err, key, "a list of strings");
		else if (read_entry(at, &v, key, err) < 0)
			return -1;
		*(*at)++ = '\0';
	}
	*ret_has = true;
	return 0;
}

int token_read(struct token_reader *reader, const struct json_value *values,
	       struct coder_token *ret, struct coder_error *err)
{
	struct coder_token token = { 0 };
	size_t n_scopes;
	char *at;

	if (!json_value_is(&values[0], JSON_OBJECT))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: a token is not an object");
	values++;
	if (make_room(reader, values, err) < 0)
		return -1;
	at = reader->texts;
	if (read_texts(&at, values, &token, err) < 0 || read_times(&token, err) < 0 ||
	    read_list(reader, &at, &values[TOKEN_KEY_scopes], "scopes", false, &token.has_scopes,
		      err) < 0)
		return -1;
	n_scopes = reader->n_lists;
	if (read_list(reader, &at, &values[TOKEN_KEY_allow_list], "allow_list", true,
		      &token.has_allow_list, err) < 0 ||
	    json_value_int64(&values[TOKEN_KEY_lifetime_seconds], "lifetime_seconds", 0,
			     &token.lifetime_seconds, err) < 0)
		return -1;
	token.scopes.n = n_scopes;
	token.allow_list.n = reader->n_lists - n_scopes;
	if (reader->lists) {
		token.scopes.v = reader->lists;
		token.allow_list.v = reader->lists + n_scopes;
	}
	*ret = token;
	return 0;
}

int token_decode(const char *text, size_t len, struct coder_token *ret, struct coder_error *err)
{
	struct token_reader CLEANUP(token_reader_done) reader = { 0 };
	struct json_value values[TOKEN_KEYS + 1];
	struct coder_token token;

	if (json_members(text, len, token_keys, TOKEN_KEYS, values, err) < 0 ||
	    token_read(&reader, values, &token, err) < 0)
		return -1;
	return coder_token_copy(&token, ret, err);
}
