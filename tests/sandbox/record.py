#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what a deployment responds: record.py REQUESTS >RECORDING

REQUESTS has a JSON object in each line, with the members "name", "as" and "request" ("method", "path",
"body"). An earlier recording will do: ids in its requests are replaced by those of this deployment, as
far as its responses show which these are. "as" is "admin", "member", "nobody" or "token made earlier", which
is the last one that was created.

The environment has the deployment: CODER_URL, CODER_SESSION_TOKEN (admin) and CODER_MEMBER_TOKEN (member).
Use one that is there for tests: requests that create and delete things are sent as they are. Tokens that
were created are deleted at the end.

What is printed has the form of tests/recorded. These are replaced, in every text:

  secrets of tokens     SSSSSSSSSSSSSSSSSSSSSS, behind their ids
  the deployment        127.0.0.1:3999
  addresses of e-mail   user1@example.com, user2@example.com, ...; those at example.com stay

If anything of a token that was used is left, nothing is printed, and the status is 1. Names of users
and of what they have stay: look through a recording before you pass it on.
"""

import http.client
import json
import os
import re
import sys
from urllib.parse import urlsplit

from replay import KINDS, SESSIONS, MALFORMED, UNKNOWN, Translation, aligned, split_volatile

HEADERS = ("allow", "content-type", "www-authenticate", "x-coder-build-version", "x-ratelimit-limit")
CREDENTIAL = re.compile(r"(?<![0-9A-Za-z])([0-9A-Za-z]{10})-[0-9A-Za-z]{22}(?![0-9A-Za-z])")
# not those of the domains that are reserved for examples
MAIL = re.compile(r"[\w.+-]+@(?!example\.(?:com|net|org)\b)[\w-]+(?:\.[\w-]+)+")
VARIABLES = {"admin": "CODER_SESSION_TOKEN", "member": "CODER_MEMBER_TOKEN"}
assert VARIABLES.keys() == SESSIONS.keys()


class Redaction:
    """Replaces what does not belong into a recording, the same value always by the same."""

    def __init__(self, host, secrets):
        self.host = host
        self.secrets = [secret for secret in secrets if secret]
        self.mails = {}

    def mail(self, match):
        number = self.mails.setdefault(match.group().lower(), len(self.mails) + 1)
        return f"user{number}@example.com"

    def apply(self, text):
        for secret in self.secrets:
            name = secret[:10] if CREDENTIAL.fullmatch(secret) else "secret"
            text = re.sub(re.escape(secret), f"{name}-" + "S" * 22, text, flags=re.I)
        text = CREDENTIAL.sub(lambda match: f"{match.group(1)}-" + "S" * 22, text)
        text = re.sub(re.escape(self.host) + r"(?![\w.])", "127.0.0.1:3999", text, flags=re.I)
        return MAIL.sub(self.mail, text)

    def left(self, text):
        """Whether the secret part of a token that was used is still there."""
        parts = [secret.rpartition("-")[2] for secret in self.secrets]
        return any(part.lower() in text.lower() for part in parts if len(part) >= 8)


class Recorder:
    def __init__(self, url, sessions):
        self.url = urlsplit(url)
        self.sessions = sessions
        self.redaction = Redaction(self.url.netloc, list(sessions.values()))
        self.ids = Translation()
        self.made = []

    def ask(self, method, path, body, token):
        secure = self.url.scheme == "https"
        connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(self.url.netloc, timeout=60)
        headers = {"Coder-Session-Token": token} if token else {}
        connection.request(method, path, None if body is None else body.encode(), headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, text

    def token_for(self, record):
        """The credential of a request; recordings have no secrets, so unusual ones are known by name."""
        if record["as"] == "nobody":
            return ""
        if record["as"] in self.sessions:
            return self.sessions[record["as"]]
        if "wrong shape" in record["name"]:
            return MALFORMED
        if "unknown" in record["name"]:
            return UNKNOWN
        return self.made[-1] if self.made else sys.exit(f"{record['name']}: no token was made earlier")

    def learn(self, recorded, seen):
        """Ids of an earlier recording and those in the same places here."""
        old, new = split_volatile(aligned(recorded)), split_volatile(aligned(seen))
        if [kind for kind, _ in old] != [kind for kind, _ in new]:
            return
        for (kind, was), (_, now) in zip(old, new):
            if kind in ("uuid", "key_id"):
                self.ids.forward.setdefault(was, now)
            elif kind == "credential":
                self.ids.forward.setdefault(was[:10], now[:10])

    def run(self, record):
        request = record["request"]
        sent = {
            "method": request["method"],
            "path": self.ids.apply(request["path"]),
            "body": None if request["body"] is None else self.ids.apply(request["body"]),
        }
        token = self.token_for(record)
        status, headers, text = self.ask(sent["method"], sent["path"], sent["body"], token)
        created = re.fullmatch(rf'{{"key":"({KINDS["credential"]})"}}\n', text)
        if created:
            self.made.append(created.group(1))
            self.redaction.secrets.append(created.group(1))
        if "response" in record:
            self.learn(record["response"]["body"], text)
        kept = {name: headers[name] for name in HEADERS if name in headers}
        response = {"status": status, "headers": kept, "body": text}
        return {"name": record["name"], "as": record["as"], "request": sent, "response": response}

    def clean(self):
        for secret in self.made:
            path = f"/api/v2/users/me/keys/{secret[:10]}"
            status, _, _ = self.ask("DELETE", path, None, self.sessions["admin"])
            if status not in (204, 404):
                print(f"record.py: the token {secret[:10]} is left (status {status})", file=sys.stderr)


def redacted(value, redaction):
    """A record with each of its texts redacted; what is replaced may contain quotes, so not as JSON."""
    if isinstance(value, dict):
        return {name: redacted(member, redaction) for name, member in value.items()}
    return redaction.apply(value) if isinstance(value, str) else value


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    sessions = {name: os.environ.get(variable, "").strip() for name, variable in VARIABLES.items()}
    missing = [VARIABLES[name] for name, token in sessions.items() if not token and any(r["as"] == name for r in records)]
    if "CODER_URL" not in os.environ or missing:
        sys.exit(f"record.py: set {' and '.join(missing or ['CODER_URL'])}")
    recorder, taken = Recorder(os.environ["CODER_URL"], sessions), []
    try:
        for record in records:
            taken.append(recorder.run(record))
    finally:
        recorder.clean()
    # all secrets are known only now
    lines = [json.dumps(redacted(record, recorder.redaction)) for record in taken]
    for record, line in zip(records, lines):
        if recorder.redaction.left(line):
            sys.exit(f"record.py: {record['name']}: a part of a secret is left; nothing is printed")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
