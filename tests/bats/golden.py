#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the reference CLI printed, and the tokens that it printed it of.

golden.py seed NOW [ended]            tokens for the sandbox's control route, as JSON; `ended`: as
                                      they were when two of them had been expired
golden.py stdout NOW ID N WORD...     what the Nth run (from 0) of `coder WORD...` printed
golden.py view ID                     what `coder tokens view` printed of a token with scopes, for ID
golden.py username NAME               a filter: JSON of the CLI with the owner that the server
                                      sends and the CLI drops

NOW (seconds since the epoch) is put for the time of the recording, so that what was valid then is
valid now; ID is put for the id of the recorded user.
"""

import datetime
import json
import re
import sys
from calendar import timegm
from pathlib import Path
from time import strptime

RECORDED = Path(__file__).parent.parent / "recorded" / "coder-cli.jsonl"
RUNS = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
TIME = re.compile(r"(2\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z")


def stdout(nth, *words, user="admin"):
    runs = [r for r in RUNS if r["argv"] == list(words) and r["as"] == user and not r["env"]]
    return runs[int(nth)]["stdout"]


def micros(text):
    """Microseconds since the epoch."""
    seconds, fraction = TIME.fullmatch(text).groups()
    fraction = (fraction or ".0")[1:].ljust(6, "0")
    return timegm(strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 10**6 + int(fraction)


def rfc3339(us):
    # not fromtimestamp(), which ends in 2038 where the C library's time_t has 32 bits
    text = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=us // 10**6)
    fraction = f".{us % 10**6:06}".rstrip("0").rstrip(".")
    return f"{text:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def recorded_tokens():
    return json.loads(stdout(0, "tokens", "list", "-o", "json"))


def shift(now):
    """From the recording's time to now, in whole seconds: fractions stay."""
    newest = max(micros(token["created_at"]) for token in recorded_tokens())
    return (int(now) - 60 - newest // 10**6) * 10**6


def row_time(table, token_id, column):
    row = next(line for line in table.splitlines() if line.startswith(token_id))
    at = table.splitlines()[0].index(column)
    return micros(row[at:].split()[0])


def seed(now, ended=False):
    by, out = shift(now), []
    for token in recorded_tokens():
        expires = micros(token["expires_at"])
        if ended:
            table = stdout(0, "tokens", "ls", "--include-expired")
            shown = row_time(table, token["id"], "EXPIRES AT")
            expires = expires if expires // 10**6 == shown // 10**6 else shown
        out.append(
            {
                "owner": "admin",
                "id": token["id"],
                "name": token["token_name"],
                "scopes": token["scopes"],
                "allow_list": token["allow_list"],
                "lifetime_seconds": token["lifetime_seconds"],
                "created_at": micros(token["created_at"]) + by,
                "expires_at": expires + by,
            }
        )
    table = stdout(0, "tokens", "ls", "-a", user="member")
    theirs = table.splitlines()[1].split()
    out.append(
        {
            "owner": "alice",
            "id": theirs[0],
            "name": theirs[1],
            "created_at": row_time(table, theirs[0], "CREATED AT") + by,
            "expires_at": row_time(table, theirs[0], "EXPIRES AT") + by,
        }
    )
    return json.dumps(out)


def expected(now, user_id, nth, *words):
    by = shift(now)
    text = TIME.sub(lambda m: rfc3339(micros(m.group()) + by), stdout(nth, *words))
    return text.replace(recorded_tokens()[0]["user_id"], user_id)


def main(argv):
    command, *rest = argv
    if command == "seed":
        print(seed(rest[0], rest[1:] == ["ended"]))
    elif command == "stdout":
        sys.stdout.write(expected(*rest))
    elif command == "view":
        text = stdout(0, "tokens", "view", "scoped", "-c", "id,scopes,allow list")
        sys.stdout.write(re.sub(r"(?m)^[0-9A-Za-z]{10} ", rest[0] + " ", text))
    elif command == "username":
        name = json.dumps(rest[0])
        text = re.sub(r'(\n    "token_name": .*)', rf'\1,\n    "username": {name}', sys.stdin.read())
        sys.stdout.write(text)


main(sys.argv[1:])
