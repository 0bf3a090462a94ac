/* SPDX-License-Identifier: GPL-3.0-or-later */
/* facts.c - the members of responses that describe an object; see facts.h. */
#include <stdlib.h>

#include "facts.h"
#include "json/list.h"

const struct json_key facts_keys[N_FACTS] = {
#define KEY(member, key) JSON_KEY(key),
	FACTS(KEY)
#undef KEY
};
_Static_assert(N_FACTS <= JSON_LIST_KEYS, "a list reads all facts of its elements");

void facts_done(struct facts *facts)
{
	free(facts->texts);
	*facts = (struct facts){ 0 };
}

int facts_read(const struct json_value *values, struct facts *ret, struct coder_error *err)
{
	struct json_value inner[N_FACTS];
	const char *texts[N_FACTS];
	size_t size = 0;
	char *at, *begin;

	values++; /* the first one is the whole object */
	for (size_t i = 0; i < N_FACTS; i++) {
		inner[i] = (struct json_value){ .text = "" };
		if (json_value_text(&values[i], facts_keys[i].name, &inner[i], err) < 0)
			return -1;
		size += inner[i].len + 1;
	}
	begin = at = malloc(size);
	if (!begin)
		return coder_error_memory(err);
	for (size_t i = 0; i < N_FACTS; i++) {
		texts[i] = at;
		at += json_unescape(inner[i].text, inner[i].len, at);
		*at++ = '\0';
	}
	*ret = (struct facts){
#define MEMBER(member, key) .member = texts[FACT_##member],
		FACTS(MEMBER)
#undef MEMBER
			.texts = begin,
	};
	return 0;
}

int facts_parse(const struct buf *document, struct facts *ret, struct coder_error *err)
{
	struct json_value values[N_FACTS + 1];

	if (json_members(document->data, document->len, facts_keys, N_FACTS, values, err) < 0)
		return -1;
	return facts_read(values, ret, err);
}
