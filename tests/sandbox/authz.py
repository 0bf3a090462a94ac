# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: the roles of a key's owner, limited by the key's scopes and its allow list.

A key can do what its owner's roles permit, and its scopes permit, and its allow list covers.
Most refusals are reported as "not found".
"""

import json
from dataclasses import dataclass
from functools import lru_cache

import catalogue


@dataclass(frozen=True)
class Thing:
    """What an action is about: a type, its id as the authoriser compares it, owner, organization.

    A thing without an id (such as one still to be created) is covered by `type:*` only.
    """

    type: str
    id: str = ""
    owner: str = ""
    org: str = ""
    readers: tuple = ()


@lru_cache(maxsize=4096)
def scope_permissions(scopes: str):
    """The (type, action) pairs of a JSON list of scopes, or None for everything."""
    pairs = set()
    for scope in json.loads(scopes):
        if scope == "coder:all":
            return None
        if scope == "coder:application_connect":
            pairs.add(("workspace", "application_connect"))
        elif scope in catalogue.COMPOSITES:
            pairs.update(catalogue.COMPOSITES[scope])
        else:
            kind, _, action = scope.partition(":")
            pairs.add((kind, action))
    return frozenset(pairs)


@lru_cache(maxsize=4096)
def allow_entries(allow_list: str):
    """The entries of a JSON list as a set, or None for everything."""
    entries = frozenset(entry.lower() for entry in json.loads(allow_list))
    return None if "*:*" in entries else entries


def _has(actions: str, action: str) -> bool:
    return actions == "*" or action in actions.split()


class Actor:
    """The owner of the key that a request came with, and the key's permissions."""

    def __init__(self, user, key):
        self.user = user
        self.key = key
        self.scopes = scope_permissions(key.scopes)
        self.allowed = allow_entries(key.allow_list)

    def role_permits(self, action: str, thing: Thing) -> bool:
        if "owner" in self.user.roles and thing.type not in catalogue.OWNER_EXCEPT:
            return True
        for role in ["member"] + self.user.roles:
            actions = catalogue.SITE_PERMISSIONS.get(role, {}).get(thing.type, "")
            if _has(actions, action):
                return True
        if thing.owner and thing.owner == self.user.id:
            if _has(catalogue.OWN_PERMISSIONS.get(thing.type, "*"), action):
                return True
        # A template has a list of what members may do; one that is yet to be created has none.
        if thing.org in self.user.org_ids and (thing.id or thing.type != "template"):
            if _has(catalogue.ORGANIZATION_PERMISSIONS.get(thing.type, ""), action):
                return True
        return action == "read" and self.user.id in thing.readers

    def scope_permits(self, action: str, kind: str) -> bool:
        if self.scopes is None:
            return True
        return (kind, action) in self.scopes or (kind, "*") in self.scopes

    def list_permits(self, thing: Thing) -> bool:
        if self.allowed is None or f"{thing.type}:*" in self.allowed:
            return True
        if not thing.id:
            return False
        return f"{thing.type}:{thing.id}" in self.allowed or f"*:{thing.id}" in self.allowed

    def can(self, action: str, thing: Thing) -> bool:
        return (
            self.scope_permits(action, thing.type)
            and self.list_permits(thing)
            and self.role_permits(action, thing)
        )

    def names_ids_of(self, kind: str) -> bool:
        """Whether the allow list holds an id that applies to this type.

        On a list of workspaces or of templates the server turns such an entry into a condition on
        a column `id` that two joined tables have, and the database refuses the query.  Without
        the scope to read the type, the condition is that nothing is listed.
        """
        if not self.scope_permits("read", kind):
            return False
        if self.allowed is None or f"{kind}:*" in self.allowed:
            return False
        return any(
            entry.partition(":")[0] in (kind, "*") and not entry.endswith(":*")
            for entry in self.allowed
        )


# -- what the objects of the store look like to the authoriser ---------------------------------


def user_thing(user) -> Thing:
    return Thing("user", user.id, user.id)


def key_thing(key) -> Thing:
    return Thing("api_key", key.id, key.user_id)


def member_thing(user, org_id: str) -> Thing:
    return Thing("organization_member", user.id, user.id, org_id)


def organization_thing(org) -> Thing:
    return Thing("organization", org.id, org=org.id)


def template_thing(template) -> Thing:
    return Thing("template", template.id, org=template.org_id)


def version_thing(version) -> Thing:
    """The template of a version or, while it has none, any template of the organization."""
    return Thing("template", version.template_id, org=version.org_id)


def file_thing(found) -> Thing:
    return Thing("file", found.id, found.created_by)


def workspace_thing(workspace) -> Thing:
    """Dormancy changes the type, so that `workspace:<id>` stops matching."""
    kind = "workspace_dormant" if workspace.dormant_at else "workspace"
    return Thing(kind, workspace.id, workspace.owner_id, workspace.org_id)


def task_thing(task, workspace) -> Thing:
    return Thing("task", task.id, task.owner_id, workspace.org_id)


def group_thing(group) -> Thing:
    return Thing("group", group.id, org=group.org_id, readers=tuple(group.members))
