# SPDX-License-Identifier: GPL-3.0-or-later
"""The control route: how a test sets the deployment up and inspects it.

Below `/_sandbox/`, for loopback callers, without authentication, and not logged.
"""

import json
import re

import catalogue
import gotext
import store as store_tools
from app import Limiter
from http_types import JSON_TYPE, Request, Response
from store import now_us

SECOND = 10**6
_BAD_BODY = (ValueError, KeyError, TypeError, AttributeError, re.error)


def json_response(value, status=200) -> Response:
    """Plain JSON: a test greps it, so nothing is escaped for HTML here."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Response(status, body.encode("utf-8", "replace"), [("Content-Type", JSON_TYPE)])


class Control:
    """Needs `app`, `faults` and `log`; `defaults` is the configuration the program began with."""

    def __init__(self, app, faults, log):
        self.app, self.faults, self.log = app, faults, log
        self.defaults = dict(vars(app.config))

    def handle(self, request: Request) -> Response:
        if not (request.ip.startswith("127.") or request.ip in ("::1", "::ffff:127.0.0.1")):
            return json_response({"error": "loopback only"}, 403)
        path = request.target.partition("?")[0][len("/_sandbox/") :].strip("/")
        action = getattr(self, f"{request.method.lower()}_{path}".replace("-", "_"), None)
        if action is None:
            return json_response({"error": f"no control route {request.method} {path}"}, 404)
        try:
            data = json.loads(request.body or b"null")
            with self.app.store.lock:
                return json_response(action(data))
        except (*_BAD_BODY, store_tools.NameTaken) as bad:
            return json_response({"error": f"{type(bad).__name__}: {bad}"}, 400)

    # -- the deployment ------------------------------------------------------------------------

    def post_reset(self, data) -> dict:
        """Sets everything back as it was at the start, except what the body sets."""
        data = data or {}
        vars(self.app.config).update(self.defaults)
        self._configure(data)
        self.faults.clear()
        self.log.clear()
        self.app.limiter = Limiter()
        self.app.store.reset(self.app.config.seed)
        self.app.objects_changed()
        self.app.set_modes(self.app.config.modes)
        return vars(self.app.config)

    def _configure(self, data: dict):
        """Refuses all of it if a part is not valid."""
        config = self.app.config
        catalogue.features_for(data.get("modes", []))
        if data.get("seed", config.seed) not in store_tools.SEEDS:
            raise ValueError(f"unknown seed {data['seed']!r}")
        for name in ("seed", "modes", "rate_limit", "rate_by_user", "clock_ahead_s"):
            if name in data:
                setattr(config, name, data[name])
        for name in ("max_admin_lifetime", "default_lifetime"):
            if name in data:
                setattr(config, name, gotext.parse_duration(data[name]))
        self.app.set_clock()

    def post_config(self, data) -> dict:
        """Changes rate_limit, the clock, the lifetimes or the modes, and keeps the data."""
        self._configure(data)
        self.app.limiter = Limiter()
        self.app.set_modes(self.app.config.modes)
        return vars(self.app.config)

    def post_modes(self, data) -> dict:
        """A list of modes."""
        return self.post_config({"modes": list(data)})

    # -- tokens --------------------------------------------------------------------------------

    def post_tokens(self, data) -> list:
        """Bulk insert; a `count` above 1 needs a name with %d, which counts from 0."""
        made = []
        db = self.app.store.db
        db.execute("BEGIN")
        try:
            for spec in data if isinstance(data, list) else [data]:
                made += self._insert_tokens(spec)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
        return made

    def _insert_tokens(self, spec: dict) -> list:
        store, now, made = self.app.store, now_us(), []
        owner = self._user(spec.get("owner", "alice"))
        expires = float(spec.get("expires_in_s", 7 * 86400))
        age = float(spec.get("created_ago_s", 0))
        used = spec.get("last_used_ago_s")
        created_at = spec.get("created_at", now - int(age * SECOND))
        expires_at = spec.get("expires_at", now + int(expires * SECOND))
        for n in range(int(spec.get("count", 1))):
            name = spec.get("name", "")
            name = name.replace("%d", str(n)) if "%d" in name else name
            key_id, secret = store.insert_key(
                owner.id,
                id=spec.get("id"),
                token_name=name or store_tools.random_name(),
                login_type=spec.get("login_type", "token"),
                scopes=spec.get("scopes"),
                allow_list=spec.get("allow_list"),
                created_at=created_at + n,
                expires_at=expires_at,
                last_used=0 if used is None else now - int(float(used) * SECOND),
                lifetime_seconds=int(spec.get("lifetime_seconds", age + expires)),
            )
            made.append({"id": key_id, "name": name, "key": f"{key_id}-{secret}"})
        return made

    def get_tokens(self, _) -> list:
        """All keys, of every kind and owner, expired or not."""
        users, now = self.app.store.users, now_us()
        return [
            {
                "id": key.id,
                "name": key.token_name,
                "owner": users[key.user_id].username,
                "user_id": key.user_id,
                "login_type": key.login_type,
                "scopes": json.loads(key.scopes),
                "allow_list": json.loads(key.allow_list),
                "lifetime_seconds": key.lifetime_seconds,
                "created_at": gotext.rfc3339(key.created_at),
                "expires_at": gotext.rfc3339(key.expires_at),
                "last_used": gotext.rfc3339(key.last_used),
                "expired": key.expires_at <= now,
            }
            for key in self.app.store.all_keys()
        ]

    # -- people and objects --------------------------------------------------------------------

    def _user(self, name: str):
        user = self.app.store.user_named(name)
        if not user:
            raise ValueError(f"no user {name!r}")
        return user

    def _organization(self, name: str):
        org = self.app.store.organization_named(name or "coder")
        if not org:
            raise ValueError(f"no organization {name!r}")
        return org

    def _each(self, data, make) -> list:
        made = [make(spec) for spec in (data if isinstance(data, list) else [data])]
        self.app.objects_changed()
        return made

    def post_users(self, data) -> list:
        """Adds or changes users: username, roles, status, name, email; returns a session."""

        def make(spec):
            user = self.app.store.user_named(spec["username"])
            roles = spec.get("roles", user.roles if user else [])
            status = spec.get("status", user.status if user else "active")
            name, email = spec.get("name", ""), spec.get("email", "")
            user = self.app.store.add_user(spec["username"], roles, status, name, email)
            credential = f"{store_tools.random_text(10)}-{store_tools.random_text(22)}"
            self.app.store.add_session(user, credential)
            return {"id": user.id, "username": user.username, "session": credential}

        return self._each(data, make)

    def get_users(self, _) -> list:
        return [vars(user) for user in self.app.store.users.values()]

    def post_organizations(self, data) -> list:
        """name, members (names)."""

        def make(spec):
            org = self.app.store.add_organization(spec["name"])
            for name in spec.get("members", []):
                user = self._user(name)
                user.org_ids = user.org_ids + [org.id]
                self.app.store.put(user)
            return {"id": org.id, "name": org.name}

        return self._each(data, make)

    def post_templates(self, data) -> list:
        """name, organization, deprecated (its message)."""

        def make(spec):
            org = self._organization(spec.get("organization"))
            template = self.app.store.add_template(
                spec["name"], org, deprecated=spec.get("deprecated", "")
            )
            return {"id": template.id, "name": template.name}

        return self._each(data, make)

    def post_workspaces(self, data) -> list:
        """owner, name (%d counts from 0), count, template, organization, dormant, deleted, stopped, agent."""

        def make(spec):
            owner = self._user(spec.get("owner", "alice"))
            org = self._organization(spec.get("organization"))
            wanted = spec.get("template", "docker")
            template = self.app.store.template_named(org.id, wanted)
            if not template:
                template = self.app.store.add_template(wanted, org)
            count = int(spec.get("count", 1))
            names = [spec["name"].replace("%d", str(n)) for n in range(count)]
            made = self.app.store.add_workspaces(
                owner,
                template,
                names,
                dormant=bool(spec.get("dormant")),
                deleted=bool(spec.get("deleted")),
                running=not spec.get("stopped"),
                has_agent=bool(spec.get("agent")),
            )
            return [{"id": w.id, "name": w.name, "owner": owner.username} for w in made]

        return [item for made in self._each(data, make) for item in made]

    def get_workspaces(self, _) -> list:
        users = self.app.store.users
        return [
            {**vars(space), "owner": users[space.owner_id].username}
            for space in self.app.store.workspaces.values()
        ]

    def post_groups(self, data) -> list:
        """name, organization, members (names)."""

        def make(spec):
            org = self._organization(spec.get("organization"))
            members = [self._user(name) for name in spec.get("members", [])]
            group = self.app.store.add_group(spec["name"], org, members)
            return {"id": group.id, "name": group.name}

        return self._each(data, make)

    # -- faults and log ------------------------------------------------------------------------

    def post_faults(self, data) -> list:
        """Adds a fault or a list of faults."""
        self.faults.install(data)
        return []

    def delete_faults(self, _) -> list:
        self.faults.clear()
        return []

    def get_log(self, _) -> list:
        return self.log.entries()

    def delete_log(self, _) -> list:
        self.log.clear()
        return []
