/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.c - see replay.h.
 *
 * Ids, times and generated names differ from run to run. So ids are only compared with earlier ids,
 * and times only by the lifetimes of tokens. A list has no order, so its tokens are sorted by name
 * first. Other users, workspaces and the like are not simulated. Neither are requests with bodies
 * that the library does not send.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/cleanup.h"
#include "base/duration.h"
#include "deployment.h"
#include "replay.h"
#include "world.h"

#define LIVES 64
#define SLACK_S 2 /* how far the lifetimes of recorded and simulated tokens may differ */

/* Recorded ids in the order of their creation: the n-th one belongs to the n-th new token here. */
static struct {
	char recorded[TOKENS][ID_SIZE], simulated[TOKENS][ID_SIZE];
	int n;
	char credential[64]; /* of the last new token */
} ids;

/* A body without what differs from run to run. */
struct plain {
	char *text;
	double lives[LIVES]; /* of its tokens, in seconds */
	int n_lives;
};

static void plain_done(struct plain *plain)
{
	free(plain->text);
}

static void json_done(cJSON **json)
{
	cJSON_Delete(*json);
}

static bool is_generated(const char *name)
{
	size_t first = strspn(name, "abcdefghijklmnopqrstuvwxyz");
	const char *rest = name + first + 1;
	size_t second =
		first && name[first] == '_' ? strspn(rest, "abcdefghijklmnopqrstuvwxyz") : 0;

	return second && strspn(rest + second, "0123456789") == 2 && !rest[second + 2];
}

static double seconds_of(const cJSON *time)
{
	int hours, minutes;
	double seconds;
	int64_t epoch = 0;
	struct coder_error err;

	if (!cJSON_IsString(time) || coder_time_parse(time->valuestring, &epoch, &err) < 0 ||
	    sscanf(time->valuestring, "%*d-%*d-%*dT%d:%d:%lf", &hours, &minutes, &seconds) != 3)
		return NAN;
	return (double)epoch + seconds - floor(seconds);
}

static void replace(cJSON *object, const char *key, const char *text)
{
	if (cJSON_GetObjectItem(object, key))
		cJSON_ReplaceItemInObject(object, key, cJSON_CreateString(text));
}

/*
 * Replaces an id by its number in the order of creation: the same id always gets the same number.
 */
static void number_id(cJSON *object, char given[TOKENS][ID_SIZE])
{
	const cJSON *id = cJSON_GetObjectItem(object, "id");
	char number[32];

	for (int i = 0; i < ids.n && cJSON_IsString(id); i++)
		if (strcmp(id->valuestring, given[i]) == 0) {
			snprintf(number, sizeof(number), "id %d", i);
			replace(object, "id", number);
			return;
		}
}

static void hide_generated(cJSON *object)
{
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(object, "token_name"));

	if (name && is_generated(name))
		replace(object, "token_name", "generated");
}

static void make_plain(cJSON *object, char given[TOKENS][ID_SIZE], struct plain *plain)
{
	const cJSON *created = cJSON_GetObjectItem(object, "created_at");
	const cJSON *expires = cJSON_GetObjectItem(object, "expires_at");
	const cJSON *key = cJSON_GetObjectItem(object, "key");
	static const char *const times[] = { "created_at", "expires_at", "updated_at",
					     "last_seen_at" };

	number_id(object, given);
	if (created && expires && plain->n_lives < LIVES)
		plain->lives[plain->n_lives++] = seconds_of(expires) - seconds_of(created);
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		replace(object, times[i], "time");
	hide_generated(object);
	if (cJSON_IsString(key) && strlen(key->valuestring) == ID_SIZE + SECRET_SIZE - 1)
		replace(object, "key", "key");
}

static int by_name(const void *a, const void *b)
{
	const cJSON *const *x = a, *const *y = b;

	return strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(*x, "token_name")),
		      cJSON_GetStringValue(cJSON_GetObjectItem(*y, "token_name")));
}

/*
 * Returns the array with its tokens sorted. Generated names may come in any order among themselves.
 */
static cJSON *sorted(cJSON *array)
{
	cJSON *items[TOKENS], *result = cJSON_CreateArray();
	int n = 0;

	while (cJSON_GetArraySize(array) && n < TOKENS) {
		items[n] = cJSON_DetachItemFromArray(array, 0);
		hide_generated(items[n++]);
	}
	qsort(items, (size_t)n, sizeof(*items), by_name);
	for (int i = 0; i < n; i++)
		cJSON_AddItemToArray(result, items[i]);
	cJSON_Delete(array);
	return result;
}

static struct plain plain_of(const char *body, char given[TOKENS][ID_SIZE])
{
	cJSON CLEANUP(json_done) *json = cJSON_Parse(body);
	struct plain plain = { 0 };
	cJSON *element;

	if (!json) {
		plain.text = strdup(body);
		return plain;
	}
	if (cJSON_IsArray(json) && cJSON_GetObjectItem(json->child, "token_name")) {
		json = sorted(json);
		cJSON_ArrayForEach(element, json) make_plain(element, given, &plain);
	} else if (cJSON_IsObject(json)) {
		make_plain(json, given, &plain);
	}
	plain.text = cJSON_PrintUnformatted(json);
	return plain;
}

/* Learns the ids of a new token. */
static void learn(const char *recorded, const char *simulated)
{
	cJSON CLEANUP(json_done) *a = cJSON_Parse(recorded);
	cJSON CLEANUP(json_done) *b = cJSON_Parse(simulated);
	const char *old = cJSON_GetStringValue(cJSON_GetObjectItem(a, "key"));
	const char *new = cJSON_GetStringValue(cJSON_GetObjectItem(b, "key"));

	if (!old || !new || ids.n == TOKENS)
		return;
	snprintf(ids.recorded[ids.n], ID_SIZE, "%s", old);
	snprintf(ids.simulated[ids.n++], ID_SIZE, "%s", new);
	snprintf(ids.credential, sizeof(ids.credential), "%s", new);
}

/* A recorded path with the id that its token has here. */
static void translate(const char *path, char out[512])
{
	snprintf(out, 512, "%s", path);
	for (int i = 0; i < ids.n; i++) {
		char *at = strstr(out, ids.recorded[i]);

		if (at)
			memcpy(at, ids.simulated[i], ID_SIZE - 1);
	}
}

static bool same(const char *recorded, const char *simulated)
{
	struct plain CLEANUP(plain_done) a = plain_of(recorded, ids.recorded);
	struct plain CLEANUP(plain_done) b = plain_of(simulated, ids.simulated);
	bool equal = a.text && b.text && strcmp(a.text, b.text) == 0 && a.n_lives == b.n_lives;

	for (int i = 0; i < a.n_lives && equal; i++)
		equal = fabs(a.lives[i] - b.lives[i]) <= SLACK_S;
	if (!equal && a.text && b.text) {
		size_t at = 0;

		while (a.text[at] && a.text[at] == b.text[at])
			at++;
		printf("# from byte %zu on: recorded %.100s, simulated %.100s\n", at, a.text + at,
		       b.text + at);
	}
	return equal;
}

/* Whether the simulated deployment has the objects of a request. */
static bool is_simulated(const char *method, const char *path, int status)
{
	if (strncmp(path, "/api/v2/users/", 14) != 0 || strchr(path, '?') == path + 13)
		return false;
	if (strcmp(method, "PATCH") == 0 || strstr(path, "/workspace"))
		return false;
	/* the library sends no bodies that are refused for their form */
	return strcmp(method, "POST") != 0 || (status != 400 && status != 500);
}

static const char *credential_of(const char *as, const char *name, const char *member)
{
	if (strcmp(as, "admin") == 0)
		return SELF_ID "-" SELF_SECRET;
	if (strcmp(as, "member") == 0)
		return member;
	if (strcmp(as, "nobody") == 0)
		return "";
	if (strstr(name, "wrong shape"))
		return "notatokenatall";
	return strstr(name, "unknown") ? "abcdefghij-0123456789012345678901" : ids.credential;
}

/* Compares one record; false: it differs. */
static bool compare(const cJSON *record, const char *member, int *compared)
{
	static struct response response;
	const cJSON *request = cJSON_GetObjectItem(record, "request");
	const cJSON *wanted = cJSON_GetObjectItem(record, "response");
	const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(record, "name"));
	const char *as = cJSON_GetStringValue(cJSON_GetObjectItem(record, "as"));
	const char *method = cJSON_GetStringValue(cJSON_GetObjectItem(request, "method"));
	const char *path = cJSON_GetStringValue(cJSON_GetObjectItem(request, "path"));
	const char *body = cJSON_GetStringValue(cJSON_GetObjectItem(wanted, "body"));
	int status = cJSON_GetObjectItem(wanted, "status")->valueint;
	char here[512];
	const struct request sent = { method, here,
				      cJSON_GetStringValue(cJSON_GetObjectItem(request, "body")),
				      OTHER, credential_of(as, name, member) };

	if (!is_simulated(method, path, status))
		return true;
	++*compared;
	translate(path, here);
	world_wait_until(world_time() + 20 * MS);
	deployment_act(&sent, &response);
	if (strcmp(method, "POST") == 0)
		learn(body, response.body);
	if (response.status == status && same(body, response.body))
		return true;
	printf("# %s: status %d, recorded %d\n", name, response.status, status);
	return false;
}

bool replay(int *ret_compared)
{
	static const char *const files[] = { "../shared/recorded/coder-api.jsonl",
					     "tests/recorded/coder-api.jsonl" };
	char member[64], *line = NULL;
	struct token *self;
	FILE *in = NULL;
	size_t size = 0;
	bool ok = true;

	for (size_t i = 0; i < 2 && !in; i++)
		in = fopen(files[i], "r");
	world_begin(false);
	deployment_begin();
	self = deployment_with_id(SELF_ID);
	self->login_type = "password"; /* as the recordings were made */
	self = deployment_add("", "[\"coder:all\"]", "[\"*:*\"]", 86400, BEFORE);
	self->user = 1;
	self->login_type = "password";
	snprintf(member, sizeof(member), "%s-%s", self->id, self->secret);
	*ret_compared = 0;
	while (in && getline(&line, &size, in) > 0) {
		cJSON CLEANUP(json_done) *record = cJSON_Parse(line);

		ok = record && compare(record, member, ret_compared) && ok;
	}
	free(line);
	if (in)
		fclose(in);
	return in && ok && *ret_compared;
}
