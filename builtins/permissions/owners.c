/* SPDX-License-Identifier: GPL-3.0-or-later */
/* owners.c - the names of tokens' owners; see owners.h. */
#include "owners.h"
#include "api/changes.h"

#include <string.h>

#define NAME_NS (30 * CODER_NS)
#define HIDDEN_NS (10 * CODER_NS)
#define OWNERS 32
#define TEXT_SIZE 64 /* servers allow 32 characters for a name; longer texts are not remembered */

static struct owner {
	uint64_t identity; /* of deployment and token */
	int64_t until; /* the coder_clock() at which it is forgotten; 0: free */
	char id[TEXT_SIZE], name[TEXT_SIZE]; /* name "": the caller may not see it */
} owners[OWNERS];

static unsigned changes; /* coder_changes() when they were remembered */

static struct owner *find(uint64_t identity, const char *id)
{
	int64_t now = coder_clock();

	if (changes != coder_changes())
		memset(owners, 0, sizeof(owners));
	changes = coder_changes();
	for (size_t i = 0; i < OWNERS; i++)
		if (owners[i].until > now && owners[i].identity == identity &&
		    strcmp(owners[i].id, id) == 0)
			return &owners[i];
	return NULL;
}

static void remember(uint64_t identity, const char *id, const char *name)
{
	struct owner *oldest = owners;

	if (strlen(id) >= TEXT_SIZE || strlen(name) >= TEXT_SIZE)
		return;
	for (size_t i = 1; i < OWNERS; i++)
		if (owners[i].until < oldest->until)
			oldest = &owners[i];
	*oldest = (struct owner){ .identity = identity,
				  .until = coder_clock() + (*name ? NAME_NS : HIDDEN_NS) };
	memcpy(oldest->id, id, strlen(id));
	memcpy(oldest->name, name, strlen(name));
}

int owners_fill(struct coder_client *client, struct coder_token *token, struct coder_error *err)
{
	uint64_t identity = coder_client_identity(client);
	const struct owner *owner;

	if (token->username || token->owner)
		return 0;
	owner = find(identity, token->user_id);
	if (owner && !*owner->name)
		return 0;
	if (owner) {
		token->owner = strdup(owner->name);
		return token->owner ? 0 : coder_error_memory(err);
	}
	if (coder_token_fill_owner(client, token, err) < 0)
		return -1;
	remember(identity, token->user_id, token->owner ? token->owner : "");
	return 0;
}
