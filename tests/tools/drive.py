#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a shell from outside: types, presses keys, sends signals, and measures the time.

    drive.py [--pty] [--log FILE] [--out FILE] [--err FILE] COMMAND... <STEPS

Without --pty the command runs in a session of its own without a terminal, and its output goes to
--out and --err. With --pty it has a terminal, whose contents go to standard output; its prompt must
be "READY> " (see PROMPT_RC). In both cases it begins with the default actions of signals.

Each line is one step:

    type TEXT          types it and Enter
    key C              presses control and C (^C: C, ^Z: Z, ^\\: \\)
    signal NAME        sends it to the command's process only
    group NAME         sends it to the process group, as a terminal would
    storm NAME SECONDS sends it every 2 ms
    resize, hangup     change the size of the terminal, close it
    pause SECONDS
    until log REGEX    the sandbox's --log has a new line that matches
    until file PATH    the file exists and is not empty
    until out TEXT     the command has printed it since the last step (also err)
    until kib N        the command's process has that much memory
    until syn PORT     a process tries to connect to that port, and there is no response
    until full FIFO    nothing more can be written to it
    prompt SECONDS     a prompt must appear within that time
    busy SECONDS       neither a prompt nor the end may come within that time
    end SECONDS        the command must end within that time

Prints "ended: STATUS" or "ended: SIGNAL" where a step is `end`. The time that a `prompt` or `end`
took since a key or signal, if it may be no more than a second, is appended to $DRIVE_TIMES. A step
that fails is named on standard error, status 1.
"""

import argparse
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

PROMPT = b"READY> "
PROMPT_RC = "PS1='REA''DY> '; PS2='> '; bind 'set enable-bracketed-paste off' 2>/dev/null\n"
LIMIT = 20.0


class Failed(Exception):
    """A step did not happen in time."""


def default_signals():
    """What was started in the background ignores SIGINT; the command must not."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGHUP, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def read_file(path, offset=0):
    try:
        with open(path, "rb") as file:
            file.seek(0, 2)
            # a log that was emptied is read from its beginning
            file.seek(offset if offset <= file.tell() else 0)
            return file.read()
    except (OSError, TypeError):
        return b""


def connecting(port):
    """Whether a TCP socket of this machine waits for the response to its SYN."""
    wanted = f":{int(port):04X}"
    with open("/proc/net/tcp") as sockets:
        fields = [line.split() for line in sockets]
    return any(f[2].endswith(wanted) and f[3] == "02" for f in fields)


def is_full(fifo):
    """Whether somebody has the FIFO open and a write to it would block."""
    fd = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    try:
        return not select.select([], [fd], [], 0)[1]
    finally:
        os.close(fd)


def memory(pid):
    """KiB of a process that are in memory."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmRSS:")), 0)
    except OSError:
        return 0


class Script:
    """A command without a terminal."""

    def __init__(self, options):
        self.paths = {"out": options.out, "err": options.err}
        self.seen = {"out": 0, "err": 0}
        files = [open(path or os.devnull, "wb") for path in (options.out, options.err)]
        self.process = subprocess.Popen(
            options.command, stdin=subprocess.DEVNULL, stdout=files[0], stderr=files[1],
            start_new_session=True, preexec_fn=default_signals, restore_signals=True,
        )  # fmt: skip
        self.pid = self.process.pid

    def printed(self, text, where):
        data = read_file(self.paths[where], self.seen[where])
        if text not in data:
            return False
        self.seen[where] += data.index(text) + len(text)
        return True

    def tick(self, seconds):
        time.sleep(min(seconds, 0.002))

    def status(self):
        """None while it runs; below 0: the signal that ended it."""
        return self.process.poll()

    def close(self):
        if self.status() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()


class Terminal:
    """An interactive shell in a pseudo-terminal."""

    def __init__(self, options):
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            try:
                default_signals()
                os.closerange(3, 1024)
                os.environ.update(TERM="dumb", INPUTRC="/dev/null", HISTFILE="")
                os.execvp(options.command[0], options.command)
            finally:
                os._exit(127)
        self.text, self.at, self.ended = b"", 0, None
        self.resize(24, 300)

    def resize(self, lines, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, keys):
        os.write(self.fd, keys)

    def printed(self, text, _where):
        self.tick(0)
        at = self.text.find(text, self.at)
        if at >= 0:
            self.at = at + len(text)
        return at >= 0

    def tick(self, seconds):
        if self.fd < 0:
            time.sleep(min(seconds, 0.002))
            return
        ready, _, _ = select.select([self.fd], [], [], min(seconds, 0.05))
        try:
            self.text += os.read(self.fd, 65536).replace(b"\r", b"") if ready else b""
        except OSError:  # nobody has the terminal open any more
            time.sleep(0.002)

    def status(self):
        if self.ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.ended = os.waitstatus_to_exitcode(status)
        return self.ended

    def hangup(self):
        os.close(self.fd)
        self.fd = -1

    def close(self):
        if self.status() is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


class Driver:
    """Goes through the steps."""

    def __init__(self, target, log, log_at):
        self.target, self.log, self.log_at = target, log, log_at
        self.since = time.monotonic()
        self.signalled = False

    def wait(self, seconds, test):
        end = time.monotonic() + seconds
        while not test():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.target.tick(left)
        return True

    def took(self, limit):
        path = os.environ.get("DRIVE_TIMES")
        if path and self.signalled and float(limit) <= 1:
            with open(path, "a") as file:
                test = os.environ.get("BATS_TEST_DESCRIPTION", "")
                file.write(f"{time.monotonic() - self.since:.3f} s ({test})\n")

    def begin(self, signalled):
        self.since, self.signalled = time.monotonic(), signalled

    def send(self, name, kill):
        self.begin(True)
        kill(self.target.pid, getattr(signal, "SIG" + name))

    def in_log(self, pattern):
        data = read_file(self.log, self.log_at)
        at = 0
        for line in data.splitlines(keepends=True):
            at += len(line)
            if re.search(pattern.encode(), line):
                self.log_at += at
                return True
        return False

    def until(self, what, which):
        tests = {
            "log": lambda: self.in_log(which),
            "file": lambda: read_file(which),
            "out": lambda: self.target.printed(which.encode(), "out"),
            "err": lambda: self.target.printed(which.encode(), "err"),
            "kib": lambda: memory(self.target.pid) >= int(which),
            "syn": lambda: connecting(which),
            "full": lambda: is_full(which),
        }
        if not self.wait(LIMIT, tests[what]):
            raise Failed(f"not within {LIMIT:.0f} s")

    def prompted(self):
        return self.target.printed(PROMPT, "out")

    def step(self, line):
        verb, _, rest = line.partition(" ")
        if verb == "type":
            self.begin(False)
            self.target.type(rest.encode() + b"\n")
        elif verb == "key":
            self.begin(True)
            self.target.type(bytes([ord(rest) & 0x1F]))
        elif verb == "signal":
            self.send(rest, os.kill)
        elif verb == "group":
            self.send(rest, os.killpg)
        elif verb == "storm":
            name, seconds = rest.split()
            self.wait(float(seconds), lambda: self.send(name, os.kill))
        elif verb == "resize":
            self.target.resize(40, 320)
        elif verb == "hangup":
            self.begin(True)
            self.target.hangup()
        elif verb == "pause":
            self.wait(float(rest), lambda: False)
        elif verb == "until":
            self.until(*rest.split(" ", 1))
        elif verb == "prompt":
            if not self.wait(float(rest), self.prompted):
                raise Failed("no prompt")
            self.took(rest)
        elif verb == "busy":
            if self.wait(float(rest), lambda: self.prompted() or self.target.status() is not None):
                raise Failed("it is over already")
        elif verb == "end":
            if not self.wait(float(rest), lambda: self.target.status() is not None):
                raise Failed("it goes on")
            self.took(rest)
            status = self.target.status()
            print(f"ended: {status if status >= 0 else signal.Signals(-status).name}", flush=True)
        else:
            raise Failed("no such step")


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--pty", action="store_true")
    parser.add_argument("--log")
    parser.add_argument("--out")
    parser.add_argument("--err")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    steps = [line for line in sys.stdin.read().splitlines() if line.strip()]
    log_at = len(read_file(options.log))
    target = Terminal(options) if options.pty else Script(options)
    driver = Driver(target, options.log, log_at)
    failed = 0
    try:
        if options.pty:
            target.type(PROMPT_RC.encode())
            driver.step("prompt 10")
        for number, line in enumerate(steps, 1):
            try:
                driver.step(line.strip())
            except Failed as why:
                print(f"drive: step {number}: {line.strip()}: {why}", file=sys.stderr)
                failed = 1
                break
    finally:
        if options.pty:
            target.tick(0.02)
            sys.stdout.buffer.write(target.text.replace(b"\a", b""))
        target.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
