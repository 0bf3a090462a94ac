# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates, starts, stops and deletes workspaces, and shows their builds."""

import re
import uuid

import authz
import objects
import render
from body import need_valid, read_body
from gotext import quote
from http_types import Refused, Response, json_response, json_text_response, not_found
from objects import need_uuid
from search import NIL_UUID
from store import Build, Workspace, now_us

TRANSITIONS = ("start", "stop", "delete")
FORBIDDEN = "unauthorized: rbac: forbidden"
WORKSPACE_NAME = re.compile(r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*")


# -- reading -----------------------------------------------------------------------------------


def _builds_of(call, space) -> list:
    found = [b for b in call.app.store.builds.values() if b.workspace_id == space.id]
    return sorted(found, key=lambda build: -build.number)


def listing(call) -> Response:
    store = call.app.store
    return json_response([render.build(store, b) for b in _builds_of(call, call.workspace)])


def find_build(call, word: str):
    """A build is authorised through its workspace."""
    found = call.app.store.builds.get(need_uuid(word))
    if not found:
        raise not_found()
    return found, objects.find_workspace(call, found.workspace_id)


def one(call) -> Response:
    return json_response(render.build(call.app.store, call.build))


def by_number(call) -> Response:
    """The route of a build below its owner and the name of its workspace."""
    space = call.app.store.workspace_named(call.user.id, call.params["name"])
    if not space or not call.actor.can("read", authz.workspace_thing(space)):
        raise not_found()
    for found in _builds_of(call, space):
        if str(found.number) == call.params["number"]:
            return json_response(render.build(call.app.store, found))
    number = call.params["number"]
    raise Refused(404, f"Workspace {quote(space.name)} Build {number} does not exist.")


def resources(call) -> Response:
    return json_response(render.resources(call.workspace, call.build))


def nothing(call) -> Response:
    """Logs and parameters: templates here have no parameters, and builds write no logs."""
    return json_text_response("[]")


def timings(call) -> Response:
    names = ("provisioner_timings", "agent_script_timings", "agent_connection_timings")
    return json_response({name: [] for name in names})


def acl(call) -> Response:
    return json_response({"users": [], "group": []})


def resolve_autostart(call) -> Response:
    return json_response({"parameter_mismatch": False})


def port_shares(call) -> Response:
    return json_response({"shares": []})


# -- building ----------------------------------------------------------------------------------


def _add(call, space, transition: str, version_id: str) -> Build:
    store = call.app.store
    now = now_us()
    found = Build(
        id=str(uuid.uuid4()),
        workspace_id=space.id,
        number=len(_builds_of(call, space)) + 1,
        version_id=version_id,
        transition=transition,
        initiator_id=call.actor.user.id,
        created_at=now,
        deadline=now + space.ttl_ms * 1000 if space.ttl_ms and transition == "start" else 0,
    )
    space.latest_build_id = found.id
    space.running, space.deleted = transition == "start", transition == "delete"
    store.put(found)
    store.put(space)
    call.app.objects_changed()
    return found


def _new_build(call, found) -> dict:
    """A build as the response to the request that began it shows it: nothing is done yet."""
    out = render.build(call.app.store, found)
    out["updated_at"], out["job"] = out["created_at"], render.new_job(out["job"])
    out["status"], out["template_version_name"] = "pending", ""
    out["resources"], out["deadline"] = [], None
    out["matched_provisioners"] = render.provisioners(found.created_at)
    del out["has_ai_task"], out["has_external_agent"]
    return out


def _authorize(call, space, transition: str):
    """Checks the transition of the workspace, and then that the template is readable."""
    action = "update" if transition == "start" and space.dormant_at else transition
    if not call.actor.can(action, authz.workspace_thing(space)):
        detail = objects.forbidden().detail
        raise Refused(403, f"You do not have permission to {action} this workspace.", detail)
    template = call.app.store.templates[space.template_id]
    if not call.actor.can("read", authz.template_thing(template)):
        detail = f"get template {template.id}: {FORBIDDEN}"
        raise Refused(500, "failed to fetch template", detail)


def _version(call, space, wanted: str) -> str:
    """The requested version; else that of the last build, or of the template if there is none."""
    store = call.app.store
    if not wanted:
        last = store.builds.get(space.latest_build_id)
        return last.version_id if last else store.templates[space.template_id].active_version_id
    found = store.versions.get(wanted)
    if not found:
        detail = f"get template version {wanted}: sql: no rows in result set"
        raise Refused(400, "template version does not exist", detail)
    if not objects.readable_version(call, wanted):
        detail = f"get template version {wanted}: {FORBIDDEN}"
        raise Refused(500, "failed to fetch template version", detail)
    if found.template_id != space.template_id:
        valid = "true" if found.template_id else "false"
        shown = f"{{UUID:{found.template_id or NIL_UUID} Valid:{valid}}}"
        detail = f"templateVersion.TemplateID = {shown}, template.ID = {space.template_id}"
        raise Refused(400, "template version doesn't match template", detail)
    return found.id


def readable_owner(call, person, org_id: str) -> bool:
    """Whether the user or the membership is readable, which a template's parameters need."""
    member = authz.member_thing(person, org_id)
    return call.actor.can("read", authz.user_thing(person)) or (
        org_id in person.org_ids and call.actor.can("read", member)
    )


def _need_owner(call, space):
    owner = call.app.store.users[space.owner_id]
    if not readable_owner(call, owner, space.org_id):
        why = "Please check your permissions or the user may not exist."
        detail = f"Failed to fetch workspace owner; {why}"
        raise Refused(400, "Unable to validate parameters", detail)


def build(call) -> Response:
    space = call.workspace
    types = {"transition": "string", "template_version_id": "uuid.UUID"}
    wanted = read_body(call, "CreateWorkspaceBuildRequest", **types)
    transition = wanted["transition"]
    need_valid((transition in TRANSITIONS, "transition", "oneof", transition))
    if space.deleted and transition != "delete":
        why = "This workspace has been deleted and cannot be modified."
        raise Refused(409, f"Cannot {transition} a deleted workspace!", why)
    _authorize(call, space, transition)
    version_id = _version(call, space, wanted["template_version_id"])
    _need_owner(call, space)
    if transition == "start" and space.dormant_at:
        space.dormant_at = 0
    found = _add(call, space, transition, version_id)
    return json_response(_new_build(call, found), 201)


# -- creating ----------------------------------------------------------------------------------


def _requested(call) -> dict:
    types = {"name": "string", "template_id": "uuid.UUID", "template_version_id": "uuid.UUID"}
    wanted = read_body(call, "CreateWorkspaceRequest", **types)
    given = bool(wanted["template_id"] or wanted["template_version_id"])
    name = wanted["name"]
    named = len(name) <= 32 and bool(WORKSPACE_NAME.fullmatch(name))
    need_valid(
        (given, "template_id", "required_without", NIL_UUID),
        (given, "template_version_id", "required_without", NIL_UUID),
        (named, "name", "workspace_name", name),
    )
    return wanted


def _template_for(call, wanted: dict):
    template_id = wanted["template_id"]
    if not template_id:
        version = objects.readable_version(call, wanted["template_version_id"])
        if not version:
            ident = quote(wanted["template_version_id"])
            validations = [{"field": "template_version_id", "detail": "template not found"}]
            raise Refused(400, f"Template version {ident} doesn't exist.", validations=validations)
        template_id = version.template_id or NIL_UUID
    template = call.app.store.templates.get(template_id)
    if not template or not call.actor.can("read", authz.template_thing(template)):
        validations = [{"field": "template_id", "detail": "template not found"}]
        message = f"Template {quote(template_id)} doesn't exist."
        raise Refused(400, message, validations=validations)
    return template


def _need_use(call, template, owner):
    thing = authz.Thing("workspace", owner=owner.id, org=template.org_id)
    if not call.actor.can("create", thing):
        detail = (
            "You are unable to create a workspace in this organization. It is possible to have "
            "access to the template, but not be able to create a workspace. Please contact an "
            "administrator about your permissions if you feel this is an error."
        )
        raise Refused(403, "Unauthorized to create workspace.", detail)
    if not call.actor.can("use", authz.template_thing(template)):
        detail = (
            "Although you are able to view the template, you are unable to create a workspace "
            "using it. Please contact an administrator about your permissions if you feel this "
            "is an error."
        )
        message = f"Unauthorized access to use the template {quote(template.name)}."
        raise Refused(403, message, detail)
    if template.deprecated:
        message = f"Template {quote(template.name)} has been deprecated, and cannot be used to "
        raise Refused(400, message + "create a new workspace.", template.deprecated)


def _create(call, owner, wanted: dict) -> Response:
    """Creates a workspace and its first build, or nothing: all checks come before both."""
    store, template = call.app.store, _template_for(call, wanted)
    _need_use(call, template, owner)
    version_id = wanted["template_version_id"]
    if version_id and not objects.readable_version(call, version_id):
        raise not_found()
    taken = store.workspace_named(owner.id, wanted["name"])
    if taken and not call.actor.can("read", authz.workspace_thing(taken)):
        message = f"Internal error fetching workspace by name {quote(taken.name)}."
        raise Refused(500, message, FORBIDDEN)
    if taken:
        detail = "This value is already in use and should be unique."
        validations = [{"field": "name", "detail": detail}]
        message = f"Workspace {quote(wanted['name'])} already exists."
        raise Refused(409, message, validations=validations)
    space = Workspace(
        id=str(uuid.uuid4()),
        name=wanted["name"],
        owner_id=owner.id,
        org_id=template.org_id,
        template_id=template.id,
        created_at=now_us(),
    )
    if not call.actor.can("read", authz.workspace_thing(space)):
        detail = f"execute transaction: get workspace by ID: {FORBIDDEN}"
        raise Refused(500, "Internal server error", detail)
    _authorize(call, space, "start")
    version_id = _version(call, space, version_id)
    _need_owner(call, space)
    store.put(space)
    found = _add(call, space, "start", version_id)
    out = render.workspace(store, space)
    out["latest_build"] = _new_build(call, found)
    return json_response(out, 201)


def create(call) -> Response:
    """Below a user.  The user, or their membership in the organization, must be readable."""
    owner, wanted = call.user, _requested(call)
    if not call.actor.can("read", authz.user_thing(owner)):
        template = _template_for(call, wanted)
        if not readable_owner(call, owner, template.org_id):
            raise not_found()
    return _create(call, owner, wanted)


def create_in_organization(call) -> Response:
    """Below an organization's member: the membership itself must be readable."""
    owner = objects.readable_member(call, call.params["user"])
    return _create(call, owner, _requested(call))
