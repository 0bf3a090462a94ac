/* SPDX-License-Identifier: GPL-3.0-or-later */
/* creation.c - how the simulated deployment creates a token; see deployment_create(). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "deployment.h"
#include "response.h"

/* Writes the texts of an array, sorted if wanted, as a JSON array; `nothing` if there are none. */
static void print_list(const cJSON *list, bool sorted, const char *nothing, char *out, size_t size)
{
	const char *texts[64];
	size_t n = 0, len = 0;
	const cJSON *item;

	cJSON_ArrayForEach(item, list) if (n < sizeof(texts) / sizeof(*texts)) texts[n++] =
		item->valuestring;
	for (size_t i = 0; sorted && i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			if (strcmp(texts[j], texts[i]) < 0) {
				const char *first = texts[j];

				texts[j] = texts[i];
				texts[i] = first;
			}
	if (!n) {
		snprintf(out, size, "%s", nothing);
		return;
	}
	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s\"%s\"", i ? "," : "[", texts[i]);
	if (len < size)
		snprintf(out + len, size - len, "]");
}

/*
 * Whether another entry of the list makes this one unnecessary: "*:*", "TYPE:*", or the same entry
 * before it.
 */
static bool is_covered(const cJSON *list, const cJSON *entry)
{
	const char *text = entry->valuestring;
	size_t type = strcspn(text, ":");
	const cJSON *other;
	bool before = true;

	cJSON_ArrayForEach(other, list)
	{
		if (other == entry) {
			before = false;
			continue;
		}
		if (strcmp(other->valuestring, "*:*") == 0 && strcmp(text, "*:*") != 0)
			return true;
		if (strncmp(other->valuestring, text, type + 1) == 0 &&
		    strcmp(other->valuestring + type, ":*") == 0 && strcmp(text + type, ":*") != 0)
			return true;
		if (before && strcmp(other->valuestring, text) == 0)
			return true;
	}
	return false;
}

/* Changes the entries to lower case, and removes those that others cover. */
static void normalise(cJSON *list)
{
	cJSON *entry, *next;

	cJSON_ArrayForEach(entry, list) for (char *p = entry->valuestring; *p;
					     p++) if (*p >= 'A' && *p <= 'Z') *p =
		(char)(*p + ('a' - 'A'));
	for (entry = list ? list->child : NULL; entry; entry = next) {
		next = entry->next;
		if (is_covered(list, entry))
			cJSON_Delete(cJSON_DetachItemViaPointer(list, entry));
	}
}

/* Changes the new token to what this deployment grants instead of what was requested. */
static void grant_otherwise(struct token *token)
{
	token->granted = deployment.grant;
	switch (deployment.grant) {
	case GRANT_MORE_SCOPES:
		snprintf(token->scopes, sizeof(token->scopes), "[\"coder:all\"]");
		token->scope = "all";
		break;
	case GRANT_MORE_ENTRIES:
		snprintf(token->allow_list, sizeof(token->allow_list), "[\"*:*\"]");
		break;
	case GRANT_FEWER_SCOPES:
		snprintf(token->scopes, sizeof(token->scopes), "[\"workspace:read\"]");
		break;
	case GRANT_LONGER:
		token->expires_us += 3600 * SECOND_US;
		break;
	case GRANT_SHORTER:
		token->expires_us -= 3600 * SECOND_US;
		break;
	case GRANT_OTHER_NAME:
		snprintf(token->name, sizeof(token->name), "other");
		break;
	case GRANT_OTHER_USER:
		token->user = 1;
		break;
	case GRANT_OLDER:
		token->created_us -= 3600 * SECOND_US;
		token->expires_us -= 3600 * SECOND_US;
		break;
	case GRANT_SESSION:
		token->login_type = "password";
		break;
	default:
		break;
	}
}

static bool is_lifetime_allowed(double ns, struct response *ret)
{
	if (ns < 0) {
		response_refuse(ret, 400, "Failed to validate create API key request.",
				"lifetime must be positive number greater than 0");
		return false;
	}
	if (ns > (double)DEPLOYMENT_LONGEST_S * 1e9) {
		response_refuse(ret, 400, "Failed to validate create API key request.",
				"lifetime must be less than 876600h0m0s");
		return false;
	}
	return true;
}

static void name_is_taken(const char *name, struct response *ret)
{
	char message[512];

	snprintf(message, sizeof(message), "A token with name \"%s\" already exists.", name);
	response_begin(ret, 409);
	response_add(ret, "{\"message\":");
	response_add_string(ret, message);
	response_add(ret,
		     ",\"validations\":[{\"field\":\"name\",\"detail\":\"This value is already in "
		     "use and should be unique.\"}]}\n");
}

void deployment_create(const struct request *request, int user, struct response *ret)
{
	cJSON *asked = cJSON_Parse(request->body ? request->body : "");
	const cJSON *name = cJSON_GetObjectItem(asked, "token_name");
	const cJSON *lifetime = cJSON_GetObjectItem(asked, "lifetime");
	const cJSON *legacy = cJSON_GetObjectItem(asked, "scope");
	cJSON *allow_list = cJSON_GetObjectItem(asked, "allow_list");
	double ns = lifetime ? lifetime->valuedouble : 0;
	char scopes[512], entries[512], generated[32];
	struct token *token;

	deployment.creates++;
	snprintf(generated, sizeof(generated), "brisk_otter%02d", deployment.n_tokens % 100);
	print_list(cJSON_GetObjectItem(asked, "scopes"), false,
		   legacy && strcmp(legacy->valuestring, "application_connect") == 0 ?
			   "[\"coder:application_connect\"]" :
			   "[\"coder:all\"]",
		   scopes, sizeof(scopes));
	normalise(allow_list);
	print_list(allow_list, true, "[\"*:*\"]", entries, sizeof(entries));
	if (!is_lifetime_allowed(ns, ret)) {
		cJSON_Delete(asked);
		return;
	}
	if (name && deployment_named(user, name->valuestring)) {
		name_is_taken(name->valuestring, ret);
		cJSON_Delete(asked);
		return;
	}
	token = deployment_add(name ? name->valuestring : generated, scopes, entries,
			       ns > 0 ? (int64_t)(ns / 1e9) : DEPLOYMENT_LIFE_S, request->as);
	token->user = user;
	if (ns > 0 && ns < 1e9) { /* it expires at once, but its record has a lifetime of a day */
		token->expires_us = token->created_us;
		token->lifetime_s = 86400;
	}
	grant_otherwise(token);
	response_begin(ret, 201);
	response_add(ret, "{\"key\":\"%s-%s\"}\n", token->id, token->secret);
	cJSON_Delete(asked);
}
