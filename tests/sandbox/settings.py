# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a workspace: schedule, deadline, favourite, use, dormancy."""

import authz
import objects
import render
from body import need_valid, read_body
from builds import FORBIDDEN
from gotext import rfc3339
from http_types import Refused, Response, forbidden, json_response, not_found
from store import now_us

MINUTE = 60 * 10**6
NO_DEADLINE = "0001-01-01 00:00:00 +0000 UTC"


def _may_update(call) -> bool:
    return call.actor.can("update", authz.workspace_thing(call.workspace))


def _may_read_template(call) -> bool:
    template = call.app.store.templates[call.workspace.template_id]
    return call.actor.can("read", authz.template_thing(template))


def _changed(call, **columns) -> Response:
    for name, value in columns.items():
        setattr(call.workspace, name, value)
    call.app.store.put(call.workspace)
    call.app.objects_changed()
    return Response(204)


def autostart(call) -> Response:
    wanted = read_body(call, "UpdateWorkspaceAutostartRequest", schedule="string")["schedule"]
    fields = wanted.removeprefix("CRON_TZ=").split()
    if wanted and len(fields) - wanted.startswith("CRON_TZ=") != 5:
        why = "validate weekly schedule: expected schedule to consist of 5 fields with an optional"
        validations = [{"field": "schedule", "detail": f"{why} CRON_TZ=<timezone> prefix"}]
        raise Refused(400, "Invalid autostart schedule.", validations=validations)
    if not _may_read_template(call):
        raise Refused(500, "Internal error getting template schedule options.", FORBIDDEN)
    if not _may_update(call):
        raise Refused(500, "Internal error updating workspace autostart schedule.", FORBIDDEN)
    return _changed(call, autostart=wanted)


def ttl(call) -> Response:
    wanted = read_body(call, "UpdateWorkspaceTTLRequest", ttl_ms="int64")["ttl_ms"] or 0
    message = "Error updating workspace time until shutdown."
    if not _may_read_template(call):
        raise Refused(500, message, f"execute transaction: get template schedule: {FORBIDDEN}")
    why = ""
    if wanted and wanted < 60000:
        why = "time until shutdown must be at least one minute"
    elif wanted > 30 * 24 * 3600000:
        why = "time until shutdown must be less than 30 days"
    if why:
        raise Refused(400, message, validations=[{"field": "ttl_ms", "detail": why}])
    if not _may_update(call):
        detail = f"execute transaction: update workspace time until shutdown: {FORBIDDEN}"
        raise Refused(500, message, detail)
    latest = call.app.store.builds[call.workspace.latest_build_id]
    if not wanted and latest.transition == "start":
        latest.deadline = 0
        call.app.store.put(latest)
    return _changed(call, ttl_ms=wanted // 60000 * 60000)


def extend(call) -> Response:
    """Its own refusals have a message, but no detail."""
    deadline = read_body(call, "PutExtendWorkspaceRequest", deadline="time.Time")["deadline"]
    need_valid((deadline, "deadline", "required", NO_DEADLINE))
    latest = call.app.store.builds[call.workspace.latest_build_id]
    if latest.transition != "start":
        raise Refused(409, f"Workspace must be started, current status: {latest.transition}")
    if not latest.deadline:
        raise Refused(409, "Workspace shutdown is manual.")
    if deadline < now_us() + 29 * MINUTE:
        why = "new deadline must be at least 30 minutes in the future"
        raise Refused(400, f"Cannot extend workspace: {why}")
    if not _may_update(call):
        raise Refused(500, "Failed to extend workspace deadline.")
    latest.deadline = deadline
    call.app.store.put(latest)
    call.app.objects_changed()
    return json_response({"message": f"Deadline updated to {rfc3339(deadline // 10**6 * 10**6)}."})


def autoupdates(call) -> Response:
    types = {"automatic_updates": "string"}
    wanted = read_body(call, "UpdateWorkspaceAutomaticUpdatesRequest", **types)
    wanted = wanted["automatic_updates"]
    if wanted not in ("always", "never"):
        validations = [{"field": "automatic_updates", "detail": "must be always or never"}]
        raise Refused(400, "Invalid request", validations=validations)
    if not _may_update(call):
        raise not_found()
    return _changed(call, automatic_updates=wanted)


def favorite(call) -> Response:
    return _favorite(call, True, "favorite")


def unfavorite(call) -> Response:
    return _favorite(call, False, "un-favorite")


def _favorite(call, value: bool, what: str) -> Response:
    if call.actor.user.id != call.workspace.owner_id:
        raise Refused(403, f"You can only {what} workspaces that you own.")
    if not _may_update(call):
        setting = "setting" if value else "unsetting"
        raise Refused(500, f"Internal error {setting} workspace as favorite", FORBIDDEN)
    return _changed(call, favorite=value)


def usage(call) -> Response:
    if not _may_update(call):
        raise forbidden()
    return Response(204)


def dormant(call) -> Response:
    """Makes a workspace dormant, which changes its type, or active again."""
    wanted = read_body(call, "UpdateWorkspaceDormancy", dormant="bool")["dormant"]
    space = call.workspace
    if wanted == bool(space.dormant_at):
        return Response(304)
    if not _may_update(call):
        raise Refused(500, "Internal error updating workspace locked status.", FORBIDDEN)
    _changed(call, dormant_at=now_us() if wanted else 0)
    if not call.actor.can("read", authz.workspace_thing(space)):
        raise Refused(500, "Internal error fetching workspace.", FORBIDDEN)
    if not objects.with_template(call, space):
        raise forbidden()
    return json_response(render.workspace(call.app.store, space))
