#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Coder-like deployment for tests: the token API and what a client looks up around it.

Python standard library only, loopback only, real time.  It responds as the recorded deployment
did, and offers nothing more convenient.  See README.md for options, control routes and
faults.

Users and the credentials of their login sessions (never listed among tokens):

    admin   owner                       sbxAdmin01-sandboxAdminSecret0001
    alice   member                      sbxAlice01-sandboxAliceSecret0001
    bob     member                      sbxBob0001-sandboxBobSecret000001
    carol   user-admin                  sbxCarol01-sandboxCarolSecret0001
    tina    template-admin              sbxTina001-sandboxTinaSecret00001
    audrey  auditor                     sbxAudrey1-sandboxAudreySecret001
    sue     member, suspended           sbxSue0001-sandboxSueSecret000001
    prebuilds   the system user that owns unclaimed workspaces; has no session
"""

import argparse
import ipaddress
import os
import select
import signal
import ssl
import sys
import threading
import time

import catalogue
import gotext
from app import App, Config
from control import Control
from faults import Faults
from server import RequestLog, Server
from store import PEOPLE, SEEDS, Store, session_token

PURGE_EVERY = 600.0


def duration(text: str) -> int:
    try:
        return gotext.parse_duration(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def loopback(text: str) -> str:
    try:
        if ipaddress.ip_address(text).is_loopback:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no loopback address")


def parse_options():
    parser = argparse.ArgumentParser(description="A Coder-like deployment for tests.")
    add = parser.add_argument
    add("--port", type=int, default=0, help="0: a free one")
    add("--host", type=loopback, default="127.0.0.1", help="a loopback address")
    add("--ready", metavar="FILE", help="write the base URL there once listening")
    add("--log", metavar="FILE", default="", help="one JSON object a request")
    add("--tls", action="store_true")
    add("--cert", metavar="FILE")
    add("--key", metavar="FILE")
    add("--client-ca", metavar="FILE", help="require a client certificate of this CA")
    add("--control-ready", metavar="FILE", help="a plain listener for the control route alone")
    add("--mode", action="append", default=[], choices=list(catalogue.MODES), metavar="NAME")
    add("--seed", default="empty", choices=SEEDS)
    add("--rate-limit", type=int, default=512, metavar="N", help="a minute; 0 or less is off")
    add("--max-admin-lifetime", type=duration, default=Config.max_admin_lifetime, metavar="DURATION")
    add("--print-env", action="store_true", help="print shell assignments once listening")
    add("--parent-pid", type=int, default=0, metavar="N", help="end when that process is gone")
    options = parser.parse_args()
    if options.tls and not (options.cert and options.key):
        parser.error("--tls needs --cert and --key")
    return options


def tls_context(options):
    if not options.tls:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.cert, options.key)
    if options.client_ca:
        context.load_verify_locations(options.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def write_ready(path, text: str):
    """Writes the file in one step, so that a reader never sees half a URL."""
    if path:
        partial = f"{path}.{os.getpid()}"
        with open(partial, "w", encoding="utf-8") as out:
            out.write(text + "\n")
        os.replace(partial, path)


def print_env(url: str, control_url: str):
    print(f"SANDBOX_CONTROL_URL='{control_url}'\nCODER_URL='{url}'")
    for username, *_ in PEOPLE:
        print(f"{username.upper()}_TOKEN='{session_token(username)}'")
    print(f"MEMBER_TOKEN='{session_token('alice')}'", flush=True)


def wait_for_end(parent_pid: int, every, stopped: threading.Event):
    """Waits for the end of the parent, or a signal.  Calls `every` every ten minutes."""
    watch = None
    if parent_pid:
        try:
            watch = select.poll()
            watch.register(os.pidfd_open(parent_pid), select.POLLIN)
        except OSError:
            return
    due = time.monotonic() + PURGE_EVERY
    while not stopped.is_set():
        if watch is None:
            stopped.wait(1.0)
        elif watch.poll(200):
            return
        if time.monotonic() >= due:
            due += PURGE_EVERY
            every()


def main() -> int:
    options = parse_options()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    config = Config(
        rate_limit=options.rate_limit,
        max_admin_lifetime=options.max_admin_lifetime,
        modes=options.mode,
        seed=options.seed,
    )
    store = Store()
    store.reset(options.seed)
    app, faults, log = App(store, config), Faults(), RequestLog(options.log)
    context = tls_context(options)
    server = Server(app, None, faults, log, context)
    port = server.listen(options.host, options.port)
    host = f"[{options.host}]" if ":" in options.host else options.host
    config.base_url = f"{'https' if context else 'http'}://{host}:{port}"
    server.control = Control(app, faults, log)
    control_url = config.base_url
    if options.control_ready:
        control_url = f"http://127.0.0.1:{server.listen('127.0.0.1', 0, control_only=True)}"
        write_ready(options.control_ready, control_url)
    if options.print_env:
        print_env(config.base_url, control_url)
    write_ready(options.ready, config.base_url)  # last: tests that wait for it read the rest, too

    def purge():
        with store.lock:
            store.purge_expired()

    wait_for_end(options.parent_pid, purge, stopped)
    with store.lock:
        store.db.close()
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
