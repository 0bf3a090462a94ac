#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ids that the sandbox gives to things of these names, as "THING=UUID" lines.

stable_ids.py THING...   a THING is a kind and names, such as "workspace admin dev-docker"
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent.parent / "sandbox"))

from store import stable_uuid  # noqa: E402

for thing in sys.argv[1:]:
    print(f"{thing}={stable_uuid(*thing.split())}")
