#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the links of Markdown pages: links.py PAGE...

A link leads to a file, and behind "#" to a heading there. Links to other hosts are not followed. Prints
what does not exist, then how many links were looked at. The status is 0 if all of them exist.
"""

import re
import sys
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?^```$", re.M | re.S)
SPAN = re.compile(r"`[^`\n]*`")


def anchors(page):
    """The anchors of a page's headings, as code hosts make them."""
    found = set()
    for title in re.findall(r"^#+ (.*)$", CODE.sub("", page.read_text(encoding="utf-8")), re.M):
        slug = re.sub(r"[^\w\- ]", "", LINK.sub("", title).lower()).replace(" ", "-")
        while slug in found:
            slug += "-1"
        found.add(slug)
    return found


def missing(page, target):
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    if not file.exists():
        return True
    return bool(anchor) and anchor not in anchors(file)


def main():
    count, bad = 0, False
    for page in map(Path, sys.argv[1:]):
        for target in LINK.findall(SPAN.sub("", CODE.sub("", page.read_text(encoding="utf-8")))):
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            if missing(page, target):
                bad = True
                print(f"{page}: {target} does not exist")
    print(count)
    return bad


sys.exit(main())
