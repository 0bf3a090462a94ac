#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays recorded requests against a fresh sandbox and compares every response: replay.py [FILE].

Status, recorded headers and body must be the recorded ones, byte for byte, except for values that
differ from run to run.  There are five kinds of these, which are recognised by their form alone:
UUIDs, key ids and credentials, timestamps, generated names, and the deployment's address and
public key.  A recorded value must be replaced by the same value wherever it appears, and different
ids by different ones.  A recorded id in a later request is replaced by the one that this sandbox
gave.  A list of tokens has no order on the real server, so its elements are compared by name.

The recorded deployment gave owners the maximum lifetime of members (876600h), which the sandbox
gets as an option.  Everything else is its default.
"""

import difflib
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RECORDINGS = [
    os.path.join(ROOT, "..", "shared", "recorded", "coder-api.jsonl"),
    os.path.join(ROOT, "tests", "recorded", "coder-api.jsonl"),
]
GENERATED_NAME = r"[a-z]+_[a-z]+\d{2}"
KINDS = {
    "uuid": r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b",
    "credential": r"\b[0-9A-Za-z]{10}-[0-9A-Za-z]{22}\b",
    "time": r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z",
    "address": r"\b127\.0\.0\.1:\d+\b",
    "public_key": r"(?<=\")B[0-9A-Za-z_-]{86}(?=\")",
    "name": r"(?<=\")" + GENERATED_NAME + r"(?=\")",
    "key_id": r"(?<=\"id\":\")[0-9A-Za-z]{10}(?=\")",
}
VOLATILE = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in KINDS.items()))
# Values that mean something by themselves and must come back as they are.
FIXED = {"00000000-0000-0000-0000-000000000000", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"}
DISTINCT = {"uuid", "key_id"}
SESSIONS = {"admin": "ADMIN_TOKEN", "member": "MEMBER_TOKEN"}
# Credentials that the recordings describe by name only, since secrets are left out of them.
MALFORMED, UNKNOWN = "notatokenatall", "abcdefghij-0123456789012345678901"


class Mismatch(Exception):
    pass


class Translation:
    """Recorded value -> the sandbox's value."""

    def __init__(self):
        self.forward = {}
        self.backward = {}
        # It is chance which of several provisioners did a job, so their ids need not be distinct.
        self.chance = frozenset()

    def learn(self, kind: str, recorded: str, seen: str):
        if recorded in FIXED:
            if seen != recorded:
                raise Mismatch(f"{recorded} came as {seen}")
            return
        known = self.forward.setdefault(recorded, seen)
        if known != seen:
            raise Mismatch(f"{kind} {recorded} was {known} before and is {seen} now")
        if kind in DISTINCT and recorded not in self.chance:
            other = self.backward.setdefault(seen, recorded)
            if other != recorded:
                raise Mismatch(f"{kind} {seen} stands for both {other} and {recorded}")

    def apply(self, text: str) -> str:
        """A recorded request with the ids of this sandbox instead of the recorded ones."""

        def swap(match):
            recorded = match.group()
            seen = self.forward.get(recorded) or self.forward.get(recorded.lower())
            if seen is None:
                return recorded
            return seen.upper() if recorded.isupper() else seen

        words = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?<=/)[0-9A-Za-z]{10}\b"
        return re.sub(words, swap, text)


class Sandbox:
    """The program under test, started and ended by its process id."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        ready = os.path.join(self.directory.name, "ready")
        command = [sys.executable, os.path.join(HERE, "sandbox.py"), "--seed", "objects"]
        command += ["--ready", ready, "--print-env", "--parent-pid", str(os.getpid())]
        command += ["--max-admin-lifetime", "876600h"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for _ in range(100):
            if os.path.exists(ready) or self.process.poll() is not None:
                break
            time.sleep(0.1)
        with open(ready, encoding="utf-8") as file:
            self.address = file.read().strip().removeprefix("http://")
        self.sessions = {}
        for line in self.process.stdout:
            name, _, value = line.strip().partition("=")
            self.sessions[name] = value.strip("'")
            if name == "MEMBER_TOKEN":
                break

    def ask(self, method, path, body, token):
        """(status, headers, body text); of a repeated header the last, as the recorder kept it."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        headers = {"Coder-Session-Token": token} if token else {}
        data = None if body is None else body.encode()
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, text

    def close(self):
        self.process.terminate()
        status = self.process.wait(10)
        self.directory.cleanup()
        return status


class Replay:
    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.ids = Translation()
        self.last_credential = ""

    def token_for(self, record) -> str:
        if record["as"] == "nobody":
            return ""
        if record["as"] in SESSIONS:
            return self.sandbox.sessions[SESSIONS[record["as"]]]
        if "wrong shape" in record["name"]:
            return MALFORMED
        return UNKNOWN if "unknown" in record["name"] else self.last_credential

    def run(self, record):
        request, wanted = record["request"], record["response"]
        path = self.ids.apply(request["path"])
        body = None if request["body"] is None else self.ids.apply(request["body"])
        token = self.token_for(record)
        status, headers, text = self.sandbox.ask(request["method"], path, body, token)
        if status != wanted["status"]:
            raise Mismatch(f"status {status}, recorded {wanted['status']}: {text.strip()}")
        self.compare_headers(wanted["headers"], headers)
        recorded, seen = aligned(wanted["body"]), aligned(text)
        self.ids.chance = frozenset(re.findall(r'"worker_id":"([^"]*)"', recorded))
        self.compare(recorded, seen)
        self.compare_lifetimes(recorded, seen)
        made = re.fullmatch(r'{"key":"([^"]*)"}\n', text)
        if made:
            self.last_credential = made.group(1)
            old = re.fullmatch(r'{"key":"([^"]*)"}\n', wanted["body"]).group(1)
            self.ids.learn("key_id", old[:10], self.last_credential[:10])

    def compare_headers(self, wanted: dict, seen: dict):
        for name, value in wanted.items():
            if name not in seen:
                raise Mismatch(f"no header {name}, recorded {value}")
            self.compare(value, seen[name])
        for name in ("content-type", "allow", "www-authenticate", "x-ratelimit-limit"):
            if name in seen and name not in wanted:
                raise Mismatch(f"header {name}: {seen[name]} is not recorded")

    def compare(self, recorded: str, seen: str):
        """Compares the texts: volatile values must translate, everything else must be equal."""
        pieces, values = split_volatile(recorded), split_volatile(seen)
        if plain(pieces) != plain(values):
            raise Mismatch("body differs\n" + difference(recorded, seen))
        for (kind, old), (_, new) in zip(pieces, values):
            if kind not in ("text", "credential"):
                self.ids.learn(kind, old, new)

    def compare_lifetimes(self, recorded: str, seen: str):
        """Compares times only by their difference: from creation to expiry."""
        forms = (r'"expires_at":"([^"]*)"', r'"created_at":"([^"]*)"')
        old = [[parse_time(t) for t in re.findall(form, recorded)] for form in forms]
        new = [[parse_time(t) for t in re.findall(form, seen)] for form in forms]
        if not old[0]:
            return
        for was_end, was_start, end, start in zip(*old, *new):
            if abs((was_end - was_start) - (end - start)) > 2:
                raise Mismatch(f"lives {end - start} s, recorded {was_end - was_start} s")


def parse_time(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()


def split_volatile(text: str) -> list:
    out, at = [], 0
    for match in VOLATILE.finditer(text):
        out.append(("text", text[at : match.start()]))
        out.append((match.lastgroup, match.group()))
        at = match.end()
    return out + [("text", text[at:])]


def plain(pieces: list) -> list:
    """What must be equal: the text, and the kinds of volatile values."""
    return [piece if piece[0] == "text" else piece[0] for piece in pieces]


def aligned(text: str) -> str:
    """A list of tokens, sorted by their fixed names; any other text unchanged."""
    if not text.startswith('[{"id":') or '"token_name":' not in text:
        return text
    decoder, at, elements = json.JSONDecoder(), 1, []
    while text[at] != "]":
        value, end = decoder.raw_decode(text, at)
        generated = re.fullmatch(GENERATED_NAME, value["token_name"])
        elements.append((bool(generated), value["token_name"], text[at:end]))
        at = end + 1 if text[end] == "," else end
    return "[" + ",".join(element for *_, element in sorted(elements)) + text[at:]


def difference(recorded: str, seen: str) -> str:
    def mask(text):
        return VOLATILE.sub(lambda m: f"<{m.lastgroup}>", text).replace(',"', ',\n"').split("\n")

    lines = difflib.unified_diff(mask(recorded), mask(seen), "recorded", "sandbox", "", "", 1, "")
    return "\n".join(list(lines)[:40])


def main(argv) -> int:
    path = argv[1] if len(argv) > 1 else next((p for p in RECORDINGS if os.path.exists(p)), "")
    with open(path, encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    sandbox = Sandbox()
    replay, failed = Replay(sandbox), 0
    print(f"1..{len(records)}")
    for number, record in enumerate(records, 1):
        try:
            replay.run(record)
            print(f"ok {number} {record['name']}")
        except (Mismatch, KeyError, ValueError, OSError, http.client.HTTPException) as problem:
            failed += 1
            print(f"not ok {number} {record['name']}")
            print(f"# {type(problem).__name__}: {problem}".replace("\n", "\n# "))
    if sandbox.close() != 0:
        print("# the sandbox did not end cleanly")
        failed += 1
    print(f"{len(records) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
