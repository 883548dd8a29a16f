"""Starting the program anew, for an update that has been switched to or at a user's wish.

On Linux the process becomes the launcher, which is the simplest there is. Windows has nothing of the kind, and on macOS
a process that has shown windows cannot become another one: there a second one is started that waits for the end of this
one, and then starts the launcher. It waits at a pipe that only this process holds open, so it notices every kind of
end, and nobody needs to look for a process by its number. That way has been run on Linux, and never on Windows or
macOS.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from ...core.bundled import VARIABLE
from .installation import Installation
from .words import told

# Run by the bundle's own Python, in which the launcher turns when its first argument has a hyphen.
_WAITER = """
import os, subprocess, sys
os.read(0, 1)
subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, close_fds=True)
"""


def restart(installation: Installation, arguments: Sequence[str] = ()) -> NoReturn:
    """End this process and start the program with these arguments; raises UpdateError if there is nothing to start.

    Call it last, from the main thread, when all that is open has been closed: on Linux not even `atexit` runs after it.
    """
    with told("The program could not be started anew"):
        launcher = str(installation.launcher)
        environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
        if sys.platform == "linux":
            sys.stdout.flush()
            sys.stderr.flush()
            os.execve(launcher, [launcher, *arguments], environment)
        start_after_this([launcher, *arguments], [launcher], environment)
    sys.exit(0)


def start_after_this(command: Sequence[str], python: Sequence[str], environment: dict[str, str]) -> None:
    """Have a command started when this process has ended; `python` is what runs Python code meanwhile."""
    alone: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        alone = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    waiter = subprocess.Popen(
        [*python, "-I", "-S", "-c", _WAITER, *command], stdin=subprocess.PIPE, env=environment, **alone
    )
    assert waiter.stdin is not None
    # Never closed, so that it ends with this process; and not waited for, since it outlives it.
    _open.append(waiter)


_open: list[subprocess.Popen[bytes]] = []
