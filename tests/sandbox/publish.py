# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishes templates: uploads a file, creates a version from it, activates the version."""

import hashlib
import re
import uuid

import authz
import objects
import render
from body import need_valid, read_body
from builds import FORBIDDEN, readable_owner
from gotext import quote
from http_types import Refused, Response, json_response, not_found
from search import NIL_UUID
from store import File, Template, Version, now_us, random_name

ARCHIVES = ("application/x-tar", "application/zip", "application/x-zip-compressed")
NO_VERSION = "Internal error creating template version."
TEMPLATE_NAME = re.compile(r"[a-zA-Z0-9]+(?:[_-][a-zA-Z0-9]+)*")


# -- files -------------------------------------------------------------------------------------


def _readable_file(call, ident: str):
    """The file, for callers who may read files or update a template that was created from it."""
    store = call.app.store
    found = store.files.get(ident)
    if not found or call.actor.can("read", authz.file_thing(found)):
        return found
    used = {v.template_id for v in store.versions.values() if v.file_id == ident}
    templates = [store.templates[ident] for ident in used if ident]
    if any(call.actor.can("update", authz.template_thing(t)) for t in templates):
        return found
    return None


def upload(call) -> Response:
    """The same content from the same user is the same file."""
    kind = call.request.header("content-type")
    if kind not in ARCHIVES:
        raise Refused(400, f"Unsupported content type header {quote(kind)}.")
    store, creator = call.app.store, call.actor.user.id
    digest = hashlib.sha256(call.request.body).hexdigest()
    same = (f for f in store.files.values() if (f.hash, f.created_by) == (digest, creator))
    old = next(same, None)
    if old:
        if not _readable_file(call, old.id):
            raise Refused(500, "Internal error getting file.", FORBIDDEN)
        return json_response({"hash": old.id})
    if not call.actor.can("create", authz.Thing("file", owner=creator)):
        raise Refused(500, "Internal error saving file.", FORBIDDEN)
    found = File(id=str(uuid.uuid4()), hash=digest, created_by=creator)
    store.put(found)
    return json_response({"hash": found.id}, 201)


# -- versions ----------------------------------------------------------------------------------


def _requested_version(call) -> dict:
    types = {"name": "string", "storage_method": "string", "provisioner": "string"}
    types |= {"template_id": "uuid.UUID", "file_id": "uuid.UUID", "example_id": "string"}
    wanted = read_body(call, "CreateTemplateVersionRequest", **types)
    source = bool(wanted["file_id"] or wanted["example_id"])
    method, provisioner = wanted["storage_method"], wanted["provisioner"]
    need_valid(
        (method == "file", "storage_method", "oneof", method),
        (source, "file_id", "required_without", NIL_UUID),
        (source, "example_id", "required_without", ""),
        (provisioner in ("terraform", "echo"), "provisioner", "oneof", provisioner),
    )
    return wanted


def create_version(call) -> Response:
    """Its job ends at once, but the response shows it as pending, as a real one's does."""
    wanted, store = _requested_version(call), call.app.store
    template = store.templates.get(wanted["template_id"])
    if wanted["template_id"]:
        if not template or not call.actor.can("read", authz.template_thing(template)):
            raise Refused(404, "Template does not exist.")
    if not _readable_file(call, wanted["file_id"]):
        raise Refused(404, "File not found.")
    creator = call.actor.user
    if not readable_owner(call, creator, call.org.id):
        detail = f"Owner not found, uuid={creator.id}"
        raise Refused(400, "Internal error checking workspace tags", detail)
    version = Version(
        id=str(uuid.uuid4()),
        name=wanted["name"] or random_name(),
        org_id=call.org.id,
        created_by=creator.id,
        file_id=wanted["file_id"],
        template_id=wanted["template_id"],
        created_at=now_us(),
    )
    for action, what in (("create", "insert template version"), ("read", "fetched inserted")):
        if not call.actor.can(action, authz.version_thing(version)):
            what = what if action == "create" else f"{what} template version"
            raise Refused(500, NO_VERSION, f"{what}: {FORBIDDEN}")
    store.put(version)
    out = render.template_version(store, version)
    external = out.pop("has_external_agent")
    out["job"] = render.new_job(out["job"])
    out["matched_provisioners"] = render.provisioners(version.created_at)
    out["has_external_agent"] = external
    return json_response(out, 201)


def activate(call) -> Response:
    ident = read_body(call, "UpdateActiveTemplateVersion", id="uuid.UUID")["id"]
    need_valid((ident, "id", "required", NIL_UUID))
    version = objects.readable_version(call, ident)
    if not version:
        raise Refused(404, "Template version not found.")
    if version.template_id != call.template.id:
        why = "The provided template version doesn't belong to the specified template."
        raise Refused(400, why)
    if not call.actor.can("update", authz.template_thing(call.template)):
        detail = f"execute transaction: update active version: {FORBIDDEN}"
        raise Refused(500, "Internal error updating active template version.", detail)
    _store(call, call.template, active_version_id=version.id)
    return json_response({"message": "Updated the active template version!"})


def dry_run(call) -> Response:
    """For callers who may create any workspace, because what is checked has no id."""
    version, person = call.version, call.actor.user
    thing = authz.Thing("workspace", owner=person.id, org=version.org_id)
    if not call.actor.can("create", thing):
        raise not_found()
    read_body(call, "CreateTemplateVersionDryRunRequest", workspace_name="string")
    run = Version(str(uuid.uuid4()), "", version.org_id, person.id, "", created_at=now_us())
    job_input = {"template_version_id": version.id}
    kind = "template_version_dry_run"
    job = render.job(kind, run, version.org_id, person.id, job_input, version.file_id)
    return json_response(render.new_job(job), 201)


# -- templates ---------------------------------------------------------------------------------


def _store(call, template, **columns):
    for name, value in columns.items():
        setattr(template, name, value)
    template.updated_at = now_us()
    call.app.store.put(template)
    call.app.objects_changed()


def change_template(call) -> Response:
    types = {"name": "string", "display_name": "string", "description": "string"}
    wanted = read_body(call, "UpdateTemplateMeta", **types)
    if not call.actor.can("update", authz.template_thing(call.template)):
        detail = f"execute transaction: update template metadata: {FORBIDDEN}"
        raise Refused(500, "An internal server error occurred.", detail)
    _store(call, call.template, **{name: value for name, value in wanted.items() if value})
    return json_response(render.template(call.app.store, call.template))


def _need_free_version(call, ident: str):
    version = call.app.store.versions.get(ident)
    field = "template_version_id"
    if version and not objects.readable_version(call, ident):
        raise Refused(500, "Internal error fetching template version.", FORBIDDEN)
    if not version:
        validations = [{"field": field, "detail": "Template version does not exist"}]
        message = f"Template version {quote(ident)} does not exist."
        raise Refused(404, message, validations=validations)
    if version.template_id:
        detail = "Template version is already part of a template"
        message = f"Template version {ident} is already part of a template"
        raise Refused(400, message, validations=[{"field": field, "detail": detail}])
    return version


def create_template(call) -> Response:
    types = {"name": "string", "template_version_id": "uuid.UUID"}
    types |= {"display_name": "string", "description": "string"}
    wanted, store = read_body(call, "CreateTemplateRequest", **types), call.app.store
    name, version_id = wanted["name"], wanted["template_version_id"]
    named = len(name) <= 32 and bool(TEMPLATE_NAME.fullmatch(name))
    need_valid(
        (named, "name", "template_name", name),
        (version_id, "template_version_id", "required", NIL_UUID),
    )
    taken = store.template_named(call.org.id, name)
    if taken and not call.actor.can("read", authz.template_thing(taken)):
        raise Refused(500, "Internal error fetching template by name.", FORBIDDEN)
    if taken:
        detail = "This value is already in use and should be unique."
        validations = [{"field": "name", "detail": detail}]
        message = f"Template with name {quote(name)} already exists."
        raise Refused(409, message, validations=validations)
    version = _need_free_version(call, version_id)
    for action, what in (("create", "insert template"), ("update", "update template version")):
        if not call.actor.can(action, authz.Thing("template", org=call.org.id)):
            raise Refused(500, "Internal error inserting template.", f"{what}: {FORBIDDEN}")
    now = now_us()
    template = Template(
        id=str(uuid.uuid4()),
        name=name,
        org_id=call.org.id,
        created_by=call.actor.user.id,
        display_name=wanted["display_name"],
        description=wanted["description"],
        created_at=now,
    )
    _store(call, template, active_version_id=version.id)
    version.template_id = template.id
    store.put(version)
    return json_response(render.template(store, template), 201)
