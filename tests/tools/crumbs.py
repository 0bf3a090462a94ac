#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds short functions that belong in their only caller.

    crumbs.py FILE...

A crumb is a static function of at most four lines that is called once and has no comment: it hides
nothing, so its lines are read more easily where they are used. One that has a comment above it
explains something, and may stay. Prints each crumb, status 1 if there is one.
"""

import re
import sys

LINES_MAX = 4


def crumbs(text: str):
    """Yields the line number and name of each."""
    lines = text.split("\n")
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for brace, line in enumerate(lines):
        if line != "{":
            continue
        end = lines.index("}", brace)
        begin = brace - 1
        while not re.match(r"\w", lines[begin]):
            begin -= 1
        head = " ".join(lines[begin:brace])
        name = re.search(r"(\w+)\(", head)
        if not head.startswith("static") or not name or end - brace - 1 > LINES_MAX:
            continue
        uses = len(re.findall(rf"\b{name[1]}\b", code)) - 1
        calls = len(re.findall(rf"\b{name[1]}\(", code)) - 1
        if uses == calls == 1 and not lines[begin - 1].endswith("*/"):
            yield brace, name[1]


def main(paths) -> int:
    found = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for line, name in crumbs(file.read()):
                print(f"{path}:{line}: {name}() belongs into its only caller, or needs a comment")
                found = 1
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
