#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about the sandbox's log, which is read from standard input as GET log gives it.

log.py field NAME        that field of each request, or the header of that name, a line each
log.py body              the body of the last POST
log.py connections       how many connections carried the requests
log.py apart             "apart" if the only POST was the first request of a connection of its own,
                         and all GETs shared another connection
log.py most-at-once      the largest number of requests but GETs that were on at the same time
log.py longest-pause     the longest time between the beginnings of two of these, in seconds
log.py before-pause      how many of these began before that pause
log.py without-token     all entries, a line each, without the header that carries the session token
"""

import json
import sys


def values(request, name):
    if name in request:
        return [str(request[name])]
    headers = request["headers"]
    pairs = headers.items() if isinstance(headers, dict) else headers
    found = [value for key, value in pairs if key.lower() == name.lower()]
    return [value if isinstance(value, str) else ", ".join(value) for value in found]


def is_apart(requests):
    (post,) = [request for request in requests if request["method"] == "POST"]
    others = {request["conn"] for request in requests if request["method"] == "GET"}
    return len(others) == 1 and post["conn"] not in others and post["conn_req"] == 1


def changing(requests):
    return sorted((r for r in requests if r["method"] != "GET"), key=lambda r: r["began"])


def most_at_once(requests):
    events = [(r["began"], 1) for r in requests] + [(r["t"], -1) for r in requests]
    on = most = 0
    for _, change in sorted(events):
        on += change
        most = max(most, on)
    return most


def longest_pause(requests):
    """(seconds, how many came before it)"""
    begins = [r["began"] for r in requests]
    pauses = [later - earlier for earlier, later in zip(begins, begins[1:])]
    return max(pauses), pauses.index(max(pauses)) + 1


def main(question, *names):
    entries = json.load(sys.stdin)
    requests = [entry for entry in entries if "method" in entry]
    if question == "field":
        for request in requests:
            print(", ".join(values(request, names[0])))
    elif question == "body":
        print([r for r in requests if r["method"] == "POST"][-1]["body"], end="")
    elif question == "connections":
        print(len({request["conn"] for request in requests}))
    elif question == "most-at-once":
        print(most_at_once(changing(requests)))
    elif question == "longest-pause":
        print(round(longest_pause(changing(requests))[0]))
    elif question == "before-pause":
        print(longest_pause(changing(requests))[1])
    elif question == "apart":
        print("apart" if is_apart(requests) else "not apart")
    elif question == "without-token":
        for entry in entries:
            entry.get("headers", {}).pop("coder-session-token", None)
            print(json.dumps(entry, ensure_ascii=False))
    else:
        sys.exit(f"log.py: no such question: {question}")


main(*sys.argv[1:])
