# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of a request: headers, forgery check, rate limit, authentication, route, handler."""

import base64
import hashlib
import hmac
import json
import math
import secrets
import uuid
from dataclasses import dataclass, field

import agents
import authz
import builds
import catalogue
import gotext
import objects
import personal
import publish
import render
import settings
import tokens
from gotext import parse_bool, quote
from http_types import (
    BadTarget,
    PlainRefusal,
    Refused,
    Request,
    Response,
    json_response,
    plain_response,
    route_not_found,
    split_target,
)
from search import first, query_values
from store import Clock, Store, now_us, random_text

HOUR = 3600 * 10**6
WINDOW = 60
FILES_LIMIT = 12
GUARDED = (
    "applications authcheck deployment files organizations regions templates templateversions "
    "users workspaceagents workspacebuilds workspaces"
).split()
SIGNED_OUT = "You are signed out or your session has expired. Please sign in again to continue."
DASHBOARD = b"<!doctype html><html><head><title>Coder</title></head><body></body></html>\n"


@dataclass
class Config:
    """What an operator sets.  Lifetimes are in nanoseconds; the defaults are the server's."""

    base_url: str = ""
    rate_limit: int = 512
    rate_by_user: bool = False
    max_lifetime: int = 876600 * 3600 * 10**9
    max_admin_lifetime: int = 168 * 3600 * 10**9
    default_lifetime: int = 168 * 3600 * 10**9
    clock_ahead_s: float = 0
    modes: list = field(default_factory=list)
    seed: str = "empty"


class Limiter:
    """A sliding window of a minute per key, kept in this process only."""

    def __init__(self):
        self.counts = {}

    def hit(self, key, limit: int):
        """(allowed, remaining, end of the window in Unix seconds)."""
        now = now_us() / 10**6
        window = math.floor(now / WINDOW)
        start, current, previous = self.counts.get(key, (window, 0, 0))
        if start != window:
            current, previous = 0, current if start == window - 1 else 0
        weight = 1 - (now - window * WINDOW) / WINDOW
        rate = current + round(previous * weight)
        allowed = rate < limit
        self.counts[key] = (window, current + allowed, previous)
        return allowed, max(limit - rate - 1, 0), (window + 1) * WINDOW


class Call:
    """One request while it is served: who sent it, and what its path names."""

    def __init__(self, app, request: Request, path: str, query: str):
        self.app, self.request, self.path = app, request, path
        self.values = query_values(query)
        self.params = {}
        self.limit_headers = []
        self.actor = self.user = self.org = self.workspace = self.template = None
        self.version = self.build = None


class Route:
    """A pattern such as `users/{user}/keys/`; a final slash means both forms are served."""

    def __init__(self, pattern: str, **methods):
        self.mount = pattern.endswith("/")
        self.parts = [part for part in pattern.split("/") if part]
        self.methods = methods
        self.rank = tuple(part.startswith("{") for part in self.parts)

    def match(self, segments, trailing: bool):
        if len(segments) != len(self.parts) or trailing and not self.mount:
            return None
        params = {}
        for part, segment in zip(self.parts, segments):
            if part.startswith("{"):
                params[part[1:-1]] = segment
            elif part != segment:
                return None
        return params


def _people_routes() -> list:
    user = "users/{user}/"
    keys = user + "keys/"
    return [
        Route("users/", GET=objects.users),
        Route(user, GET=objects.user),
        Route(user + "appearance", GET=personal.appearance),
        Route(user + "autofill-parameters", GET=personal.autofill),
        Route(user + "gitsshkey", GET=personal.git_ssh_key),
        Route(user + "login-type", GET=personal.login_type),
        Route(user + "preferences", GET=personal.preferences),
        Route(user + "roles", GET=personal.roles),
        Route(user + "secrets/", GET=personal.secrets),
        Route(user + "organizations/", GET=objects.user_organizations),
        Route(user + "organizations/{name}", GET=objects.user_organization),
        Route(user + "workspaces", POST=builds.create),
        Route(user + "workspace/{name}/", GET=objects.workspace_named),
        Route(user + "workspace/{name}/builds/{number}", GET=builds.by_number),
        Route(keys, POST=tokens.create_session),
        Route(keys + "tokens/", POST=tokens.create, GET=tokens.listing),
        Route(keys + "tokens/tokenconfig", GET=tokens.config),
        Route(keys + "tokens/{name}/", GET=tokens.by_name),
        Route(keys + "{id}/", GET=tokens.by_id, DELETE=tokens.delete),
    ]


def _organization_routes() -> list:
    org, version = "organizations/{org}/", "templateversions/{id}/"
    return [
        Route("organizations/", GET=objects.organizations),
        Route(org, GET=objects.organization),
        Route(org + "members/", GET=objects.members),
        Route(org + "members/{user}/", GET=objects.member),
        Route(org + "members/{user}/workspaces/", POST=builds.create_in_organization),
        Route(org + "paginated-members", GET=objects.paginated_members),
        Route(org + "templates/", GET=objects.organization_templates, POST=publish.create_template),
        Route(org + "templates/{name}/", GET=objects.template_named),
        Route(org + "templateversions", POST=publish.create_version),
        Route(org + "provisionerdaemons/", GET=App.nothing),
        Route(org + "provisionerjobs/", GET=App.nothing),
        Route("files/", POST=publish.upload),
        Route("templates/", GET=objects.templates),
        Route("templates/{id}/", GET=objects.template, PATCH=publish.change_template),
        Route("templates/{id}/versions/", GET=objects.template_versions, PATCH=publish.activate),
        Route(version, GET=objects.template_version),
        Route(version + "logs", GET=App.nothing),
        Route(version + "dry-run/", POST=publish.dry_run),
    ]


def _workspace_routes() -> list:
    space, build, agent = "workspaces/{id}/", "workspacebuilds/{id}/", "workspaceagents/{id}/"
    return [
        Route("workspaces/", GET=objects.workspaces),
        Route(space, GET=objects.workspace),
        Route(space + "acl/", GET=builds.acl),
        Route(space + "autostart/", PUT=settings.autostart),
        Route(space + "autoupdates", PUT=settings.autoupdates),
        Route(space + "builds/", GET=builds.listing, POST=builds.build),
        Route(space + "dormant", PUT=settings.dormant),
        Route(space + "extend", PUT=settings.extend),
        Route(space + "favorite", PUT=settings.favorite, DELETE=settings.unfavorite),
        Route(space + "port-share/", GET=builds.port_shares),
        Route(space + "resolve-autostart", GET=builds.resolve_autostart),
        Route(space + "timings", GET=builds.timings),
        Route(space + "ttl/", PUT=settings.ttl),
        Route(space + "usage", POST=settings.usage),
        Route(build, GET=builds.one),
        Route(build + "logs", GET=builds.nothing),
        Route(build + "parameters", GET=builds.nothing),
        Route(build + "resources", GET=builds.resources),
        Route(build + "timings", GET=builds.timings),
        Route(agent, GET=agents.one),
        Route(agent + "connection", GET=agents.connection),
        Route(agent + "coordinate", GET=agents.coordinate),
        Route(agent + "logs", GET=App.nothing),
        Route("workspaceagents/connection", GET=agents.connection),
    ]


def _routes(feats) -> list:
    """What this deployment serves below /api/v2; static segments win over parameters."""
    org, keys = "organizations/{org}/", "users/{user}/keys/"
    routes = [
        Route("applications/host/", GET=App.application_host),
        Route("authcheck/", POST=personal.authcheck),
        Route("buildinfo", GET=App.buildinfo),
        Route("deployment/ssh", GET=App.ssh_config),
        Route("regions", GET=App.regions),
    ]
    routes += _people_routes() + _organization_routes() + _workspace_routes()
    if feats.expire:
        routes.append(Route(keys + "{id}/expire", PUT=tokens.expire))
    if feats.catalogue:
        routes.append(Route("auth/scopes", GET=App.scopes))
    if feats.release >= 29:
        routes.append(Route("tasks/", GET=objects.tasks))
        routes.append(Route("tasks/{user}/{name}/", GET=objects.task))
    if feats.groups != "none":
        routes += [
            Route("groups/", GET=objects.groups),
            Route("groups/{id}/", GET=objects.group),
            Route("groups/{id}/members", GET=objects.group_members),
            Route(org + "groups/", GET=objects.organization_groups),
            Route(org + "groups/{name}/", GET=objects.organization_group),
        ]
    return sorted(routes, key=lambda route: route.rank)


class App:
    def __init__(self, store: Store, config: Config):
        self.store, self.config = store, config
        self.limiter = Limiter()
        self._workspace_texts = {}
        self.deployment_id = str(uuid.uuid4())
        self.new_key = ""  # the last token that was created
        key = base64.urlsafe_b64encode(b"\x04" + secrets.token_bytes(64))
        self.webpush_key = key.rstrip(b"=").decode()
        self.set_modes(config.modes)

    def set_clock(self):
        Clock.ahead = int(self.config.clock_ahead_s * 10**6)

    def set_modes(self, modes):
        self.feats = catalogue.features_for(modes)
        self.routes = _routes(self.feats)
        self.guarded = set(GUARDED)
        if self.feats.release >= 29:
            self.guarded.add("tasks")
        if self.feats.groups != "none":
            self.guarded.add("groups")
        if "unknown-type" in modes:
            self._add_token_of_unknown_type()

    def _add_token_of_unknown_type(self):
        """Adds tokens as a newer client creates them: with a type that is not known here."""
        ident = "0f0e0d0c-0b0a-4908-8706-050403020100"
        for name in ("admin", "alice"):
            owner = self.store.user_named(name)
            if owner and not self.store.key_named(owner.id, "from-newer-client"):
                self.store.insert_key(
                    owner.id,
                    token_name="from-newer-client",
                    expires_at=now_us() + 24 * HOUR,
                    lifetime_seconds=86400,
                    allow_list=[f"{catalogue.UNKNOWN_TYPE}:{ident}", "workspace:*"],
                )

    def workspace_text(self, space) -> str:
        """A workspace as JSON text, remembered because lists of thousands are requested again."""
        text = self._workspace_texts.get(space.id)
        if text is None:
            text = gotext.json_text(render.workspace(self.store, space))
            self._workspace_texts[space.id] = text
        return text

    def objects_changed(self):
        self._workspace_texts.clear()

    def regrant(self, response: Response, grant: dict):
        """Changes the token that was just created, so that it is not the one that was requested.

        `lifetime_s` counts from its creation; `created_ago_s` moves both times into the past.
        A secret of another length is sent, but does not work.
        """
        if response.status != 201:
            return
        with self.store.lock:
            key_id, _, secret = self.new_key.partition("-")
            key = self.store.key(key_id)
            columns = {name: grant[name] for name in ("scopes", "allow_list") if name in grant}
            columns = {name: json.dumps(value) for name, value in columns.items()}
            columns["login_type"] = grant.get("login_type", key.login_type)
            columns["token_name"] = grant.get("name", key.token_name)
            if "owner" in grant:
                columns["user_id"] = self.store.user_named(grant["owner"]).id
            ago = int(grant.get("created_ago_s", 0) * 10**6)
            life = key.expires_at - key.created_at
            if "lifetime_s" in grant:
                life = int(grant["lifetime_s"] * 10**6)
            columns["created_at"] = key.created_at - ago
            columns["expires_at"] = key.created_at - ago + life
            if "secret_length" in grant:
                secret = random_text(grant["secret_length"])
            self.store.change_key(key_id, columns)
            self.new_key = f"{key_id}-{secret}"
            response.body = json_response({"key": self.new_key}).body

    # -- the way in ----------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        try:
            path, query = split_target(request.target)
        except BadTarget:
            response = plain_response(400, "400 Bad Request")
            response.body, response.close = b"400 Bad Request", True
            return response
        with self.store.lock:
            call = Call(self, request, path, query)
            try:
                response = self._serve(call)
            except Refused as refused:
                response = refused.response()
            except PlainRefusal as refused:
                response = refused.response
        response.headers = self._common_headers(request) + response.headers + call.limit_headers
        response.user = call.actor.user.username if call.actor else ""
        return response

    def own_headers(self) -> list:
        """The headers that distinguish the deployment's own responses from those of something in front of it."""
        return [
            ("X-Coder-Build-Version", self.feats.version),
            ("X-Coder-Request-Id", str(uuid.uuid4())),
        ]

    def _common_headers(self, request) -> list:
        headers = self.own_headers() + [
            ("X-Content-Type-Options", "nosniff"),
            ("Vary", "Origin"),
            ("Vary", "Cookie"),
        ]
        if "csrf_token" not in request.cookies():
            token = base64.b64encode(secrets.token_bytes(32)).decode()
            cookie = f"csrf_token={token}; Path=/; Max-Age=31536000; HttpOnly"
            headers.append(("Set-Cookie", cookie))
        return headers

    def _serve(self, call: Call) -> Response:
        path = call.path
        if path != "/api" and not path.startswith("/api/"):
            if path == "/healthz":
                return Response(200, b"OK", [("Content-Type", "text/plain; charset=utf-8")])
            return Response(200, DASHBOARD, [("Content-Type", "text/html; charset=utf-8")])
        self._check_forgery(call)
        if path != "/api/v2" and not path.startswith("/api/v2/"):
            raise route_not_found()
        login = self._login(call)
        self._limit(call, login)
        rest = path[len("/api/v2") :]
        segments = [segment for segment in rest.split("/") if segment]
        if not segments:
            if call.request.method != "GET":
                return _not_allowed(["GET"])
            return json_response({"message": "\U0001f44b"})
        self._guard(call, login, segments)
        return self._route(call, segments, rest.endswith("/"))

    def _route(self, call, segments, trailing) -> Response:
        for route in self.routes:
            params = route.match(segments, trailing)
            if params is None:
                continue
            handler = route.methods.get(call.request.method)
            if handler is None:
                return _not_allowed(route.methods)
            call.params = params
            return handler(call)
        raise route_not_found()

    # -- before the handler --------------------------------------------------------------------

    def _check_forgery(self, call):
        """Refuses a write that has only a cookie, because a foreign page could have sent it."""
        request = call.request
        cookie = request.cookies().get("coder_session_token")
        if cookie is None or request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return
        header = request.header("coder-session-token")
        if header == cookie or first(call.values, "coder_session_token") == cookie:
            return
        if request.header("authorization").lower().startswith("bearer "):
            return
        if header:
            text = (
                'CSRF error encountered. Authentication via "coder_session_token" cookie and '
                '"Coder-Session-Token" header detected, but the values do not match. To resolve '
                "this issue ensure the values used in both match, or only use one of the "
                "authentication methods. You can also try clearing your cookies if this error "
                "persists."
            )
        else:
            text = (
                "Something is wrong with your CSRF token. Please refresh the page. If this error "
                "persists, try clearing your cookies."
            )
        raise PlainRefusal(plain_response(400, text))

    def _limit(self, call, login):
        """Counts for each user and path, or address and path without a valid credential.

        With rate_by_user it counts as gateways do, whatever the path.
        """
        limit = self.config.rate_limit
        if limit <= 0:
            return
        request = call.request
        who = login.user.id if login.user else request.ip
        if login.user and parse_bool(request.header("x-coder-bypass-ratelimit")):
            if "owner" not in login.user.roles:
                text = '"X-Coder-Bypass-Ratelimit" provided but user is not owner'
                raise PlainRefusal(plain_response(428, text))
            who = secrets.token_hex(16)
        self._count(call, (who,) if self.config.rate_by_user else (who, call.path), limit)

    def _limit_files(self, call):
        """Uploads have a stricter limit, whose headers replace those of the general one."""
        if self.config.rate_limit > 0:
            self._count(call, ("files", call.actor.user.id, call.path), FILES_LIMIT)

    def _count(self, call, key, limit: int):
        allowed, remaining, reset = self.limiter.hit(key, limit)
        call.limit_headers = [
            ("X-Ratelimit-Limit", str(limit)),
            ("X-Ratelimit-Remaining", str(remaining)),
            ("X-Ratelimit-Reset", str(reset)),
        ]
        if not allowed:
            call.limit_headers.append(("Retry-After", str(WINDOW)))
            often = f"more than {limit} requests in 1m0s"
            raise Refused(429, f"You've been rate limited for sending {often}.")

    def _guard(self, call, login, segments):
        """The checks that come before every route of a subtree, also before its 404 and 405."""
        head, size = segments[0], len(segments)
        if head not in self.guarded:
            return
        if head == "groups" or head == "organizations" and segments[2:3] == ["groups"]:
            if self.feats.groups != "none":
                objects.need_groups_licence(call)
        call.actor = self._authenticated(login)
        if head == "files":
            self._limit_files(call)
        elif head == "users" and size > 2:
            if segments[2] in ("keys", "organizations"):
                call.user = objects.readable_user(call, segments[1])
            elif segments[2] in ("workspace", "workspaces"):
                call.user = objects.resolve_owner(call, segments[1])
        elif size > 1:
            self._find(call, head, segments[1])

    def _find(self, call, head: str, word: str):
        """Finds the object that the path names; one that cannot be read is not found."""
        if head == "organizations":
            call.org = objects.find_organization(call, word)
        elif head == "workspaces":
            call.workspace = objects.find_workspace(call, word)
        elif head == "workspacebuilds":
            call.build, call.workspace = builds.find_build(call, word)
        elif head == "workspaceagents" and word != "connection":
            call.build, call.workspace = agents.find_agent(call, word)
        elif head == "templates":
            call.template = objects.find_template(call, word)
        elif head == "templateversions":
            call.version = objects.find_version(call, word)

    # -- who is asking -------------------------------------------------------------------------

    def _login(self, call) -> "Login":
        """Looks at the credential without using it: nothing is refused or changed yet."""
        token = _credential(call)
        if not token:
            detail = 'Cookie "coder_session_token" or query parameter must be provided.'
            return Login(problem=detail)
        parts = token.split("-")
        problem = ""
        if len(parts) != 2:
            problem = f"incorrect amount of API key parts, expected 2 got {len(parts)}"
        elif len(parts[0]) != 10:
            problem = f"invalid API key ID length, expected 10 got {len(parts[0])}"
        elif len(parts[1]) != 22:
            problem = f"invalid API key secret length, expected 22 got {len(parts[1])}"
        if problem:
            return Login(problem="Invalid API key format: " + problem)
        key = self.store.key(parts[0])
        if not key:
            return Login(problem="API key is invalid.")
        digest = hashlib.sha256(parts[1].encode("latin-1", "replace")).digest()
        if not hmac.compare_digest(digest, key.hashed_secret):
            return Login(problem="API key secret is invalid.")
        if key.expires_at < now_us():
            when = gotext.time_string(key.expires_at)
            return Login(problem=f"API key expired at {quote(when)}.")
        return Login(user=self.store.users[key.user_id], key=key)

    def _authenticated(self, login) -> authz.Actor:
        if not login.key:
            raise self._unauthorized(SIGNED_OUT, login.problem)
        self._used(login)
        user = login.user
        if user.status == "dormant":
            user.status = "active"
            self.store.put(user)
        if user.status != "active":
            message = f"User is not active (status = {quote(user.status)}). "
            message += "Contact an admin to reactivate your account."
            raise self._unauthorized(message, "")
        return authz.Actor(user, login.key)

    def _unauthorized(self, message: str, detail: str) -> Refused:
        why = "The access token is invalid"
        if "expired" in message or "expired" in detail:
            why = "The access token has expired"
        metadata = self.config.base_url + "/.well-known/oauth-protected-resource"
        header = (
            f'Bearer realm="coder", error="invalid_token", error_description="{why}", '
            f'resource_metadata="{metadata}"'
        )
        return Refused(401, message, detail, headers=[("Www-Authenticate", header)])

    def _used(self, login):
        """Records uses, at most one an hour.  A use prolongs sessions, and tokens in old releases."""
        key, now = login.key, now_us()
        last_used, expires_at = key.last_used, key.expires_at
        if now - last_used > HOUR:
            last_used = now
        if key.login_type != "token" or self.feats.use_extends:
            lifetime = key.lifetime_seconds * 10**6
            if expires_at - now <= lifetime - HOUR:
                expires_at = now + lifetime
        if (last_used, expires_at) != (key.last_used, key.expires_at):
            self.store.touch_key(key.id, last_used, expires_at)
            login.user.last_seen_at = login.user.updated_at = now
            self.store.put(login.user)

    # -- handlers of their own -----------------------------------------------------------------

    @staticmethod
    def buildinfo(call) -> Response:
        app = call.app
        return json_response(
            {
                "external_url": "https://github.com/coder/coder",
                "version": app.feats.version,
                "dashboard_url": app.config.base_url,
                "telemetry": False,
                "workspace_proxy": False,
                "agent_api_version": "1.0",
                "provisioner_api_version": "1.18",
                "upgrade_message": "",
                "deployment_id": app.deployment_id,
                "webpush_public_key": app.webpush_key,
            }
        )

    @staticmethod
    def scopes(call) -> Response:
        """The public catalogue; nobody has to sign in for it."""
        return json_response({"external": call.app.feats.public_scopes})

    @staticmethod
    def regions(call) -> Response:
        region = {
            "id": call.app.deployment_id,
            "name": "primary",
            "display_name": "Default",
            "icon_url": "/emojis/1f3e1.png",
            "healthy": True,
            "path_app_url": call.app.config.base_url,
            "wildcard_hostname": "",
        }
        return json_response({"regions": [region]})

    @staticmethod
    def ssh_config(call) -> Response:
        names = {"hostname_prefix": "coder.", "hostname_suffix": "coder"}
        return json_response({**names, "ssh_config_options": {}})

    @staticmethod
    def application_host(call) -> Response:
        return json_response({"host": ""})

    @staticmethod
    def nothing(call) -> Response:
        return json_response([])


@dataclass
class Login:
    """What a credential turned out to be: a key and its user, or what is wrong with it."""

    user: object = None
    key: object = None
    problem: str = ""


def _not_allowed(methods) -> Response:
    """405: no body, no type, one Allow header for each method."""
    return Response(405, b"", [("Allow", method) for method in methods])


def _credential(call) -> str:
    """The first that is not empty: cookie, query, header, bearer header, bearer query."""
    request = call.request
    authorization = request.header("authorization")
    bearer = authorization[7:].strip() if authorization[:7].lower() == "bearer " else ""
    return (
        request.cookies().get("coder_session_token")
        or first(call.values, "coder_session_token")
        or request.header("coder-session-token")
        or bearer
        or first(call.values, "access_token")
    )
