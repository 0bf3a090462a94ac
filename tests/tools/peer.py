# SPDX-License-Identifier: GPL-3.0-or-later
"""What the helper programs that tests start and leave running have in common."""

import os
import select
import threading


def end_with_parent():
    """Ends this process when the one that started it has ended."""
    parent = os.pidfd_open(os.getppid())

    def watch():
        select.select([parent], [], [])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def write_whole(path, text):
    """Writes a file in one step, so that nobody who waits for it reads half of it."""
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)
