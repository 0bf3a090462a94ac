/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document.c - JSON documents as trees; the one file that includes cJSON.h. */
#include <string.h>

#include <cjson/cJSON.h>

#include "base/error.h"
#include "broken.h"
#include "json.h"
#include "members.h"

static const cJSON *cjson(const struct json *v)
{
	return (const cJSON *)v;
}

static const struct json *wrapped(const cJSON *v)
{
	return (const struct json *)v;
}

int json_parse(const char *text, size_t len, struct json **ret, struct coder_error *err)
{
	struct json_value whole;
	cJSON *doc;

	if (json_members(text, len, NULL, 0, &whole, err) < 0)
		return -1;
	doc = cJSON_ParseWithLengthOpts(text, len, NULL, false);
	if (!doc)
		return coder_error_memory(err);
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

const char *json_string(const struct json *v)
{
	return cJSON_IsString(cjson(v)) ? cjson(v)->valuestring : NULL;
}

int json_member(const struct json *object, const char *key, const struct json **ret,
		struct coder_error *err)
{
	const cJSON *found = NULL;

	if (cJSON_IsObject(cjson(object))) {
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

const struct json *json_first(const struct json *array)
{
	return cJSON_IsArray(cjson(array)) ? wrapped(cjson(array)->child) : NULL;
}

const struct json *json_next(const struct json *element)
{
	return wrapped(cjson(element)->next);
}
