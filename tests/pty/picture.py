#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the README's picture of completion: picture.py SHARED_OBJECT OUTPUT.svg

Types into a real bash on a pseudo-terminal, with a sandbox deployment behind it, and draws what
the terminal then shows. Nothing in the picture is written by hand. Needs python3-pyte.
"""

import html
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyte

from terminal import Terminal

REPO = Path(__file__).resolve().parent.parent.parent
COLUMNS, LINES = 96, 24
CELL_W, CELL_H, PAD, BAR = 8.4, 19, 14, 30
BACKGROUND, FRAME, TEXT, DIM = "#16181d", "#24272e", "#d7dae0", "#7f8694"
PROMPT = "$ "
# What is typed, and for how many seconds the terminal is then watched.
STEPS = [
    ("token_rm \t\t", 1.0),
    ("l\t\x15", 0.5),
    ("token_create --scope workspace:r\t", 0.5),
    ("--allow workspace:\t\t", 1.5),
    ("alice/d\t", 0.5),
]


def start_sandbox(directory: Path):
    """(process, assignments) once it listens."""
    ready = directory / "ready"
    program = REPO / "tests/sandbox/sandbox.py"
    options = ["--port", "0", "--ready", ready, "--seed", "demo", "--print-env"]
    options += ["--parent-pid", str(os.getpid())]
    sandbox = subprocess.Popen([sys.executable, program, *options], stdout=subprocess.PIPE, text=True)
    values = {}
    while "MEMBER_TOKEN" not in values:
        name, _, value = sandbox.stdout.readline().strip().partition("=")
        values[name] = value.strip("'")
    return sandbox, values


def write_rc(directory: Path, shared_object: str, values: dict) -> str:
    rcfile = directory / "rc"
    rcfile.write_text(
        f"PS1='{PROMPT}'\n"
        f"CODER_URL={values['CODER_URL']} CODER_SESSION_TOKEN={values['ALICE_TOKEN']}\n"
        f"enable -f {shlex.quote(shared_object)} token_create token_list token_view token_rm\n"
        f"source {shlex.quote(str(REPO))}/completion/coder_tokens.bash\n"
        "bind 'set bell-style none'; bind 'set page-completions off'\n"
        "bind 'set enable-bracketed-paste off'\n"
    )
    return str(rcfile)


def record(rcfile: str) -> list:
    """The lines of the screen after all steps."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CODER_")}
    terminal = Terminal(rcfile, COLUMNS, LINES, env=clean)
    try:
        stream.feed(terminal.rest(0.5))
        for keys, seconds in STEPS:
            for key in keys:
                terminal.send(key.encode())
                time.sleep(0.02)
            stream.feed(terminal.rest(seconds))
    finally:
        terminal.end()
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def draw(lines: list) -> str:
    width = int(COLUMNS * CELL_W + 2 * PAD)
    height = BAR + 2 * PAD + len(lines) * CELL_H
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" '
        'aria-label="Completion of token names, scopes and workspaces in bash">',
        f'<rect width="{width}" height="{height}" rx="9" fill="{BACKGROUND}"/>',
        f'<path d="M0 {BAR}V9a9 9 0 0 1 9-9h{width - 18}a9 9 0 0 1 9 9v{BAR - 9}z" fill="{FRAME}"/>',
    ]
    for n, colour in enumerate(("#ec6a5e", "#f4bf4f", "#61c554")):
        out.append(f'<circle cx="{PAD + 5 + n * 19}" cy="{BAR / 2}" r="5.5" fill="{colour}"/>')
    out.append(
        '<g font-family="ui-monospace,SFMono-Regular,Menlo,DejaVu Sans Mono,monospace" '
        'font-size="14" xml:space="preserve">'
    )
    for row, line in enumerate(lines):
        y = BAR + PAD + row * CELL_H + 14
        # Columns hold whatever font the viewer has.
        length = f'textLength="{len(line) * CELL_W:.1f}" lengthAdjust="spacingAndGlyphs"'
        colour = TEXT if line.startswith(PROMPT) else DIM
        if line:
            out.append(f'<text x="{PAD}" y="{y}" fill="{colour}" {length}>{html.escape(line)}</text>')
    out.append("</g></svg>")
    return "\n".join(out) + "\n"


def main(argv) -> int:
    if len(argv) != 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        sandbox, values = start_sandbox(directory)
        try:
            lines = record(write_rc(directory, os.path.abspath(argv[1]), values))
        finally:
            sandbox.terminate()
            sandbox.wait()
    if not any("alice/dev-docker" in line for line in lines[-2:]):
        print("picture.py: nothing was completed:", *lines, sep="\n", file=sys.stderr)
        return 1
    output = Path(argv[2])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(draw(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
