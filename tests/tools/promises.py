#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that the tests which a table of promises names exist: promises.py TESTS_DIRECTORY <TABLE

The last cell of a row names files, as `interrupt.bats`, and after a colon the beginnings of titles
of tests in that file, in double quotes. Prints what does not exist, and rows that name nothing;
then how many names were looked for. "all files" stands for every test.
"""

import re
import sys
from pathlib import Path

FILE = re.compile(r"`([^`]+)`(?::((?: \"[^`]+\",?)+))?")
TITLE = re.compile(r'"(.+?)"(?=,|\s*$)')
FOLDERS = ("", "bats", "unit", "simulation", "fuzz")


def titles_of(path):
    """Titles of a bats file, or names of the tests of a unit test."""
    found = re.findall(r'^@test "(.*)" \{$|^\t+TEST\((\w+)\)', path.read_text(encoding="utf-8"), re.M)
    found = [title or name for title, name in found]
    return [re.sub(r"\\(.)", r"\1", title) for title in found]


def find(tests, name):
    return next((tests / d / name for d in FOLDERS if (tests / d / name).is_file()), None)


def check(tests, cell):
    """How many names a cell has; prints those that do not exist."""
    count = 0
    for name, titles in FILE.findall(cell):
        path = find(tests, name)
        count += 1
        if not path:
            print(f"no file {name}")
            continue
        wanted = [title.replace("\\\\", "\\") for title in TITLE.findall(titles)]
        if titles and not wanted:
            print(f"{name}: cannot read: {titles}")
        for title in wanted:
            count += 1
            if not any(known.startswith(title) for known in titles_of(path)):
                print(f"{name}: no title begins with: {title}")
    if not count and cell.strip() != "all files":
        print(f"names no test: {cell.strip()}")
    return count


def main():
    tests = Path(sys.argv[1])
    rows = [line.rsplit("|", 2)[1] for line in sys.stdin if line.startswith("| ")]
    cells = [cell for cell in rows if cell.strip() not in ("tests", "---")]
    print(sum(check(tests, cell) for cell in cells))


main()
