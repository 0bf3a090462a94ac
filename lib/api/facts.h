/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts.h - what a response contains about an object and about others that it belongs to; not part
 * of the public API.
 */
#ifndef FACTS_H
#define FACTS_H

#include "base/error.h"
#include "json/json.h"

/* The strings belong to the document; "" stands for what it lacks. */
struct facts {
	const char *id, *name, *username, *owner_id, *owner, *organization_id, *organization,
		*template_id, *template;
	const char *dormant_at; /* of a workspace that no entry of the type workspace matches */
};

/* Reads a workspace, a template, a user, an organization or a group. */
int facts_read(const struct json *object, struct facts *ret, struct coder_error *err);

#endif
