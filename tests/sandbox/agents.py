# SPDX-License-Identifier: GPL-3.0-or-later
"""The agents of running workspaces, up to the web socket that traffic would go through."""

import base64
import hashlib

import authz
import gotext
import render
from gotext import quote
from http_types import Refused, Response, json_response, not_found
from objects import need_uuid
from search import first

WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAJOR, MINOR = 2, 10  # of the protocol spoken there



def find_agent(call, word: str):
    """The build whose agent this is, and its workspace.  Each start creates a new agent."""
    ident, store = need_uuid(word), call.app.store
    for space in store.workspaces.values():
        latest = store.builds[space.latest_build_id]
        if render.resources(space, latest) and render.agent_id(latest) == ident:
            if call.actor.can("read", authz.workspace_thing(space)):
                return latest, space
    raise Refused(404, "Agent doesn't exist with that id, or you do not have access to it.")


def one(call) -> Response:
    return json_response(render.agent(call.build))


def connection(call) -> Response:
    node = {"Name": "999b", "RegionID": 999, "HostName": "127.0.0.1", "ForceHTTP": True}
    region = {"EmbeddedRelay": True, "RegionID": 999, "RegionCode": "coder", "Nodes": [node]}
    return json_response(
        {
            "derp_map": {"Regions": {"999": region}},
            "derp_force_websockets": False,
            "disable_direct_connections": False,
            "hostname_suffix": "coder",
        }
    )


def _check_version(version: str):
    major, _, minor = version.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        why = f"invalid version string: {version}"
    elif int(major) > MAJOR:
        why = f"server is at version {MAJOR}.{MINOR}, behind requested major version {version}"
    elif int(major) < MAJOR:
        why = f"version {version} is no longer supported"
    elif int(minor) > MINOR:
        why = f"server is at version {MAJOR}.{MINOR}, behind requested minor version {version}"
    else:
        return
    message = "Unknown or unsupported API version"
    raise Refused(400, message, validations=[{"field": "version", "detail": why}])


def coordinate(call) -> Response:
    """The last check before traffic.  The connection ends right after the switch of protocols."""
    if not call.actor.can("ssh", authz.workspace_thing(call.workspace)):
        raise not_found()
    _check_version(first(call.values, "version") or "1.0")
    request = call.request
    if "upgrade" not in request.header("connection").lower():
        header = quote(request.header("connection"))
        why = f"WebSocket protocol violation: Connection header {header} does not contain Upgrade"
        body = {"message": "Failed to accept websocket."}
        body["detail"] = f"failed to accept WebSocket connection: {why}"
        text = why.encode() + b"\n" + gotext.json_body(body)
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "Upgrade")]
        return Response(426, text, headers + [("Upgrade", "websocket")])
    digest = hashlib.sha1((request.header("sec-websocket-key") + WEBSOCKET).encode()).digest()
    headers = [("Connection", "Upgrade"), ("Upgrade", "websocket")]
    headers.append(("Sec-Websocket-Accept", base64.b64encode(digest).decode()))
    return Response(101, b"", headers, close=True)
