# SPDX-License-Identifier: GPL-3.0-or-later
"""The look-ups and lists by which a client turns names into ids: people, workspaces, templates."""

import authz
import gotext
import render
import search
from gotext import parse_bool, parse_uuid, quote
from http_types import (
    Refused,
    Response,
    forbidden,
    json_response,
    json_text_response,
    not_found,
)
from search import BadQuery, Parser, first, pagination
from tokens import check_database_text

AMBIGUOUS = 'pq: column reference "id" is ambiguous'


def _filter(kind: str, make):
    try:
        return make()
    except BadQuery as problem:
        message = f"Invalid {kind} search query."
        raise Refused(400, message, validations=problem.validations) from None


def _page(call):
    try:
        return pagination(call.values)
    except BadQuery as problem:
        message = "Query parameters have invalid values."
        raise Refused(400, message, validations=problem.validations) from None


def _cut(items: list, limit: int, offset: int) -> list:
    return items[offset : offset + limit if limit else None]


def need_uuid(text: str) -> str:
    value, why = parse_uuid(text)
    if why:
        raise Refused(400, f"Invalid UUID {quote(text)}.", why)
    return value


def _array(items) -> Response:
    return json_text_response("[" + ",".join(gotext.json_text(item) for item in items) + "]")


# -- users -------------------------------------------------------------------------------------


def find_user(call, word: str):
    """A user by UUID, by the exact word `me`, or by name in any case.  Checks no permission."""
    if word == "me":
        return call.actor.user
    check_database_text(word, "Internal error fetching user.")
    ident, _ = parse_uuid(word)
    return call.app.store.users.get(ident) if ident else call.app.store.user_named(word)


def readable_user(call, word: str):
    user = find_user(call, word)
    if not user or not call.actor.can("read", authz.user_thing(user)):
        raise not_found()
    return user


def user(call) -> Response:
    person = readable_user(call, call.params["user"])
    return json_response(render.user(person))


def users(call) -> Response:
    """Sorted by name, without users that are not readable.  `after_id` is a cursor."""
    matches = _filter("user", lambda: search.users(first(call.values, "q")))
    after, limit, offset = _page(call)
    store = call.app.store
    found = [u for u in store.users.values() if not u.system and matches(u)]
    found = [u for u in found if call.actor.can("read", authz.user_thing(u))]
    found.sort(key=lambda u: u.username.lower())
    if after != search.NIL_UUID:
        cursor = store.users.get(after)
        found = [u for u in found if cursor and u.username.lower() > cursor.username.lower()]
    page = _cut(found, limit, offset)
    shown = [render.user(u) for u in page]
    return json_response({"users": shown, "count": len(found) if page else 0})


def user_organizations(call) -> Response:
    orgs = [call.app.store.organizations[ident] for ident in call.user.org_ids]
    return _array(render.organization(org) for org in orgs if _may_read_org(call, org))


def user_organization(call) -> Response:
    org = call.app.store.organization_named(call.params["name"])
    if not org or org.id not in call.user.org_ids or not _may_read_org(call, org):
        raise not_found()
    return json_response(render.organization(org))


# -- organizations -----------------------------------------------------------------------------


def _may_read_org(call, org) -> bool:
    return call.actor.can("read", authz.organization_thing(org))


def find_organization(call, word: str):
    """By UUID, by name, or the word `default`."""
    store = call.app.store
    check_database_text(word, f"Internal error fetching organization {quote(word)}.")
    ident, _ = parse_uuid(word)
    if word == "default" or ident == search.NIL_UUID:
        org = store.default_organization()
    else:
        org = store.organizations.get(ident) if ident else store.organization_named(word)
    if not org or not _may_read_org(call, org):
        raise not_found()
    return org


def organizations(call) -> Response:
    orgs = call.app.store.organizations.values()
    return _array(render.organization(org) for org in orgs if _may_read_org(call, org))


def organization(call) -> Response:
    return json_response(render.organization(call.org))


def _members(call) -> list:
    people = [u for u in call.app.store.users.values() if not u.system]
    org_id = call.org.id
    people = [u for u in people if org_id in u.org_ids]
    people = [u for u in people if call.actor.can("read", authz.member_thing(u, org_id))]
    return sorted(people, key=lambda u: u.username.lower())


def _need_roles(call):
    """Members are shown with their roles, which the caller needs permission to look up."""
    if not call.actor.can("read", authz.Thing("assign_role")):
        detail = "lookup custom roles: unauthorized: rbac: forbidden"
        raise Refused(500, "An internal server error occurred.", detail)


def members(call) -> Response:
    _need_roles(call)
    return _array(render.member(person, call.org.id) for person in _members(call))


def paginated_members(call) -> Response:
    _, limit, offset = _page(call)
    if not call.actor.can("read", authz.Thing("organization_member", org=call.org.id)):
        raise not_found()
    _need_roles(call)
    found = _members(call)
    shown = [render.member(person, call.org.id) for person in _cut(found, limit, offset)]
    return json_response({"members": shown, "count": len(found)})


def readable_member(call, word: str):
    person = find_user(call, word)
    if not person or call.org.id not in person.org_ids:
        raise not_found()
    if not call.actor.can("read", authz.member_thing(person, call.org.id)):
        raise not_found()
    return person


def member(call) -> Response:
    person = readable_member(call, call.params["user"])
    _need_roles(call)
    return json_response(render.member(person, call.org.id))


# -- templates ---------------------------------------------------------------------------------


def readable_templates(call, message: str, prefix: str = "") -> dict:
    """All templates that the caller may read.  An id in the allow list breaks the query."""
    if call.actor.names_ids_of("template"):
        raise Refused(500, message, prefix + AMBIGUOUS)
    found = call.app.store.templates.values()
    return {t.id: t for t in found if call.actor.can("read", authz.template_thing(t))}


def _template_list(call, org=None) -> Response:
    store = call.app.store
    query = first(call.values, "q")
    matches = _filter("template", lambda: search.templates(query, store, call.actor.user))
    readable = readable_templates(call, "Internal error fetching templates in organization.")
    found = [t for t in readable.values() if matches(t) and (not org or t.org_id == org.id)]
    found.sort(key=lambda t: (t.name, t.id))
    return _array(render.template(store, tpl) for tpl in found)


def templates(call) -> Response:
    return _template_list(call)


def organization_templates(call) -> Response:
    return _template_list(call, call.org)


def _readable_template(call, tpl):
    if not tpl or not call.actor.can("read", authz.template_thing(tpl)):
        raise not_found()
    return tpl


def template_named(call) -> Response:
    name = call.params["name"]
    check_database_text(name, "Internal error fetching template.")
    tpl = _readable_template(call, call.app.store.template_named(call.org.id, name))
    return json_response(render.template(call.app.store, tpl))


def find_template(call, word: str):
    return _readable_template(call, call.app.store.templates.get(need_uuid(word)))


def template(call) -> Response:
    return json_response(render.template(call.app.store, call.template))


def template_versions(call) -> Response:
    store = call.app.store
    found = [v for v in store.versions.values() if v.template_id == call.template.id]
    return _array(render.template_version(store, version) for version in found)


def find_version(call, word: str):
    """A version is authorised as its template or, if it has none, as any new template."""
    found = readable_version(call, need_uuid(word))
    if not found:
        raise not_found()
    return found


def readable_version(call, ident: str):
    store = call.app.store
    found = store.versions.get(ident)
    if not found or not call.actor.can("read", authz.version_thing(found)):
        return None
    return found


def template_version(call) -> Response:
    return json_response(render.template_version(call.app.store, call.version))


# -- workspaces --------------------------------------------------------------------------------

NO_RESOURCES = "Internal error fetching workspace resources."


def with_template(call, space) -> bool:
    readable = readable_templates(call, NO_RESOURCES, "get templates: ")
    return space.template_id in readable


def find_workspace(call, word: str):
    space = call.app.store.workspaces.get(need_uuid(word))
    if not space or not call.actor.can("read", authz.workspace_thing(space)):
        raise not_found()
    return space


def workspace(call) -> Response:
    space = call.workspace
    text = first(call.values, "include_deleted")
    shown = parse_bool(text) if text else False
    if shown is None:
        message = f'Invalid boolean value {quote(text)} for "include_deleted" query param.'
        validations = [{"field": "deleted", "detail": "Must be a valid boolean"}]
        raise Refused(400, message, validations=validations)
    if space.deleted and not shown:
        how = "you can view this workspace by specifying '?include_deleted=true' and trying again."
        raise Refused(410, f"Workspace {quote(space.id)} was deleted, {how}")
    if not with_template(call, space):
        raise forbidden()
    return json_response(render.workspace(call.app.store, space))


def _order(call):
    """Sorts running workspaces first, then by owner and by name."""
    users = call.app.store.users

    def key(space):
        return (not space.running, users[space.owner_id].username.lower(), space.name.lower())

    return key


def workspaces(call) -> Response:
    """Lists dormant workspaces, too, but not deleted ones.  The count is of all pages.

    Workspaces whose template cannot be read are missing from the array but not from the count.
    """
    store = call.app.store
    _, limit, offset = _page(call)
    query = first(call.values, "q")
    matches = _filter("workspace", lambda: search.workspaces(query, store, call.actor.user))
    if call.actor.names_ids_of("workspace"):
        raise Refused(500, "Internal error fetching workspaces.", AMBIGUOUS)
    found = [w for w in store.workspaces.values() if not w.deleted and matches(w)]
    found = [w for w in found if call.actor.can("read", _listed(w))]
    page = _cut(sorted(found, key=_order(call)), limit, offset)
    if page:
        readable = readable_templates(call, NO_RESOURCES, "get templates: ")
        page = [w for w in page if w.template_id in readable]
    texts = [call.app.workspace_text(space) for space in page]
    return json_text_response(f'{{"workspaces":[{",".join(texts)}],"count":{len(found)}}}')


def _listed(space):
    """For the filter of the list, dormant workspaces are of the same type as others."""
    return authz.Thing("workspace", space.id, space.owner_id, space.org_id)


def resolve_owner(call, word: str):
    """The owner of a workspace path: the user, or a membership, must be readable."""
    owner = find_user(call, word)
    if not owner:
        raise not_found()
    things = [authz.user_thing(owner)] + [authz.member_thing(owner, o) for o in owner.org_ids]
    if not any(call.actor.can("read", thing) for thing in things):
        raise not_found()
    return owner


def workspace_named(call) -> Response:
    name = call.params["name"]
    check_database_text(name, "Internal error fetching workspace by name.")
    space = call.app.store.workspace_named(call.user.id, name)
    if not space or not call.actor.can("read", authz.workspace_thing(space)):
        raise not_found()
    if not with_template(call, space):
        raise not_found()
    return json_response(render.workspace(call.app.store, space))


# -- tasks -------------------------------------------------------------------------------------


def _may_read_task(call, item) -> bool:
    space = call.app.store.workspaces[item.workspace_id]
    return call.actor.can("read", authz.task_thing(item, space))


def tasks(call) -> Response:
    store = call.app.store
    query = first(call.values, "q")
    matches = _filter("task", lambda: search.tasks(query, store, call.actor.user))
    found = [t for t in store.tasks.values() if matches(t) and _may_read_task(call, t)]
    shown = [render.task(store, item) for item in found]
    return json_response({"tasks": shown, "count": len(shown)})


def task(call) -> Response:
    """By id or by name, below a user."""
    store, word = call.app.store, call.params["name"]
    owner = resolve_owner(call, call.params["user"])
    ident, _ = parse_uuid(word)
    for item in store.tasks.values():
        if item.owner_id == owner.id and (item.id == ident or item.name == word.lower()):
            if _may_read_task(call, item):
                return json_response(render.task(store, item))
    raise not_found()


# -- groups (enterprise) -----------------------------------------------------------------------


def need_groups_licence(call):
    if call.app.feats.groups == "unlicensed":
        raise Refused(403, "Template RBAC is a Premium feature. Contact sales!")


def _may_read_group(call, item) -> bool:
    return call.actor.can("read", authz.group_thing(item))


def _group_list(call, values) -> Response:
    store, parser = call.app.store, Parser(values)

    def organization_id(text):
        ident, _ = parse_uuid(text)
        org = store.organization_named(text)
        if ident or org:
            return ident or org.id, None
        return None, f"organization {quote(text)} not found"

    def user_id(text):
        ident, _ = parse_uuid(text)
        person = store.user_named(text)
        if ident or person:
            return ident or person.id, None
        return None, f"user {quote(text)} not found"

    org = parser.custom("organization", organization_id)
    person = parser.custom("has_member", user_id)
    ids = parser.uuids("group_ids")
    try:
        parser.finish()
    except BadQuery as problem:
        message = "Query parameters have invalid values."
        raise Refused(400, message, validations=problem.validations) from None
    found = [g for g in store.groups.values() if _may_read_group(call, g)]
    found = [g for g in found if (not org or g.org_id == org) and (not ids or g.id in ids)]
    found = [g for g in found if not person or person in g.members]
    return _array(render.group(store, item) for item in found)


def groups(call) -> Response:
    return _group_list(call, call.values)


def organization_groups(call) -> Response:
    return _group_list(call, {**call.values, "organization": [call.org.id]})


def organization_group(call) -> Response:
    name, store = call.params["name"], call.app.store
    for item in store.groups.values():
        if item.org_id == call.org.id and item.name == name and _may_read_group(call, item):
            return json_response(render.group(store, item))
    raise not_found()


def _group(call):
    item = call.app.store.groups.get(need_uuid(call.params["id"]))
    if not item or not _may_read_group(call, item):
        raise not_found()
    return item


def group(call) -> Response:
    return json_response(render.group(call.app.store, _group(call)))


def group_members(call) -> Response:
    store = call.app.store
    people = [store.users[ident] for ident in _group(call).members if ident in store.users]
    shown = [render.reduced_user(person) for person in people]
    return json_response({"users": shown, "count": len(shown)})
