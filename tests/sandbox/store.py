# SPDX-License-Identifier: GPL-3.0-or-later
"""The deployment's data, all in memory: keys in SQLite, people and objects in dictionaries.

All methods expect the caller to hold `Store.lock`; one request is one critical section, as one
transaction is on the real server.
"""

import hashlib
import json
import secrets
import sqlite3
import string
import threading
import time
import uuid
from collections import namedtuple
from dataclasses import dataclass, field

PREBUILDS_ID = "c42fdf75-3097-471c-8c33-fb52454d81c0"
DAY = 86400 * 10**6
WEEK_SECONDS = 7 * 86400

# name, roles, status, display name: the people of every seed.
PEOPLE = [
    ("admin", ["owner"], "active", "Admin"),
    ("alice", [], "active", ""),
    ("bob", [], "active", ""),
    ("carol", ["user-admin"], "active", "Carol Jones"),
    ("tina", ["template-admin"], "active", ""),
    ("audrey", ["auditor"], "active", ""),
    ("sue", [], "suspended", ""),
]
SEEDS = ("empty", "objects", "demo")

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ADJECTIVES = "brave calm clever eager gentle graceful handsome jolly lively modern quiet wise"
_SURNAMES = "baker castro diaz hopper kelly lovelace noether peters ramos santos torres turing"

KEY_COLUMNS = (
    "id user_id hashed_secret last_used expires_at created_at updated_at login_type scopes "
    "token_name lifetime_seconds allow_list"
)
Key = namedtuple("Key", KEY_COLUMNS)
_KEY_SELECT = "SELECT " + KEY_COLUMNS.replace(" ", ", ") + " FROM api_keys "


class NameTaken(Exception):
    """A key of type token with this owner and name exists."""


class Clock:
    """The clock of all times of the deployment: `ahead` microseconds ahead of the machine's."""

    ahead = 0


def now_us() -> int:
    return time.time_ns() // 1000 + Clock.ahead


def random_text(size: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(size))


def random_name() -> str:
    """`<adjective>_<surname><2 digits>`, as the server names what is created without a name."""
    pick = secrets.choice
    return f"{pick(_ADJECTIVES.split())}_{pick(_SURNAMES.split())}{10 + secrets.randbelow(90)}"


def stable_uuid(*parts) -> str:
    """The same UUID for the same words in every run, in the random version's form."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def stable_name(*parts) -> str:
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    adjectives, surnames = _ADJECTIVES.split(), _SURNAMES.split()
    return (
        f"{adjectives[digest[0] % len(adjectives)]}_{surnames[digest[1] % len(surnames)]}"
        f"{10 + digest[2] % 90}"
    )


def session_token(username: str) -> str:
    """The fixed login session of one of PEOPLE: 10 characters, `-`, 22 characters."""
    name = username.capitalize()
    key_id = "sbx" + name
    secret = "sandbox" + name + "Secret"
    return f"{key_id + '0' * (9 - len(key_id))}1-{secret + '0' * (21 - len(secret))}1"


@dataclass
class User:
    id: str
    username: str
    roles: list
    status: str = "active"
    name: str = ""
    email: str = ""
    created_at: int = 0
    updated_at: int = 0
    last_seen_at: int = 0
    system: bool = False
    org_ids: list = field(default_factory=list)


@dataclass
class Organization:
    id: str
    name: str
    display_name: str
    description: str = ""
    created_at: int = 0
    is_default: bool = False


@dataclass
class Template:
    id: str
    name: str
    org_id: str
    created_by: str
    display_name: str = ""
    deprecated: str = ""
    description: str = ""
    active_version_id: str = ""
    created_at: int = 0
    updated_at: int = 0


@dataclass
class Version:
    """A version of a template.  `template_id` is empty until a template is created from it."""

    id: str
    name: str
    org_id: str
    created_by: str
    file_id: str
    template_id: str = ""
    created_at: int = 0


@dataclass
class File:
    id: str
    hash: str
    created_by: str


@dataclass
class Workspace:
    id: str
    name: str
    owner_id: str
    org_id: str
    template_id: str
    created_at: int = 0
    dormant_at: int = 0
    deleted: bool = False
    running: bool = True
    latest_build_id: str = ""
    has_agent: bool = False
    autostart: str = ""
    ttl_ms: int = 0
    automatic_updates: str = "never"
    favorite: bool = False


@dataclass
class Build:
    id: str
    workspace_id: str
    number: int
    version_id: str
    transition: str
    initiator_id: str
    created_at: int
    deadline: int = 0


@dataclass
class Task:
    id: str
    name: str
    owner_id: str
    workspace_id: str
    prompt: str = ""
    created_at: int = 0


@dataclass
class Group:
    id: str
    name: str
    org_id: str
    display_name: str = ""
    members: list = field(default_factory=list)


_KINDS = {
    "users": User,
    "organizations": Organization,
    "templates": Template,
    "versions": Version,
    "files": File,
    "workspaces": Workspace,
    "builds": Build,
    "tasks": Task,
    "groups": Group,
}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS api_keys (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT UNIQUE NOT NULL,
    user_id TEXT NOT NULL,
    hashed_secret BLOB NOT NULL,
    last_used INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    login_type TEXT NOT NULL,
    scopes TEXT NOT NULL,
    token_name TEXT NOT NULL,
    lifetime_seconds INTEGER NOT NULL,
    allow_list TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS idx_api_key_name ON api_keys (user_id, token_name)
    WHERE login_type = 'token';
"""


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.db = sqlite3.connect(":memory:", check_same_thread=False)
        self.db.isolation_level = None
        self.db.executescript(_SCHEMA)
        for kind in _KINDS:
            setattr(self, kind, {})
        self._by_username = {}

    # -- people and objects --------------------------------------------------------------------

    def _put_many(self, kind: str, entities):
        for entity in entities:
            getattr(self, kind)[entity.id] = entity

    def put(self, entity):
        kind = {cls: name for name, cls in _KINDS.items()}[type(entity)]
        self._put_many(kind, [entity])
        if kind == "users":
            self._by_username[entity.username.lower()] = entity

    def user_named(self, name: str):
        return self._by_username.get(name.lower())

    def default_organization(self) -> Organization:
        return next(o for o in self.organizations.values() if o.is_default)

    def organization_named(self, name: str):
        folded = name.lower()
        return next((o for o in self.organizations.values() if o.name.lower() == folded), None)

    def template_named(self, org_id: str, name: str):
        folded = name.lower()
        for template in self.templates.values():
            if template.org_id == org_id and template.name.lower() == folded:
                return template
        return None

    def workspace_named(self, owner_id: str, name: str):
        folded = name.lower()
        for workspace in self.workspaces.values():
            if workspace.owner_id == owner_id and not workspace.deleted:
                if workspace.name.lower() == folded:
                    return workspace
        return None

    def add_user(self, username, roles=(), status="active", name="", email="", org_ids=None):
        """Adds a user, or changes the one of that name."""
        user = self.user_named(username)
        if user:
            user.roles, user.status, user.name = list(roles), status, name or user.name
            user.email = email or user.email
        else:
            at = now_us() - 30 * DAY
            user = User(
                id=stable_uuid("user", username),
                username=username,
                roles=list(roles),
                status=status,
                name=name,
                email=email or f"{username}@example.com",
                created_at=at,
                updated_at=at,
                last_seen_at=at,
                org_ids=org_ids or [self.default_organization().id],
            )
        self.put(user)
        return user

    def add_organization(self, name, display_name="", is_default=False):
        org = Organization(
            id=stable_uuid("organization", name),
            name=name,
            display_name=display_name or name,
            created_at=now_us() - 31 * DAY,
            is_default=is_default,
        )
        self.put(org)
        return org

    def add_template(self, name, org=None, display_name=None, deprecated=""):
        org = org or self.default_organization()
        at = now_us() - 20 * DAY
        template = Template(
            id=stable_uuid("template", org.name, name),
            name=name,
            org_id=org.id,
            created_by=self.user_named("admin").id,
            display_name=f"The {name}" if display_name is None else display_name,
            deprecated=deprecated,
            created_at=at,
            updated_at=at + 3430,
        )
        version = Version(
            id=stable_uuid("version", template.id),
            name=stable_name("version", template.id),
            org_id=org.id,
            created_by=template.created_by,
            file_id=stable_uuid("file"),
            template_id=template.id,
            created_at=at,
        )
        template.active_version_id = version.id
        self.put(version)
        self.put(template)
        return template

    def add_workspaces(
        self, owner, template, names, dormant=False, deleted=False, running=True, has_agent=False
    ):
        at = now_us() - 10 * DAY
        made, builds = [], []
        running = running and not dormant and not deleted
        for n, name in enumerate(names):
            words = ("workspace", owner.username, name) + (("deleted",) if deleted else ())
            made.append(
                Workspace(
                    id=stable_uuid(*words),
                    name=name,
                    owner_id=owner.id,
                    org_id=template.org_id,
                    template_id=template.id,
                    created_at=at + n * 1001,
                    dormant_at=at + DAY if dormant else 0,
                    deleted=deleted,
                    running=running,
                    has_agent=has_agent,
                )
            )
            build = Build(
                id=stable_uuid("build", made[-1].id),
                workspace_id=made[-1].id,
                number=1,
                version_id=template.active_version_id,
                transition="delete" if deleted else "start" if running else "stop",
                initiator_id=template.created_by,
                created_at=made[-1].created_at + 60149,
            )
            made[-1].latest_build_id = build.id
            builds.append(build)
        self._put_many("builds", builds)
        self._put_many("workspaces", made)
        return made

    def add_task(self, owner, workspace, name):
        task = Task(
            id=stable_uuid("task", owner.username, name),
            name=name,
            owner_id=owner.id,
            workspace_id=workspace.id,
            prompt="Tidy the build",
            created_at=workspace.created_at,
        )
        self.put(task)
        return task

    def add_group(self, name, org=None, members=(), display_name=""):
        org = org or self.default_organization()
        group = Group(
            id=stable_uuid("group", org.name, name),
            name=name,
            org_id=org.id,
            display_name=display_name,
            members=[u.id for u in members],
        )
        self.put(group)
        return group

    # -- keys ----------------------------------------------------------------------------------

    def insert_key(self, user_id, **fields) -> tuple[str, str]:
        """Inserts a key and returns (id, secret); NameTaken if a token has the name."""
        key_id = fields.get("id") or random_text(10)
        secret = fields.get("secret") or random_text(22)
        created = fields.get("created_at") or now_us()
        row = (
            key_id,
            user_id,
            hashlib.sha256(secret.encode()).digest(),
            fields.get("last_used", 0),
            fields["expires_at"],
            created,
            created,
            fields.get("login_type", "token"),
            json.dumps(fields.get("scopes") or ["coder:all"]),
            fields.get("token_name", ""),
            fields.get("lifetime_seconds", WEEK_SECONDS),
            json.dumps(fields.get("allow_list") or ["*:*"]),
        )
        marks = ", ".join("?" * len(row))
        columns = KEY_COLUMNS.replace(" ", ", ")
        try:
            self.db.execute(f"INSERT INTO api_keys ({columns}) VALUES ({marks})", row)
        except sqlite3.IntegrityError:
            raise NameTaken(fields.get("token_name", "")) from None
        return key_id, secret

    def _keys(self, where: str, *values) -> list:
        rows = self.db.execute(_KEY_SELECT + where + " ORDER BY seq", values)
        return [Key._make(row) for row in rows]

    def key(self, key_id: str):
        found = self._keys("WHERE id = ?", key_id)
        return found[0] if found else None

    def key_named(self, user_id: str, name: str):
        """Any named key, not only tokens: the lookup by name does not look at the type."""
        if not name:
            return None
        found = self._keys("WHERE user_id = ? AND token_name = ?", user_id, name)
        return found[0] if found else None

    def tokens(self, user_id: str = "", expired: bool = False) -> list:
        where, values = "WHERE login_type = 'token'", []
        if user_id:
            where, values = where + " AND user_id = ?", [user_id]
        if not expired:
            where, values = where + " AND expires_at > ?", values + [now_us()]
        return self._keys(where, *values)

    def all_keys(self) -> list:
        return self._keys("")

    def expire_key(self, key_id: str):
        self.db.execute("UPDATE api_keys SET expires_at = ? WHERE id = ?", (now_us(), key_id))

    def change_key(self, key_id: str, columns: dict):
        marks = ", ".join(f"{name} = ?" for name in columns)
        values = (*columns.values(), key_id)
        self.db.execute(f"UPDATE api_keys SET {marks} WHERE id = ?", values)

    def delete_key(self, key_id: str):
        self.db.execute("DELETE FROM api_keys WHERE id = ?", (key_id,))

    def touch_key(self, key_id: str, last_used: int, expires_at: int):
        self.db.execute(
            "UPDATE api_keys SET last_used = ?, expires_at = ? WHERE id = ?",
            (last_used, expires_at, key_id),
        )

    def purge_expired(self, retention_us: int = 7 * DAY):
        """Every ten minutes: deletes keys that expired seven days ago, and so frees their names."""
        self.db.execute("DELETE FROM api_keys WHERE expires_at < ?", (now_us() - retention_us,))

    # -- seeds ---------------------------------------------------------------------------------

    def reset(self, seed: str):
        if seed not in SEEDS:
            raise ValueError(f"unknown seed {seed!r}; known: {', '.join(SEEDS)}")
        self.db.execute("DELETE FROM api_keys")
        for kind in _KINDS:
            getattr(self, kind).clear()
        self._by_username.clear()
        self._seed_people()
        if seed != "empty":
            self._seed_objects()
        if seed == "demo":
            self._seed_tokens()

    def _seed_people(self):
        org = self.add_organization("coder", "Coder", is_default=True)
        org.description = "Builtin default organization."
        self.put(org)
        for username, roles, status, name in PEOPLE:
            user = self.add_user(username, roles, status, name)
            self.add_session(user, session_token(username))
        at = now_us() - 31 * DAY
        system = User(PREBUILDS_ID, "prebuilds", [], "active", "Prebuilds Owner")
        system.email, system.system, system.org_ids = "prebuilds@system", True, [org.id]
        system.created_at = system.updated_at = system.last_seen_at = at
        self.put(system)

    def add_session(self, user, credential: str):
        """A login session: a key of type password, which no token list ever shows."""
        key_id, _, secret = credential.partition("-")
        self.delete_key(key_id)
        self.insert_key(
            user.id,
            id=key_id,
            secret=secret,
            login_type="password",
            expires_at=now_us() + 30 * DAY,
            lifetime_seconds=30 * 86400,
        )

    def _seed_objects(self):
        docker, gpu = self.add_template("docker"), self.add_template("k8s-gpu")
        self.add_template("old-vm", deprecated="Use docker.")
        admin, alice, bob = (self.user_named(n) for n in ("admin", "alice", "bob"))
        for template in (docker, gpu):
            names = [f"{kind}-{template.name}" for kind in ("dev", "build-box", "web")]
            self.add_workspaces(admin, template, names)
        mine = self.add_workspaces(alice, docker, ["dev-docker", "build-box-docker"])
        self.add_workspaces(alice, gpu, ["attic-gpu"], dormant=True)
        self.add_workspaces(alice, docker, ["gone"], deleted=True)
        self.add_workspaces(bob, docker, ["dev-docker"])
        self.add_workspaces(self.users[PREBUILDS_ID], docker, ["prebuild-x7k2"])
        self.add_task(alice, mine[1], "tidy-build")
        self.add_group("developers", members=[alice, bob], display_name="Developers")
        self.add_group("auditors", members=[self.user_named("audrey")])

    def _seed_tokens(self):
        now = now_us()
        alice, admin = self.user_named("alice"), self.user_named("admin")
        workspace = self.workspace_named(alice.id, "dev-docker")
        rows = [
            (alice, "laptop", 90, 20, 2, ["coder:all"], ["*:*"]),
            (alice, "ci-deploy", 5, 25, 0.2, ["workspace:read", "template:read"],
             ["template:*", f"workspace:{workspace.id}"]),
            (alice, "backup", 300, 60, 45, ["coder:workspaces.access"], ["*:*"]),
            (alice, "old-script", -1, 31, 8, ["coder:all"], ["*:*"]),
            (alice, "never-touched", 30, 3, None, ["user:read"], [f"user:{alice.id}"]),
            (admin, "terraform", 4, 3, 0.5, ["template:*", "organization:read"], ["*:*"]),
            (admin, "grafana", 6, 1, None, ["user:read"], ["user:*"]),
        ]  # fmt: skip
        for user, name, expires, age, used, scopes, allow in rows:
            self.insert_key(
                user.id,
                token_name=name,
                created_at=now - age * DAY,
                expires_at=now + expires * DAY,
                last_used=0 if used is None else now - int(used * DAY),
                lifetime_seconds=(expires + age) * 86400,
                scopes=scopes,
                allow_list=allow,
            )
