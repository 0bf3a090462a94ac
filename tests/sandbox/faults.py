# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: what a test wants to go wrong, and at which point of a request it does.

A fault names the requests that it affects (method and path patterns, how many are let through, how
many are affected) and what happens to them.  All waits and sizes have limits, so that a forgotten
fault ends by itself.
"""

import base64
import json
import re
import threading
import zlib

from http_types import JSON_TYPE, Response, http_date
from store import now_us

MAX_WAIT = 120.0
MAX_BYTES = 1 << 32
_CUTS = ("accept", "before", "after-headers-read", "request", "passed", "act", "response")
_FIELDS = {
    "name", "method", "path", "skip", "times", "act", "status", "headers", "body", "delay",
    "cut", "stall", "drip", "raw_b64", "close", "late", "twice", "response", "pad_headers",
    "many", "big_element", "nest", "gzip_bomb", "truncate", "length", "chunked_garbage", "chunk_extension", "interim",
    "redirect", "code", "accept_hang", "hangup", "again", "unasked", "coder", "age", "deaf", "grant",
}  # fmt: skip
# What a create can be made to grant instead of what was requested.
_GRANTS = {
    "name", "owner", "login_type", "scopes", "allow_list", "lifetime_s", "created_ago_s",
    "secret_length",
}  # fmt: skip
_LABELS = (
    "accept_hang cut stall raw_b64 redirect status drip gzip_bomb many big_element nest truncate "
    "length chunked_garbage chunk_extension interim pad_headers twice late again delay hangup "
    "deaf grant headers body coder age"
).split()


class Fault:
    """One fault.  Raises ValueError if its fields are not valid."""

    def __init__(self, spec: dict):
        if not isinstance(spec, dict):
            raise ValueError("a fault is an object")
        unknown = sorted(set(spec) - _FIELDS)
        if unknown:
            raise ValueError(f"unknown fault field {unknown[0]!r}")
        self.spec = spec
        self.method = re.compile(spec.get("method") or ".*")
        self.path = re.compile(spec.get("path") or "")
        self.skip = int(spec.get("skip", 0))
        self.times = int(spec.get("times", 1))
        self.hits = 0
        self.cut = spec.get("cut") or {}
        if self.cut and self.cut.get("where") not in _CUTS:
            raise ValueError(f"cut where? one of {', '.join(_CUTS)}")
        if self.cut.get("how", "close") not in ("close", "reset"):
            raise ValueError("cut how? close or reset")
        self.at_accept = bool(spec.get("accept_hang")) or self.cut.get("where") == "accept"
        unknown = sorted(set(spec.get("grant") or {}) - _GRANTS)
        if unknown:
            raise ValueError(f"unknown grant {unknown[0]!r}")
        self.raw = base64.b64decode(spec["raw_b64"]) if "raw_b64" in spec else None
        for name in ("pad_headers", "many", "big_element", "nest", "gzip_bomb", "chunk_extension"):
            if not 0 <= int(spec.get(name, 0)) <= MAX_BYTES:
                raise ValueError(f"{name} is out of bounds")

    @property
    def label(self) -> str:
        return self.spec.get("name") or next((w for w in _LABELS if w in self.spec), "none")

    @property
    def acts(self) -> bool:
        """Whether the real request is carried out: by default where the real response is used."""
        replaced = any(word in self.spec for word in ("status", "redirect", "raw_b64"))
        stall = self.spec.get("stall") or {}
        return bool(self.spec.get("act", stall.get("act", not replaced)))

    def seconds(self, name: str) -> float:
        return min(float(self.spec.get(name, 0)), MAX_WAIT)

    def take(self) -> bool:
        """Counts a match.  True if the fault acts: after `skip` matches, `times` times (0: all)."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times and self.hits >= self.times:
            return False
        self.hits += 1
        return True


class Faults:
    """The faults in force, in the order in which they were added; the first that matches acts."""

    def __init__(self):
        self._lock = threading.Lock()
        self._faults = []

    def install(self, specs):
        new = [Fault(spec) for spec in (specs if isinstance(specs, list) else [specs])]
        with self._lock:
            self._faults += new

    def clear(self):
        with self._lock:
            self._faults = []

    def has_accept_fault(self) -> bool:
        with self._lock:
            return any(fault.at_accept for fault in self._faults)

    def for_connection(self):
        with self._lock:
            return next((f for f in self._faults if f.at_accept and f.take()), None)

    def for_request(self, method: str, target: str):
        """The method must match as a whole; the path pattern is searched in the raw target."""
        with self._lock:
            for fault in self._faults:
                if fault.at_accept or not fault.method.fullmatch(method):
                    continue
                if fault.path.search(target) and fault.take():
                    return fault
        return None


# -- how a fault changes a response -------------------------------------------------------------


def replaced(fault: Fault, request, real: Response, app) -> Response:
    """The response that the fault asks for, before it is sent."""
    spec = fault.spec
    if "redirect" in spec:
        where = spec["redirect"].replace("{target}", request.target)
        response = Response(int(spec.get("code", 307)), b"", [("Location", where)], front=True)
    elif "status" in spec:
        response = Response(int(spec["status"]), front=not spec.get("coder"))
    else:
        response = real or Response(200, b"null\n", [("Content-Type", JSON_TYPE)])
    if "body" in spec or "status" in spec:
        _set_body(response, spec, request, app.new_key)
    if "coder" in spec:
        own = dict(app.own_headers())
        _set_headers(response, own if spec["coder"] else dict.fromkeys(own))
    if "age" in spec:
        age = int(spec["age"])
        _set_headers(response, {"Age": age, "Date": http_date(now_us() / 10**6 - age)})
    _set_headers(response, _with_key(spec.get("headers") or {}, app.new_key))
    if "many" in spec:
        response.body = _many_tokens(int(spec["many"]))
    if "big_element" in spec:
        response.body = _with_big_element(response.body, int(spec["big_element"]))
    if "nest" in spec:
        depth = int(spec["nest"])
        is_object = response.body.startswith(b"{")
        opening, closing = (b'{"a":', b"}") if is_object else (b"[", b"]")
        response.body = opening * depth + (b"null" if is_object else b"") + closing * depth + b"\n"
    if "pad_headers" in spec:
        response.headers += _padding(int(spec["pad_headers"]))
    return response


def _with_key(headers: dict, new_key: str) -> dict:
    text = json.dumps(headers).replace("{new_key}", new_key)
    return json.loads(text.replace("{new_secret}", new_key.partition("-")[2]))


def _set_body(response: Response, spec: dict, request, new_key: str):
    text = str(spec.get("body", ""))
    kind = JSON_TYPE if text.lstrip()[:1] in ("{", "[") else "text/plain; charset=utf-8"
    asked = {name.lower(): value for name, value in (spec.get("headers") or {}).items()}
    is_json = "json" in str(asked.get("content-type", kind))
    echoes = {
        "{request_headers}": "\n".join(f"{name}: {value}" for name, value in request.headers),
        "{request_target}": request.target,
        "{request_word}": request.target.rpartition("/")[2],
        "{new_key}": new_key,
        "{new_secret}": new_key.partition("-")[2],
    }
    for mark, echo in echoes.items():
        text = text.replace(mark, json.dumps(echo)[1:-1] if is_json else echo)
    response.body = text.encode()
    if text:
        _set_headers(response, {"Content-Type": kind})


def _set_headers(response: Response, headers: dict):
    """Replaces headers by name; null removes one, a list sends several."""
    for name, value in headers.items():
        response.headers = [h for h in response.headers if h[0].lower() != name.lower()]
        values = value if isinstance(value, list) else [] if value is None else [value]
        response.headers += [(name, str(item)) for item in values]


def _padding(size: int) -> list:
    headers, piece = [], 4000
    for n in range(0, size, piece):
        headers.append((f"X-Pad-{n // piece:05d}", "p" * min(piece, size - n)))
    return headers


def _many_tokens(count: int) -> bytes:
    """A list of so many tokens, with the ids 0000000000, 0000000001 and so on."""
    element = (
        '{"id":"%010d","user_id":"00000000-0000-4000-8000-000000000000",'
        '"last_used":"1970-01-01T00:00:00Z","expires_at":"2099-01-01T00:00:00Z",'
        '"created_at":"2026-01-01T00:00:00.123456Z","updated_at":"2026-01-01T00:00:00.123456Z",'
        '"login_type":"token","scope":"all","scopes":["coder:all"],"token_name":"many-%d",'
        '"lifetime_seconds":86400,"allow_list":["*:*"],"username":"admin"}'
    )
    return ("[" + ",".join(element % (n, n) for n in range(count)) + "]\n").encode()


def _with_big_element(body: bytes, size: int) -> bytes:
    """A list gets one more token, with a name of that size; an object gets a field."""
    filler = b"x" * size
    if body.startswith(b"{"):
        return b'{"padding":"' + filler + b'",' + body[1:]
    head = (
        b'{"id":"bigElement","user_id":"00000000-0000-4000-8000-000000000000",'
        b'"last_used":"1970-01-01T00:00:00Z","expires_at":"2099-01-01T00:00:00Z",'
        b'"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z",'
        b'"login_type":"token","scope":"all","scopes":["coder:all"],"token_name":"'
    )
    element = head + filler + b'","lifetime_seconds":86400,"allow_list":["*:*"],"username":""}'
    rest = body.strip()
    if rest.startswith(b"[") and rest != b"[]":
        return b"[" + element + b"," + rest[1:] + b"\n"
    return b"[" + element + b"]\n"


def gzip_bomb(size: int):
    """Pieces of a gzip stream that holds a JSON array with one string of about `size` bytes."""
    step = 1 << 20
    block = b"a" * step
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeezer.compress(b"warm")
    squeezer.flush(zlib.Z_FULL_FLUSH)
    squeezed = squeezer.compress(block) + squeezer.flush(zlib.Z_FULL_FLUSH)
    count, opening, closing = max(size // step, 1), b'["', b'"]\n'
    crc = zlib.crc32(opening)
    first = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = first.compress(opening) + first.flush(zlib.Z_FULL_FLUSH)
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + head
    for _ in range(count):
        crc = zlib.crc32(block, crc)
        yield squeezed
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    tail = last.compress(closing) + last.flush()
    crc = zlib.crc32(closing, crc)
    length = (count * step + len(opening) + len(closing)) & 0xFFFFFFFF
    yield tail + crc.to_bytes(4, "little") + length.to_bytes(4, "little")
