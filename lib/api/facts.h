/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts.h - what a response contains about an object and about others that it belongs to; not part
 * of the public API.
 */
#ifndef FACTS_H
#define FACTS_H

#include "base/error.h"
#include "json/json.h"

/* The table of what is read: FACT(MEMBER, KEY). KEY is what servers call it. */
/* clang-format off */
#define FACTS(FACT) \
	FACT(id, "id") \
	FACT(name, "name") \
	FACT(username, "username") \
	FACT(owner_id, "owner_id") \
	FACT(owner, "owner_name") \
	FACT(organization_id, "organization_id") \
	FACT(organization, "organization_name") \
	FACT(template_id, "template_id") \
	FACT(template, "template_name") \
	FACT(dormant_at, "dormant_at") /* of a workspace that no entry of its type matches */
/* clang-format on */

/* The strings belong to the document; "" stands for what it lacks. */
struct facts {
#define FACT(member, key) const char *member;
	FACTS(FACT)
#undef FACT
};

/* Reads a workspace, a template, a user, an organization or a group. */
int facts_read(const struct json *object, struct facts *ret, struct coder_error *err);

#endif
