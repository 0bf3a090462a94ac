# SPDX-License-Identifier: GPL-3.0-or-later
"""The token routes: what a create request may contain, and the seven operations on keys."""

import zlib

import catalogue
import gotext
import render
from authz import Thing, key_thing, user_thing
from gotext import Number, Pairs, parse_json, quote
from http_types import (
    Refused,
    Response,
    forbidden,
    json_response,
    json_text_response,
    not_found,
)
from search import first
from store import NameTaken, now_us, random_name

ALLOW_LIST_MAX = 128
INDEX_ROW_MAX = 2704
BAD_JSON = "Request body must be valid JSON."
NOT_CREATED = "Failed to create API key."


def check_database_text(text: str, message: str, prefix: str = ""):
    """The database refuses NUL and what is not UTF-8."""
    bad = next((c for c in text if c == "\0" or 0xD800 <= ord(c) <= 0xDFFF), None)
    if bad is not None:
        code = ord(bad) - 0xDC00 if bad != "\0" else 0
        detail = f'{prefix}pq: invalid byte sequence for encoding "UTF8": 0x{code & 0xFF:02x}'
        raise Refused(500, message, detail)


# -- the request -------------------------------------------------------------------------------

_SCOPE, _TARGET = "codersdk.APIKeyScope", "codersdk.APIAllowListTarget"


def _mismatch(what: str, name: str, go_type: str) -> str:
    field = f"Go struct field CreateTokenRequest.{name}"
    return f"json: cannot unmarshal {what} into {field} of type {go_type}"


def parse_target(entry: str, types) -> str:
    """One allow-list entry: checks its shape, its type, its id.  It is kept as it was sent."""
    trimmed = entry.strip()
    kind, colon, ident = trimmed.partition(":")
    if not colon or not kind or not ident:
        raise ValueError(f"invalid allow_list entry {quote(entry)}: want <type>:<id>")
    if kind not in types:
        raise ValueError(f"unknown resource type {quote(kind)}")
    if ident != "*" and gotext.parse_uuid(ident)[1]:
        raise ValueError(f"invalid {kind} ID (must be UUID): {quote(ident)}")
    return trimmed


class CreateRequest:
    """The body of a create, read as Go's decoder reads it into its struct.

    Names match in any case, unknown fields are ignored, `null` leaves a field as it is.  After a
    wrong type, decoding goes on and fails at the end; a bad allow-list entry ends it at once.
    """

    def __init__(self, body: bytes, feats):
        self.lifetime, self.scope, self.token_name = 0, "", ""
        self.scopes, self.allow_list = [], []
        self.problem = ""
        readers = {"lifetime": self._lifetime, "scope": self._text, "token_name": self._text}
        if feats.scopes:
            readers["scopes"] = self._scopes
        if feats.allow_list:
            readers["allow_list"] = self._allow_list
        self._types = feats.types
        try:
            self._read(parse_json(body), readers)
        except (gotext.SyntaxProblem, ValueError) as problem:
            raise Refused(400, BAD_JSON, str(problem)) from None
        if self.problem:
            raise Refused(400, BAD_JSON, self.problem)

    def _read(self, value, readers):
        if value is None:
            return
        if not isinstance(value, Pairs):
            what = gotext.kind_of(value)
            where = "Go value of type codersdk.CreateTokenRequest"
            raise ValueError(f"json: cannot unmarshal {what} into {where}")
        for key, item in value:
            name = key if key in readers else key.lower()
            if name in readers and item is not None:
                readers[name](name, item)

    def _mismatched(self, value, name, go_type):
        what = gotext.kind_of(value)
        if isinstance(value, Number) and name == "lifetime":
            what = f"number {value}"
        self.problem = self.problem or _mismatch(what, name, go_type)

    def _lifetime(self, name, value):
        if isinstance(value, Number) and value.lstrip("-").isdigit():
            if gotext.INT64_MIN <= int(value) <= gotext.INT64_MAX:
                self.lifetime = int(value)
                return
        self._mismatched(value, name, "time.Duration")

    def _text(self, name, value):
        if isinstance(value, str) and not isinstance(value, Number):
            setattr(self, name, value)
        else:
            self._mismatched(value, name, _SCOPE if name == "scope" else "string")

    def _scopes(self, name, value):
        if not isinstance(value, list) or isinstance(value, Pairs):
            self._mismatched(value, name, "[]" + _SCOPE)
            return
        self.scopes = []
        for item in value:
            if item is None or isinstance(item, str) and not isinstance(item, Number):
                self.scopes.append(item or "")
            else:
                self._mismatched(item, name, _SCOPE)
                self.scopes.append("")

    def _allow_list(self, name, value):
        if not isinstance(value, list) or isinstance(value, Pairs):
            self._mismatched(value, name, "[]" + _TARGET)
            return
        self.allow_list = []
        for item in value:
            if item is not None and (not isinstance(item, str) or isinstance(item, Number)):
                raise ValueError(_mismatch(gotext.kind_of(item), name, "string"))
            self.allow_list.append(parse_target(item or "", self._types))


def normalised(entries: list) -> list:
    """Sorted, without duplicates and entries that a wildcard covers; `*:*` if there are none."""
    if not entries or "*:*" in entries:
        return ["*:*"]
    whole = {entry[:-2] for entry in entries if entry.endswith(":*")}
    pairs = {tuple(entry.split(":", 1)) for entry in entries}
    kept = [pair for pair in pairs if pair[1] == "*" or pair[0] not in whole]
    return [f"{kind}:{ident}" for kind, ident in sorted(kept)]


def requested_scopes(wanted: CreateRequest, feats) -> list:
    """The scopes to store: the plural field, else the singular one, whose old names it translates."""
    if not feats.scopes:
        scope = wanted.scope or "all"
        if scope not in catalogue.LEGACY_SCOPES:
            _bad_stored_scope(scope)
        return [catalogue.LEGACY_SCOPES[scope]]
    public = set(feats.public_scopes) | set(catalogue.LEGACY_SCOPES)
    if 29 <= feats.release < 35:
        public.add("user.*")
    for scope in wanted.scopes or [wanted.scope or "all"]:
        if scope not in public:
            detail = f"invalid or unsupported API key scope: {quote(scope)}"
            raise Refused(400, NOT_CREATED, detail)
    if wanted.scopes:
        return wanted.scopes
    scope = wanted.scope or "all"
    return [catalogue.LEGACY_SCOPES.get(scope, scope)]


def _bad_stored_scope(scope: str):
    detail = f"generate API key: invalid API key scope: {quote(scope)}"
    raise Refused(500, NOT_CREATED, detail)


# -- the operations ----------------------------------------------------------------------------


def max_lifetime(call, user) -> int:
    """Depends on the roles of the user whose token it is, not on those of the caller."""
    config = call.app.config
    return config.max_admin_lifetime if "owner" in user.roles else config.max_lifetime


def create(call) -> Response:
    app, user, feats = call.app, call.user, call.app.feats
    wanted = CreateRequest(call.request.body, feats)
    if user.system:
        raise forbidden()
    scopes = requested_scopes(wanted, feats)
    if len(wanted.allow_list) > ALLOW_LIST_MAX:
        count = len(wanted.allow_list)
        detail = f"allow_list has {count} entries; max allowed is {ALLOW_LIST_MAX}"
        raise Refused(400, NOT_CREATED, detail)
    lifetime = wanted.lifetime or app.config.default_lifetime
    if wanted.lifetime:
        _check_lifetime(wanted.lifetime, max_lifetime(call, user))
    for scope in scopes:
        if scope in catalogue.LEGACY_SCOPES or scope == "user.*":
            _bad_stored_scope(scope)
    _authorize_insert(call, user)
    name = wanted.token_name or random_name()
    check_database_text(name, NOT_CREATED, "insert API key: ")
    _check_index_row(name)
    now = now_us()
    try:
        key_id, secret = app.store.insert_key(
            user.id,
            token_name=name,
            expires_at=now + lifetime // 1000,
            created_at=now + 9,
            lifetime_seconds=lifetime // 10**9 or 86400,
            scopes=scopes,
            allow_list=normalised(wanted.allow_list),
        )
    except NameTaken:
        detail = "This value is already in use and should be unique."
        validations = [{"field": "name", "detail": detail}]
        message = f"A token with name {quote(name)} already exists."
        raise Refused(409, message, validations=validations) from None
    app.new_key = f"{key_id}-{secret}"
    return json_response({"key": app.new_key}, 201)


def _check_lifetime(lifetime: int, limit: int):
    message = "Failed to validate create API key request."
    if lifetime < 0:
        raise Refused(400, message, "lifetime must be positive number greater than 0")
    if lifetime > limit:
        detail = f"lifetime must be less than {gotext.format_duration(limit)}"
        raise Refused(400, message, detail)


def _authorize_insert(call, user):
    """A new key has no id yet, so only `api_key:*` in an allow list covers it."""
    if not call.actor.can("create", Thing("api_key", owner=user.id)):
        raise Refused(500, NOT_CREATED, "insert API key: unauthorized: rbac: forbidden")


def _check_index_row(name: str):
    """Names are indexed: compressed, one must take less than a third of a page."""
    size = 40 + len(zlib.compress(name.encode()))
    if size > INDEX_ROW_MAX:
        detail = (
            f"insert API key: pq: index row size {size} exceeds btree version 4 maximum "
            f'{INDEX_ROW_MAX} for index "idx_api_key_name"'
        )
        raise Refused(500, NOT_CREATED, detail)


def create_session(call) -> Response:
    """A login session: no request body, never listed."""
    config = call.app.config
    _authorize_insert(call, call.user)
    key_id, secret = call.app.store.insert_key(
        call.user.id,
        login_type="password",
        expires_at=now_us() + config.default_lifetime // 1000,
        lifetime_seconds=config.default_lifetime // 10**9,
    )
    return json_response({"key": f"{key_id}-{secret}"}, 201)


def listing(call) -> Response:
    """Not sorted; `null` if empty; expired tokens only if they are requested."""
    app = call.app
    everyone = gotext.parse_bool(first(call.values, "include_all")) is True
    expired = gotext.parse_bool(first(call.values, "include_expired")) is True
    keys = app.store.tokens("" if everyone else call.user.id, expired or not app.feats.expire)
    keys = [key for key in keys if call.actor.can("read", key_thing(key))]
    if not keys:
        return json_text_response("null")
    names = _owner_names(call, {key.user_id for key in keys})
    feats = app.feats
    texts = [render.key_json(key, feats, names.get(key.user_id, "")) for key in keys]
    return json_text_response("[" + ",".join(texts) + "]")


def _owner_names(call, user_ids) -> dict:
    """All names, or none if one owner is not readable: the look-up then fails as a whole."""
    users = [call.app.store.users[ident] for ident in user_ids]
    if not all(call.actor.can("read", user_thing(user)) for user in users):
        return {}
    return {user.id: user.username for user in users}


def config(call) -> Response:
    return json_response({"max_token_lifetime": max_lifetime(call, call.user)})


def by_name(call) -> Response:
    name = call.params["name"]
    check_database_text(name, "Internal error fetching API key.")
    return _token_response(call, call.app.store.key_named(call.user.id, name))


def by_id(call) -> Response:
    """The user in the path must be readable, but the key may belong to anybody."""
    check_database_text(call.params["id"], "Internal error fetching API key.")
    return _token_response(call, call.app.store.key(call.params["id"]))


def _token_response(call, key) -> Response:
    if not key or not call.actor.can("read", key_thing(key)):
        raise not_found()
    return json_text_response(render.key_json(key, call.app.feats))


def expire(call) -> Response:
    check_database_text(call.params["id"], "Internal error expiring API key.")
    key = call.app.store.key(call.params["id"])
    if not key or not all(call.actor.can(action, key_thing(key)) for action in ("read", "update")):
        raise not_found()
    if key.expires_at > now_us():
        call.app.store.expire_key(key.id)
    return Response(204)


def delete(call) -> Response:
    check_database_text(call.params["id"], "Internal error deleting API key.")
    key = call.app.store.key(call.params["id"])
    if not key or not call.actor.can("delete", key_thing(key)):
        raise not_found()
    call.app.store.delete_key(key.id)
    return Response(204)
