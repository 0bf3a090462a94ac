#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types into an interactive bash on a real terminal, and prints the line that results.

    terminal.py RCFILE STEP...

A step is text to type, with backslash escapes as in Python ("token_rm te\\t"), `wait:SECONDS`, or
`prompt`: wait for the next one.
Prints the line as readline has it at the end, between < and >; then the seconds from the last
keys until the shell was ready again; then what the terminal received in that time.
The shell is $TEST_BASH, else bash.
"""

import os
import re
import select
import signal
import struct
import sys
import fcntl
import termios
import time

PROMPT = b"READY> "
LIMIT = 20.0
# A key that shows the line; the marks are put together so that their echo does not match.
SHOW = b"\x14"
SHOW_RC = (
    "PS1='REA''DY> ' PS2='> ' HISTFILE=\n"
    "bind 'set bell-style none'\n"
    "bind 'set enable-bracketed-paste off'; bind 'set page-completions off'\n"
    """bind -x '"\\C-t": printf "LI""NE<%s>EN""D\\n" "$READLINE_LINE"'\n"""
)


class Terminal:
    """A bash in a pseudo-terminal of 24 lines and so many columns."""

    def __init__(self, rcfile, columns=100, lines=24, argv=None, env=None):
        bash = os.environ.get("TEST_BASH", "bash")
        argv = argv or [bash, "--noprofile", "--rcfile", rcfile, "-i"]
        env = dict(env or os.environ, TERM="xterm", COLUMNS=str(columns), LINES=str(lines))
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            try:
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.seen = b""

    def send(self, keys: bytes):
        os.write(self.fd, keys)

    def read(self, seconds: float) -> bytes:
        """What arrives within that time; b"" if nothing does."""
        ready, _, _ = select.select([self.fd], [], [], max(seconds, 0))
        try:
            data = os.read(self.fd, 65536) if ready else b""
        except OSError:
            raise EOFError("the shell has ended") from None
        self.seen += data
        return data

    def expect(self, pattern: bytes, limit=LIMIT):
        """Reads up to the pattern, which is cut off from what has been seen."""
        end = time.monotonic() + limit
        while True:
            found = re.search(pattern, self.seen, re.DOTALL)
            if found:
                before, self.seen = self.seen[: found.start()], self.seen[found.end() :]
                return found, before
            if time.monotonic() > end:
                raise TimeoutError(f"no {pattern!r} in {self.seen!r}")
            self.read(end - time.monotonic())

    def rest(self, seconds: float) -> bytes:
        """Everything that arrives until it has been quiet for so long."""
        while self.read(seconds):
            pass
        data, self.seen = self.seen, b""
        return data

    def line(self):
        """(the line, what was shown before)"""
        self.send(SHOW)
        found, before = self.expect(rb"LINE<(.*?)>END")
        return found.group(1).decode(), before.decode(errors="replace")

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def plain(text: str) -> str:
    """Without the control sequences, as far as a test wants to read it."""
    return re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[()=>].?)|\r|\x07", "", text)


def run(rcfile, steps):
    terminal = Terminal(rcfile)
    typed = ready = 0.0
    shown = ""
    try:
        terminal.expect(re.escape(PROMPT))
        for step in steps:
            if step.startswith("wait:"):
                time.sleep(float(step[5:]))
            elif step == "prompt":
                _, before = terminal.expect(re.escape(PROMPT))
                shown += before.decode(errors="replace")
                ready = time.monotonic()
            else:
                typed, ready = time.monotonic(), 0.0
                terminal.send(step.encode().decode("unicode_escape").encode("latin-1"))
        line, before = terminal.line()
        seconds = (ready or time.monotonic()) - typed
    finally:
        terminal.end()
    print(f"<{line}>\n{seconds:.2f}\n{plain(shown + before)}")


def main(argv) -> int:
    if len(argv) < 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(argv[1], encoding="utf-8") as given:
        text = given.read()
    rcfile = argv[1] + ".typed"
    with open(rcfile, "w", encoding="utf-8") as out:
        out.write(text + SHOW_RC)
    try:
        run(rcfile, argv[2:])
    except (EOFError, TimeoutError) as problem:
        print(f"terminal.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
