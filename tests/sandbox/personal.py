# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes about one user: roles, settings and secrets; and the check of permissions."""

import authz
import objects
from body import BAD_JSON
from gotext import Pairs, SyntaxProblem, parse_json, rfc3339
from http_types import Refused, Response, json_response, json_text_response, not_found
from search import BadQuery, Parser


def _person(call, message: str = ""):
    """The user, whose personal data must be readable; else 500 with the message, or 404."""
    person = objects.readable_user(call, call.params["user"])
    if not call.actor.can("read_personal", authz.user_thing(person)):
        if message:
            raise Refused(500, message, "unauthorized: rbac: forbidden")
        raise not_found()
    return person


def login_type(call) -> Response:
    person = objects.readable_user(call, call.params["user"])
    if person.id != call.actor.user.id:
        raise Refused(403, "You are not authorized to view this user's login type.")
    return json_response({"login_type": "password"})


def roles(call) -> Response:
    person = _person(call)
    orgs = [ident for ident in person.org_ids if _may_read_member(call, person, ident)]
    return json_response(
        {"roles": person.roles, "organization_roles": {ident: [] for ident in orgs}}
    )


def _may_read_member(call, person, org_id: str) -> bool:
    return call.actor.can("read", authz.member_thing(person, org_id))


def appearance(call) -> Response:
    _person(call, "Error reading user settings.")
    names = ("theme_preference", "theme_mode", "theme_light", "theme_dark", "terminal_font")
    return json_response({name: "" for name in names})


def preferences(call) -> Response:
    _person(call, "Error reading user preference settings.")
    return json_response(
        {
            "task_notification_alert_dismissed": False,
            "thinking_display_mode": "auto",
            "shell_tool_display_mode": "always_collapsed",
            "code_diff_display_mode": "",
            "agent_chat_send_shortcut": "enter",
        }
    )


def git_ssh_key(call) -> Response:
    person = _person(call, "Internal error fetching user's SSH key.")
    at, key = rfc3339(person.created_at), "ssh-ed25519 " + "A" * 68 + "\n"
    return json_response(
        {"user_id": person.id, "created_at": at, "updated_at": at, "public_key": key}
    )


def autofill(call) -> Response:
    """Always empty, because no workspace here was built with parameters."""
    person = objects.readable_user(call, call.params["user"])
    parser = Parser(call.values)
    if not parser.string("template_id"):
        parser.error(
            "template_id", 'Query param "template_id" is required and cannot be empty'
        )
    else:
        parser.uuid("template_id")
    try:
        parser.finish()
    except BadQuery as problem:
        message = "Invalid query parameters."
        raise Refused(400, message, validations=problem.validations) from None
    if not call.actor.can("read_personal", authz.user_thing(person)):
        message = "Internal error fetching user's parameters."
        raise Refused(500, message, "unauthorized: rbac: forbidden")
    return json_text_response("[]")


def secrets(call) -> Response:
    person = objects.readable_user(call, call.params["user"])
    if not call.actor.can("read", authz.Thing("user_secret", owner=person.id)):
        raise Refused(500, "Internal error listing secrets.", "unauthorized: rbac: forbidden")
    return json_text_response("[]")


def authcheck(call) -> Response:
    """What the caller may do to the object with an id or, without one, to a new object."""
    try:
        body = _plain(parse_json(call.request.body))
    except (SyntaxProblem, ValueError) as problem:
        raise Refused(400, BAD_JSON, str(problem)) from None
    checks = (body or {}).get("checks") or {}
    return json_response({name: _check(call, check) for name, check in checks.items()})


def _plain(value):
    return {key: _plain(item) for key, item in value} if isinstance(value, Pairs) else value


def _check(call, check: dict) -> bool:
    asked = check.get("object", {})
    kind, ident = asked.get("resource_type", ""), asked.get("resource_id", "")
    store = call.app.store
    known = {
        "workspace": (store.workspaces, authz.workspace_thing),
        "template": (store.templates, authz.template_thing),
        "organization": (store.organizations, authz.organization_thing),
        "user": (store.users, authz.user_thing),
    }
    if ident:
        found, thing_of = known.get(kind, ({}, None))
        thing = thing_of(found[ident]) if ident in found else None
        if thing is None or not call.actor.can("read", thing):
            return False
    else:
        owner = asked.get("owner_id", "")
        owner = call.actor.user.id if owner == "me" else owner
        thing = authz.Thing(kind, owner=owner, org=asked.get("organization_id", ""))
    return call.actor.can(check.get("action", ""), thing)
