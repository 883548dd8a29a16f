"""Opening the inspector's window: in a process of its own, which is told where to look by its environment.

The program and all that it starts find the same address in theirs, under another name: so the inspector does not look into itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import door
from .records import Unanswered

LOOK_AT = "HIPFLASK_LOOK_AT"  # not on the command line, which every user of the computer may read
_OF_THE_PROGRAM = (door.VARIABLE, "FLASK_APP", "FLASK_DEBUG", "FLASK_RUN_FROM_CLI")


@contextmanager
def inspected(*, shell: str | None = None, headless: bool = False) -> Iterator[None]:
    """Have this process, and all that it starts, be looked into, in a window that opens beside it and outlives it."""
    address = str(door.new_address())
    before = os.environ.get(door.VARIABLE)
    os.environ[door.VARIABLE] = address
    window = open_window(address, shell=shell, headless=headless)
    try:
        yield
    finally:
        os.environ.pop(door.VARIABLE, None)  # the program may have cleaned up itself
        if before is not None:
            os.environ[door.VARIABLE] = before
        if window.poll() is not None:
            forget(address)


def open_window(address: str, *, shell: str | None = None, headless: bool = False) -> subprocess.Popen[bytes]:
    """Start an inspector that looks there."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_THE_PROGRAM}
    command = [sys.executable, "-m", "hipflask.cli", "inspect"]
    if shell is not None:
        command += ["--shell", shell]
    if headless:
        command.append("--headless")
    return subprocess.Popen(command, env=environment | {LOOK_AT: address}, stdin=subprocess.DEVNULL)


def forget(address: str) -> None:
    """Take an address away, unless a program still answers there."""
    try:
        found = door.parse_address(address)
    except Unanswered:  # it is gone already
        return
    if not any(found.doors()):
        shutil.rmtree(found.folder, ignore_errors=True)
