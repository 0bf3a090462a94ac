#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peers that never respond.

    mute.py connect READY          a port that takes no more connections; READY gets its number
    mute.py dns ADDRESS READY HEARD  a name server; HEARD gets a line for each question

Ends when its parent does.
"""

import socket
import sys
import threading

from peer import end_with_parent, write_whole


def refuse_connections(ready):
    """Fills the queue of a listener that never accepts: the next SYN gets no response."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    queued = []
    while True:
        caller = socket.socket()
        caller.settimeout(0.3)
        try:
            caller.connect(listener.getsockname())
        except socket.timeout:
            caller.close()  # or its SYN would be sent again
            break
        queued.append(caller)
    write_whole(ready, f"{listener.getsockname()[1]}\n")
    threading.Event().wait()


def hear_questions(address, ready, heard):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    write_whole(ready, f"{address}\n")
    while True:
        question = server.recv(512)
        with open(heard, "a") as file:
            file.write(f"{question[12:].split(bytes(1))[0]}\n")


if __name__ == "__main__":
    end_with_parent()
    if sys.argv[1] == "connect":
        refuse_connections(sys.argv[2])
    else:
        hear_questions(*sys.argv[2:])
