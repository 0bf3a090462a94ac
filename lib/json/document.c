/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document.c - JSON documents as trees; the one file that includes cJSON.h. */
#include <string.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "broken.h"
#include "json.h"
#include "scan.h"

static const cJSON *cjson(const struct json *v)
{
	return (const cJSON *)v;
}

static const struct json *wrapped(const cJSON *v)
{
	return (const struct json *)v;
}

/*
 * cJSON's numbers are doubles, which lose digits beyond 2^53. So the numbers that are members of
 * the document itself keep their texts.
 */
static int keep_numbers(cJSON *doc, const struct buf *numbers, struct coder_error *err)
{
	const char *text = numbers->data;

	for (cJSON *v = numbers->len ? doc->child : NULL; v; v = v->next) {
		size_t size;

		if (!cJSON_IsNumber(v))
			continue;
		size = strlen(text) + 1;
		v->valuestring = cJSON_malloc(size);
		if (!v->valuestring)
			return coder_error_memory(err);
		memcpy(v->valuestring, text, size);
		v->type = cJSON_Raw;
		text += size;
	}
	return 0;
}

int json_parse(const char *text, size_t len, struct json **ret, struct coder_error *err)
{
	struct buf CLEANUP(buf_done) numbers = { 0 };
	cJSON *doc;

	if (json_scan(text, len, &numbers, err) < 0)
		return -1;
	doc = cJSON_ParseWithLengthOpts(text, len, NULL, false);
	if (!doc)
		return coder_error_memory(err);
	if (keep_numbers(doc, &numbers, err) < 0) {
		json_free((struct json *)doc);
		return -1;
	}
	*ret = (struct json *)doc;
	return 0;
}

static void wipe(cJSON *v)
{
	for (; v; v = v->next) {
		if (v->valuestring)
			explicit_bzero(v->valuestring, strlen(v->valuestring));
		if (v->child)
			wipe(v->child);
	}
}

void json_free(struct json *doc)
{
	wipe((cJSON *)doc);
	cJSON_Delete((cJSON *)doc);
}

void json_done(struct json **doc)
{
	json_free(*doc);
}

bool json_is_null(const struct json *v)
{
	return cJSON_IsNull(cjson(v));
}

bool json_is_object(const struct json *v)
{
	return cJSON_IsObject(cjson(v));
}

bool json_is_array(const struct json *v)
{
	return cJSON_IsArray(cjson(v));
}

const char *json_string(const struct json *v)
{
	return cJSON_IsString(cjson(v)) ? cjson(v)->valuestring : NULL;
}

int json_member(const struct json *object, const char *key, const struct json **ret,
		struct coder_error *err)
{
	const cJSON *found = NULL;

	if (json_is_object(object)) {
		for (const cJSON *v = cjson(object)->child; v; v = v->next) {
			if (strcmp(v->string, key) != 0)
				continue;
			if (found)
				return json_duplicate(err, key);
			found = v;
		}
	}
	*ret = wrapped(found);
	return 0;
}

int json_text(const struct json *object, const char *key, const char **ret, struct coder_error *err)
{
	const struct json *v = NULL;

	if (json_member(object, key, &v, err) < 0)
		return -1;
	if (!v || json_is_null(v))
		return 0;
	if (!json_string(v))
		return json_broken(err, key, "a string");
	*ret = json_string(v);
	return 0;
}

int json_int64(const struct json *doc, const char *key, int64_t absent, int64_t *ret,
	       struct coder_error *err)
{
	const struct json *v = NULL;

	if (!json_is_object(doc))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: it is not an object");
	if (json_member(doc, key, &v, err) < 0)
		return -1;
	if (!v || json_is_null(v))
		*ret = absent;
	else if (!cJSON_IsRaw(cjson(v)) ||
		 !json_exact_integer(cjson(v)->valuestring, strlen(cjson(v)->valuestring), ret))
		return json_broken(err, key, "an integer");
	return 0;
}

const struct json *json_first(const struct json *array)
{
	return json_is_array(array) ? wrapped(cjson(array)->child) : NULL;
}

const struct json *json_next(const struct json *element)
{
	return wrapped(cjson(element)->next);
}
