#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile names as JSON.

hostile.py tokens NAME...    tokens for the sandbox's control route: one for each name, which is
                             also one of its scopes and one of its allow-list entries
hostile.py escaped NAME...   each name, a line each, as it stands in a JSON string within another
"""

import json
import sys


def inner(text):
    return json.dumps(text)[1:-1]


def token(name):
    return {
        "owner": "admin",
        "name": name,
        "scopes": ["user:read", name],
        "allow_list": ["user:*", name],
        "created_ago_s": 60,
        "expires_in_s": 3600,
    }


question, *hostile = sys.argv[1:]
if question == "tokens":
    print(json.dumps([token(name) for name in hostile]))
else:
    for name in hostile:
        print(inner(inner(name)))
