# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON shapes of the server's objects, field by field in the order it emits them."""

import json
from functools import lru_cache

from catalogue import ROLE_NAMES
from gotext import json_text, rfc3339
from store import stable_uuid

NIL = "00000000-0000-0000-0000-000000000000"
_EPOCH, _YEAR_ONE = "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"
JOB_TIME = 205389  # microseconds
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ALL_SCOPES, _ALL_ALLOWED = json.dumps(["coder:all"]), json.dumps(["*:*"])


def _allow_json(stored: str, feats) -> str:
    """Entries are returned in lower case; an older form of the response has objects."""
    if feats.allow_objects:
        pairs = [entry.lower().partition(":") for entry in json.loads(stored)]
        return json_text([{"type": kind, "id": ident} for kind, _, ident in pairs])
    if stored == _ALL_ALLOWED:
        return '["*:*"]'
    return json_text([entry.lower() for entry in json.loads(stored)])


def _singular(scopes) -> str:
    if "coder:application_connect" in scopes:
        return "application_connect"
    return "all" if "coder:all" in scopes else ""


@lru_cache(maxsize=1 << 15)
def key_json(key, feats, username=None) -> str:
    """A key as JSON text, remembered because a list may have ten thousand of them."""
    if key.last_used > 0:
        used = rfc3339(key.last_used)
    else:
        used = _YEAR_ONE if feats.never_used_year_one else _EPOCH
    if key.scopes == _ALL_SCOPES:
        scopes_text, scope = '["coder:all"]', "all"
    else:
        scopes = json.loads(key.scopes)
        scopes_text, scope = json_text(scopes), _singular(scopes)
    created = rfc3339(key.created_at)
    updated = created if key.updated_at == key.created_at else rfc3339(key.updated_at)
    return "".join(
        (
            f'{{"id":"{key.id}","user_id":"{key.user_id}","last_used":"{used}",',
            f'"expires_at":"{rfc3339(key.expires_at)}","created_at":"{created}",',
            f'"updated_at":"{updated}","login_type":"{key.login_type}","scope":"{scope}",',
            f'"scopes":{scopes_text},' if feats.scopes else "",
            f'"token_name":{json_text(key.token_name)},',
            f'"lifetime_seconds":{key.lifetime_seconds}',
            f',"allow_list":{_allow_json(key.allow_list, feats)}' if feats.allow_list else "",
            "" if username is None else f',"username":{json_text(username)}',
            "}",
        )
    )


def roles(user) -> list:
    return [{"name": role, "display_name": ROLE_NAMES.get(role, role)} for role in user.roles]


def login_type(user) -> str:
    return "none" if user.system else "password"


def reduced_user(user) -> dict:
    out = {"id": user.id, "username": user.username}
    if user.name:
        out["name"] = user.name
    out["email"] = user.email
    out["created_at"] = rfc3339(user.created_at)
    out["updated_at"] = rfc3339(user.updated_at)
    out["last_seen_at"] = rfc3339(user.last_seen_at)
    out["status"] = user.status
    out["login_type"] = login_type(user)
    return out


def user(person) -> dict:
    """A caller who may read the user gets the organizations, too."""
    out = reduced_user(person)
    out["organization_ids"] = list(person.org_ids)
    out["roles"] = roles(person)
    out["has_ai_seat"] = False
    return out


def organization(org) -> dict:
    at = rfc3339(org.created_at)
    return {
        "id": org.id,
        "name": org.name,
        "display_name": org.display_name,
        "icon": "",
        "description": org.description,
        "created_at": at,
        "updated_at": at,
        "is_default": org.is_default,
        "default_org_member_roles": ["organization-workspace-access"],
    }


def member(person, org_id: str) -> dict:
    out = {"username": person.username}
    if person.name:
        out["name"] = person.name
    out["email"] = person.email
    out["status"], out["login_type"] = person.status, login_type(person)
    out["last_seen_at"] = rfc3339(person.last_seen_at)
    out["user_created_at"] = rfc3339(person.created_at)
    out["user_updated_at"] = rfc3339(person.updated_at)
    out["global_roles"] = roles(person)
    out["has_ai_seat"] = False
    out["user_id"], out["organization_id"] = person.id, org_id
    out["created_at"] = out["updated_at"] = rfc3339(person.created_at)
    out["roles"] = []
    return out


def template(store, tpl) -> dict:
    org = store.organizations[tpl.org_id]
    no_times = {"P50": None, "P95": None}
    return {
        "id": tpl.id,
        "created_at": rfc3339(tpl.created_at),
        "updated_at": rfc3339(tpl.updated_at),
        "organization_id": org.id,
        "organization_name": org.name,
        "organization_display_name": org.display_name,
        "organization_icon": "",
        "name": tpl.name,
        "display_name": tpl.display_name,
        "provisioner": "echo",
        "active_version_id": tpl.active_version_id,
        "active_user_count": 0,
        "build_time_stats": {"delete": no_times, "start": no_times, "stop": no_times},
        "description": tpl.description,
        "deprecated": bool(tpl.deprecated),
        "deprecation_message": tpl.deprecated,
        "deleted": False,
        "icon": "",
        "default_ttl_ms": 0,
        "activity_bump_ms": 3600000,
        "time_til_autostop_notify_ms": 0,
        "autostop_requirement": {"days_of_week": [], "weeks": 1},
        "autostart_requirement": {"days_of_week": _DAYS},
        "created_by_id": tpl.created_by,
        "created_by_name": store.users[tpl.created_by].username,
        "allow_user_autostart": True,
        "allow_user_autostop": True,
        "allow_user_cancel_workspace_jobs": False,
        "failure_ttl_ms": 0,
        "time_til_dormant_ms": 0,
        "time_til_dormant_autodelete_ms": 0,
        "require_active_version": False,
        "max_port_share_level": "public",
        "cors_behavior": "simple",
        "use_classic_parameter_flow": False,
        "disable_module_cache": False,
    }


def job(kind: str, owner, org_id: str, initiator_id: str, job_input: dict, file_id: str) -> dict:
    """The provisioner's job for a version or a build, which succeeded in a short time."""
    return {
        "id": stable_uuid("job", owner.id),
        "created_at": rfc3339(owner.created_at),
        "started_at": rfc3339(owner.created_at + 30815),
        "completed_at": rfc3339(owner.created_at + JOB_TIME),
        "status": "succeeded",
        "worker_id": stable_uuid("provisioner"),
        "file_id": file_id,
        "tags": {"owner": "", "scope": "organization"},
        "queue_position": 0,
        "queue_size": 0,
        "organization_id": org_id,
        "initiator_id": initiator_id,
        "input": job_input,
        "type": kind,
        "metadata": {
            "template_version_name": "",
            "template_id": NIL,
            "template_name": "",
            "template_display_name": "",
            "template_icon": "",
        },
        "logs_overflowed": False,
    }


def new_job(finished: dict) -> dict:
    """The same job as the response to the request that began it shows it."""
    out = dict(finished)
    del out["started_at"], out["completed_at"]
    out["status"], out["worker_id"] = "pending", None
    return {name: value for name, value in out.items() if value is not None}


def provisioners(at: int) -> dict:
    """The provisioners that could take a job that has just begun."""
    return {"count": 1, "available": 1, "most_recently_seen": rfc3339(at - 10**6)}


def template_version(store, version) -> dict:
    creator = store.users[version.created_by]
    at = rfc3339(version.created_at)
    kind, job_input = "template_version_import", {"template_version_id": version.id}
    return {
        "id": version.id,
        "template_id": version.template_id or None,
        "organization_id": version.org_id,
        "created_at": at,
        "updated_at": at,
        "name": version.name,
        "message": "",
        "job": job(kind, version, version.org_id, creator.id, job_input, version.file_id),
        "readme": "",
        "created_by": {"id": creator.id, "username": creator.username},
        "archived": False,
        "has_external_agent": False,
    }


def agent_id(found) -> str:
    """Each build that starts a workspace creates a new agent."""
    return stable_uuid("agent", found.id)


def agent(found) -> dict:
    at = rfc3339(found.created_at + JOB_TIME)
    return {
        "id": agent_id(found),
        "parent_id": None,
        "created_at": at,
        "updated_at": at,
        "status": "connecting",
        "lifecycle_state": "created",
        "name": "main",
        "resource_id": stable_uuid("resource", found.id),
        "architecture": "amd64",
        "environment_variables": {},
        "operating_system": "linux",
        "logs_length": 0,
        "logs_overflowed": False,
        "version": "",
        "api_version": "",
        "apps": [],
        "connection_timeout_seconds": 120,
        "troubleshooting_url": "",
        "subsystems": [],
        "health": {"healthy": False, "reason": "agent has not yet connected"},
        "display_apps": [],
        "log_sources": [],
        "scripts": [],
        "startup_script_behavior": "non-blocking",
    }


def resources(space, found) -> list:
    if not space.has_agent or found.transition != "start":
        return []
    resource = {
        "id": stable_uuid("resource", found.id),
        "created_at": rfc3339(found.created_at + JOB_TIME),
        "job_id": stable_uuid("job", found.id),
        "workspace_transition": found.transition,
        "type": "docker_container",
        "name": "dev",
        "hide": False,
        "icon": "",
        "agents": [agent(found)],
        "daily_cost": 0,
    }
    return [resource]


def build(store, found) -> dict:
    space = store.workspaces[found.workspace_id]
    owner, initiator = store.users[space.owner_id], store.users[found.initiator_id]
    version = store.versions[found.version_id]
    kind, job_input = "workspace_build", {"workspace_build_id": found.id}
    return {
        "id": found.id,
        "created_at": rfc3339(found.created_at),
        "updated_at": rfc3339(found.created_at + JOB_TIME),
        "workspace_id": space.id,
        "workspace_name": space.name,
        "workspace_owner_id": owner.id,
        "workspace_owner_name": owner.username,
        "template_version_id": version.id,
        "template_version_name": version.name,
        "build_number": found.number,
        "transition": found.transition,
        "initiator_id": initiator.id,
        "initiator_name": initiator.username,
        "job": job(kind, found, space.org_id, initiator.id, job_input, version.file_id),
        "reason": "initiator",
        "resources": resources(space, found),
        "deadline": rfc3339(found.deadline) if found.deadline else None,
        "max_deadline": None,
        "status": {"delete": "deleted", "start": "running", "stop": "stopped"}[found.transition],
        "daily_cost": 0,
        "matched_provisioners": {"count": 0, "available": 0, "most_recently_seen": None},
        "template_version_preset_id": None,
        "has_ai_task": _task_of(store, space) is not None,
        "has_external_agent": False,
    }


def _task_of(store, space):
    return next((t.id for t in store.tasks.values() if t.workspace_id == space.id), None)


def workspace(store, space) -> dict:
    owner, tpl = store.users[space.owner_id], store.templates[space.template_id]
    org = store.organizations[space.org_id]
    latest = store.builds[space.latest_build_id]
    at = rfc3339(space.created_at)
    out = {
        "id": space.id,
        "created_at": at,
        "updated_at": at,
        "owner_id": owner.id,
        "owner_name": owner.username,
        "owner_avatar_url": "",
        "organization_id": org.id,
        "organization_name": org.name,
        "template_id": tpl.id,
        "template_name": tpl.name,
        "template_display_name": tpl.display_name,
        "template_icon": "",
        "template_allow_user_cancel_workspace_jobs": False,
        "template_active_version_id": tpl.active_version_id,
        "template_require_active_version": False,
        "template_use_classic_parameter_flow": False,
        "latest_build": build(store, latest),
        "latest_app_status": None,
        "outdated": latest.version_id != tpl.active_version_id,
        "name": space.name,
    }
    if space.autostart:
        out["autostart_schedule"] = space.autostart
    if space.ttl_ms:
        out["ttl_ms"] = space.ttl_ms
    return out | {
        "last_used_at": at,
        "deleting_at": None,
        "dormant_at": rfc3339(space.dormant_at) if space.dormant_at else None,
        "health": {"healthy": True, "failing_agents": []},
        "automatic_updates": space.automatic_updates,
        "allow_renames": False,
        "favorite": space.favorite,
        "next_start_at": None,
        "is_prebuild": owner.system,
        "task_id": _task_of(store, space),
    }


def task(store, item) -> dict:
    space = store.workspaces[item.workspace_id]
    owner, tpl = store.users[item.owner_id], store.templates[space.template_id]
    return {
        "id": item.id,
        "organization_id": space.org_id,
        "owner_id": owner.id,
        "owner_name": owner.username,
        "owner_avatar_url": "",
        "name": item.name,
        "display_name": item.name,
        "template_id": tpl.id,
        "template_version_id": store.builds[space.latest_build_id].version_id,
        "template_name": tpl.name,
        "template_display_name": tpl.display_name,
        "template_icon": "",
        "workspace_id": space.id,
        "workspace_name": space.name,
        "workspace_status": "running" if space.running else "stopped",
        "workspace_agent_id": None,
        "workspace_agent_lifecycle": None,
        "workspace_agent_health": None,
        "initial_prompt": item.prompt,
        "status": "active",
        "current_state": None,
        "created_at": rfc3339(item.created_at),
        "updated_at": rfc3339(item.created_at),
    }


def group(store, item) -> dict:
    org = store.organizations[item.org_id]
    members = [store.users[ident] for ident in item.members if ident in store.users]
    return {
        "id": item.id,
        "name": item.name,
        "display_name": item.display_name,
        "organization_id": org.id,
        "members": [reduced_user(person) for person in members],
        "total_member_count": len(members),
        "avatar_url": "",
        "quota_allowance": 0,
        "source": "user",
        "organization_name": org.name,
        "organization_display_name": org.display_name,
    }
