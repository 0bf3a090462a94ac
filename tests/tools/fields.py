#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints fields of objects in JSON: fields.py [KEY=VALUE]... [--|--json FIELD...] <JSON

Standard input is an array of objects, or one object. Of those whose keys have these values (VALUE is
text), prints the fields, one on each line. A list is printed as its elements with blanks between
them, or as JSON with --json. Without fields, prints the names of all fields of an object on one line.
"""

import json
import sys


def text(value):
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def main(arguments):
    end = next((i for i, word in enumerate(arguments) if word in ("--", "--json")), len(arguments))
    write = json.dumps if arguments[end:][:1] == ["--json"] else text
    wanted = dict(word.split("=", 1) for word in arguments[:end])
    fields = arguments[end + 1 :]
    found = json.load(sys.stdin)
    for entry in [found] if isinstance(found, dict) else found:
        if all(str(entry.get(key)) == value for key, value in wanted.items()):
            print(*[write(entry[field]) for field in fields] or [" ".join(entry)], sep="\n")


main(sys.argv[1:])
