#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts how often the text of each file occurs in a process's memory: memory.py PID FILE...

Prints a number for each FILE. It searches every mapping that can be read, which is more than a core
dump contains. Blanks around the text do not count.
"""

import sys

PIECE = 1 << 24


def mappings(pid):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            span, mode = line.split()[:2]
            if "r" in mode and not line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                yield [int(end, 16) for end in span.split("-")]


def occurrences(pid, needles):
    counts = [0] * len(needles)
    overlap = max(map(len, needles)) - 1
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end in mappings(pid):
            tail = b""
            while start < end:
                try:
                    memory.seek(start)
                    data = memory.read(min(PIECE, end - start))
                except OSError:  # a mapping of a device, or past the end of its file
                    break
                if not data:
                    break
                start += len(data)
                text = tail + data
                for i, needle in enumerate(needles):
                    counts[i] += text.count(needle) - tail.count(needle)
                tail = text[-overlap:]
    return counts


if __name__ == "__main__":
    words = []
    for path in sys.argv[2:]:
        with open(path, "rb") as file:
            words.append(file.read().strip())
    if not all(words):
        sys.exit("memory.py: an empty file")
    print(*occurrences(sys.argv[1], words), sep="\n")
