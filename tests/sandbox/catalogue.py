# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deployment knows by name: resource types, scopes, roles, and how releases differ.

The lists are those of the newest release that the sandbox imitates.  `Features` cuts them down to
what an older release knew, so that a test sees the responses of such a server.
"""

from dataclasses import dataclass, field

CRUD = "create delete read update"
_WORKSPACE = (
    "application_connect create create_agent delete delete_agent read share ssh start stop "
    "update update_agent"
)

# Every concrete resource type with its actions.
RESOURCE_ACTIONS = {
    name: actions.split()
    for name, actions in {
        "ai_gateway_key": CRUD,
        "ai_model_price": "read update",
        "ai_provider": CRUD,
        "ai_seat": "create read",
        "aibridge_interception": "create read update",
        "api_key": CRUD,
        "assign_org_role": "assign create delete read unassign update",
        "assign_role": "assign read unassign",
        "audit_log": "create read",
        "boundary_log": "create delete read",
        "boundary_usage": "delete read update",
        "chat": "create delete read share update",
        "connection_log": "read update",
        "crypto_key": CRUD,
        "debug_info": "read",
        "deployment_config": "read update",
        "deployment_stats": "read",
        "file": "create read",
        "group": CRUD,
        "group_member": "read",
        "idpsync_settings": "read update",
        "inbox_notification": "create read update",
        "license": "create delete read",
        "notification_message": CRUD,
        "notification_preference": "read update",
        "notification_template": "read update",
        "oauth2_app": CRUD,
        "oauth2_app_code_token": "create delete read",
        "oauth2_app_secret": CRUD,
        "organization": CRUD,
        "organization_member": CRUD,
        "prebuilt_workspace": "delete update",
        "provisioner_daemon": CRUD,
        "provisioner_jobs": "create read update",
        "replicas": "read",
        "system": CRUD,
        "tailnet_coordinator": CRUD,
        "task": CRUD,
        "template": CRUD + " use view_insights",
        "usage_event": "create read update",
        "user": CRUD + " read_personal update_personal",
        "user_secret": CRUD,
        "user_skill": CRUD,
        "webpush_subscription": "create delete read",
        "workspace": _WORKSPACE,
        "workspace_agent_devcontainers": "create",
        "workspace_agent_resource_monitor": "create read update",
        "workspace_build_orchestration": CRUD,
        "workspace_dormant": _WORKSPACE,
        "workspace_proxy": CRUD,
    }.items()
}

# Types by the minor release (2.x) that brought them; the others are older than all of these.
TYPE_SINCE = {
    "connection_log": 26,
    "usage_event": 26,
    "user_secret": 26,
    "aibridge_interception": 27,
    "task": 28,
    "boundary_usage": 30,
    "chat": 32,
    "ai_seat": 33,
    "ai_model_price": 34,
    "ai_provider": 34,
    "user_skill": 34,
    "ai_gateway_key": 35,
    "boundary_log": 35,
    "workspace_build_orchestration": 36,
}

# Composite scopes with the pairs they stand for.
COMPOSITES = {
    name: [(t, a) for t, actions in parts.items() for a in actions.split()]
    for name, parts in {
        "coder:workspaces.create": {
            "template": "read use",
            "workspace": "start stop create update read",
            "organization_member": "read",
        },
        "coder:workspaces.operate": {
            "template": "read",
            "workspace": "start stop read update",
            "organization_member": "read",
        },
        "coder:workspaces.delete": {
            "template": "read use",
            "workspace": "read delete",
            "organization_member": "read",
        },
        "coder:workspaces.access": {
            "template": "read",
            "workspace": "read ssh application_connect",
            "organization_member": "read",
        },
        "coder:templates.build": {
            "template": "read",
            "file": "create read",
            "provisioner_jobs": "read",
        },
        "coder:templates.author": {
            "template": "read create update delete view_insights",
            "file": "create read",
        },
        "coder:apikeys.manage_self": {"api_key": "read create update delete"},
    }.items()
}

_PUBLIC_LOW = {
    "api_key": CRUD,
    "file": "create read",
    "organization": "delete read update",
    "task": CRUD,
    "template": CRUD + " use",
    "user": "read read_personal update_personal",
    "user_secret": CRUD,
    "user_skill": CRUD,
    "workspace": "application_connect create delete read ssh start stop update",
}
PUBLIC_SCOPES = sorted(
    ["coder:all", "coder:application_connect"]
    + list(COMPOSITES)
    + [f"{t}:{a}" for t, actions in _PUBLIC_LOW.items() for a in ["*"] + actions.split()]
)
# The two names from the time before scopes were a list.  The public check accepts them, but only
# the singular field translates them.
LEGACY_SCOPES = {"all": "coder:all", "application_connect": "coder:application_connect"}

# The public scopes that older releases did not list yet, by the release that brought them.
SCOPE_SINCE = {"user:*": 35, "user:read": 32}
for _name in PUBLIC_SCOPES:
    _type = _name.partition(":")[0]
    if _type in ("task", "organization", "user_skill"):
        SCOPE_SINCE[_name] = {"task": 28, "organization": 29, "user_skill": 34}[_type]

MODES = {
    "legacy-2.26": "scopes and allow_list ignored and absent, no scope catalogue, no expire",
    "legacy-2.27": "scopes honoured, allow_list ignored and absent, no expire",
    "no-expire": "2.31.0: no expire route, expired tokens always listed",
    "allow-objects": "responses have allow_list entries as objects {type,id}",
    "never-used-0001": "last_used of a token never used is 0001-01-01T00:00:00Z",
    "no-date": "no Date header",
    "unknown-type": "a token carries an allow_list type no client knows",
    "groups": "the group routes of the licensed enterprise binary",
    "groups-unlicensed": "the group routes of an enterprise binary without a licence",
    "no-groups": "the default: group routes do not exist",
}
UNKNOWN_TYPE = "brand_new_type"
_MODE_RELEASE = {"legacy-2.26": (26, "v2.26.0"), "legacy-2.27": (27, "v2.27.0")}
_MODE_RELEASE["no-expire"] = (31, "v2.31.0")


@dataclass(eq=False)  # hashable, because key_json() remembers its results
class Features:
    """What this deployment can do, worked out from the modes in force."""

    modes: frozenset = frozenset()
    release: int = 36
    version: str = ""
    scopes: bool = True
    allow_list: bool = True
    catalogue: bool = True
    expire: bool = True
    use_extends: bool = False
    never_used_year_one: bool = False
    allow_objects: bool = False
    date: bool = True
    groups: str = "none"
    public_scopes: list = field(default_factory=list)
    types: set = field(default_factory=set)


def features_for(modes) -> Features:
    """The features of a deployment in these modes."""
    unknown = sorted(set(modes) - set(MODES))
    if unknown:
        raise ValueError(f"unknown mode {unknown[0]!r}; known: {', '.join(MODES)}")
    feats = Features(modes=frozenset(modes))
    for mode, (release, name) in _MODE_RELEASE.items():
        if mode in modes and release < feats.release:
            feats.release, feats.version = release, name
    feats.version = feats.version or "vv2.32.0"
    feats.scopes = feats.catalogue = feats.release >= 27
    feats.allow_list = feats.release >= 28
    feats.expire = feats.release >= 32
    feats.use_extends = feats.release < 32
    feats.never_used_year_one = feats.release < 32 or "never-used-0001" in modes
    feats.allow_objects = "allow-objects" in modes
    feats.date = "no-date" not in modes
    if "groups" in modes:
        feats.groups = "licensed"
    elif "groups-unlicensed" in modes:
        feats.groups = "unlicensed"
    feats.public_scopes = [s for s in PUBLIC_SCOPES if SCOPE_SINCE.get(s, 0) <= feats.release]
    feats.types = {t for t in RESOURCE_ACTIONS if TYPE_SINCE.get(t, 0) <= feats.release}
    feats.types.add("*")
    if "unknown-type" in modes:
        feats.types.add(UNKNOWN_TYPE)
    return feats


# ---------------------------------------------------------------------------------------------
# Roles

ROLE_NAMES = {
    "owner": "Owner",
    "user-admin": "User Admin",
    "template-admin": "Template Admin",
    "auditor": "Auditor",
}

# Site-wide permissions of each role, `*` for every action.  Owners are not in the table: they may
# do everything with all types but the few below.
SITE_PERMISSIONS = {
    "member": {"assign_role": "read", "oauth2_app": "read", "workspace_proxy": "read"},
    "user-admin": {
        "user": "*",
        "group": CRUD,
        "group_member": "read",
        "organization": "read",
        "organization_member": CRUD,
        "assign_role": "*",
        "assign_org_role": "assign read unassign",
        "idpsync_settings": "read update",
    },
    "template-admin": {
        "template": "*",
        "file": "create read",
        "workspace": "read",
        "prebuilt_workspace": "update delete",
        "provisioner_daemon": CRUD,
        "user": "read",
        "group": "read",
        "group_member": "read",
        "organization": "read",
        "organization_member": "read",
        "assign_org_role": "read",
    },
    "auditor": {
        "audit_log": "read",
        "connection_log": "read",
        "template": "read view_insights",
        "user": "read",
        "group": "read",
        "group_member": "read",
        "organization": "read",
        "organization_member": "read",
        "deployment_stats": "read",
        "deployment_config": "read",
        "assign_org_role": "read",
    },
}
OWNER_EXCEPT = {"user_secret", "usage_event"}

# What members may do with their own objects.  With types that are not named here: everything.
OWN_PERMISSIONS = {
    "user": "read read_personal update_personal",
    "organization_member": "read",
    "workspace_dormant": "read delete create update stop create_agent delete_agent",
    "prebuilt_workspace": "",
}
# What membership in an organization permits on its objects (templates through their group list).
ORGANIZATION_PERMISSIONS = {
    "organization": "read",
    "organization_member": "read",
    "provisioner_daemon": "read",
    "assign_org_role": "read",
    "template": "read use",
}
