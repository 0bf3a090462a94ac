#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the commands of a Markdown page: page.py SHARED_OBJECT PAGE

All commands of a page run in one shell, in their order; the shell ends at the first that fails. What
a block of code is depends on the word behind its fence:

  bash     commands
  console  commands behind "$ ", each followed by what it prints; "..." stands for any text
  sh       commands for another machine: make, apt and such. They are printed, for the caller to check
  text, ini, json   no commands

A page says where the shared object is once it is installed; here it is SHARED_OBJECT, which is loaded before
the first command. Prints what is wrong, and "page.py: N commands". The status is 0 if nothing
is wrong. Warnings of the builtins are not wrong; errors are, unless a console block shows them.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

INSTALLED = "/usr/local/lib/bash/coder_tokens.so"
# What the builtins warn of, and what bash says to a page that loads them again.
HARMLESS = re.compile(r": token_[a-z]+: (warning|added): |: enable: warning: .* already loaded$")
NO_COMMANDS = {"text", "ini", "json"}


def blocks(page):
    """(line number, kind, lines) of each block of code; indented blocks are not used."""
    kind, body, start = None, [], 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("```"):
            body.append(line)
        elif kind is None:
            kind, body, start = line[3:], [], number + 1
        else:
            yield start, kind, body
            kind = None
    if kind is not None:
        sys.exit(f"{page.name}:{start}: a block without an end")


def transcript(number, lines):
    """(line number, command, expected output) of each command of a console block."""
    found, more = [], False
    for line in lines:
        if line.startswith("$ "):
            found.append((number, [line[2:]], []))
        elif more:
            found[-1][1].append(line)
        elif found:
            found[-1][2].append(line)
        else:
            sys.exit(f"line {number}: output in front of the first command")
        more = line.endswith("\\") and (line.startswith("$ ") or more)
        number += 1
    return found


def matches(expected, printed):
    parts = (re.escape(part) for part in expected.split("..."))
    return re.fullmatch(".*".join(parts), printed, re.S) is not None


def as_at_a_prompt(text, script):
    """A shell that reads commands from a terminal names no line in its errors."""
    return re.sub(rf"^{re.escape(str(script))}: line \d+: ", "bash: ", text, flags=re.M)


def write_script(page, folder, out):
    """Writes the commands of a page. Returns what they are to print, and how many there are."""
    expected, count = [], 0
    for number, kind, lines in blocks(page):
        if kind == "bash":
            out.write("\n".join(lines) + "\n")
            count += sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in lines)
        elif kind == "sh":
            print(*(f"sh: {line}" for line in lines if line), sep="\n")
        elif kind == "console":
            for at, command, wanted in transcript(number, lines):
                file = folder / str(at)
                out.write("{ %s\n} >%s 2>&1\n" % ("\n".join(command), file))
                expected.append((at, file, "\n".join(wanted).strip("\n")))
                count += 1
        elif kind not in NO_COMMANDS:
            sys.exit(f"{page.name}:{number - 1}: a block of code of the kind '{kind}'")
    return expected, count


def main():
    so, page = sys.argv[1], Path(sys.argv[2])
    bad = False
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script"
        with script.open("w", encoding="utf-8") as out:
            out.write(f"enable -f '{so}' token_create token_list token_rm token_view\n")
            expected, count = write_script(page, Path(folder), out)
        text = script.read_text(encoding="utf-8").replace(INSTALLED, so)
        script.write_text(text, encoding="utf-8")
        ended = subprocess.run(
            ["bash", "--norc", "-e", script], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        errors = [line for line in ended.stderr.splitlines() if not HARMLESS.search(line)]
        if ended.returncode or errors:
            bad = True
            print(f"{page.name}: status {ended.returncode}\n{ended.stdout}{ended.stderr}")
        for at, file, wanted in expected:
            printed = file.read_text(encoding="utf-8") if file.exists() else "(did not run)"
            # blanks at the ends of lines, which tables have, are not in pages
            printed = re.sub(r" +$", "", as_at_a_prompt(printed, script), flags=re.M).strip("\n")
            if not matches(wanted, printed):
                bad = True
                print(f"{page.name}:{at}: expected:\n{wanted}\nprinted:\n{printed}")
    print(f"page.py: {count} commands")
    return bad


sys.exit(main())
