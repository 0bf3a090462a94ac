# SPDX-License-Identifier: GPL-3.0-or-later
"""The `q` search grammar, query parameters and pagination, with the server's error texts.

A query is lower-cased and split at blanks into `key:value` elements and bare words; double
quotes keep blanks together, and an element holds one `:` at most.
"""

from urllib.parse import parse_qsl

from gotext import parse_bool, parse_uuid, quote

NIL_UUID = "00000000-0000-0000-0000-000000000000"

WORKSPACE_STATUSES = (
    "pending starting running stopping stopped failed canceling canceled deleting deleted"
).split()


class BadQuery(Exception):
    """Carries the list of {field, detail} validations."""

    def __init__(self, validations):
        super().__init__("bad query")
        self.validations = validations


def query_values(query: str) -> dict:
    """url.Values: every value of every name, percent-decoded, `+` for a blank."""
    values = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        values.setdefault(name, []).append(value)
    return values


def first(values: dict, name: str) -> str:
    return values.get(name, [""])[0]


class Parser:
    """Reads parameters one by one, gathers all errors, and refuses unknown parameters."""

    def __init__(self, values: dict):
        self.values = values
        self.parsed = set()
        self.errors = []

    def error(self, name: str, detail: str):
        self.errors.append({"field": name, "detail": detail})

    def _one(self, name: str) -> str:
        self.parsed.add(name)
        found = self.values.get(name, [])
        if len(found) > 1:
            text = f"Query param {quote(name)} provided more than once, found {len(found)} times. "
            self.error(name, text + "Only provide 1 instance of this query param.")
            return ""
        return found[0] if found else ""

    def string(self, name: str) -> str:
        return self._one(name)

    def boolean(self, name: str):
        text = self._one(name)
        if text == "":
            return None
        value = parse_bool(text)
        if value is None:
            why = f"strconv.ParseBool: parsing {quote(text)}: invalid syntax"
            self.error(name, f"Query param {quote(name)} must be a valid boolean: {why}")
        return value

    def choice(self, name: str, known) -> str:
        text = self._one(name)
        if text and text not in known:
            why = f"{quote(text)} is not a valid value"
            self.error(name, f"Query param {quote(name)} has invalid value: {why}")
        return text

    def custom(self, name: str, resolve):
        """`resolve` returns (value, error text)."""
        text = self._one(name)
        if text == "":
            return None
        value, why = resolve(text)
        if why:
            self.error(name, f"Query param {quote(name)} has invalid value: {why}")
        return value

    def strings(self, name: str) -> list:
        self.parsed.add(name)
        return [part for text in self.values.get(name, []) for part in text.split(",")]

    def uuids(self, name: str) -> list:
        out, problems = [], []
        for text in self.strings(name):
            value, why = parse_uuid(text.strip())
            if why:
                problems.append(why)
            else:
                out.append(value)
        if problems:
            why = "\n".join(problems)
            self.error(name, f"Query param {quote(name)} has invalid values: {why}")
        return out

    def uuid(self, name: str) -> str:
        text = self._one(name)
        if text == "":
            return NIL_UUID
        value, why = parse_uuid(text)
        if why:
            self.error(name, f"Query param {quote(name)} must be a valid uuid")
        return value or NIL_UUID

    def positive_int32(self, name: str) -> int:
        text = self._one(name)
        if text == "":
            return 0
        digits = text[1:] if text[0] in "+-" else text
        if not (digits.isascii() and digits.isdigit()):
            why = f"strconv.ParseInt: parsing {quote(text)}: invalid syntax"
        elif not -(1 << 31) <= int(text) < 1 << 31:
            why = f"strconv.ParseInt: parsing {quote(text)}: value out of range"
        elif int(text) < 0:
            why = "value is negative"
        else:
            return int(text)
        kind = "a valid 32-bit positive integer"
        self.error(name, f"Query param {quote(name)} must be {kind}: {why}")
        return 0

    def finish(self, excess=True):
        if excess:
            for name in sorted(set(self.values) - self.parsed):
                self.error(name, f"{quote(name)} is not a valid query param")
        if self.errors:
            raise BadQuery(self.errors)


def pagination(values: dict):
    """(after_id, limit, offset); 0 is no limit."""
    parser = Parser(values)
    page = (
        parser.uuid("after_id"),
        parser.positive_int32("limit"),
        parser.positive_int32("offset"),
    )
    parser.finish(excess=False)
    return page


def split_fields(text: str, delimiter: str, keep_quotes: bool) -> list:
    parts, current, quoted = [], "", False
    for char in text:
        if char == '"':
            quoted = not quoted
        if char == delimiter and not quoted:
            parts.append(current)
            current = ""
        else:
            current += char
    parts = [part for part in parts + [current] if part]
    return parts if keep_quotes else [part.strip('"') for part in parts]


def _terms(query: str, bare) -> dict:
    """The elements of a query as values by key; `bare(word, values)` places a bare word."""
    values = {}

    def refuse(detail):
        raise BadQuery([{"field": "q", "detail": detail}])

    for element in split_fields(query.lower(), " ", keep_quotes=True):
        if element.startswith(":") or element.endswith(":"):
            refuse(f"Query element {quote(element)} cannot start or end with ':'")
        parts = split_fields(element, ":", keep_quotes=False)
        if len(parts) == 1:
            problem = bare(element, values)
            if problem:
                refuse(problem)
        elif len(parts) == 2:
            values.setdefault(parts[0], []).append(parts[1])
        else:
            refuse(f"Query element {quote(element)} can only contain 1 ':'")
    return values


def _bare_word(key: str):
    def place(word, values):
        values.setdefault(key, []).append(word)

    return place


def _bare_workspace(word, values):
    """A bare `name`, or `owner/name`."""
    parts = split_fields(word, "/", keep_quotes=False)
    if len(parts) > 2 or not parts:
        return f"Query element {quote(word)} can only contain 1 '/'"
    if len(parts) == 2:
        values.setdefault("owner", []).append(parts[0])
    values.setdefault("name", []).append(parts[-1])
    return None


def _organization(parser: Parser, store) -> str:
    def resolve(text):
        value, why = parse_uuid(text)
        if not why:
            return value, None
        org = store.organization_named(text)
        if org:
            return org.id, None
        problem = "either does not exist, or you are unauthorized to view it"
        return None, f"organization {quote(text)} {problem}"

    return parser.custom("organization", resolve) or ""


def _owner_is(store, owner: str, caller):
    """The id that an owner filter means, or None if nobody has that name."""
    user = caller if owner == "me" else store.user_named(owner)
    return user.id if user else None


def workspaces(query: str, store, caller):
    """A predicate over workspaces.  Raises BadQuery for what the server refuses."""
    if not query:
        return lambda workspace: True
    parser = Parser(_terms(query, _bare_workspace))
    ids = parser.uuids("id")
    owner, template = parser.string("owner"), parser.string("template")
    name = parser.string("name")
    status = parser.choice("status", WORKSPACE_STATUSES + ["started"])
    has_agent = parser.string("has-agent")
    dormant, outdated = parser.boolean("dormant"), parser.boolean("outdated")
    ai_task, shared = parser.boolean("has-ai-task"), parser.boolean("shared")
    external = parser.boolean("has_external_agent")
    for other in ("last_used_after", "last_used_before", "param", "shared_with_user"):
        parser.strings(other)
    org = _organization(parser, store)
    parser.finish()
    owner_id = _owner_is(store, owner, caller) if owner else ""

    def matches(workspace):
        running = "running" if workspace.running else "stopped"
        found = store.templates.get(workspace.template_id)
        return (
            (not ids or workspace.id in ids)
            and (not owner or workspace.owner_id == owner_id)
            and (not template or found is not None and found.name.lower() == template)
            and name in workspace.name.lower()
            and (not status or status.replace("started", "running") == running)
            and not has_agent
            and (not dormant or bool(workspace.dormant_at))
            and not outdated
            and (ai_task is None or ai_task is _has_task(store, workspace))
            and not shared
            and not external
            and (not org or workspace.org_id == org)
        )

    return matches


def _has_task(store, workspace) -> bool:
    return any(task.workspace_id == workspace.id for task in store.tasks.values())


def templates(query: str, store, caller):
    parser = Parser(_terms(query, _bare_word("display_name")))
    deleted, deprecated = parser.boolean("deleted"), parser.boolean("deprecated")
    exact, fuzzy = parser.string("exact_name"), parser.string("name")
    display, exact_display = parser.string("display_name"), parser.string("exact_display_name")
    ids, author = parser.uuids("ids"), parser.string("author")
    author_id = parser.uuid("author_id")
    for other in ("has-ai-task", "has_external_agent"):
        parser.boolean(other)
    org = _organization(parser, store)
    parser.finish()
    if author:
        author_id = _owner_is(store, author, caller)

    def matches(template):
        shown = (template.display_name or template.name).lower()
        return (
            not deleted
            and bool(template.deprecated) == bool(deprecated)
            and (not exact or template.name.lower() == exact)
            and fuzzy in template.name.lower()
            and display.strip('"') in shown
            and (not exact_display or shown == exact_display)
            and (not ids or template.id in ids)
            and (author_id == NIL_UUID or template.created_by == author_id)
            and (not org or template.org_id == org)
        )

    return matches


def users(query: str):
    parser = Parser(_terms(query, _bare_word("search")))
    wanted = parser.string("search").strip('"')
    status, roles = parser.strings("status"), parser.strings("role")
    logins = parser.strings("login_type")
    for known in status:
        if known not in ("active", "dormant", "suspended"):
            why = f"{quote(known)} is not a valid value"
            parser.error("status", f'Query param "status" has invalid values: {why}')
    for other in ("last_seen_after", "last_seen_before", "created_after", "created_before"):
        parser.string(other)
    for other in ("github_com_user_id", "name", "exact_name"):
        parser.string(other)
    parser.finish()

    def matches(user):
        return (
            (wanted in user.username.lower() or wanted in user.email.lower())
            and (not status or user.status in status)
            and (not roles or "member" in roles or bool(set(roles) & set(user.roles)))
            and (not logins or "password" in logins)
        )

    return matches


def tasks(query: str, store, caller):
    parser = Parser(_terms(query, _bare_word("name")))
    owner, name = parser.string("owner"), parser.string("name")
    parser.choice("status", WORKSPACE_STATUSES + ["active", "unknown", "error", "paused"])
    org = _organization(parser, store)
    parser.finish()
    owner_id = _owner_is(store, owner, caller) if owner else ""

    def matches(task):
        workspace = store.workspaces[task.workspace_id]
        return (
            (not owner or task.owner_id == owner_id)
            and name in task.name.lower()
            and (not org or workspace.org_id == org)
        )

    return matches
