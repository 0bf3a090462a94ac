/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * types.c - the table of resource types. A new type is one row: its name, and what its objects have:
 * a resolver of their names, a listing, a route by which they are requested, owners.
 */
#include <string.h>

#include "types.h"

/* clang-format off */
#define LISTING(...) &(const struct listing){ __VA_ARGS__ }
/* clang-format on */

#define WORKSPACES                                                                \
	.path = "/api/v2/workspaces", .key = "workspaces",                        \
	.name_term = "name:", .owner_term = "owner:", .id = "id", .name = "name", \
	.owner = "owner_name", .description = "template_name"

/*
 * "*" is first, the others are sorted. CODER_TYPE_WILDCARD_ONLY: the server's objects of this type
 * have no UUID, so it accepts TYPE:UUID but never matches it.
 */
static const struct coder_type types[] = {
	{ .name = "*" },
	{ .name = "ai_gateway_key", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "ai_model_price", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "ai_provider", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "ai_seat", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "aibridge_interception", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "api_key", .flags = CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER },
	{ .name = "assign_org_role", .flags = CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER },
	{ .name = "assign_role", .flags = CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER },
	{ .name = "audit_log", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "boundary_log", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "boundary_usage", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "chat",
	  .listing = LISTING(.path = "/api/experimental/chats", .id = "id", .name = "title",
			     .owner = "owner_username") },
	{ .name = "connection_log", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "crypto_key", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "debug_info", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "deployment_config", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "deployment_stats", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "file" },
	{ .name = "group",
	  .flags = CODER_TYPE_OWNED,
	  .resolve = resolve_group,
	  .listing = LISTING(.path = "/api/v2/groups", .id = "id", .name = "name",
			     .owner = "organization_name", .description = "display_name") },
	{ .name = "group_member",
	  .kind = "user",
	  .listing = LISTING(.per_organization = "members", .id = "user_id", .name = "username",
			     .description = "name") },
	{ .name = "idpsync_settings", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "inbox_notification",
	  .listing = LISTING(.path = "/api/v2/notifications/inbox", .key = "notifications",
			     .id = "id", .name = "title") },
	{ .name = "license", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "notification_message", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "notification_preference",
	  .flags = CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER },
	{ .name = "notification_template", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "oauth2_app", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "oauth2_app_code_token" },
	{ .name = "oauth2_app_secret", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "organization",
	  .route = "organizations",
	  .resolve = resolve_organization,
	  .listing = LISTING(.path = "/api/v2/organizations", .id = "id", .name = "name",
			     .description = "display_name") },
	{ .name = "organization_member",
	  .flags = CODER_TYPE_OF_USER,
	  .kind = "user",
	  .listing = LISTING(.per_organization = "members", .id = "user_id", .name = "username",
			     .description = "name") },
	{ .name = "prebuilt_workspace",
	  .listing = LISTING(.query = "owner:prebuilds", WORKSPACES) },
	{ .name = "provisioner_daemon",
	  .listing = LISTING(.per_organization = "provisionerdaemons", .id = "id", .name = "name",
			     .description = "key_name") },
	{ .name = "provisioner_jobs", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "replicas", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "system", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "tailnet_coordinator", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "task",
	  .flags = CODER_TYPE_OF_USER,
	  .listing = LISTING(.path = "/api/v2/tasks", .key = "tasks", .query = "owner:me",
			     .id = "id", .name = "name", .owner = "owner_name") },
	{ .name = "template",
	  .flags = CODER_TYPE_OWNED,
	  .route = "templates",
	  .relations = CODER_RELATION_ORGANIZATION,
	  .resolve = resolve_template,
	  .listing = LISTING(.path = "/api/v2/templates", .query = "", .name_term = "name:",
			     .owner_term = "organization:", .id = "id", .name = "name",
			     .owner = "organization_name", .description = "display_name") },
	{ .name = "usage_event", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "user",
	  .route = "users",
	  .resolve = resolve_user,
	  .listing = LISTING(.path = "/api/v2/users", .key = "users", .query = "", .name_term = "",
			     .id = "id", .name = "username", .description = "name") },
	{ .name = "user_secret", .flags = CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER },
	{ .name = "user_skill", .flags = CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER },
	{ .name = "webpush_subscription", .flags = CODER_TYPE_WILDCARD_ONLY | CODER_TYPE_OF_USER },
	{ .name = "workspace",
	  .flags = CODER_TYPE_OWNED | CODER_TYPE_OF_USER,
	  .route = "workspaces",
	  .relations = CODER_RELATION_OWNER | CODER_RELATION_ORGANIZATION,
	  .resolve = resolve_workspace,
	  .listing = LISTING(.query = "", WORKSPACES) },
	{ .name = "workspace_agent_devcontainers", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "workspace_agent_resource_monitor", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "workspace_build_orchestration", .flags = CODER_TYPE_WILDCARD_ONLY },
	{ .name = "workspace_dormant",
	  .flags = CODER_TYPE_OF_USER,
	  .kind = "workspace",
	  .listing = LISTING(.query = "dormant:true", WORKSPACES) },
	{ .name = "workspace_proxy",
	  .listing = LISTING(.path = "/api/v2/regions", .key = "regions", .id = "id",
			     .name = "name", .description = "display_name") },
};

#define N_TYPES (sizeof(types) / sizeof(*types))
_Static_assert(N_TYPES <= TYPES_MAX, "TYPES_MAX is too small");

const struct coder_type *coder_types(size_t *ret_n)
{
	*ret_n = N_TYPES;
	return types;
}

const struct coder_type *coder_type_find(const char *name)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}
