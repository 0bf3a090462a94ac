#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the README's picture of a terminal: picture.py OUTPUT.svg, or picture.py --check PICTURE.svg

Types into the shell of `make demo`, on a pseudo-terminal, and draws what the terminal then shows. Nothing
in the picture is written by hand. With --check, compares that with a picture that was drawn before, in
which times may differ. Prints what else differs; the status is 0 if nothing does.

The build is in $BUILD. Needs python3-pyte.
"""

import difflib
import html
import os
import re
import sys
from pathlib import Path

import pyte

from terminal import Terminal

REPO = Path(__file__).resolve().parent.parent.parent
COLUMNS, LINES = 96, 34
CELL_W, CELL_H, PAD, BAR = 8.4, 19, 14, 30
BACKGROUND, FRAME, TEXT, DIM = "#16181d", "#24272e", "#d7dae0", "#7f8694"
COLOURS = {"brown": "#e5c07b", "red": "#ec6a5e", "default": DIM}  # pyte calls yellow brown
PROMPT = "$ "
SETTINGS = [
    "bind 'set bell-style none'; bind 'set page-completions off'; bind 'set enable-bracketed-paste off'",
    f"PS1='{PROMPT}'",
]
AT_PROMPT = r"\r\n\$ \Z"
# What is typed, and the pattern of what the terminal then receives.
STEPS = [
    ("token_list --human --sort expires_at --limit 5 -c name,scopes,allow_list,expires_at\r", AT_PROMPT),
    ("token_create -v secret -n ci --lifetime 2h --for workspace-stop --allow workspace:dev", "dev"),
    ("\t\t", r"dev-k8s-gpu .*workspace:dev\Z"),
    ("\r", AT_PROMPT),
    ("token_view ci --human -c scopes,allow_list,expires_at\r", AT_PROMPT),
    ("token_rm ci\r", AT_PROMPT),
]
TEXTS = re.compile(r"<tspan[^>]*>([^<]*)</tspan>")


class Screen:
    """A terminal with the shell of `make demo`, and what it shows."""

    def __init__(self):
        # only what the demo needs, so that no setting of a user changes the picture
        env = {name: os.environ[name] for name in ("PATH", "HOME", "BUILD", "TEST_BASH") if name in os.environ}
        env.update(INPUTRC="/dev/null", LC_ALL="C.UTF-8")
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        self.terminal = Terminal(None, COLUMNS, LINES, argv=["bash", str(REPO / "tests/demo.sh")], env=env)

    def type(self, keys, pattern):
        self.terminal.send(keys.encode())
        found, before = self.terminal.expect(pattern.encode())
        self.stream.feed(before + found.group(0))

    def take(self):
        """The rows of the screen: each a list of (text, colour, whether it is bold)."""
        try:
            self.terminal.expect(rb"[$#] \Z")
            for setting in SETTINGS:
                self.type(setting + "\r", r"\r\n[^\n]*[$#] \Z")
            self.type("\x0c", r"\x1b\[H.*\$ \Z")  # ^L clears the screen
            for keys, pattern in STEPS:
                self.type(keys, pattern)
        finally:
            self.terminal.end()
        rows = [self.row(number) for number in range(LINES)]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def row(self, number):
        runs = []
        line = self.screen.buffer[number]
        for column in range(len(self.screen.display[number].rstrip())):
            cell = line[column]
            if runs and runs[-1][1:] == (cell.fg, cell.bold):
                runs[-1] = (runs[-1][0] + cell.data, *runs[-1][1:])
            else:
                runs.append((cell.data, cell.fg, cell.bold))
        return runs


def draw(rows):
    width = int(COLUMNS * CELL_W + 2 * PAD)
    height = BAR + 2 * PAD + len(rows) * CELL_H
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" '
        'aria-label="A terminal: tokens in a table, completion of workspaces, a token that is created, shown and deleted">',
        f'<rect width="{width}" height="{height}" rx="9" fill="{BACKGROUND}"/>',
        f'<path d="M0 {BAR}V9a9 9 0 0 1 9-9h{width - 18}a9 9 0 0 1 9 9v{BAR - 9}z" fill="{FRAME}"/>',
    ]
    for n, colour in enumerate(("#ec6a5e", "#f4bf4f", "#61c554")):
        out.append(f'<circle cx="{PAD + 5 + n * 19}" cy="{BAR / 2}" r="5.5" fill="{colour}"/>')
    out.append(
        '<g font-family="ui-monospace,SFMono-Regular,Menlo,DejaVu Sans Mono,monospace" '
        'font-size="14" xml:space="preserve">'
    )
    for number, runs in enumerate(rows):
        if not runs:
            continue
        # Columns hold whatever font the viewer has.
        length = f'textLength="{sum(len(text) for text, _, _ in runs) * CELL_W:.1f}" lengthAdjust="spacingAndGlyphs"'
        out.append(f'<text x="{PAD}" y="{BAR + PAD + number * CELL_H + 14}" {length}>')
        for text, colour, bold in runs:
            typed = runs[0][0].startswith(PROMPT)
            weight = ' font-weight="bold"' if bold else ""
            fill = TEXT if typed or bold else COLOURS.get(colour, TEXT)
            out[-1] += f'<tspan fill="{fill}"{weight}>{html.escape(text)}</tspan>'
        out[-1] += "</text>"
    out.append("</g></svg>")
    return "\n".join(out) + "\n"


def texts(picture):
    """The lines of a picture."""
    lines = ("".join(TEXTS.findall(line)) for line in picture.splitlines())
    return [html.unescape(line) + "\n" for line in lines if line]


def lasting(lines):
    """What does not depend on the time. Blanks do not count, because longer times wrap and align otherwise."""
    text = re.sub(r"\s+", "", "".join(lines))
    return re.sub(r"in\d+[a-z]+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "time", text)


def main(argv):
    if len(argv) not in (2, 3) or argv[1:-1] not in ([], ["--check"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        picture = draw(Screen().take())
    except (EOFError, TimeoutError) as problem:
        print(f"picture.py: {problem}", file=sys.stderr)
        return 1
    output = Path(argv[-1])
    if len(argv) == 3:
        then, now = texts(output.read_text(encoding="utf-8")), texts(picture)
        if lasting(then) == lasting(now):
            return 0
        sys.stdout.writelines(difflib.unified_diff(then, now, str(output), "the terminal now"))
        return 1
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
