#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""width.py - prints width.def: python3 builtins/output/width.py >builtins/output/width.def

The reference CLI counts columns with go-pretty 6.7.1 and go-runewidth 0.0.19, which knows Unicode
15.1. Controls, a few format characters and what the data calls COMBINING take no column. Of the
others, those with East Asian Width W or F take two columns. All others take one, also marks with
other names and variation selectors.

The data is that of Python's unicodedata, which has Unicode 15.1 in Python 3.13. A new release of the
CLI may need another version and other rules.
"""

import sys
import unicodedata

UNICODE = "15.1.0"

# go-runewidth's table of characters that are not printed
NOT_PRINTED = [
    (0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x070F, 0x070F), (0x180B, 0x180E),
    (0x200B, 0x200F), (0x2028, 0x202E), (0x206A, 0x206F), (0xD800, 0xDFFF), (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF),
]

HEADER = """\
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * width.def - characters that do not take one column, as RANGE(first, last, columns), sorted and
 * without overlaps. Made by width.py, which says from what.
 */
"""


def kind(code):
    """Category and width of a character; EastAsianWidth.txt has a line for each run of one kind."""
    char = chr(code)
    return unicodedata.category(char), unicodedata.east_asian_width(char)


def runs(value):
    """Yields first, last, value(code) for each run of codes of one value."""
    first = 0
    for code in range(1, 0x110001):
        if code == 0x110000 or value(code) != value(first):
            yield first, code - 1, value(first)
            first = code


def main():
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"width.py: needs Unicode {UNICODE}, not {unicodedata.unidata_version}: Python 3.13 has it")
    columns = [1] * 0x110000
    for first, last, (_, width) in runs(kind):
        # the comment of a line names the first and the last character of its run
        names = unicodedata.name(chr(first), "") + unicodedata.name(chr(last), "")
        if "COMBINING" in names:
            columns[first:last + 1] = [0] * (last + 1 - first)
        elif width in "WF":
            columns[first:last + 1] = [2] * (last + 1 - first)
    for first, last in NOT_PRINTED:
        columns[first:last + 1] = [0] * (last + 1 - first)
    print(HEADER, end="")
    for first, last, width in runs(columns.__getitem__):
        if width != 1:
            print(f"RANGE(0x{first:04x}, 0x{last:04x}, {width})")


main()
