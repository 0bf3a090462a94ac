/* SPDX-License-Identifier: GPL-3.0-or-later */
/* facts.c - the members of responses that describe an object; see facts.h. */
#include "facts.h"

int facts_read(const struct json *object, struct facts *ret, struct coder_error *err)
{
	struct facts facts = { "", "", "", "", "", "", "", "", "", "" };
	const struct {
		const char *key, **text;
	} members[] = {
		{ "id", &facts.id },
		{ "name", &facts.name },
		{ "username", &facts.username },
		{ "owner_id", &facts.owner_id },
		{ "owner_name", &facts.owner },
		{ "organization_id", &facts.organization_id },
		{ "organization_name", &facts.organization },
		{ "template_id", &facts.template_id },
		{ "template_name", &facts.template },
		{ "dormant_at", &facts.dormant_at },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_text(object, members[i].key, members[i].text, err) < 0)
			return -1;
	*ret = facts;
	return 0;
}
