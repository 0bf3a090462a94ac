#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talks to a sandbox's control route: ctl.py URL METHOD ROUTE [JSON]; prints the response.

ROUTE is what follows /_sandbox/, such as `faults`.  JSON `-` is read from standard input.
Exits with 0 after a response below 400, 1 after a refusal, 2 for usage, 7 without a response.
"""

import ssl
import sys
import urllib.error
import urllib.request


def main(argv) -> int:
    if len(argv) not in (4, 5):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    url, method, route = argv[1].rstrip("/"), argv[2].upper(), argv[3]
    body = None
    if len(argv) == 5:
        body = sys.stdin.buffer.read() if argv[4] == "-" else argv[4].encode()
    request = urllib.request.Request(f"{url}/_sandbox/{route}", body, method=method)
    # The certificate is not checked: tests choose a wrong one, and the sandbox is on loopback.
    context = ssl._create_unverified_context() if url.startswith("https:") else None
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    try:
        with opener.open(request, timeout=60) as response:
            sys.stdout.buffer.write(response.read())
    except urllib.error.HTTPError as refused:
        sys.stderr.buffer.write(refused.read())
        return 1
    except (OSError, urllib.error.URLError) as problem:
        print(f"ctl.py: {problem}", file=sys.stderr)
        return 7
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
