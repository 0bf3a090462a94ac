/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create_body.c - the request body that creates a token. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/strings.h"
#include "create.h"
#include "token.h"

void coder_created_done(struct coder_created *created)
{
	if (!created)
		return;
	coder_secret_done(&created->secret);
	coder_token_done(&created->token);
	*created = (struct coder_created){ 0 };
}

/* Appends ,"key":["a","b"] unless the list is empty. */
static bool add_list(struct buf *b, const char *key, const struct coder_strings *list)
{
	if (!list->n)
		return true;
	if (!buf_addf(b, ",\"%s\":[", key))
		return false;
	for (size_t i = 0; i < list->n; i++)
		if ((i && !buf_add_char(b, ',')) ||
		    !coder_add_json_string(b, list->v[i], CODER_JSON_SENT))
			return false;
	return buf_add_char(b, ']');
}

int coder_create_body(const struct coder_create *create, char **ret_json, struct coder_error *err)
{
	CLEANUP(buf_done) struct buf b = { 0 };
	char *json;

	if (!buf_addf(&b, "{\"lifetime\":%" PRId64, create->lifetime_ns) ||
	    !add_list(&b, "scopes", &create->scopes) || !buf_add_str(&b, ",\"token_name\":") ||
	    !coder_add_json_string(&b, create->name, CODER_JSON_SENT) ||
	    !add_list(&b, "allow_list", &create->allow_list) || !buf_add_str(&b, "}\n"))
		return coder_error_memory(err);
	json = buf_detach(&b);
	if (!json)
		return coder_error_memory(err);
	*ret_json = json;
	return 0;
}
