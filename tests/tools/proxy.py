#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that speaks HTTP, SOCKS 4, 4a, 5 and 5h on one port, on 127.0.0.1.

    proxy.py READY LOG TARGET [--status CODE | --hang | --close] [--user USER:PASSWORD]
             [--tls CERTIFICATE KEY]

It writes its port to READY. Whatever it is asked for, it connects to TARGET (HOST:PORT). With --status it
responds with that instead, with --hang it stays silent, with --close it hangs up. LOG gets a line for each
request: "CONNECT coder.example.com:443", "GET http://coder.example.com/", "SOCKS5 address
127.0.0.1:80", "SOCKS4 name coder.example.com:80". Ends when its parent does.
"""

import argparse
import base64
import select
import socket
import ssl
import struct
import threading

from peer import end_with_parent, write_whole


def note(text):
    with open(options.log, "a") as log:
        log.write(text + "\n")


def read(client, n):
    data = b""
    while len(data) < n:
        piece = client.recv(n - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def read_until(client, mark):
    data = b""
    while not data.endswith(mark):
        data += read(client, 1)
    return data


def target():
    host, port = options.target.rsplit(":", 1)
    return socket.create_connection((host.strip("[]"), int(port)))


def relay(client, server):
    ends = {client: server, server: client}
    while True:
        waiting = isinstance(client, ssl.SSLSocket) and client.pending()
        ready = [client] if waiting else select.select(list(ends), [], [])[0]
        for end in ready:
            data = end.recv(65536)
            if not data:
                return
            ends[end].sendall(data)


def respond_instead(client):
    """Does what the options say instead of connecting. True if nothing more is to be done."""
    if options.hang:
        client.recv(1)
    return options.hang or options.close


def serve_socks5(client):
    methods = read(client, read(client, 1)[0])
    client.sendall(b"\x05\x02" if 2 in methods and options.user else b"\x05\x00")
    if 2 in methods and options.user:
        read(client, 1)
        given = b":".join(read(client, read(client, 1)[0]) for _ in range(2))
        good = given == options.user.encode()
        client.sendall(b"\x01\x00" if good else b"\x01\x01")
        if not good:
            return
    kind = read(client, 4)[3]
    if kind == 3:
        where = "name " + read(client, read(client, 1)[0]).decode()
    else:
        family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
        where = "address " + socket.inet_ntop(family, read(client, size))
    note(f"SOCKS5 {where}:{struct.unpack('>H', read(client, 2))[0]}")
    if respond_instead(client):
        return
    code = 5 if options.status else 0
    server = None if code else target()
    client.sendall(b"\x05" + bytes([code]) + b"\x00\x01" + bytes(6))
    if server:
        relay(client, server)


def serve_socks4(client):
    _, port, address = struct.unpack(">BH4s", read(client, 7))
    read_until(client, b"\x00")
    where = "address " + socket.inet_ntoa(address)
    if address[:3] == bytes(3) and address[3]:
        where = "name " + read_until(client, b"\x00")[:-1].decode()
    note(f"SOCKS4 {where}:{port}")
    if respond_instead(client):
        return
    code = 91 if options.status else 90
    server = None if options.status else target()
    client.sendall(bytes([0, code]) + bytes(6))
    if server:
        relay(client, server)


def permitted(head):
    if not options.user:
        return True
    given = base64.b64encode(options.user.encode()).decode()
    return f"proxy-authorization: basic {given}".lower() in head.lower()


def serve_http(client, first):
    head = (first + read_until(client, b"\r\n\r\n")).decode()
    method, where = head.split(" ")[:2]
    note(f"{method} {where}")
    if respond_instead(client):
        return
    status = options.status or (0 if permitted(head) else 407)
    if status:
        client.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
        client.recv(1)
        return
    server = target()
    if method == "CONNECT":
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
    else:
        server.sendall(head.encode())
    relay(client, server)


def serve(client):
    try:
        if options.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*options.tls)
            client = context.wrap_socket(client, server_side=True)
        first = read(client, 1)
        if first == b"\x05":
            serve_socks5(client)
        elif first == b"\x04":
            serve_socks4(client)
        elif first == b"\x16":  # TLS, although the URL of the proxy is plain
            client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        else:
            serve_http(client, first)
    except OSError:
        pass
    finally:
        client.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("ready")
    parser.add_argument("log")
    parser.add_argument("target")
    parser.add_argument("--status", type=int)
    parser.add_argument("--hang", action="store_true")
    parser.add_argument("--close", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--tls", nargs=2)
    options = parser.parse_args()
    end_with_parent()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        open(options.log, "a").close()
        write_whole(options.ready, f"{listener.getsockname()[1]}\n")
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
