/* SPDX-License-Identifier: GPL-3.0-or-later */
/* broken.c - see broken.h. */
#include "broken.h"

int json_broken(struct coder_error *err, const char *key, const char *what)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "broken response: '%s' is not %s", key,
			       what);
}

int json_duplicate(struct coder_error *err, const char *key)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE,
			       "broken response: the key '%s' is duplicate", key);
}

int json_missing(struct coder_error *err, const char *key)
{
	return coder_error_set(err, CODER_ERR_NO_RESPONSE, "broken response: it has no '%s'", key);
}
