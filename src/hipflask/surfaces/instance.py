"""One program of a name at a time: a second start brings the first one to the front, and ends.

    with Instance(folder) as instance:          holds the lock
        instance.listen(lambda asked: …)        later starts are heard of here
    ring(folder, "/lineup")                     a later start: has the first open that path, or only come to the front

Whoever has started first holds a lock on a file, which the system gives back however the program ends. Beside it stands where
to reach it and a key, in a file that only its owner can read; the standard library's connections check that both sides
know the key (HMAC) before anything is heard.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any, Self

from ..core.errors import WindowError

REACH_SECONDS = 3.0
LONGEST_PATH = 10_000

log = logging.getLogger(__name__)


class Taken(Exception):
    """Another program of this name is running."""


class Instance:
    """The lock of a program's name; raises Taken on entering if somebody else has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = self._stack.enter_context((self._folder / "lock").open("a"))
        try:
            _lock(lock)
        except OSError:
            self._stack.close()
            raise Taken from None
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def listen(self, heard: Callable[[str | None], None]) -> None:
        """Have `heard` called for every later start, with the path that it asks for."""
        from multiprocessing.connection import Listener

        key = secrets.token_bytes(32)
        listener = self._stack.enter_context(Listener(authkey=key))
        write_for_owner(self._folder / "address", {"address": listener.address, "key": key.hex()})
        over = Event()
        thread = Thread(target=_serve, args=(listener, heard, over), daemon=True, name="hipflask-instance")
        thread.start()
        self._stack.callback(self._stop, over, thread)

    def _stop(self, over: Event, thread: Thread) -> None:
        over.set()
        with contextlib.suppress(OSError, ValueError, EOFError):
            _ring(self._folder, None)  # accept() ends in no other way
        thread.join(REACH_SECONDS)
        _forget(self._folder / "address")


def ring(folder: Path, path: str | None) -> None:
    """Have the running program come to the front, and open `path` if there is one; raises WindowError if it does not answer."""
    end = time.monotonic() + REACH_SECONDS
    while True:
        try:
            return _ring(folder, path)
        except (OSError, ValueError, EOFError) as error:  # it has just begun, or is about to end
            if time.monotonic() > end:
                raise WindowError(
                    f"This program is running already, and does not answer ({error}). Close it, or start another beside "
                    "it with `hipflask run --another`."
                ) from None
            time.sleep(0.1)


def _ring(folder: Path, path: str | None) -> None:
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client

    there = json.loads((folder / "address").read_text())
    try:
        with Client(there["address"], authkey=bytes.fromhex(there["key"])) as connection:
            connection.send_bytes(json.dumps(path).encode())
            if not connection.poll(REACH_SECONDS):
                raise OSError("it did not say anything")
            connection.recv_bytes()
    except AuthenticationError as error:
        raise OSError(str(error)) from None


def _serve(listener: Any, heard: Callable[[str | None], None], over: Event) -> None:
    while not over.is_set():
        try:
            with listener.accept() as connection:
                path = json.loads(connection.recv_bytes(LONGEST_PATH))
                if not over.is_set():
                    heard(path if isinstance(path, str) else None)
                connection.send_bytes(b"heard")
        except Exception as error:
            log.warning("Somebody who does not know this program's key asked for it: %r", error)


def write_for_owner(file: Path, content: dict[str, Any]) -> None:
    """Write a file that its owner alone can read."""
    _forget(file)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(content, stream)


def _forget(file: Path) -> None:
    file.unlink(missing_ok=True)


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
