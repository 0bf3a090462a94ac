#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds short functions that belong in their only caller.

    crumbs.py FILE...

A crumb is a static function of at most six lines that is called at one place and fits into the
function that calls it: its lines are read more easily where they are used. A comment above it does
not change that, because the comment can go with the lines. A function stays if its name says more
than its lines, as the name of a formula or of a published rule does: such functions are listed in
KEPT, with the reason. Prints each crumb, status 1 if there is one.
"""

import re
import sys

LINES_MAX = 6
CALLER_MAX = 50  # lines that the caller may have with those of the crumb

KEPT = {
    "digit": "the value of a base64 digit, in a loop over digits",
    "free_more_arrays": "has a time limit of its own, apart from that of the call",
    "interval_of": "a formula, which its comment explains",
    "is_meant": "a rule of the server",
    "is_sequence": "the form of a DER sequence",
    "removed_self": "a rule of its own, which its comment explains",
    "uncounted": "a formula, which its comment explains",
    "wants_color": "the rule of no-color.org",
    "wants_terminal": "what waitid() reports of a stopped child",
}


def functions(lines):
    """Yields the line numbers of the head, the opening and the closing brace of each, and its head."""
    for brace, line in enumerate(lines):
        if line != "{":
            continue
        begin = brace - 1
        while not re.match(r"\w", lines[begin]):
            begin -= 1
        head = re.sub(r"__attribute__\(\(.*?\)\)\)*", "", " ".join(lines[begin:brace]))
        if name := re.search(r"(\w+)\(", head):
            yield brace, lines.index("}", brace), head, name[1]


def crumbs(text: str):
    """Yields the line number and name of each, and the name of its caller."""
    # without strings and comments, but with all lines
    code = re.sub(
        r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'",
        lambda match: "\n" * match[0].count("\n"),
        text,
        flags=re.DOTALL,
    )
    lines = code.split("\n")
    found = list(functions(lines))
    for brace, end, head, name in found:
        length = end - brace - 1
        uses = len(re.findall(rf"\b{name}\b", code)) - 1
        calls = len(re.findall(rf"\b{name}\(", code)) - 1
        if "static" not in head or length > LINES_MAX or not uses == calls == 1 or name in KEPT:
            continue
        for first, last, _, caller in found:
            body = "\n".join(lines[first:last])
            if caller != name and re.search(rf"\b{name}\(", body):
                if last - first - 1 + length <= CALLER_MAX:
                    yield brace, name, caller


def main(paths) -> int:
    status = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line, name, caller in crumbs(file.read()):
                print(f"{path}:{line}: {name}() belongs in {caller}(), its only caller")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
