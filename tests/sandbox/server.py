# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 over sockets: one thread for each connection; faults can change every byte.

Written without http.server, because tests need to cut, stall and garble responses at
any byte, and to see connections as well as requests.
"""

import ctypes
import json
import re
import select
import socket
import ssl
import struct
import threading
import time

import faults as fault_tools
from faults import MAX_WAIT
from http_types import REASONS, Request, Response, http_date, plain_response
from store import now_us

MAX_HEAD = 1 << 20
MAX_BODY = 64 << 20
CHUNK_ABOVE = 2048
SO_ATTACH_FILTER = 26
CONTROL = re.compile(rb"(GET|POST|DELETE|PUT) /_sandbox/")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class BadRequest(Exception):
    """A request to which the server responds with a plain 4xx and a closed connection."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status, self.text = status, text


class Gone(Exception):
    """The connection has ended; nothing more is sent on it."""


class RequestLog:
    """One JSON object for each request or connection event, in memory and maybe in a file."""

    def __init__(self, path: str = ""):
        self._lock = threading.Lock()
        self._entries = []
        self._file = open(path, "a", encoding="utf-8") if path else None

    def add(self, entry: dict):
        with self._lock:
            self._entries.append(entry)
            if self._file:
                self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._file.flush()

    def entries(self) -> list:
        with self._lock:
            return list(self._entries)

    def clear(self):
        with self._lock:
            self._entries = []
            if self._file:
                self._file.truncate(0)


class Server:
    """Listens and hands each connection to a thread of its own."""

    def __init__(self, app, control, faults, log, tls=None):
        self.app, self.control, self.faults, self.log = app, control, faults, log
        self.tls = tls
        self._serial = 0
        self._lock = threading.Lock()

    def next_serial(self) -> int:
        with self._lock:
            self._serial += 1
            return self._serial

    def listen(self, host: str, port: int, control_only=False) -> int:
        """Starts serving and returns the port."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
        tls = None if control_only else self.tls
        args = (listener, tls, control_only)
        threading.Thread(target=self._accept, args=args, daemon=True).start()
        return listener.getsockname()[1]

    def _accept(self, listener, tls, control_only):
        while True:
            try:
                sock, address = listener.accept()
            except OSError:
                time.sleep(0.01)
                continue
            connection = Connection(self, sock, address[0], tls, control_only)
            threading.Thread(target=connection.run, daemon=True).start()


class Connection:
    def __init__(self, server: Server, sock, ip: str, tls, control_only):
        self.server, self.sock, self.ip, self.tls = server, sock, ip, tls
        self.control_only = control_only
        self.accepted = time.time()
        self.serial = 0
        self.requests = 0
        self.controlled = control_only
        self.buffer = b""

    # -- life ----------------------------------------------------------------------------------

    def run(self):
        detail = {}
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start()
            while self._one():
                pass
        except (Gone, ConnectionError, TimeoutError):
            pass
        except (ssl.SSLError, OSError) as problem:
            detail["error"] = str(problem)
        finally:
            self._close()
            if not self.controlled:
                self._announce()
            if self.serial:
                event = {"conn": self.serial, "event": "close", "requests": self.requests}
                self.server.log.add({"t": time.time(), **event, **detail})

    def _announce(self):
        """Connections are logged once they are known not to be the control route's."""
        if not self.serial:
            self.serial = self.server.next_serial()
            event = {"t": self.accepted, "conn": self.serial, "event": "open"}
            self.server.log.add({**event, "tls": bool(self.tls)})

    def _start(self):
        if not self.control_only and self.server.faults.has_accept_fault():
            self._accept_fault()
        if not self._readable(0.1) and not self.control_only:
            self._announce()
        if self.tls:
            self._handshake()

    def _handshake(self):
        """If it fails, the end is clean: a plain close could keep the alert from the client."""
        self.sock = self.tls.wrap_socket(
            self.sock, server_side=True, do_handshake_on_connect=False
        )
        self.sock.settimeout(MAX_WAIT)
        try:
            self.sock.do_handshake()
        except ssl.SSLError:
            self._finish()
            raise
        self.sock.settimeout(None)

    def _accept_fault(self):
        """Lets control requests through, which it recognises without reading their bytes."""
        if not self.tls and self._readable(0.2):
            if CONTROL.match(self.sock.recv(32, socket.MSG_PEEK)):
                return
        fault = self.server.faults.for_connection()
        if fault is None:
            return
        self._announce()
        self._log_event("fault", fault=fault.label)
        if fault.spec.get("accept_hang"):
            self._wait_gone(MAX_WAIT)
            raise Gone
        self._cut(fault.cut)

    def _close(self):
        try:
            self.sock.close()
        except OSError:
            pass

    # -- reading -------------------------------------------------------------------------------

    def _readable(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _wait_gone(self, seconds: float) -> bool:
        """Waits, and returns whether the client has left meanwhile."""
        poll = select.poll()
        poll.register(self.sock.fileno(), select.POLLRDHUP)
        return bool(poll.poll(max(seconds, 0) * 1000))

    def _more(self):
        data = self.sock.recv(65536)
        if not data:
            raise Gone
        self.buffer += data

    def _read_head(self) -> bytes:
        while True:
            self.buffer = self.buffer.lstrip(b"\r\n") if not self.buffer.strip() else self.buffer
            end = re.search(rb"\r?\n\r?\n", self.buffer)
            if end:
                head, self.buffer = self.buffer[: end.end()], self.buffer[end.end() :]
                return head
            if len(self.buffer) > MAX_HEAD:
                raise BadRequest(431, "431 Request Header Fields Too Large")
            self._more()

    def _parse_head(self, head: bytes) -> Request:
        lines = head.decode("latin-1").replace("\r\n", "\n").rstrip("\n").split("\n")
        parts = lines[0].split(" ")
        if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]):
            raise BadRequest(400, "400 Bad Request")
        if not re.fullmatch(r"HTTP/1\.[01]", parts[2]):
            raise BadRequest(505, "505 HTTP Version Not Supported")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not _TOKEN.fullmatch(name):
                raise BadRequest(400, "400 Bad Request")
            headers.append((name.lower(), value.strip(" \t")))
        request = Request(parts[0], parts[1], parts[2], headers, ip=self.ip, tls=bool(self.tls))
        if parts[2] == "HTTP/1.1" and not any(name == "host" for name, _ in headers):
            raise BadRequest(400, "400 Bad Request: missing required Host header")
        return request

    def _read_body(self, request: Request) -> bytes:
        chunked = "chunked" in request.header("transfer-encoding").lower()
        text = request.header("content-length") or "0"
        if not text.isdigit():
            raise BadRequest(400, "400 Bad Request")
        size = int(text)
        if (chunked or size) and request.header("expect").lower() == "100-continue":
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if chunked:
            return self._read_chunks()
        if size > MAX_BODY:
            raise BadRequest(413, "413 Request Entity Too Large")
        return self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self.buffer) < size:
            self._more()
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return body

    def _read_chunks(self) -> bytes:
        body = b""
        while True:
            while b"\n" not in self.buffer:
                self._more()
            line, self.buffer = self.buffer.split(b"\n", 1)
            try:
                size = int(line.split(b";")[0].strip() or b"x", 16)
            except ValueError:
                raise BadRequest(400, "400 Bad Request") from None
            if len(body) + size > MAX_BODY:
                raise BadRequest(413, "413 Request Entity Too Large")
            body += self._take(size)
            if size:
                self._take(2)
                continue
            while not re.match(rb"\r?\n|.*?\n\r?\n", self.buffer, re.S):
                self._more()
            self.buffer = re.sub(rb"^(\r?\n|.*?\n\r?\n)", b"", self.buffer, count=1, flags=re.S)
            return body

    # -- one request ---------------------------------------------------------------------------

    def _one(self) -> bool:
        """Reads a request and responds; returns whether the connection stays open."""
        try:
            head = self._read_head()
            request = self._parse_head(head)
            if request.target.startswith("/_sandbox/"):
                return self._control(request)
            if self.control_only:
                raise BadRequest(404, "404 only the control route is served here")
            self.controlled = False
            self._announce()
            self.requests += 1
            fault = self.server.faults.for_request(request.method, request.target)
            if fault:
                return self._faulty(request, fault, len(head))
            request.body = self._read_body(request)
            response = self.server.app.handle(request)
            keep = self._keeps(request, response)
            self._log(request, response)
            self._send(self._encode(request, response, keep))
            return keep
        except BadRequest as bad:
            if not self.controlled:
                self._announce()
                entry = {"t": time.time(), "conn": self.serial, "event": "bad-request"}
                self.server.log.add({**entry, "status": bad.status})
            response = plain_response(bad.status, bad.text)
            response.body = bad.text.encode()
            self._send(self._encode(Request("GET", "/"), response, False))
            self._finish()
            return False

    def _control(self, request: Request) -> bool:
        if not self.serial:
            self.controlled = True
        request.body = self._read_body(request)
        response = self.server.control.handle(request)
        keep = self._keeps(request, response)
        self._send(self._encode(request, response, keep))
        return keep

    def _keeps(self, request: Request, response: Response) -> bool:
        words = request.header("connection").lower()
        return request.version == "HTTP/1.1" and "close" not in words and not response.close

    def _log_event(self, event: str, **more):
        self.server.log.add({"t": time.time(), "conn": self.serial, "event": event, **more})

    def _log(self, request: Request, response, fault=None, acted=()):
        """Called before the response is sent, so that whoever has the response finds the entry."""
        entry = {
            "t": time.time(),
            "began": request.began,
            "conn": self.serial,
            "conn_req": self.requests,
            "method": request.method,
            "path": request.target,
            "headers": _headers_by_name(request),
            "body": request.body.decode("utf-8", "backslashreplace"),
            "status": response.status if response else 0,
            "user": response.user if response and response.user else None,
            "tls": bool(self.tls),
            "fault": fault.label if fault else None,
        }
        if fault:
            entry["acted"] = [real.status for real in acted]
            if acted and not entry["user"]:
                entry["user"] = acted[-1].user or None
        self.server.log.add(entry)

    # -- writing -------------------------------------------------------------------------------

    def _send(self, data: bytes):
        self.sock.sendall(data)

    def _head(self, response: Response, framing, keep: bool) -> bytes:
        reason = REASONS.get(response.status, "status code " + str(response.status))
        lines = [f"HTTP/1.1 {response.status} {reason}"]
        lines += [f"{name}: {value}" for name, value in sorted(response.headers, key=_name)]
        dated = any(_name(header) == "date" for header in response.headers)
        if self.server.app.feats.date and not dated:
            now = time.time() if response.front else now_us() / 10**6
            lines.append("Date: " + http_date(now))
        lines += [f"{name}: {value}" for name, value in framing]
        if not keep and response.status != 101:
            lines.append("Connection: close")
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"

    def _encode(self, request: Request, response: Response, keep: bool) -> bytes:
        """The bytes as Go sends them: in one chunk if above 2 KiB, else with a length."""
        if response.bodiless:
            return self._head(response, [], keep)
        body = b"" if request.method == "HEAD" else response.body
        if len(body) > CHUNK_ABOVE and request.version == "HTTP/1.1":
            head = self._head(response, [("Transfer-Encoding", "chunked")], keep)
            return head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
        return self._head(response, [("Content-Length", len(body))], keep) + body

    # -- endings -------------------------------------------------------------------------------

    def _finish(self):
        """Ends the connection cleanly: closes our side, and for a moment reads and drops the rest.

        Otherwise unread bytes would turn the close into a reset.
        """
        self.sock.shutdown(socket.SHUT_WR)
        until = time.monotonic() + 1
        while time.monotonic() < until and self._readable(until - time.monotonic()):
            if not self.sock.recv(65536):
                break

    def _cut(self, cut: dict):
        if cut.get("how", "close") == "reset":
            time.sleep(0.05)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._close()
        else:
            try:
                self._finish()
            except OSError:
                pass
        raise Gone

    # -- faults --------------------------------------------------------------------------------

    def _faulty(self, request: Request, fault, head_size: int) -> bool:
        where, at = fault.cut.get("where"), int(fault.cut.get("at", 0))
        if where == "request":
            while head_size + len(self.buffer) < at:
                self._more()
        if where in ("before", "after-headers-read", "request"):
            self._log(request, None, fault)
            self._cut(fault.cut)
        request.body = self._read_body(request)
        if where == "passed":
            self._log(request, None, fault)
            try:
                self._cut(fault.cut)
            finally:
                self._act(request, fault)
        acted = self._act(request, fault)
        if where == "act":
            self._log(request, None, fault, acted)
            self._cut(fault.cut)
        if fault.raw is not None:
            return self._send_raw(request, fault, acted)
        index = 0 if fault.spec.get("response") == "first" else -1
        real = acted[index] if acted else None
        response = fault_tools.replaced(fault, request, real, self.server.app)
        self._log(request, response, fault, acted)
        keep = self._keeps(request, response)
        if "gzip_bomb" in fault.spec:
            return self._send_bomb(fault, response, keep)
        data, keep = self._garbled(request, fault, response, keep)
        if where == "response":
            self._send(data[:at])
            self._cut(fault.cut)
        if "stall" in fault.spec:
            self._send(data[: int((fault.spec["stall"] or {}).get("at", 0))])
            self._wait_gone(MAX_WAIT)
            raise Gone
        if fault.spec.get("deaf"):
            self._go_deaf()
        if "drip" in fault.spec:
            self._drip(data, float(fault.spec["drip"]))
        else:
            self._send(data)
        if "again" in fault.spec:
            time.sleep(fault.seconds("again"))
            self._send(fault.spec.get("unasked", "").encode() or data)
        if fault.spec.get("deaf"):
            self._wait_gone(MAX_WAIT)
            raise Gone
        if not keep or fault.spec.get("hangup"):
            self._finish()
            raise Gone
        return keep

    def _go_deaf(self):
        """From now on a filter makes the system drop what arrives, and acknowledge nothing."""
        drop_all = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
        program = struct.pack("HP", 1, ctypes.addressof(drop_all))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)

    def _act(self, request: Request, fault) -> list:
        """Carries the request out as often as the fault wants, but not if the client has left."""
        if "delay" in fault.spec:
            self._log_event("delay")
            if self._wait_gone(fault.seconds("delay")):
                self._log(request, None, fault)
                raise Gone
        if "late" in fault.spec:
            time.sleep(fault.seconds("late"))
        count = 0 if not fault.acts else 2 if fault.spec.get("twice") else 1
        acted = [self.server.app.handle(request) for _ in range(count)]
        if "grant" in fault.spec:
            for response in acted:
                self.server.app.regrant(response, fault.spec["grant"])
        return acted

    def _send_raw(self, request, fault, acted) -> bool:
        status = re.match(rb"HTTP/1\.\d (\d+)", fault.raw)
        self._log(request, Response(int(status.group(1)) if status else 0), fault, acted)
        self._send(fault.raw)
        if fault.spec.get("close", True):
            self._finish()
            raise Gone
        return True

    def _garbled(self, request, fault, response, keep):
        """(the bytes of the response, whether the connection stays open)."""
        spec, body = fault.spec, response.body
        if "truncate" in spec:
            data = self._head(response, [("Content-Length", len(body))], keep)
            data, keep = data + body[: int(spec["truncate"])], False
        elif "length" in spec:
            wrong = max(len(body) + int(spec["length"]), 0)
            data = self._head(response, [("Content-Length", wrong)], keep) + body
            keep = keep and wrong <= len(body)
        elif spec.get("chunked_garbage"):
            head = self._head(response, [("Transfer-Encoding", "chunked")], keep)
            part = body[:10]
            data = head + b"%x\r\n" % len(part) + part + b"\r\nZZ garbage\r\n" + body
            keep = False
        elif "chunk_extension" in spec:
            head = self._head(response, [("Transfer-Encoding", "chunked")], keep)
            extension = b"x" * int(spec["chunk_extension"])
            data = head + b"%x;%s\r\n%s\r\n0\r\n\r\n" % (len(body), extension, body)
        else:
            data = self._encode(request, response, keep)
        count = min(int(spec.get("interim", 0)), 1000000)
        return b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n" * count + data, keep

    def _send_bomb(self, fault, response, keep) -> bool:
        headers = [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
        self._send(self._head(response, headers, keep))
        for piece in fault_tools.gzip_bomb(int(fault.spec["gzip_bomb"])):
            self._send(b"%x\r\n" % len(piece) + piece + b"\r\n")
        self._send(b"0\r\n\r\n")
        return keep

    def _drip(self, data: bytes, per_second: float):
        """Sends pieces a tenth of a second apart, and after two minutes the rest in one piece."""
        step = max(int(per_second / 10), 1)
        pause = min(step / max(per_second, 0.01), MAX_WAIT)
        until = time.monotonic() + MAX_WAIT
        headers = data.find(b"\r\n\r\n") + 4
        while data and time.monotonic() < until:
            self._send(data[:step])
            data = data[step:]
            if 0 <= headers < step:
                self._log_event("drip")
            headers -= step
            if data and self._wait_gone(min(pause, until - time.monotonic())):
                raise Gone
        self._send(data)


def _name(header) -> str:
    return header[0].lower()


def _headers_by_name(request: Request) -> dict:
    out = {}
    for name, value in request.headers:
        out[name] = out[name] + ", " + value if name in out else value
    return out
