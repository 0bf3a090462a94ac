/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - tokens as records in an associative array. */
#ifndef RECORD_H
#define RECORD_H

#include "coder.h"
#include "result.h"

/*
 * The table of record fields, in their order. A new field is one row here:
 *
 *   FIELD(NAME, KIND, MEMBER)
 *
 * record.c makes the value, of that KIND, from the MEMBER of struct coder_token, which pack.c keeps.
 * AND is put between two rows.
 */
/* clang-format off */
#define OUTPUT_FIELDS(FIELD, AND) \
	FIELD("id", FIELD_TEXT, id) \
	AND FIELD("name", FIELD_TEXT, name) \
	AND FIELD("owner", FIELD_OWNER, username) \
	AND FIELD("user_id", FIELD_TEXT, user_id) \
	AND FIELD("login_type", FIELD_TEXT, login_type) \
	AND FIELD("scopes", FIELD_SCOPES, scopes) \
	AND FIELD("allow_list", FIELD_ALLOW_LIST, allow_list) \
	AND FIELD("lifetime_seconds", FIELD_NUMBER, lifetime_seconds) \
	AND FIELD("created_at", FIELD_TEXT, created_at) \
	AND FIELD("updated_at", FIELD_TEXT, updated_at) \
	AND FIELD("last_used", FIELD_TEXT, last_used) \
	AND FIELD("expires_at", FIELD_TEXT, expires_at) \
	AND FIELD("created_epoch", FIELD_NUMBER, created_epoch) \
	AND FIELD("last_used_epoch", FIELD_NUMBER, last_used_epoch) \
	AND FIELD("expires_epoch", FIELD_NUMBER, expires_epoch) \
	AND FIELD("ttl", FIELD_TTL, expires_epoch) \
	AND FIELD("expired", FIELD_EXPIRED, expires_epoch) \
	AND FIELD("never_used", FIELD_NEVER_USED, last_used_epoch)
/* clang-format on */

/* All names as one string literal, with a separator. */
#define OUTPUT_FIELD_NAMES(separator) OUTPUT_FIELDS(OUTPUT_FIELD_NAME, separator)
#define OUTPUT_FIELD_NAME(name, ...) name

/* Begins an associative array in the result for the records of n tokens. */
int output_records_begin(struct result *result, const char *array, size_t n,
			 struct coder_error *err);
/*
 * Adds a token's record. The keys are "FIELD", or "ID,FIELD" if by_id. now: seconds since the epoch by
 * the deployment's clock, for ttl and expired. result_pair() can then add more.
 */
int output_records_add(struct result *result, const struct coder_token *token, bool by_id,
		       int64_t now, struct coder_error *err);

#endif
