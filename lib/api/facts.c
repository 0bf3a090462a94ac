/* SPDX-License-Identifier: GPL-3.0-or-later */
/* facts.c - the members of responses that describe an object; see facts.h. */
#include "facts.h"

int facts_read(const struct json *object, struct facts *ret, struct coder_error *err)
{
	struct facts facts;

#define READ(member, key)                                   \
	facts.member = "";                                  \
	if (json_text(object, key, &facts.member, err) < 0) \
		return -1;
	FACTS(READ)
#undef READ
	*ret = facts;
	return 0;
}
