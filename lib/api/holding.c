/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holding.c - what a token holds, and what its entries name; see holding.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/cleanup.h"
#include "base/grow.h"
#include "facts.h"
#include "holding.h"
#include "json/broken.h"
#include "request.h"

void coder_holding_done(struct coder_holding *holding)
{
	if (!holding)
		return;
	coder_strings_done(&holding->scopes);
	for (size_t i = 0; i < holding->n; i++)
		free(holding->v[i].text);
	free(holding->v);
	for (size_t i = 0; i < holding->n_known; i++)
		free(holding->known[i].name);
	free(holding->known);
	*holding = (struct coder_holding){ 0 };
}

int coder_holding_add(struct coder_holding *holding, const char *entry, struct coder_error *err)
{
	size_t len = strcspn(entry, ":");
	const char *id = entry[len] ? entry + len + 1 : "";
	struct coder_held held = { 0 }, *v;
	const struct coder_type *type;

	v = coder_grow(holding->v, holding->n, &holding->cap, sizeof(*v));
	if (!v)
		return coder_error_memory(err);
	holding->v = v;
	snprintf(held.type, sizeof(held.type), "%.*s", (int)len, entry);
	held.any_type = strcmp(held.type, "*") == 0;
	type = coder_type_find(held.type);
	if (strcmp(id, "*") != 0) {
		snprintf(held.id, sizeof(held.id), "%s", *id ? id : "?");
		if (!coder_is_uuid(id) || (type && type->flags & CODER_TYPE_WILDCARD_ONLY))
			held.state = CODER_HELD_NEVER;
	}
	held.text = strdup(entry);
	if (!held.text)
		return coder_error_memory(err);
	holding->v[holding->n++] = held;
	return 0;
}

/* The type of the object to which an id of this type belongs. */
static const char *kind_of(const char *type)
{
	const struct coder_type *row = coder_type_find(type);

	return row && row->kind ? row->kind : type;
}

const char *coder_holding_name(const struct coder_holding *holding, const char *type,
			       const char *id)
{
	type = kind_of(type);
	for (size_t i = 0; i < holding->n_known; i++)
		if (strcmp(holding->known[i].type, type) == 0 &&
		    ascii_equal(holding->known[i].id, id))
			return holding->known[i].name;
	return NULL;
}

bool coder_holding_add_label(const struct coder_holding *holding, const char *type, const char *id,
			     struct buf *out)
{
	const char *name = *id ? coder_holding_name(holding, type, id) : "*";

	return buf_addf(out, "%s:%s", type, name ? name : id);
}

int coder_holding_know(struct coder_holding *holding, const char *type, const char *id,
		       const char *name, struct coder_error *err)
{
	struct coder_known known = { .type = type }, *v;

	if (!coder_is_uuid(id) || !*name || coder_holding_name(holding, type, id))
		return 0;
	v = coder_grow(holding->known, holding->n_known, &holding->cap_known, sizeof(*v));
	if (!v)
		return coder_error_memory(err);
	holding->known = v;
	snprintf(known.id, sizeof(known.id), "%s", id);
	known.name = strdup(name);
	if (!known.name)
		return coder_error_memory(err);
	holding->known[holding->n_known++] = known;
	return 0;
}

/* -------------------------------------------------------------- look-ups */

/* Fills in the entries with that id. "*:<id>" gets the type of the object that was found. */
static void note(struct coder_holding *holding, const char *type, const char *id,
		 const struct facts *found, enum coder_held_state state)
{
	for (size_t i = 0; *id && i < holding->n; i++) {
		struct coder_held *held = &holding->v[i];

		if (!ascii_equal(held->id, id) || held->state == CODER_HELD_NEVER ||
		    (strcmp(kind_of(held->type), type) != 0 && strcmp(held->type, "*") != 0))
			continue;
		if (strcmp(held->type, "*") == 0)
			snprintf(held->type, sizeof(held->type), "%s", type);
		/* a dormant workspace is of the type workspace_dormant: those entries match it */
		held->state = state == CODER_HELD_DORMANT && strcmp(held->type, type) != 0 ?
				      CODER_HELD_USABLE :
				      state;
		if (!found)
			continue;
		snprintf(held->organization_id, sizeof(held->organization_id), "%s",
			 found->organization_id);
		snprintf(held->owner_id, sizeof(held->owner_id), "%s", found->owner_id);
	}
}

int coder_holding_describe(struct coder_holding *holding, const struct coder_entry *entry,
			   struct coder_error *err)
{
	const struct facts found = { .owner_id = entry->owner_id,
				     .organization_id = entry->organization_id };

	note(holding, entry->type->name, entry->id, &found,
	     entry->dormant ? CODER_HELD_DORMANT : CODER_HELD_USABLE);
	return coder_holding_know(holding, entry->type->name, entry->id, entry->title, err);
}

/* Takes from a response everything that entries of the token may name. */
static int take(struct coder_holding *holding, const char *type, const char *id,
		const struct facts *found, struct coder_error *err)
{
	const unsigned relations = coder_type_find(type)->relations;
	struct facts of_template;
	char title[256];

	if (!ascii_equal(found->id, id))
		return coder_error_set(err, CODER_ERR_NO_RESPONSE,
				       "broken response: it describes another %s", type);
	if (relations & CODER_RELATION_OWNER && !*found->owner_id)
		return json_missing(err, "owner_id");
	if (relations & CODER_RELATION_ORGANIZATION && !*found->organization_id)
		return json_missing(err, "organization_id");
	snprintf(title, sizeof(title), "%s%s%s", found->owner, *found->owner ? "/" : "",
		 *found->username ? found->username : found->name);
	if (coder_holding_know(holding, type, id, title, err) < 0 ||
	    coder_holding_know(holding, "user", found->owner_id, found->owner, err) < 0 ||
	    coder_holding_know(holding, "organization", found->organization_id, found->organization,
			       err) < 0 ||
	    coder_holding_know(holding, "template", found->template_id, found->template, err) < 0)
		return -1;
	note(holding, type, id, found, *found->dormant_at ? CODER_HELD_DORMANT : CODER_HELD_USABLE);
	note(holding, "user", found->owner_id, NULL, CODER_HELD_USABLE);
	note(holding, "organization", found->organization_id, NULL, CODER_HELD_USABLE);
	/* a template belongs to the organization of its workspaces, and to no user */
	of_template = *found;
	of_template.owner_id = "";
	note(holding, "template", found->template_id, &of_template, CODER_HELD_USABLE);
	return 0;
}

/*
 * The requests, in their order. Workspaces come first, because their responses also describe other
 * objects. Goals need only the ids of users and organizations, so these are requested only for
 * their names.
 */
static const struct round {
	const char *type;
	bool name_only, any_type, last;
} rounds[] = {
	{ "workspace", .last = true },	   { "template", .last = true },
	{ "workspace", .any_type = true }, { "template", .any_type = true, .last = true },
	{ "user", .name_only = true },	   { "organization", .name_only = true },
};

/* Whether no response has described yet what an entry names. */
static bool is_open(const struct coder_holding *holding, const struct coder_held *held,
		    const struct round *round)
{
	if (!held->id[0] || held->state != CODER_HELD_USABLE)
		return false;
	if (round->any_type)
		return strcmp(held->type, "*") == 0;
	if (strcmp(kind_of(held->type), round->type) != 0)
		return false;
	return round->name_only ? !coder_holding_name(holding, held->type, held->id) :
				  !held->organization_id[0];
}

/* Requests what an entry names. Returns 0 even if the caller may see no such object. */
static int request(struct coder_client *client, struct coder_holding *holding,
		   const struct round *round, struct coder_held *held,
		   struct coder_error *ret_trouble, struct coder_error *err)
{
	struct http_response CLEANUP(http_response_done) response = { 0 };
	struct facts CLEANUP(facts_done) found = { 0 };
	const char *const parts[] = { coder_type_find(round->type)->route, held->id, NULL };
	bool trouble;

	if (client_get(client, parts, 0, &response, err) == 0 &&
	    facts_parse(&response.body, &found, err) == 0 &&
	    take(holding, round->type, held->id, &found, err) == 0)
		return 0;
	trouble = err->own && err->http_status == 500;
	if (!trouble && err->own && err->http_status == 410)
		note(holding, round->type, held->id, NULL, CODER_HELD_GONE);
	else if (!trouble && !client_is_hidden(err))
		return coder_error_wrap(err, "looking up %s:%s", round->type, held->id);
	else if (!trouble && round->last)
		held->state = CODER_HELD_HIDDEN;
	if (!trouble)
		return 0;
	*ret_trouble = *err;
	coder_error_wrap(ret_trouble, "looking up %s:%s", round->type, held->id);
	if (!round->name_only)
		held->state = CODER_HELD_UNKNOWN;
	return 0;
}

int coder_holding_look_up(struct coder_client *client, struct coder_holding *holding,
			  struct coder_error *ret_trouble, struct coder_error *err)
{
	note(holding, "user", holding->user_id, NULL, CODER_HELD_USABLE);
	for (size_t r = 0; r < sizeof(rounds) / sizeof(rounds[0]); r++)
		for (size_t i = 0; i < holding->n; i++) {
			struct coder_held *held = &holding->v[i];

			if (!is_open(holding, held, &rounds[r]))
				continue;
			if (!ret_trouble->code &&
			    request(client, holding, &rounds[r], held, ret_trouble, err) < 0)
				return -1;
			if (ret_trouble->code && !rounds[r].name_only)
				held->state = CODER_HELD_UNKNOWN;
		}
	return 0;
}

/* -------------------------------------------------------------- coverage */

bool coder_held_is_about(const struct coder_held *held, const char *type)
{
	return strcmp(held->type, type) == 0 || (held->any_type && !held->id[0]);
}

bool coder_holding_covers(const struct coder_holding *holding, const char *type, const char *id)
{
	for (size_t i = 0; i < holding->n; i++) {
		const struct coder_held *held = &holding->v[i];

		if (held->state != CODER_HELD_NEVER &&
		    (held->any_type || strcmp(held->type, type) == 0) &&
		    (!held->id[0] || (id && ascii_equal(held->id, id))))
			return true;
	}
	return false;
}
