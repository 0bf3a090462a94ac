# SPDX-License-Identifier: GPL-3.0-or-later
"""A request, a response, and the two exceptions by which the server refuses a request."""

import time
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import gotext

JSON_TYPE = "application/json; charset=utf-8"
REASONS = {
    100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints",
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 407: "Proxy Authentication Required", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 413: "Request Entity Too Large",
    426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
}  # fmt: skip


def http_date(at: float) -> str:
    # not gmtime(), which ends in 2038 where the C library's time_t has 32 bits
    return f"{datetime(1970, 1, 1) + timedelta(seconds=int(at)):%a, %d %b %Y %H:%M:%S GMT}"


@dataclass
class Request:
    method: str
    target: str
    version: str = "HTTP/1.1"
    headers: list = field(default_factory=list)
    body: bytes = b""
    ip: str = "127.0.0.1"
    tls: bool = False
    began: float = field(default_factory=time.time)

    def header(self, name: str) -> str:
        """The first value of a header; names are kept in lower case."""
        return next((value for key, value in self.headers if key == name), "")

    def cookies(self) -> dict:
        out = {}
        for key, value in self.headers:
            if key == "cookie":
                for part in value.split(";"):
                    name, _, text = part.strip().partition("=")
                    out.setdefault(name, text)
        return out


@dataclass
class Response:
    status: int
    body: bytes = b""
    headers: list = field(default_factory=list)
    user: str = ""
    close: bool = False
    front: bool = False  # sent by something in front of the deployment, which has its own clock

    @property
    def bodiless(self) -> bool:
        return self.status in (204, 304) or 100 <= self.status < 200

    def is_json(self) -> bool:
        return any(k.lower() == "content-type" and "json" in v for k, v in self.headers)


def json_response(value, status=200) -> Response:
    return Response(status, gotext.json_body(value), [("Content-Type", JSON_TYPE)])


def json_text_response(text: str) -> Response:
    """For responses whose JSON was put together as text."""
    return Response(200, text.encode() + b"\n", [("Content-Type", JSON_TYPE)])


def plain_response(status: int, text: str) -> Response:
    """http.Error: plain text with a newline."""
    headers = [("Content-Type", "text/plain; charset=utf-8")]
    return Response(status, text.encode() + b"\n", headers)


class Refused(Exception):
    """A response of the error form {message, detail, validations}; empty parts are left out."""

    def __init__(self, status, message, detail="", validations=None, headers=()):
        super().__init__(message)
        self.status, self.message, self.detail = status, message, detail
        self.validations, self.headers = validations, list(headers)

    def response(self) -> Response:
        body = {"message": self.message}
        if self.detail:
            body["detail"] = self.detail
        if self.validations:
            body["validations"] = self.validations
        response = json_response(body, self.status)
        response.headers += self.headers
        return response


class PlainRefusal(Exception):
    """A plain-text response of a layer that does not use JSON."""

    def __init__(self, response: Response):
        super().__init__("refused")
        self.response = response


def not_found() -> Refused:
    return Refused(404, "Resource not found or you do not have access to this resource")


def route_not_found() -> Refused:
    return Refused(404, "Route not found.")


def forbidden() -> Refused:
    detail = (
        "You don't have permission to view this content. If you believe this is a mistake, "
        "please contact your administrator or try signing in with different credentials."
    )
    return Refused(403, "Forbidden.", detail)


class BadTarget(Exception):
    """A request target that Go's server refuses before any handler sees it."""


_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")


def decode_path(path: str) -> str:
    """A percent-decoded path; bytes that are not UTF-8 survive as lone surrogates."""
    raw = path.encode("latin-1", "replace")
    if b"%" in _PERCENT.sub(b"", raw):
        raise BadTarget(path)
    raw = _PERCENT.sub(lambda m: bytes([int(m.group(1), 16)]), raw)
    return raw.decode("utf-8", "surrogateescape")


def split_target(target: str):
    """(decoded path with repeated slashes collapsed, raw query) of a target in either form."""
    if re.match(r"(?i)https?://", target):
        rest = target.split("://", 1)[1]
        at = min((rest.find(c) for c in "/?" if c in rest), default=len(rest))
        target = rest[at:] if rest[at : at + 1] == "/" else "/" + rest[at:]
    path, _, query = target.partition("?")
    if not path.startswith("/"):
        raise BadTarget(target)
    if any(ord(c) <= 0x20 or ord(c) == 0x7F for c in target):
        raise BadTarget(target)
    return re.sub("/{2,}", "/", decode_path(path)), query
