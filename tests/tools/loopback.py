#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""loopback.py up|down - does what `ip link set lo` does, in a network namespace of its own."""

import fcntl
import socket
import struct
import sys

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    response = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
    flags = struct.unpack("16sH14x", response)[1]
    flags = flags | IFF_UP if sys.argv[1] == "up" else flags & ~IFF_UP
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags))
