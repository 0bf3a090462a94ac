/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts.h - what a response contains about an object and about others that it belongs to; not part
 * of the public API.
 */
#ifndef FACTS_H
#define FACTS_H

#include "base/buf.h"
#include "base/error.h"
#include "json/members.h"

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

enum fact {
#define FACT(member, key) FACT_##member,
	FACTS(FACT) N_FACTS,
#undef FACT
};

struct facts {
#define FACT(member, key) const char *member;
	FACTS(FACT) /* "": the response lacks it */
#undef FACT
	char *texts; /* the memory of all of them */
};
void facts_done(struct facts *facts);

/* The names of all facts, for json_members(). */
extern const struct json_key facts_keys[N_FACTS];
/*
 * Reads a workspace, a template, a user, an organization or a group from the values that
 * json_members() found. The caller ends *ret with facts_done().
 */
int facts_read(const struct json_value *values, struct facts *ret, struct coder_error *err);
/* Reads the document of one. */
int facts_parse(const struct buf *document, struct facts *ret, struct coder_error *err);

#endif
