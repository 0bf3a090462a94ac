#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A port that speaks plain HTTP: prints its number, and refuses whatever the one client sends."""

import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    connection, _ = server.accept()
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    connection.recv(4096)
