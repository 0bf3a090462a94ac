# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads request bodies (but not those for tokens) as Go's decoder does, and validates them."""

from datetime import datetime

import gotext
from gotext import Number, Pairs, parse_json, parse_uuid, quote
from http_types import Refused
from search import NIL_UUID

BAD_JSON = "Request body must be valid JSON."
_EMPTY = {"string": "", "uuid.UUID": "", "int64": None, "bool": False, "time.Time": None}


def read_body(call, struct: str, **types) -> dict:
    """The named fields of a JSON object, by their Go types (the keys of _EMPTY).

    Names match in any case, unknown fields are ignored, `null` leaves a field alone.
    """
    try:
        value = parse_json(call.request.body)
    except (gotext.SyntaxProblem, ValueError) as problem:
        raise Refused(400, BAD_JSON, str(problem)) from None
    out = {name: _EMPTY[kind] for name, kind in types.items()}
    if value is None:
        return out
    if not isinstance(value, Pairs):
        where = f"Go value of type codersdk.{struct}"
        raise _mismatched(gotext.kind_of(value), where)
    for key, item in value:
        name = key if key in types else key.lower()
        if name in types and item is not None:
            where = f"Go struct field {struct}.{name} of type {types[name]}"
            out[name] = _field(item, types[name], where)
    return out


def _field(item, kind: str, where: str):
    if kind == "bool":
        if isinstance(item, bool):
            return item
        raise _mismatched(gotext.kind_of(item), where)
    if kind == "int64":
        if isinstance(item, Number) and item.lstrip("-").isdigit():
            return int(item)
        what = f"number {item}" if isinstance(item, Number) else gotext.kind_of(item)
        raise _mismatched(what, where)
    if not isinstance(item, str) or isinstance(item, Number):
        raise _mismatched(gotext.kind_of(item), where)
    if kind == "string":
        return item
    if kind == "time.Time":
        return _microseconds(item)
    value, why = parse_uuid(item)
    if why:
        raise Refused(400, BAD_JSON, why)
    return "" if value == NIL_UUID else value


def _microseconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 10**6)
    except (ValueError, OverflowError):
        why = 'as "2006-01-02T15:04:05Z07:00": cannot parse'
        shown = quote(text)
        raise Refused(400, BAD_JSON, f'parsing time {shown} {why} {shown} as "2006"') from None


def _mismatched(what: str, where: str) -> Refused:
    return Refused(400, BAD_JSON, f"json: cannot unmarshal {what} into {where}")


def need_valid(*checks):
    """Each check is (valid, field, tag, value).  The refusal names all that are not valid."""
    validations = [
        {"field": field, "detail": f'Validation failed for tag {quote(tag)} with value: "{value}"'}
        for valid, field, tag, value in checks
        if not valid
    ]
    if validations:
        raise Refused(400, "Validation failed.", validations=validations)
